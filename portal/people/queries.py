"""Reading profiles: always through a shared space, and field by field for whom it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.access.fields import profiles, visible_field
from portal.access.scope import visible
from portal.db import QueryString, fetch, fetch_one
from portal.paging import Page, paged
from portal.sql import literally
from portal.tables import Membership, OrgUnit, Person, Profile, Space
from portal.text.counts import unless_few

PAGE = 30  # people a page
FACETS_OF = 500  # people among whom units and skills are gathered to choose from
MOST_FACETS = 10
MOST_WORDS = 6


class PersonRow(msgspec.Struct, frozen=True):
    """Somebody as the actor may see her; a field that is not for the actor is empty, as one that says nothing."""

    id: int
    public_id: str
    name: str
    title: str
    guest: bool
    unit: str
    unit_public_id: str
    phone: str
    place: str
    skills: tuple[str, ...]
    about: str
    hours: str
    status: str
    status_until: datetime | None

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "skills", tuple(self.skills))


COLUMNS = """
    SELECT p.id, p.public_id, n.name, n.title, p.kind = 'guest' AS guest,
        coalesce(u.name, '') AS unit, coalesce(u.public_id, '') AS unit_public_id,
        CASE WHEN {} THEN f.phone ELSE '' END AS phone, CASE WHEN {} THEN f.place ELSE '' END AS place,
        CASE WHEN {} THEN f.skills ELSE ARRAY[]::text[] END AS skills,
        CASE WHEN {} THEN f.about ELSE '' END AS about, CASE WHEN {} THEN f.hours ELSE '' END AS hours,
        CASE WHEN s.shown THEN f.status ELSE '' END AS status,
        CASE WHEN s.shown THEN f.status_until END AS status_until
"""
FROM = """
    FROM {} JOIN person p ON p.id = n.person AND p.active
    LEFT JOIN {} f ON f.person = p.id AND {}
    LEFT JOIN org_unit u ON u.id = p.org_unit AND p.kind = 'employee' AND {}
"""
STATUS = """
    CROSS JOIN LATERAL (SELECT {} AND (f.status_until IS NULL OR f.status_until > {}) AS shown) s
"""


THERE = "{} = ANY(ARRAY(SELECT nr.person FROM reading nr WHERE nr.space = ANY({})))"


def _near(actor: Actor, person: QueryString) -> QueryString:
    """Behind the second wall PostgreSQL asks about each row whether its person is known, before anything else: so a
    guest's statement begins with who is in her spaces. Others ask about those whom they found."""
    return QueryString(THERE, person, actor.space_ids) if actor.guest else QueryString("TRUE")


EVERYBODY = "(SELECT w.person, w.name, w.title, lower(w.name) AS by_name FROM identity w WHERE {}) n"


def _columns(actor: Actor, names: QueryString) -> list[Any]:
    """The values for COLUMNS, FROM and STATUS; `names`: where people are taken from."""
    return [
        visible_field("phone", actor, "f"),
        visible_field("place", actor, "f"),
        visible_field("skills", actor, "f"),
        visible_field("about", actor, "f"),
        visible_field("hours", actor, "f"),
        names,
        profiles(actor),
        visible(Profile, actor, "f"),
        visible(OrgUnit, actor, "u"),
        visible_field("status", actor, "f"),
        actor.now,
    ]


async def get_person(actor: Actor, public_id: str) -> PersonRow | None:
    """Somebody with whom the actor shares a space, or she herself."""
    return await fetch_one(
        PersonRow,
        f"{COLUMNS}{FROM}{STATUS} WHERE p.public_id = {{}} AND {{}}",
        *_columns(actor, QueryString(EVERYBODY, QueryString("TRUE"))),
        public_id,
        visible(Person, actor, "p"),
    )


class SharedSpace(msgspec.Struct, frozen=True):
    """A group that somebody belongs to, and that the actor reads."""

    public_id: str
    name: str
    language: str


SHARED = """
    SELECT DISTINCT s.public_id, s.name, s.language FROM membership m JOIN space s ON s.id = m.space
    WHERE m.person = {} AND s.kind <> 'organisation' AND s.archived_at IS NULL AND {} AND {}
    ORDER BY s.name LIMIT 30
"""


async def shared_spaces(actor: Actor, person: PersonRow) -> list[SharedSpace]:
    """The groups of somebody's that the actor reads too."""
    return await fetch(SharedSpace, SHARED, person.id, visible(Membership, actor, "m"), visible(Space, actor, "s"))


class Head(msgspec.Struct, frozen=True):
    """Who leads a unit."""

    public_id: str
    name: str


HEAD = """
    SELECT p.public_id, n.name FROM org_unit u JOIN person p ON p.id = u.head JOIN identity n ON n.person = p.id
    WHERE u.public_id = {} AND plein_in_office(p.id) AND {} AND {}
"""


async def head_of(actor: Actor, unit: str) -> Head | None:
    """Who leads the unit with this public id, if she is still here."""
    return await fetch_one(Head, HEAD, unit, visible(OrgUnit, actor, "u"), visible(Person, actor, "p"))


class Filters(msgspec.Struct, frozen=True):
    """What a list of people is narrowed down to: words, a unit with all below it, and a skill."""

    words: str = ""
    unit: str = ""
    skill: str = ""


# A word is looked for wherever the actor may read it: in names, functions, units, places and skills, without capitals
# and accents.
WORD = """
    AND w.person IN (
        SELECT wn.person FROM identity wn WHERE {} AND wn.folded LIKE plein_folded({}) UNION
        SELECT wt.person FROM identity wt WHERE {} AND wt.folded_title LIKE plein_folded({}) UNION
        SELECT wp.id FROM person wp JOIN org_unit wu ON wu.id = wp.org_unit
            WHERE plein_folded(wu.name) LIKE plein_folded({}) AND {} UNION
        SELECT wf.person FROM {} wf WHERE {} AND wf.folded_place LIKE plein_folded({}) AND {} AND {} UNION
        SELECT ws.person FROM {} ws WHERE {} AND ws.folded_skills LIKE plein_folded({}) AND {} AND {})
"""
OF_UNIT = """
    AND p.org_unit IN (
        WITH RECURSIVE below AS (
            SELECT bu.id FROM org_unit bu WHERE bu.public_id = {} AND {}
            UNION SELECT bc.id FROM org_unit bc JOIN below b ON bc.parent = b.id)
        SELECT id FROM below)
"""
WITH_SKILL = " AND p.id IN (SELECT kf.person FROM {} kf WHERE kf.skills @> ARRAY[{}] AND {} AND {})"


# Whose words these are comes before who is seen (OFFSET keeps it so): one is an index, the other a question about each.
CALLED = """
    (SELECT w.person, w.name, w.title, lower(w.name) AS by_name FROM identity w WHERE {} {}
    ORDER BY lower(w.name), w.person OFFSET 0) n
"""


def _called(actor: Actor, words: str) -> QueryString:
    """Those who have all these words, by name; without words everybody."""
    sql, values = "", list[Any]()
    for word in words.split()[:MOST_WORDS]:
        like = f"%{literally(word)}%"
        sql += WORD
        values += [
            _near(actor, QueryString("wn.person")),
            like,
            _near(actor, QueryString("wt.person")),
            like,
            like,
            visible(OrgUnit, actor, "wu"),
        ]
        values += [
            profiles(actor),
            _near(actor, QueryString("wf.person")),
            like,
            visible(Profile, actor, "wf"),
            visible_field("place", actor, "wf"),
        ]
        values += [
            profiles(actor),
            _near(actor, QueryString("ws.person")),
            like,
            visible(Profile, actor, "ws"),
            visible_field("skills", actor, "ws"),
        ]
    near = _near(actor, QueryString("w.person"))
    return QueryString(CALLED, near, QueryString(sql, *values)) if sql else QueryString(EVERYBODY, near)


def _narrowed(actor: Actor, filters: Filters) -> tuple[str, list[Any]]:
    """The conditions of the other filters, and their values."""
    values: list[Any] = [visible(Person, actor, "p")]
    sql = "WHERE {}"
    if filters.unit:
        sql += OF_UNIT
        values += [filters.unit, visible(OrgUnit, actor, "bu")]
    if filters.skill:
        sql += WITH_SKILL
        values += [profiles(actor), filters.skill, visible(Profile, actor, "kf"), visible_field("skills", actor, "kf")]
    return sql, values


AFTER = """
    AND (n.by_name, n.person) > (SELECT lower(an.name), an.person FROM identity an JOIN person ap ON ap.id = an.person
        WHERE ap.public_id = {} AND {})
"""


async def people(actor: Actor, filters: Filters, after: str = "") -> Page[PersonRow]:
    """One page of the people whom the actor may see, by name; `after` is the last one of the page before."""
    narrowed, values = _narrowed(actor, filters)
    sql = f"{COLUMNS}{FROM}{STATUS} {narrowed}"
    if after:
        sql += AFTER
        values += [after, visible(Person, actor, "ap")]
    sql += " ORDER BY n.by_name, n.person LIMIT {}"
    rows = await fetch(PersonRow, sql, *_columns(actor, _called(actor, filters.words)), *values, PAGE + 1)
    return paged(rows, PAGE, lambda row: row.public_id, after)


class Facet(msgspec.Struct, frozen=True):
    """Something to narrow a list of people down by: `people` have it."""

    kind: str
    value: str
    words: str
    people: int

    @property
    def shown(self) -> int | None:
        """How many, where they are not few."""
        return unless_few(self.people)


FOUND = "WITH found AS MATERIALIZED (SELECT p.id, p.org_unit, p.kind FROM {} JOIN person p ON p.id = n.person"
FACETS = """
    LIMIT {}),
    counted AS (
        SELECT 'unit' AS kind, u.public_id AS value, u.name AS words, count(*)::int AS people
        FROM found q JOIN org_unit u ON u.id = q.org_unit AND q.kind = 'employee' AND {} GROUP BY u.id
        UNION ALL
        SELECT 'skill', k, k, count(*)::int
        FROM found q JOIN {} f ON f.person = q.id AND {} AND {} CROSS JOIN LATERAL unnest(f.skills) k GROUP BY k
        UNION ALL
        SELECT 'all', k, k, count(*)::int FROM found q
            CROSS JOIN LATERAL (SELECT CASE q.kind WHEN 'guest' THEN 'guest' ELSE 'colleague' END AS k) x GROUP BY k)
    SELECT kind, value, words, people FROM counted ORDER BY people DESC, words
"""


async def facets(actor: Actor, filters: Filters) -> dict[str, list[Facet]]:
    """The commonest units and skills among (the first 500 of) these people, and as "all" how many of them are
    colleagues and guests: made of nothing but what the actor may read."""
    narrowed, values = _narrowed(actor, filters)
    rows = await fetch(
        Facet,
        f"{FOUND} {narrowed} AND p.active {FACETS}",
        _called(actor, filters.words),
        *values,
        FACETS_OF,
        visible(OrgUnit, actor, "u"),
        profiles(actor),
        visible(Profile, actor, "f"),
        visible_field("skills", actor, "f"),
    )
    return {kind: [row for row in rows if row.kind == kind][:MOST_FACETS] for kind in ("unit", "skill", "all")}


class OwnProfile(msgspec.Struct, frozen=True):
    """What a person told of herself, with whom it is for. `checked_first`: what she brings into one of her spaces is,
    so that she tells nothing new."""

    name: str
    title: str
    phone: str
    place: str
    skills: list[str]
    about: str
    hours: str
    status: str
    status_until: datetime | None
    phone_for: str
    place_for: str
    skills_for: str
    about_for: str
    hours_for: str
    status_for: str
    photo: str
    checked_first: bool


OWN = """
    SELECT n.name, n.title, coalesce(f.phone, '') AS phone, coalesce(f.place, '') AS place,
        coalesce(f.skills, ARRAY[]::text[]) AS skills, coalesce(f.about, '') AS about, coalesce(f.hours, '') AS hours,
        CASE WHEN f.status_until > {} IS NOT FALSE THEN coalesce(f.status, '') ELSE '' END AS status, f.status_until,
        coalesce(f.phone_for, 'colleagues') AS phone_for, coalesce(f.place_for, 'colleagues') AS place_for,
        coalesce(f.skills_for, 'everyone') AS skills_for, coalesce(f.about_for, 'everyone') AS about_for,
        coalesce(f.hours_for, 'colleagues') AS hours_for, coalesce(f.status_for, 'colleagues') AS status_for,
        coalesce(f.photo, '') AS photo, plein_checked_first(n.person) AS checked_first
    FROM identity n LEFT JOIN {} f ON f.person = n.person WHERE n.person = {}
"""


async def own_profile(actor: Actor) -> OwnProfile | None:  # access: the actor's own row
    """The actor's own profile; one that was never written begins with the table's defaults."""
    return await fetch_one(OwnProfile, OWN, actor.now, profiles(actor), actor.id)


class Photo(msgspec.Struct, frozen=True):
    """Where somebody's photo stands on disk."""

    file: str


PHOTO = """
    SELECT f.photo AS file FROM profile f JOIN person p ON p.id = f.person
    WHERE p.public_id = {} AND f.photo <> '' AND {} AND {}
"""


async def photo_of(actor: Actor, public_id: str) -> Photo | None:
    """The photo of somebody whom the actor may see."""
    return await fetch_one(Photo, PHOTO, public_id, visible(Profile, actor, "f"), visible(Person, actor, "p"))
