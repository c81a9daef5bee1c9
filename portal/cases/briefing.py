"""The briefing of a head: what is very late comes first, then what is late, due, answered, growing, and promised."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.access.of_people import NAMED
from portal.access.scope import visible
from portal.cases.inbox import WEEK, Wanted, listed, loads
from portal.db import Reading, read_together
from portal.ideas.cards import address_of
from portal.tables import Idea, Promise

MOST = 20  # lines of a kind: it is to be read in the morning


class Growing(msgspec.Struct, frozen=True):
    """What many support or discuss all at once, and nobody owes an answer yet; `watched`: it is discussed."""

    public_id: str
    kind: str
    title: str
    language: str
    supporters: int
    t1_at_count: int | None
    commenters: int
    watched: bool
    since: datetime

    @property
    def address(self) -> str:
        """Where it is."""
        return address_of(self.kind, self.public_id)


GROWING = """
    SELECT i.public_id, i.kind, i.title, i.language, plein_union(i) AS supporters, i.t1_at_count, i.commenters,
        i.watched_at IS NOT NULL AS watched, coalesce(i.heads_up_at, i.watched_at) AS since
    FROM idea i JOIN campaign c ON c.id = i.campaign
    WHERE i.state = 'published' AND i.t1_at IS NULL AND greatest(i.heads_up_at, i.watched_at) > {}
        AND NOT plein_counts_hidden(c, {}) AND {}
    ORDER BY plein_union(i) DESC, i.id LIMIT {}
"""


class Late(msgspec.Struct, frozen=True):
    """A promise past its date, of an answer in her line."""

    idea_public_id: str
    kind: str
    title: str
    language: str
    body: str
    due_on: date
    owner_name: str

    @property
    def address(self) -> str:
        """Where it stands."""
        return address_of(self.kind, self.idea_public_id)


PROMISES = (
    """
    SELECT i.public_id AS idea_public_id, i.kind, i.title, i.language, y.body, y.due_on,
        coalesce(n.name, '') AS owner_name
    FROM promise y JOIN idea i ON i.id = y.idea """
    + NAMED.format("n", "y.owner", "y.space")
    + """
    WHERE y.state = 'open' AND y.due_on < plein_day({}) AND {}
        AND (y.owner = {} OR EXISTS (SELECT FROM case_role r WHERE r.escalation = y.escalation AND r.person = {}
            AND r.until IS NULL AND r.role IN ('owner', 'chain')))
    ORDER BY y.due_on, y.id LIMIT {}
"""
)


async def briefing(actor: Actor) -> dict[str, Any]:
    """All of it, in one statement; of each kind what is most urgent."""

    def led(only: str) -> Reading[Any]:
        return listed(actor, Wanted("led", only), MOST)

    now, promise = actor.now, visible(Promise, actor, "y")
    return await read_together(
        very_late=led("very late"),
        late=led("late until then"),
        due=led("due this week"),
        answered=led("answered this week"),
        loads=loads(actor),
        growing=Reading(Growing, GROWING, now - WEEK, now, visible(Idea, actor, "i"), MOST),
        promises=Reading(Late, PROMISES, now, promise, actor.id, actor.id, MOST),
    )
