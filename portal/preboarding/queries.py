"""Reading what is open to people who start, and who looks after whom."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import fingerprint
from portal.access.scope import visible
from portal.db import fetch, fetch_one
from portal.invitations.queries import GuestSpace
from portal.tables import Chapter, Membership, Mentor, Mentorship, Person

MENTOR_DAYS = 90  # after somebody's first day, in which she takes one of her mentor's places


class ChapterRow(msgspec.Struct, frozen=True):
    """A chapter as whoever reads it sees it. `opens`: so many days after one's first day."""

    id: int
    public_id: str
    space: int
    space_public_id: str
    space_name: str
    language: str
    kind: str
    host: int | None
    preboarding: bool
    title: str
    body: str
    body_html: str
    opens: int
    updated_at: datetime

    @property
    def seen(self) -> str:
        """What its form is filled from."""
        return fingerprint(self.title, self.body, self.opens)


CHAPTERS = """
    SELECT c.id, c.public_id, c.space, s.public_id AS space_public_id, s.name AS space_name, s.language, s.kind, s.host,
        s.preboarding, c.title, c.body, c.body_html, c.opens, c.updated_at
    FROM chapter c JOIN space s ON s.id = c.space WHERE {}
"""


async def chapters(actor: Actor, space: int) -> list[ChapterRow]:
    """The chapters of a space that are open to the actor, in the order in which they open."""
    sight = visible(Chapter, actor, "c")
    return await fetch(ChapterRow, CHAPTERS + " AND c.space = {} ORDER BY c.opens, c.id LIMIT 200", sight, space)


async def latest_chapters(actor: Actor, most: int) -> list[ChapterRow]:
    """Those that opened last to somebody who starts, in whichever of her spaces; none to others."""
    if actor.day is None:
        return []
    return await fetch(
        ChapterRow, CHAPTERS + " ORDER BY c.opens DESC, c.id DESC LIMIT {}", visible(Chapter, actor, "c"), most
    )


async def get_chapter(actor: Actor, public_id: str) -> ChapterRow | None:
    """One of them."""
    return await fetch_one(ChapterRow, CHAPTERS + " AND c.public_id = {}", visible(Chapter, actor, "c"), public_id)


class MentorRow(msgspec.Struct, frozen=True):
    """Somebody who offers herself to people who start. `taken`: how many of her places are."""

    person: int
    public_id: str
    name: str
    title: str
    words: str
    most: int
    taken: int


#: That somebody takes one of her mentor's places; of `xp`, a person.
TAKES_A_PLACE = f"""
    coalesce(xp.starts_on > (SELECT (plein_now() AT TIME ZONE zone)::date FROM organisation) - {MENTOR_DAYS}, FALSE)
"""
MENTORS = f"""
    SELECT m.person, p.public_id, n.name, CASE WHEN {{}} THEN '' ELSE n.title END AS title, m.words, m.most,
        (SELECT count(*) FROM mentorship x JOIN person xp ON xp.id = x.person
            WHERE x.space = m.space AND x.mentor = m.person AND {TAKES_A_PLACE})::int AS taken
    FROM mentor m JOIN person p ON p.id = m.person AND p.active JOIN identity n ON n.person = p.id
    WHERE m.space = {{}} AND {{}} AND {{}}
"""


async def mentors(actor: Actor, space: GuestSpace) -> list[MentorRow]:
    """Who offers herself in a space: who did so first stands first."""
    sight = visible(Mentor, actor, "m"), visible(Person, actor, "p")
    return await fetch(MentorRow, MENTORS + " ORDER BY m.id LIMIT 200", actor.guest, space.id, *sight)


HERS = " AND m.person IN (SELECT x.mentor FROM mentorship x WHERE x.space = m.space AND x.person = {} AND {})"


async def own_mentor(actor: Actor, space: GuestSpace) -> MentorRow | None:
    """Who looks after the actor in a space."""
    sight = visible(Mentor, actor, "m"), visible(Person, actor, "p")
    hers = actor.id, visible(Mentorship, actor, "x")
    return await fetch_one(MentorRow, MENTORS + HERS, actor.guest, space.id, *sight, *hers)


class Starter(msgspec.Struct, frozen=True):
    """Somebody who starts, and her mentor's name. No day yet: whoever invites there says it."""

    public_id: str
    name: str
    guest: bool
    starts_on: date | None
    mentor: str


STARTERS = """
    SELECT p.public_id, n.name, p.kind = 'guest' AS guest, p.starts_on, coalesce(mn.name, '') AS mentor
    FROM membership m JOIN person p ON p.id = m.person AND p.active JOIN identity n ON n.person = p.id
    LEFT JOIN mentorship x ON x.space = m.space AND x.person = p.id AND {} LEFT JOIN identity mn ON mn.person = x.mentor
    WHERE m.space = {} AND m.role = 'member' AND {}
"""
ONE = " AND p.kind = 'guest' AND p.public_id = {}"
ALL = """
    AND p.starts_on IS NOT NULL AND (m.until IS NULL OR m.until > plein_now()) AND ({} OR x.mentor = {})
    ORDER BY p.starts_on DESC, lower(n.name), p.id LIMIT 500
"""


async def starters(actor: Actor, space: GuestSpace, everybody: bool) -> list[Starter]:
    """Who starts: all of them, for those who invite there; or only those whom the actor looks after."""
    sight = visible(Mentorship, actor, "x"), visible(Membership, actor, "m")
    return await fetch(Starter, STARTERS + ALL, sight[0], space.id, sight[1], everybody, actor.id)


async def starter(actor: Actor, space: GuestSpace, guest: str) -> Starter | None:
    """A guest of the space, who may have stayed away until now."""
    sight = visible(Mentorship, actor, "x"), visible(Membership, actor, "m")
    return await fetch_one(Starter, STARTERS + ONE, sight[0], space.id, sight[1], guest)
