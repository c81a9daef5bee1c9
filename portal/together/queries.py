"""Reading what several people added to an idea."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from portal.access.actor import Actor
from portal.access.of_people import NAMED
from portal.access.scope import visible
from portal.db import Reading, fetch_one
from portal.ideas.queries import IdeaRow
from portal.tables import Capture, CoAuthor, Correction, Event, HelpOffer, Idea, IdeaReply, StatusChange
from portal.text.dates import read_date


class Person(msgspec.Struct, frozen=True):
    """Somebody who writes along, or is invited to."""

    public_id: str
    name: str
    guest: bool
    accepted: bool


class Offer(msgspec.Struct, frozen=True):
    """What somebody could do for the idea."""

    public_id: str
    name: str
    guest: bool
    body: str
    created_at: datetime
    mine: bool


class Addition(msgspec.Struct, frozen=True):
    """A dated correction below the text."""

    body_html: str
    language: str
    author_name: str
    created_at: datetime


class Step(msgspec.Struct, frozen=True):
    """A step on the way, with its public text."""

    status: str
    body_html: str
    language: str
    author_name: str
    created_at: datetime


class Reply(msgspec.Struct, frozen=True):
    """What the idea says to one question."""

    kind: str
    label: str
    value: str

    @property
    def day(self) -> date | None:
        """The day that it names, where a day was asked for."""
        return read_date(self.value) if self.kind == "date" else None


class Captured(msgspec.Struct, frozen=True):
    """For whom it was written down, and where. `claimable`: the actor may say that it is hers; `for_me`: it was written
    down for her, so that she may say that it isn't; `to_confirm`: she wrote it down, and somebody says it is hers."""

    public_id: str
    state: str
    name: str
    workshop_public_id: str
    workshop: str
    claimant_name: str
    claimant_public_id: str
    claimable: bool
    for_me: bool
    to_confirm: bool


class Around(msgspec.Struct, frozen=True):
    """What stands around an idea's text. `moves`: how often it was moved, the last time at `moved_at`; `kept`: how many
    texts it had before, of which each move leaves one."""

    people: tuple[Person, ...]
    offers: tuple[Offer, ...]
    corrections: tuple[Addition, ...]
    steps: tuple[Step, ...]
    replies: tuple[Reply, ...]
    captures: tuple[Captured, ...]
    moves: int
    moved_at: datetime | None
    kept: int


AROUND = f"""
    SELECT
        (SELECT coalesce(json_agg(x), '[]') FROM (
            SELECT p.public_id, coalesce(n.name, '') AS name, p.kind = 'guest' AS guest,
                k.accepted_at IS NOT NULL AS accepted
            FROM co_author k JOIN person p ON p.id = k.person {NAMED.format("n", "p.id", "k.space")}
            WHERE k.idea = i.id AND {{}} ORDER BY k.id) x) AS people,
        (SELECT coalesce(json_agg(x), '[]') FROM (
            SELECT p.public_id, coalesce(n.name, '') AS name, p.kind = 'guest' AS guest, h.body, h.created_at,
                h.person = {{}} AS mine
            FROM help_offer h JOIN person p ON p.id = h.person {NAMED.format("n", "p.id", "h.space")}
            WHERE h.idea = i.id AND {{}} ORDER BY h.id LIMIT 50) x) AS offers,
        (SELECT coalesce(json_agg(x), '[]') FROM (
            SELECT r.body_html, r.language, coalesce(n.name, '') AS author_name, r.created_at
            FROM correction r {NAMED.format("n", "r.author", "r.space")}
            WHERE r.idea = i.id AND {{}} ORDER BY r.id) x) AS corrections,
        (SELECT coalesce(json_agg(x), '[]') FROM (
            SELECT s.status, s.body_html, s.language, coalesce(n.name, '') AS author_name, s.created_at
            FROM status_change s {NAMED.format("n", "s.author", "s.space")}
            WHERE s.idea = i.id AND {{}} ORDER BY s.id) x) AS steps,
        (SELECT coalesce(json_agg(x), '[]') FROM (
            SELECT q.kind, q.label, y.value FROM idea_reply y JOIN question q ON q.id = y.question
            WHERE y.idea = i.id AND {{}} ORDER BY q.position) x) AS replies,
        (SELECT coalesce(json_agg(x), '[]') FROM (
            SELECT t.public_id, t.state, coalesce(n.name, t.name) AS name, w.public_id AS workshop_public_id,
                w.name AS workshop, coalesce(m.name, '') AS claimant_name,
                coalesce(mp.public_id, '') AS claimant_public_id,
                t.state = 'waiting' AND t.author <> {{}} AND coalesce(t.person, {{}}) = {{}} AS claimable,
                coalesce(t.person = {{}}, FALSE) AS for_me,
                t.state = 'claimed' AND t.author = {{}} AS to_confirm
            FROM capture t JOIN workshop w ON w.id = t.workshop
            {NAMED.format("n", "t.person", "t.space")} {NAMED.format("m", "t.claimant", "t.space")}
            LEFT JOIN person mp ON mp.id = t.claimant
            WHERE t.idea = i.id AND t.state <> 'refused' AND {{}}) x) AS captures, h.moves, h.moved_at,
        (SELECT count(*)::int FROM idea_version e WHERE e.idea = i.id) AS kept
    FROM idea i
    CROSS JOIN (SELECT count(*)::int AS moves, max(v.occurred_at) AS moved_at FROM event v
        WHERE v.idea = {{}} AND v.kind = 'idea.moved' AND {{}}) h
    WHERE i.id = {{}} AND {{}}
"""


def around(actor: Actor, idea: IdeaRow) -> Reading[Around]:
    """Co-authors, offers of help, corrections, steps, replies to questions, and for whom it was written down."""
    return Reading(
        Around,
        AROUND,
        visible(CoAuthor, actor, "k"),
        actor.id,
        visible(HelpOffer, actor, "h"),
        visible(Correction, actor, "r"),
        visible(StatusChange, actor, "s"),
        visible(IdeaReply, actor, "y"),
        *[actor.id] * 5,
        visible(Capture, actor, "t"),
        idea.id,
        visible(Event, actor, "v"),
        idea.id,
        visible(Idea, actor, "i"),
    )


class Member(msgspec.Struct, frozen=True):
    """A co-author, to be taken out again."""

    id: int
    person: int
    name: str


MEMBER = """
    SELECT k.id, k.person, coalesce(n.name, '') AS name FROM co_author k JOIN person p ON p.id = k.person
    LEFT JOIN identity n ON n.person = p.id WHERE k.idea = {} AND p.public_id = {} AND {}
"""


async def get_member(actor: Actor, idea: IdeaRow, public_id: str) -> Member | None:
    """Somebody who writes an idea along, or is invited to."""
    return await fetch_one(Member, MEMBER, idea.id, public_id, visible(CoAuthor, actor, "k"))


class CoAuthorInvite(msgspec.Struct, frozen=True):
    """An idea that the actor is invited to write along."""

    public_id: str
    title: str
    language: str
    author_name: str


INVITED = """
    SELECT i.public_id, i.title, i.language, coalesce(n.name, '') AS author_name
    FROM co_author k JOIN idea i ON i.id = k.idea LEFT JOIN identity n ON n.person = k.invited_by
    WHERE k.person = {} AND k.accepted_at IS NULL AND i.state IN ('draft', 'published') AND {}
    ORDER BY k.id LIMIT 20
"""


def invited_along(actor: Actor) -> Reading[CoAuthorInvite]:
    """What she has neither taken up nor declined."""
    return Reading(CoAuthorInvite, INVITED, actor.id, visible(Idea, actor, "i"))
