"""The people of the portal, as its administrators manage them; and letting people in from the command line.

Functions that take `Actor | None` also serve the command line, whose reader runs the machine: None asks no policy.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import Taken, as_seen, fingerprint, told_apart
from portal.access.policy import Action, require
from portal.access.scope import visible
from portal.accounts.actions import END_LINKS, set_password
from portal.accounts.queries import account_of_email
from portal.db import QueryString, execute, fetch, fetch_one, fetch_value, transaction
from portal.events.jobs import queue
from portal.events.kinds import Kind
from portal.events.log import record
from portal.install import install_improvements, install_organisation
from portal.paging import Page, paged
from portal.tables import Space

PAGE = 50


class PersonRow(msgspec.Struct, frozen=True):
    """Somebody in the administrators' list. `roles`: "role:space", of spaces that the administrator reads."""

    id: int
    public_id: str
    name: str
    email: str
    title: str
    kind: str
    active: bool
    deactivated_at: datetime | None
    signed_in: bool
    number: str | None
    org_unit: int | None
    unit: str | None
    sister: str | None
    roles: list[str]

    @property
    def seen(self) -> str:
        """What her form is filled from."""
        return fingerprint(self.name, self.email, self.title, self.number or "", self.org_unit)


PEOPLE = """
    SELECT p.id, p.public_id, n.name, n.email, n.title, p.kind, p.active, p.deactivated_at,
        p.last_signed_in_at IS NOT NULL AS signed_in, r.number, p.org_unit, u.name AS unit,
        h.name AS sister,
        ARRAY(SELECT m.role || ':' || s.name FROM membership m JOIN space s ON s.id = m.space
            WHERE m.person = p.id AND m.role <> 'member' AND {} ORDER BY s.kind DESC, s.id LIMIT 20) AS roles
    FROM identity n JOIN person p ON p.id = n.person AND p.kind <> 'mask' LEFT JOIN org_unit u ON u.id = p.org_unit
    LEFT JOIN personnel r ON r.person = p.id LEFT JOIN space h ON h.id = p.home AND {}
"""
#: What the list can be narrowed to.
SHOW: dict[str, QueryString] = {
    "active": QueryString("p.active"),
    "deactivated": QueryString("NOT p.active"),
    "never": QueryString("p.active AND p.last_signed_in_at IS NULL"),
    "guests": QueryString("p.active AND p.kind = 'guest'"),
    "sisters": QueryString("p.active AND p.kind = 'sister'"),
    "all": QueryString("TRUE"),
}
LISTED = """
    WHERE {} AND ({} = '' OR strpos(lower(n.name), {}) > 0 OR strpos(lower(n.email), {}) > 0 OR r.number = {})
        AND ({}::bigint IS NULL OR p.org_unit IN (
            WITH RECURSIVE under AS (
                SELECT {}::bigint AS id UNION SELECT c.id FROM org_unit c JOIN under ON c.parent = under.id)
            SELECT id FROM under))
        AND {}
    ORDER BY lower(n.name), p.public_id LIMIT {}
"""
AFTER = """
    (lower(n.name), p.public_id) > (SELECT lower(an.name), ap.public_id
        FROM identity an JOIN person ap ON ap.id = an.person WHERE ap.public_id = {})
"""


async def people(
    actor: Actor | None, *, wanted: str = "", show: str = "active", unit: int | None = None, after: str = ""
) -> Page[PersonRow]:
    """The next page of people by name; `unit` with all that lies under it."""
    if actor:
        require(actor, Action.PEOPLE_MANAGE)
    text = wanted.strip().lower()
    rows = await fetch(
        PersonRow,
        PEOPLE + LISTED,
        visible(Space, actor, "s") if actor else QueryString("TRUE"),
        visible(Space, actor, "h") if actor else QueryString("TRUE"),
        SHOW.get(show, SHOW["active"]),
        *[text] * 3,
        wanted.strip(),
        unit,
        unit,
        QueryString(AFTER, after) if after else QueryString("TRUE"),
        PAGE + 1,
    )
    return paged(rows, PAGE, lambda row: row.public_id, after)


async def get_person(actor: Actor, public_id: str) -> PersonRow | None:
    """One of them."""
    require(actor, Action.PEOPLE_MANAGE)
    sight = visible(Space, actor, "s"), visible(Space, actor, "h")
    return await fetch_one(PersonRow, PEOPLE + " WHERE p.public_id = {}", *sight, public_id)


class Tally(msgspec.Struct, frozen=True):
    """How many people there are."""

    colleagues: int
    guests: int


TALLY = """
    SELECT count(*) FILTER (WHERE kind = 'employee')::int AS colleagues,
        count(*) FILTER (WHERE kind = 'guest')::int AS guests FROM person WHERE active
"""


async def tally(actor: Actor) -> Tally:
    """Who is active, colleagues and guests apart."""
    require(actor, Action.PEOPLE_MANAGE)
    (found,) = await fetch(Tally, TALLY)
    return found


async def holds_the_demo(actor: Actor) -> bool:
    """Whether invented people are still here."""
    require(actor, Action.DEMO_REMOVE)
    return bool(await fetch_value("SELECT demo_since FROM organisation"))


PERSON = """
    INSERT INTO person (kind, org_unit, home) SELECT CASE WHEN h.id IS NULL THEN 'employee' ELSE 'sister' END, {}, h.id
    FROM (SELECT {}::bigint AS id) h RETURNING id, public_id
"""
IDENTITY = "INSERT INTO identity (person, name, email, title, language, zone) VALUES ({}, {}, {}, {}, {}, {})"
ROLE = """
    INSERT INTO membership (space, person, role) VALUES ({}, {}, 'administrator') ON CONFLICT DO NOTHING
"""
NUMBER = """
    INSERT INTO personnel (person, number) VALUES ({}, {}) ON CONFLICT (person) DO UPDATE SET number = excluded.number
"""


async def make_administrator(  # access: the command line, by whoever runs the machine
    email: str, name: str, password: str, organisation: str, language: str, zone: str
) -> bool:
    """Makes this person an administrator with this password; says whether she is new."""
    async with transaction():
        space = await install_organisation(organisation, language, zone)
        account = await account_of_email(email)
        person = account.person if account else await fetch_value(PERSON, None, None)
        if account is None:
            await execute(IDENTITY, person, name, email, "", language, zone)
        await set_password(person, password)
        await execute(ROLE, space, person)
        await install_improvements(space, person, language)
        await record(Kind.ADMINISTRATOR_MADE, space=space, person=person)
    return account is None


class Sister(msgspec.Struct, frozen=True):
    """A sister organisation, by its space."""

    id: int
    public_id: str
    name: str


SISTERS = """
    SELECT s.id, s.public_id, s.name FROM space s
    WHERE s.kind = 'sister' AND s.archived_at IS NULL AND {} ORDER BY lower(s.name), s.id
"""


async def sisters(actor: Actor | None) -> list[Sister]:
    """The sister organisations that there are, as far as the administrator reads their spaces."""
    if actor:
        require(actor, Action.PEOPLE_MANAGE)
    return await fetch(Sister, SISTERS, visible(Space, actor, "s") if actor else QueryString("TRUE"))


DEFAULTS = "SELECT language, zone FROM organisation"


async def add_person(
    actor: Actor | None,
    *,
    email: str,
    name: str,
    title: str = "",
    language: str = "",
    number: str = "",
    org_unit: int | None = None,
    home: int | None = None,
    invite: bool = True,
) -> str:
    """A colleague, whose public_id it gives: an employee, or of the sister organisation whose space is `home`. With
    `invite` she gets a mail to choose a password. Raises Taken, and LookupError where there is no organisation yet."""
    if actor:
        require(actor, Action.PEOPLE_MANAGE)
    defaults = await execute(DEFAULTS)
    if not defaults:
        raise LookupError("there is no organisation yet")
    async with told_apart(_taken()):
        [added] = await execute(PERSON, org_unit, home)
        person = added["id"]
        await execute(IDENTITY, person, name, email, title, language or defaults[0]["language"], defaults[0]["zone"])
        if number:
            await execute(NUMBER, person, number)
        if invite:
            await queue("send_reset", email=email)
        await record(Kind.PERSON_ADDED, actor=actor.id if actor else None, person=person)
        public_id: str = added["public_id"]
        return public_id


HOLD = "SELECT p.id FROM person p JOIN identity n ON n.person = p.id WHERE p.id = {} FOR NO KEY UPDATE"
EDIT = "UPDATE identity SET name = {}, email = {}, title = {} WHERE person = {}"
MOVE = "UPDATE person SET org_unit = {} WHERE id = {}"


async def edit_person(
    actor: Actor,
    person: PersonRow,
    *,
    name: str,
    email: str,
    title: str,
    number: str,
    org_unit: int | None,
    seen: str,
) -> None:
    """What the organisation says of somebody. Another address ends the links that went to the old one, and no guest has
    shown yet that it is hers. Raises Taken, and Changed when it is no longer as it was seen."""
    require(actor, Action.PEOPLE_MANAGE)
    async with told_apart(_taken()):
        await execute(HOLD, person.id)
        stands = await get_person(actor, person.public_id)
        if not as_seen(seen, stands.seen if stands else "", fingerprint(name, email, title, number, org_unit)):
            return
        await execute(EDIT, name, email, title, person.id)
        await execute(MOVE, org_unit, person.id)
        if number:
            await execute(NUMBER, person.id, number)
        else:
            await execute("DELETE FROM personnel WHERE person = {}", person.id)
        if email.lower() != person.email.lower():
            await execute(END_LINKS, [person.id])
            await execute("DELETE FROM guest WHERE person = {}", person.id)
        await record(Kind.PERSON_EDITED, actor=actor.id, person=person.id)


def _taken() -> dict[str, Exception]:
    """What somebody else may have already."""
    return {"identity_email": Taken("email"), "personnel_number_key": Taken("number")}
