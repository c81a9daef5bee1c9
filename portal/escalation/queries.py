"""Reading cases, through the scope: where the item is read, its case is."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from portal.access.actor import Actor, Role
from portal.access.scope import visible
from portal.db import QueryString, Reading, fetch_one
from portal.ideas.cards import WRITES_ALONG
from portal.tables import Escalation, Idea


class CaseRow(msgspec.Struct, frozen=True):
    """A case, as far as the policy and its actions ask. `still`: why its clock stands still, if it does: moderators hid
    the item, it is screened, or a question to its author is open; `replied`: a guest answered that, whose login
    does not set the clock going; `lateness`: on time, due soon, overdue 1, 2 or 3,
    None where nothing is owed; `superior`: who stands one level above the owner, and did not ask for more time;
    `barred`: the actor may not decide it (rule 6); `decides`: she, or who is behind her mask, is or was its owner, or
    is her deputy, the neutral, or in the chain, or would be while nobody owns it; `on_team`: is on the case; `drafted`:
    she is or was its owner or adviser; `extension_most`: so many more working days may be asked for; `approver`: who is
    asked to agree to the answer; `offered`: she, or who is behind her mask, is asked to own it."""

    id: int
    public_id: str
    idea: int
    idea_public_id: str
    space: int
    state: str
    level: int
    origin: str
    reason: str
    topic: int | None
    unit: int | None
    owner: int | None
    author: int
    co_author: bool
    superior: int | None
    barred: bool
    decides: bool
    in_chain: bool
    on_team: bool
    advises: bool
    drafted: bool
    approver: int | None
    offered: bool
    round: int
    still: str | None
    replied: bool
    lateness: str | None
    started_at: datetime
    hold_until: datetime | None
    triage_due_at: datetime | None
    acknowledge_due_at: datetime
    acknowledged_at: datetime | None
    promised_on: date | None
    statement_due_at: datetime
    statement_html: str
    statement_at: datetime | None
    due_at: datetime
    question: str
    clarify_from: datetime | None
    clarify_until: datetime | None
    extension_most: int
    extension_days: int | None
    extension_reason: str
    extension_asked_at: datetime | None
    extension_decided_at: datetime | None
    extension_agreed: bool | None
    fraud_by: int | None
    fraud_reason: str
    fraud_supporters: int | None
    fraud_agreed_reason: str
    answered_at: datetime | None
    ended_at: datetime | None


# A guest replied to the question that is open; the worker tells so, and lets the clock go on.
REPLIED = """
    EXISTS (SELECT FROM event q WHERE q.idea = e.idea AND q.kind = 'idea.question_answered'
        AND q.occurred_at >= e.clarify_from)
"""
CASE = f"""
    SELECT e.id, e.public_id, e.idea, i.public_id AS idea_public_id, e.space, e.state, e.level, e.origin, e.reason,
        e.topic, e.unit, e.owner, i.author, {WRITES_ALONG} AS co_author,
        (plein_above(e.owner, plein_openly_barred(e) || array_remove(ARRAY[e.extension_asked_by], NULL),
            plein_now()))[1] AS superior, {{}} = ANY(plein_barred(e)) AS barred,
        e.ended_at IS NULL
            AND plein_decides(coalesce((SELECT m.behind FROM mask m WHERE m.person = {{}}), {{}}), e.idea) AS decides,
        EXISTS (SELECT FROM case_role r WHERE r.escalation = e.id AND r.person = {{}} AND r.role = 'chain'
            AND r.until IS NULL) AS in_chain,
        EXISTS (SELECT FROM case_role r WHERE r.escalation = e.id AND r.person = {{}} AND r.until IS NULL
            AND r.role <> 'promise') AS on_team,
        EXISTS (SELECT FROM case_role r WHERE r.escalation = e.id AND r.person = {{}} AND r.role = 'adviser'
            AND r.until IS NULL) AS advises,
        EXISTS (SELECT FROM case_role r WHERE r.escalation = e.id AND r.person = {{}}
            AND r.role IN ('owner', 'adviser')) AS drafted,
        (SELECT d.approver FROM answer_draft d WHERE d.escalation = e.id) AS approver,
        EXISTS (SELECT FROM handover h WHERE h.escalation = e.id AND h.outcome IS NULL
            AND h.person = coalesce((SELECT m.behind FROM mask m WHERE m.person = {{}}), {{}})) AS offered,
        e.round, plein_still(e) AS still, e.state = 'clarifying' AND {REPLIED} AS replied,
        plein_lateness(e, {{}}) AS lateness, e.started_at, e.hold_until,
        e.triage_due_at, e.acknowledge_due_at, e.acknowledged_at, e.promised_on, e.statement_due_at, e.statement_html,
        e.statement_at, e.due_at, e.question, e.clarify_from, e.clarify_until, s.extension_days AS extension_most,
        e.extension_days, e.extension_reason, e.extension_asked_at, e.extension_decided_at, e.extension_agreed,
        e.fraud_by, e.fraud_reason, e.fraud_supporters, e.fraud_agreed_reason, e.answered_at, e.ended_at
    FROM escalation e JOIN idea i ON i.id = e.idea JOIN escalation_setting s ON s.id = e.setting
    WHERE e.public_id = {{}} AND {{}}
"""


async def get_case(actor: Actor, public_id: str) -> CaseRow | None:
    """One case, where the actor reads its item."""
    me, sight = actor.id, visible(Escalation, actor, "e")
    return await fetch_one(CaseRow, CASE, *[me] * 10, actor.now, public_id, sight)


class Clustered(msgspec.Struct, frozen=True):
    """An idea or post as far as clusters go: it stands under a `lead`, from which its author may take it until
    `opt_out_until` (`lead_answered`: and nobody else), or leads others. `barred`: the actor wrote it; `decides`: she
    decides its case, or its lead's, or would while nobody owns it."""

    id: int
    public_id: str
    space: int
    idea_state: str
    author: int
    answered: bool
    barred: bool
    decides: bool
    lead: int | None
    lead_answered: bool
    leads: bool
    opt_out_until: datetime | None


CLUSTERED = """
    i.id, i.public_id, i.space, i.state AS idea_state, i.author,
        EXISTS (SELECT FROM answer a WHERE a.idea = i.id AND a.kind <> 'statement') AS answered,
        {} IN (SELECT plein_writers(i.id)) AS barred, plein_decides({}, i.id) AS decides, k.lead,
        EXISTS (SELECT FROM answer a WHERE a.idea = k.lead AND a.kind <> 'statement') AS lead_answered,
        EXISTS (SELECT FROM cluster_item l WHERE l.lead = i.id AND l.left_at IS NULL) AS leads, k.opt_out_until
"""
STANDS_IN = "LEFT JOIN cluster_item k ON k.idea = i.id AND k.left_at IS NULL"
BY_ADDRESS = f"SELECT {CLUSTERED} FROM idea i {STANDS_IN} WHERE i.public_id = {{}} AND {{}}"


async def get_clustered(actor: Actor, public_id: str) -> Clustered | None:
    """One idea or post that the actor reads."""
    return await fetch_one(Clustered, BY_ADDRESS, actor.id, actor.id, public_id, visible(Idea, actor, "i"))


class Item(Clustered, frozen=True):
    """The same, as it may become a case by hand. `answers_for_it`: who does by the rules; `would_decide`: the actor
    would, or stand by as deputy, neutral or above."""

    phase: str
    always_open: bool
    open_case: int | None
    answers_for_it: int | None
    would_decide: bool


ITEM = f"""
    SELECT {CLUSTERED}, plein_phase(c, plein_now()) AS phase, c.always_open,
        (SELECT e.id FROM escalation e WHERE e.idea = i.id AND e.ended_at IS NULL) AS open_case,
        plein_owner(i.topic, p.org_unit, ARRAY(SELECT plein_writers(i.id)), plein_now()) AS answers_for_it,
        {{}} IN (SELECT c.person FROM plein_candidates(i.topic, p.org_unit, plein_now()) c
            WHERE c.part IN ('owner', 'deputy', 'chain', 'neutral')) AS would_decide
    FROM idea i JOIN campaign c ON c.id = i.campaign JOIN person p ON p.id = i.author {STANDS_IN}
    WHERE i.public_id = {{}} AND {{}}
"""


# Asked of every item that one opens: so the rules are gone through only for whom they name, or her role concerns.
CONCERNED = """
    ({} OR EXISTS (SELECT FROM topic_rule r WHERE {} IN (r.owner, r.deputy)) OR EXISTS (
        SELECT FROM topic t WHERE t.neutral = {}))
"""


def actionable(actor: Actor, public_id: str, space: int) -> Reading[Item]:
    """The same, where she may have something to do with it."""
    role = actor.has_role(space, Role.DECISION_MAKER) or space in actor.moderates
    sight = QueryString("{} AND {}", visible(Idea, actor, "i"), QueryString(CONCERNED, role, actor.id, actor.id))
    return _item(actor, public_id, sight)


def _item(actor: Actor, public_id: str, sight: QueryString) -> Reading[Item]:
    return Reading(Item, ITEM, actor.id, actor.id, actor.id, public_id, sight)


async def get_actionable(actor: Actor, public_id: str) -> Item | None:
    """One idea or post that the actor reads."""
    return next(iter(await _item(actor, public_id, visible(Idea, actor, "i"))), None)
