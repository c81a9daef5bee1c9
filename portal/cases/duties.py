"""What somebody has to do about cases and promises: the answers that she owes, and what is asked of her. Home and the
inbox tell it from here, for all at once; a case's own page asks the rules (`next.nearest`). A test compares the two."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.of_cases import OWNED
from portal.access.scope import visible
from portal.cases.next import Next, asked, owed
from portal.crowd.due import promises_due
from portal.db import QueryString, Reading
from portal.escalation.queries import REPLIED
from portal.ideas.cards import address_of
from portal.paging import Cursor
from portal.tables import Escalation

MOST = 3  # of each kind of ask, and of what she owes: the most urgent


class Duty(msgspec.Struct, frozen=True):
    """Something that she has to do about a case, or about a promise, which may have none. `ask`: what is asked of her;
    empty: she owes the answer. `said`: in which words; `place`: among those of one moment."""

    ask: str
    address: str
    by: datetime
    said: str
    public_id: str | None
    idea_public_id: str
    item_kind: str
    title: str
    language: str
    state: str | None
    lateness: str | None
    acknowledge_due_at: datetime
    statement_due_at: datetime
    statement_at: datetime | None
    due_at: datetime
    round: int
    place: str

    @property
    def stands(self) -> str:
        """Where one reads of it: the case, or the item where there is none."""
        return f"/cases/{self.public_id}" if self.public_id else address_of(self.item_kind, self.idea_public_id)

    @property
    def late(self) -> bool:
        """The answer that she owes is late."""
        return not self.ask and bool(self.lateness and self.lateness.startswith("overdue"))

    def next(self, now: datetime) -> Next:
        """Where it is done, in which words."""
        return asked(self.ask, self.address, self.by) if self.ask else owed(self, now)


# The owner's question to whoever wrote the item, while it is open.
REPLY = f"""
    SELECT 'reply' AS ask, e.id, e.idea, '/cases/' || e.public_id || '/reply' AS address, e.clarify_until AS by,
        e.question AS said
    FROM escalation e JOIN idea w ON w.id = e.idea
    WHERE e.state = 'clarifying' AND NOT {REPLIED} AND (w.author = ANY({{}}) OR EXISTS (SELECT FROM co_author k
        WHERE k.idea = w.id AND k.person = {{}} AND k.accepted_at IS NOT NULL))
"""
TAKE_OVER = """
    SELECT 'takeover', e.id, e.idea, '/cases/' || e.public_id || '/takeover', e.due_at, h.body
    FROM handover h JOIN escalation e ON e.id = h.escalation
    WHERE h.person = {} AND h.outcome IS NULL AND e.state = ANY({})
"""
AGREE = """
    SELECT 'agreement', e.id, e.idea, '/cases/' || e.public_id || '/agreement', e.due_at, e.extension_reason
    FROM escalation e
    WHERE e.extension_asked_at IS NOT NULL AND e.extension_decided_at IS NULL AND e.ended_at IS NULL
        AND e.due_at > {} AND e.state = ANY({})
        AND EXISTS (SELECT FROM case_role r WHERE r.escalation = e.id AND r.person = {} AND r.role = 'chain'
            AND r.until IS NULL)
        AND (plein_above(e.owner, plein_openly_barred(e) || e.extension_asked_by, {}))[1] = {}
        AND {} <> ALL (plein_barred(e))
"""
APPROVE = """
    SELECT 'approval', e.id, e.idea, '/cases/' || e.public_id || '#approval', e.due_at, ''
    FROM answer_draft d JOIN escalation e ON e.id = d.escalation WHERE d.approver = {} AND e.state = ANY({})
        AND {} <> ALL (plein_barred(e))
"""
ADVISE = """
    SELECT 'advice', e.id, e.idea, '/consultations/' || c.public_id, c.due_at, c.body
    FROM consultation c JOIN escalation e ON e.id = c.escalation
    WHERE c.person = {} AND c.answered_at IS NULL AND e.ended_at IS NULL
        AND EXISTS (SELECT FROM case_role r WHERE r.escalation = e.id AND r.person = c.person AND r.until IS NULL)
"""
# Who decides is to be named: by the moderators of the space; by administrators once that is late, or where no moderator
# may (of what has no name: fewer than two, as far as everybody knows, whoever wrote it). Who would decide is asked of
# one after the other, until there are enough.
TRIAGE = """
    SELECT 'triage', o.id, o.idea, o.address, o.by, '' FROM (
        SELECT o.id, (o.of_case).idea, o.address, o.by FROM (
            SELECT e AS of_case, e.id, '/cases/' || e.public_id || '/triage' AS address,
                coalesce(e.triage_due_at, e.created_at) AS by, e.space = ANY({}) AS hers
            FROM escalation e WHERE e.state = 'triage' AND (e.space = ANY({}) OR {}) AND {}
            ORDER BY 4, e.id OFFSET 0) o
        CROSS JOIN LATERAL (SELECT ARRAY(SELECT plein_deciding((o.of_case).idea)) AS people OFFSET 0) d
        WHERE {} <> ALL (plein_barred(o.of_case) || d.people) AND (o.hers OR o.by < {}
            OR (SELECT count(DISTINCT m.person) FROM membership m
                WHERE m.space = (o.of_case).space AND m.role IN ('moderator', 'owner')
                    AND (m.until IS NULL OR m.until > plein_now()) AND plein_there(m.person, plein_now())
                    AND m.person <> ALL (plein_openly_barred(o.of_case) || d.people))
                <= (EXISTS (SELECT FROM idea i JOIN mask k ON k.person = i.author
                    WHERE i.id = (o.of_case).idea))::int)
        ORDER BY o.by, o.id LIMIT {}) o
"""
# The first of those that she owns, may decide, and whose clock runs; by the index: she may own thousands.
OWED = """
    SELECT '', o.id, o.idea, '', o.due_at, '' FROM (
        SELECT e.id, e.idea, e.due_at FROM escalation e
        WHERE e.owner = {} AND e.state IN ('assigned', 'acknowledged', 'drafting', 'under review')
            AND {} <> ALL (plein_barred(e)) AND plein_still(e) IS NULL AND {}
        ORDER BY e.due_at, e.id LIMIT {}) o
"""
DUTIES = """
    SELECT x.ask, x.address, x.by, x.said, e.public_id, i.public_id AS idea_public_id, i.kind AS item_kind, i.title,
        i.language, e.state, plein_lateness(e, {}) AS lateness, coalesce(e.acknowledge_due_at, x.by)
        AS acknowledge_due_at, coalesce(e.statement_due_at, x.by) AS statement_due_at, e.statement_at,
        coalesce(e.due_at, x.by) AS due_at, coalesce(e.round, 1) AS round, md5(x.address) AS place
    FROM (SELECT x.*, row_number() OVER (PARTITION BY x.ask ORDER BY x.by, x.idea) AS nth
        FROM (SELECT x.* FROM (({}) UNION ALL ({}) UNION ALL ({}) UNION ALL ({}) UNION ALL ({}) UNION ALL ({})
            UNION ALL ({})) x JOIN escalation e ON e.id = x.id WHERE {} UNION ALL ({})) x) x
    JOIN idea i ON i.id = x.idea LEFT JOIN escalation e ON e.id = x.id WHERE {}
    ORDER BY x.ask = '', x.by, place LIMIT {}
"""
FIRST = "x.nth <= {}"
BEYOND = "(x.by, md5(x.address)) > ({}, {})"
ALL = 1000  # there are never so many where each kind has its most


def _duties(actor: Actor, owes: int, which: QueryString, most: int) -> QueryString:
    me, now, owned = actor.id, actor.now, sorted(OWNED)
    sees = visible(Escalation, actor, "e")
    asks = (
        QueryString(REPLY, actor.selves, me),
        QueryString(TAKE_OVER, me, owned),
        QueryString(AGREE, now, owned, me, now, me, me),
        QueryString(APPROVE, me, owned, me),
        QueryString(ADVISE, me),
        QueryString(TRIAGE, actor.moderates, actor.moderates, actor.administrator, sees, me, now, MOST),
        QueryString(OWED, me, me, sees, owes),
    )
    return QueryString(DUTIES, now, *asks, sees, promises_due(actor), which, most)


def duties_of(actor: Actor) -> Reading[Duty]:
    """What is asked of her, what is due first before the rest, some of each kind; then the answers that she owes."""
    return Reading(Duty, "{}", _duties(actor, MOST, QueryString(FIRST, MOST), ALL))


def asked_of(actor: Actor, after: Cursor | None, most: int) -> Reading[Duty]:
    """What is asked of her beyond a page, without the answers that she owes, which stand in the lists of the inbox; nor
    do more than a few who wait for an owner, for those do, too."""
    beyond = QueryString(BEYOND, after.moment, after.public_id) if after else QueryString("TRUE")
    return Reading(Duty, "{}", _duties(actor, 0, beyond, most))
