"""Reading spaces, their members and their audience."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import fingerprint
from portal.access.scope import visible
from portal.db import fetch, fetch_one, fetch_value
from portal.tables import Charter, OrgUnit, Space, SpaceUnit
from portal.text.spaces import KIND_NAMES

SHORTEST = 3  # letters of a name that are compared with others


class SpaceRow(msgspec.Struct, frozen=True):
    """A space as its readers see it. `mine`: the actor belongs to it; `colleagues` and `guests` count those who do,
    whatever their roles. `charter`: the version that holds, `accepted`: the one that the actor accepted last; 0 for
    none."""

    id: int
    public_id: str
    kind: str
    name: str
    purpose: str
    language: str
    open: bool
    nature: str
    ends_on: date | None
    label: str
    sisters: bool
    anonymous: bool
    checks: str
    leavers: str
    keep_days: int
    guest_days: int
    preboarding: bool
    no_show_days: int
    created_at: datetime
    archived_at: datetime | None
    idle_asked_at: datetime | None
    parent: int | None
    parent_public_id: str | None
    parent_name: str | None
    host: int | None
    mine: bool
    colleagues: int
    guests: int
    charter: int
    accepted: int

    @property
    def members(self) -> int:
        """How many belong to it; where guests do, pages tell them apart."""
        return self.colleagues + self.guests

    @property
    def space(self) -> int:
        """It stands in itself."""
        return self.id

    @property
    def outside(self) -> bool:
        """Whether people from outside belong here."""
        return self.kind in ("guest", "section")


# Whose time in a space ends is counted now: those who have no end are counted already (plein_count_members).
PASSING = """
    SELECT count(DISTINCT m.person) FILTER (WHERE p.kind <> 'guest') AS colleagues,
        count(DISTINCT m.person) FILTER (WHERE p.kind = 'guest') AS guests
    FROM membership m JOIN person p ON p.id = m.person AND p.active
    WHERE m.space = s.id AND m.until > plein_now() AND NOT EXISTS (
        SELECT FROM membership l WHERE l.space = s.id AND l.person = m.person AND l.until IS NULL)
"""
SPACES = f"""
    SELECT s.id, s.public_id, s.kind, s.name, s.purpose, s.language, s.open, s.nature, s.ends_on, s.label, s.sisters,
        s.anonymous, s.checks, s.leavers, s.keep_days, s.guest_days, s.preboarding, s.no_show_days,
        s.created_at, s.archived_at, s.idle_asked_at, s.parent, s.host,
        a.public_id AS parent_public_id, a.name AS parent_name,
        EXISTS (SELECT FROM membership m WHERE m.space = s.id AND m.person = {{}}
            AND (m.until IS NULL OR m.until > plein_now())) AS mine,
        (s.colleagues + x.colleagues)::int AS colleagues, (s.guests + x.guests)::int AS guests,
        coalesce((SELECT max(h.version) FROM charter h WHERE h.space = s.id), 0) AS charter,
        coalesce((SELECT max(y.version) FROM charter_acceptance y WHERE y.space = s.id AND y.person = {{}}), 0)
            AS accepted
    FROM space s LEFT JOIN space a ON a.id = s.parent AND {{}} CROSS JOIN LATERAL ({PASSING}) x
    WHERE {{}}
"""


def _sight(actor: Actor) -> list[object]:
    """What SPACES takes: whose membership and acceptance, and which spaces she sees."""
    return [actor.id, actor.id, visible(Space, actor, "a"), visible(Space, actor, "s")]


IN_USE = f"""{SPACES} AND s.archived_at IS NULL AND s.kind <> 'organisation' AND (s.kind <> 'section' OR {{}})
    ORDER BY mine DESC, lower(s.name), s.id LIMIT 500
"""


async def groups(actor: Actor) -> list[SpaceRow]:
    """What the actor can read beside the organisation itself, as long as it is in use: her own first, then by name.
    Sections are found by way of what they belong to, which a guest does not see: hers stand here."""
    return await fetch(SpaceRow, IN_USE, *_sight(actor), actor.guest)


async def get_space(actor: Actor, public_id: str) -> SpaceRow | None:
    """A space that the actor can read."""
    return await fetch_one(SpaceRow, SPACES + " AND s.public_id = {}", *_sight(actor), public_id)


SECTIONS = f"{SPACES} AND s.parent = {{}} AND s.archived_at IS NULL ORDER BY lower(s.name), s.id"


async def sections(actor: Actor, space: SpaceRow) -> list[SpaceRow]:
    """The sections of a space that the actor can read."""
    return await fetch(SpaceRow, SECTIONS, *_sight(actor), space.id)


class Named(msgspec.Struct, frozen=True):
    """A space by its name."""

    public_id: str
    name: str
    kind: str
    language: str


SIMILAR = """
    SELECT s.public_id, s.name, s.kind, s.language FROM space s
    WHERE {} AND s.archived_at IS NULL AND (s.created_by, s.form_key) IS DISTINCT FROM ({}, {})
        AND (similarity(lower(s.name), lower({})) > 0.35 OR lower({}) <% lower(s.name))
    ORDER BY similarity(lower(s.name), lower({})) DESC, s.id LIMIT 5
"""


async def similar_spaces(actor: Actor, name: str, form_key: str = "") -> list[Named]:
    """The spaces that are called nearly so, out of those that the actor can read: a name tells nobody of others. What
    she started by the same form, sent twice, is not among them."""
    if len(name.strip()) < SHORTEST:
        return []
    return await fetch(Named, SIMILAR, visible(Space, actor, "s"), actor.id, form_key, name, name, name)


UNITS = """
    SELECT u.id, u.name FROM space_unit x JOIN org_unit u ON u.id = x.unit
    WHERE x.space = {} AND {} AND {} ORDER BY lower(u.name), u.id
"""


class OwningUnit(msgspec.Struct, frozen=True):
    """A unit that owns a project space, for employees."""

    id: int
    name: str


async def units_of(actor: Actor, space: SpaceRow) -> list[OwningUnit]:
    """The units that own a space."""
    sight = visible(SpaceUnit, actor, "x"), visible(OrgUnit, actor, "u")
    return await fetch(OwningUnit, UNITS, space.id, *sight)


class Audience(msgspec.Struct, frozen=True):
    """How many people can read what is written in a space: the readers that the access rule yields."""

    colleagues: int
    guests: int


# Those who are in no kept count are looked up: in an open space, who is no employee; in another, whose time there ends,
# whose home it is, and who reads it as a part of another. For a guest, who doesn't see the organisation's own space
# `o`, everybody is looked up.
AUDIENCE = """
    SELECT (x.colleagues + CASE WHEN s.open THEN coalesce(o.employees, 0) ELSE s.colleagues END)::int AS colleagues,
        (x.guests + CASE WHEN s.open THEN 0 ELSE s.guests END)::int AS guests
    FROM space s LEFT JOIN space o ON o.kind = 'organisation' CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE p.kind <> 'guest') AS colleagues,
            count(*) FILTER (WHERE p.kind = 'guest') AS guests
        FROM person p WHERE p.id IN (
                SELECT m.person FROM membership m WHERE m.space = s.id AND NOT s.open AND m.until IS NOT NULL
                UNION ALL SELECT h.id FROM person h WHERE h.home = s.id
                UNION ALL SELECT y.person FROM section_reader y WHERE y.space = s.id
                UNION ALL SELECT e.id FROM person e WHERE s.open AND e.kind <> 'employee'
                UNION ALL SELECT a.id FROM person a WHERE s.open AND o.id IS NULL)
            AND EXISTS (SELECT FROM reading r WHERE r.person = p.id AND r.space = s.id OFFSET 0)
            AND CASE WHEN s.open THEN p.kind <> 'employee' OR o.id IS NULL ELSE NOT EXISTS (
                SELECT FROM membership l WHERE l.space = s.id AND l.person = p.id AND l.until IS NULL OFFSET 0) END) x
    WHERE s.id = {} AND {}
"""


async def audience(actor: Actor, space: int) -> Audience | None:
    """Who will read it, before one writes it."""
    return await fetch_one(Audience, AUDIENCE, space, visible(Space, actor, "s"))


FIRST = "SELECT plein_check({}, s.id, FALSE) IS NOT NULL FROM space s WHERE s.id = {} AND {}"


async def looked_at_first(actor: Actor, space: int) -> bool:
    """Whether what the actor writes there now waits until a moderator has read it: only what guests write may."""
    if not actor.guest:
        return False
    return bool(await fetch_value(FIRST, actor.id, space, visible(Space, actor, "s")))


class Choice(msgspec.Struct, frozen=True):
    """A space to choose in a form."""

    id: int
    public_id: str
    name: str
    kind: str

    @property
    def called(self) -> str:
        """Its name; where guests are, with what it is."""
        return f"{self.name} ({KIND_NAMES[self.kind]})" if self.kind in ("guest", "section") else self.name


CHOICES = """
    SELECT s.id, s.public_id, s.name, s.kind FROM space s
    WHERE {} AND s.archived_at IS NULL
        AND s.id <> ALL({}) AND (s.kind IN ('organisation', 'sister')
            OR EXISTS (SELECT FROM membership m WHERE m.space = s.id AND m.person = {}))
    ORDER BY s.kind DESC, lower(s.name)
"""


async def own_spaces(actor: Actor) -> list[Choice]:
    """Where the actor may start something: the organisation, and what she belongs to, as long as it lasts."""
    return await fetch(Choice, CHOICES, visible(Space, actor, "s"), actor.still, actor.id)


class CharterRow(msgspec.Struct, frozen=True):
    """A version of what holds in a space."""

    version: int
    preset: str
    text: str
    text_html: str
    created_at: datetime

    @property
    def seen(self) -> str:
        """What its form is filled from."""
        return fingerprint(self.preset, self.text)


CHARTERS = """
    SELECT h.version, h.preset, h.text, h.text_html, h.created_at FROM charter h
    WHERE h.space = {} AND {} ORDER BY h.version DESC LIMIT 50
"""


async def charters(actor: Actor, space: SpaceRow) -> list[CharterRow]:
    """What holds in a space, and what held before: the newest first."""
    return await fetch(CharterRow, CHARTERS, space.id, visible(Charter, actor, "h"))
