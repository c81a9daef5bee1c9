"""Mail about what comes after an answer: it is reviewed, what was promised, whether that is done, and what became of
it."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.of_people import NAMED
from portal.access.scope import visible
from portal.db import QueryString, fetch_one
from portal.events.kinds import Kind
from portal.ideas.cards import address_of
from portal.notifications.of_ideas import TOOK_PART
from portal.notifications.written import Written
from portal.settings import settings
from portal.tables import Idea, PromiseNews
from portal.text.language import lazy
from portal.text.markdown import excerpt

# Whoever supports the item, or one that stands with it.
SUPPORTERS = QueryString("""
    SELECT v.person FROM vote v WHERE NOT v.guest AND (v.idea = t.idea
        OR v.idea IN (SELECT c.idea FROM cluster_item c WHERE c.lead = t.idea AND c.left_at IS NULL))
""")
# Whoever took part in it, or in one that stands with it, or is on the case.
CONCERNED = QueryString(
    """
    {} UNION SELECT r.person FROM case_role r WHERE r.escalation = e.escalation AND r.until IS NULL
""",
    TOOK_PART,
)

#: What happened, by the kind of event; the thing's title stands behind it.
SAID: dict[str, str] = {
    Kind.CASE_UNDER_REVIEW: lazy("The answer is reviewed, one level higher: %(title)s"),
    Kind.CASE_REOPENED: lazy("A promise was not kept, and an answer is owed again: %(title)s"),
    Kind.CASE_VERIFIED: lazy("Carried out, say those who asked: %(title)s"),
    Kind.CROWD_ASKED: lazy("You asked for this. Is it done? %(title)s"),
    Kind.PROMISE_NEWS: lazy("News of a promise: %(title)s"),
    Kind.PROMISE_MOVED: lazy("A promise has another date: %(title)s"),
}
#: The same in the message itself, where it says more.
MORE: dict[str, str] = {
    Kind.CASE_UNDER_REVIEW: lazy(
        "Too few of those who supported it say that the answer answers their question. Who stands one level higher"
        " looks at it again, once; that answer is the last."
    ),
    Kind.CASE_REOPENED: lazy(
        "There was no news of it, or too few of those who supported it say that it is done. It is its owner’s again,"
        " with all its clocks."
    ),
    Kind.CASE_VERIFIED: lazy("Everything that was promised is done, and nobody who asked for it says otherwise."),
    Kind.CROWD_ASKED: lazy(
        "What was promised is said to be done, or its day is over. Say yes or no; only how many say what is shown, and"
        " never who."
    ),
}


class Happened(msgspec.Struct, frozen=True):
    """What happened after an answer; `text`: what was told of a promise."""

    kind: str
    title: str
    idea_public_id: str
    item_kind: str
    case_public_id: str
    promise: str
    by: str
    text: str


HAPPENED = (
    """
    SELECT e.kind, i.title, i.public_id AS idea_public_id, i.kind AS item_kind,
        coalesce(z.public_id, '') AS case_public_id, coalesce(x.body, '') AS promise, coalesce(n.name, '') AS by,
        coalesce(w.body_html, '') AS text
    FROM event e LEFT JOIN escalation z ON z.id = e.escalation JOIN idea i ON i.id = coalesce(e.idea, z.idea)
    LEFT JOIN promise x ON x.id = (e.particulars ->> 'promise')::bigint
    LEFT JOIN promise_news w ON w.id = (e.particulars ->> 'news')::bigint AND {}
    """
    + NAMED.format("n", "w.author", "i.space")
    + " WHERE e.id = {} AND {}"
)


async def write_after_answer(reader: Actor, event: int | None) -> Written | None:
    """What happened, where it is read, and what was told."""
    sees = visible(PromiseNews, reader, "w"), visible(Idea, reader, "i")
    row = await fetch_one(Happened, HAPPENED, sees[0], event, sees[1])
    if row is None:
        return None
    path = f"/cases/{row.case_public_id}" if row.case_public_id else address_of(row.item_kind, row.idea_public_id)
    subject = str(SAID[row.kind]) % {"title": row.title}
    return subject, {
        "said": str(SAID[row.kind]) % {"title": ""},
        "more": str(MORE.get(row.kind, "")),
        "row": row,
        "text": excerpt(row.text, 2000),
        "address": settings().base_url + path,
    }
