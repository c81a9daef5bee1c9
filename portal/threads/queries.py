"""Reading what stands above a thread: in one statement, however long it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from portal.access.actor import Actor
from portal.access.of_people import ADDRESS
from portal.access.scope import visible
from portal.db import Reading
from portal.ideas.queries import IdeaRow
from portal.tables import Comment, CommentDay, Digest, ReadMark

VISIT = timedelta(hours=1)  # what is new stays new that long
MOST_NEW = 1000  # counted; from there on it says "1,000 or more"


class DigestRow(msgspec.Struct, frozen=True):
    """A thread in short, as somebody wrote it."""

    version: int
    author_public_id: str
    author_name: str
    author_guest: bool
    body: str
    body_html: str
    how: str
    language: str
    created_at: datetime


DIGESTS = (
    """
    SELECT d.version,
    """
    + ADDRESS.format("d.space")
    + """ AS author_public_id, coalesce(n.name, '') AS author_name,
        p.kind = 'guest' AS author_guest, d.body, d.body_html, d.how, d.language, d.created_at
    FROM digest d JOIN person p ON p.id = d.author LEFT JOIN identity n ON n.person = p.id
    WHERE d.idea = {} AND {} ORDER BY d.version DESC
"""
)


def digests(actor: Actor, idea: IdeaRow) -> Reading[DigestRow]:
    """All versions, the latest first."""
    return Reading(DigestRow, DIGESTS, idea.id, visible(Digest, actor, "d"))


def latest_digest(actor: Actor, idea: IdeaRow) -> Reading[DigestRow]:
    """The one that is shown."""
    return Reading(DigestRow, DIGESTS + " LIMIT 1", idea.id, visible(Digest, actor, "d"))


class Overview(msgspec.Struct, frozen=True):
    """A thread from above, for the one who reads it: how many comments each day has, what is new to her since her
    visit began (`new` of them, `first_new` first), and where her mark was and ought to be."""

    days: list[date]
    counts: list[int]
    newest: int | None
    marked: int | None
    since: int | None
    new: int
    first_new: str | None


OVERVIEW = """
    WITH mark AS (
        SELECT m.comment AS marked,
            CASE WHEN m.visited_at < {}::timestamptz - {}::interval THEN m.comment ELSE m.since END AS since
        FROM read_mark m WHERE m.idea = {} AND {}
    ), days AS (
        SELECT array_agg(d.day ORDER BY d.day) AS days, array_agg(d.comments ORDER BY d.day) AS counts
        FROM comment_day d WHERE d.idea = {} AND d.comments > 0 AND {}
    ), news AS (
        SELECT k.id, k.public_id FROM comment k
        WHERE k.idea = {} AND k.id > (SELECT mark.since FROM mark) AND k.state = 'published' AND k.author <> {}
            AND {} ORDER BY k.id LIMIT {}
    )
    SELECT coalesce(days.days, ARRAY[]::date[]) AS days, coalesce(days.counts, ARRAY[]::integer[]) AS counts,
        (SELECT k.id FROM comment k WHERE k.idea = {} ORDER BY k.id DESC LIMIT 1) AS newest, mark.marked, mark.since,
        (SELECT count(*) FROM news) AS new, (SELECT public_id FROM news ORDER BY id LIMIT 1) AS first_new
    FROM days LEFT JOIN mark ON TRUE
"""


def overview(actor: Actor, idea: IdeaRow) -> Reading[Overview]:
    """What stands above the thread of an idea, in one row."""
    return Reading(
        Overview,
        OVERVIEW,
        actor.now,
        VISIT,
        idea.id,
        visible(ReadMark, actor, "m"),
        idea.id,
        visible(CommentDay, actor, "d"),
        idea.id,
        actor.id,
        visible(Comment, actor, "k"),
        MOST_NEW,
        idea.id,
    )
