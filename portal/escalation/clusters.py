"""Similar items stand under a lead, whose threshold is tested on all of their distinct people (rule 12). Votes stay
where they were given: nothing has to be put back."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, Forbidden, require
from portal.db import execute, fetch_value, transaction
from portal.escalation.batches import one_by_one
from portal.escalation.moving import hold, move, possible
from portal.escalation.opening import HOLD_ITEM, go_on_from_triage, open_case
from portal.escalation.queries import Clustered
from portal.escalation.steps import stop_asking
from portal.events.kinds import Kind
from portal.events.log import record
from portal.sensitive.holding import refuse_sensitive

OPT_OUT_HOURS = 72
# Of two who put two things together the other way round at the same moment, one comes after the other.
ONE_BY_ONE = "SELECT pg_advisory_xact_lock(hashtextextended('clusters', {}))"
# Both are still to be answered, and how many support them is shown; its author did not say before that it shall stand
# by itself; and a case never comes under one that is due later, so that no clock is set back (rule 1).
MERGE = """
    INSERT INTO cluster_item (lead, idea, space, added_by, reason, opt_out_until)
    SELECT l.id, i.id, i.space, {}, {}, plein_now() + make_interval(hours => {})
    FROM idea i JOIN campaign c ON c.id = i.campaign JOIN idea l ON l.space = i.space AND l.id <> i.id
    JOIN campaign lc ON lc.id = l.campaign
    WHERE i.id = {} AND l.id = {} AND i.state = 'published' AND l.state = 'published'
        AND NOT plein_counts_hidden(c, plein_now()) AND NOT plein_counts_hidden(lc, plein_now())
        AND NOT EXISTS (SELECT FROM answer a WHERE a.idea IN (i.id, l.id) AND a.kind <> 'statement')
        AND NOT EXISTS (SELECT FROM cluster_item k
            WHERE k.left_at IS NULL AND (i.id IN (k.idea, k.lead) OR k.idea = l.id))
        AND NOT EXISTS (SELECT FROM cluster_item k WHERE k.idea = i.id AND k.lead = l.id AND k.left_by = i.author)
        AND NOT EXISTS (SELECT FROM escalation e WHERE e.idea = i.id AND e.ended_at IS NULL
            AND NOT EXISTS (SELECT FROM escalation x
                WHERE x.idea = l.id AND x.ended_at IS NULL AND x.due_at <= e.due_at))
    ON CONFLICT DO NOTHING RETURNING id
"""
SPLIT = """
    UPDATE cluster_item SET left_at = plein_now(), left_by = {}, left_reason = {} WHERE idea = {} AND left_at IS NULL
    RETURNING id
"""
CASE_OF = (
    "SELECT id FROM escalation WHERE idea = {} AND (ended_at IS NULL OR state = 'merged') ORDER BY id DESC LIMIT 1"
)


async def merge(actor: Actor, item: Clustered, lead: Clustered, reason: str) -> None:
    """The item stands under the lead from now on; its own case, if there is one, goes on there. Raises Changed and
    Sensitive."""
    require(actor, Action.ESCALATION_MERGE, item)
    if lead.barred or lead.decides:
        raise Forbidden(Action.ESCALATION_MERGE)
    await refuse_sensitive(reason)
    async with transaction():
        await execute(ONE_BY_ONE, item.space)
        for held in (lead.id, item.id):  # in this order, as by whoever votes within the cluster
            await execute(HOLD_ITEM, held)
        if await fetch_value(MERGE, actor.id, reason, OPT_OUT_HOURS, item.id, lead.id) is None:
            raise Changed
        case = await fetch_value(CASE_OF, item.id)
        if case is not None and possible(own := await hold(case), Kind.CASE_MERGED):
            await stop_asking(own)
            await move(case, Kind.CASE_MERGED, actor=actor.id, lead=lead.id)
        await record(Kind.CLUSTERED, actor=actor.id, space=item.space, idea=item.id, lead=lead.id)


async def split(actor: Actor, item: Clustered, reason: str) -> None:
    """The item stands by itself again, with all of its votes, and so does its case. Raises Changed and Sensitive."""
    require(actor, Action.ESCALATION_SPLIT, item)
    await refuse_sensitive(reason)
    async with transaction():
        if await fetch_value(SPLIT, actor.id, reason, item.id) is None:
            raise Changed
        case = await fetch_value(CASE_OF, item.id)
        if case is not None and possible(await hold(case), Kind.CASE_SPLIT):
            await go_on_from_triage(case, Kind.CASE_SPLIT, actor=actor.id)
        await open_case(item.id, "threshold")  # where it has enough people of its own
        await record(Kind.CLUSTER_LEFT, actor=actor.id, space=item.space, idea=item.id, lead=item.lead)


# What waits to be screened, or what moderators hid for now or sent back lately, may come back.
IS_GONE = "(i.state IN ('withdrawn', 'removed', 'diverted') OR plein_removed(i.id))"
# What was answered with a lead is answered, though it is gone.
LEFT_ALONE = f"""
    SELECT DISTINCT c.lead FROM cluster_item c JOIN idea i ON i.id = c.lead
    WHERE c.left_at IS NULL AND {IS_GONE}
        AND NOT EXISTS (SELECT FROM answer a WHERE a.idea = i.id AND a.kind <> 'statement') ORDER BY c.lead
"""
# Whose case was begun first, or who was merged first; the others stand under it from now on.
NEXT = """
    SELECT c.idea FROM cluster_item c JOIN idea i ON i.id = c.idea AND i.state = 'published'
    LEFT JOIN escalation e ON e.idea = i.id AND e.state = 'merged'
    WHERE c.lead = {} AND c.left_at IS NULL ORDER BY e.started_at, c.id LIMIT 1
"""
LEAVE = """
    UPDATE cluster_item SET left_at = plein_now() WHERE lead = {} AND idea = coalesce({}, idea) AND left_at IS NULL
    RETURNING idea, space
"""
FOLLOW = "UPDATE cluster_item SET lead = {} WHERE lead = {} AND left_at IS NULL RETURNING idea, space"
# What is withdrawn, removed or diverted counts with nothing any more.
GONE = f"""
    SELECT c.id FROM cluster_item c JOIN idea i ON i.id = c.idea WHERE c.left_at IS NULL AND {IS_GONE} ORDER BY c.id
"""
TAKE_OUT = "UPDATE cluster_item SET left_at = plein_now() WHERE id = {} AND left_at IS NULL"
# A case that was merged, and whose item stands in no cluster any more, and was answered in none: nobody else owes it an
# answer.
BY_ITSELF = """
    SELECT e.id FROM escalation e JOIN idea i ON i.id = e.idea AND i.state = 'published'
    WHERE e.state = 'merged' AND NOT EXISTS (SELECT FROM cluster_item c WHERE c.idea = e.idea AND c.left_at IS NULL)
        AND NOT EXISTS (SELECT FROM escalation o WHERE o.idea = e.idea AND o.id > e.id)
        AND NOT EXISTS (SELECT FROM answer a WHERE a.kind <> 'statement' AND (a.idea = e.idea
            OR a.idea IN (SELECT c.lead FROM cluster_item c WHERE c.idea = e.idea))) ORDER BY e.id
"""
# It came to have enough people of its own while it stood under a lead, which opened no case.
REACHED_ALONE = """
    SELECT DISTINCT i.id FROM cluster_item k JOIN idea i ON i.id = k.idea AND i.state = 'published'
    WHERE k.left_at IS NOT NULL AND i.t1_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM cluster_item c WHERE c.idea = i.id AND c.left_at IS NULL)
        AND NOT EXISTS (SELECT FROM escalation e WHERE e.idea = i.id)
        AND NOT EXISTS (SELECT FROM answer a WHERE a.kind <> 'statement' AND a.idea = k.lead) ORDER BY i.id
"""


async def follow_new_leads() -> None:
    """Where a lead is gone the next one leads; what is gone leaves; and a case whose item leads, or stands by itself
    again, goes on with the clock that it had."""
    await one_by_one([row["id"] for row in await execute(GONE)], _take_out)
    await one_by_one([row["lead"] for row in await execute(LEFT_ALONE)], _follow_next)
    await one_by_one([row["id"] for row in await execute(BY_ITSELF)], _go_on_alone)
    await one_by_one([row["id"] for row in await execute(REACHED_ALONE)], _open_own)


async def _take_out(item: int) -> None:
    await execute(TAKE_OUT, item)


async def _follow_next(lead: int) -> None:
    await _give_lead(lead, await fetch_value(NEXT, lead))


async def _go_on_alone(case: int) -> None:
    if possible(await hold(case), Kind.CASE_SPLIT):
        await go_on_from_triage(case, Kind.CASE_SPLIT)


async def _open_own(idea: int) -> None:
    await open_case(idea, "threshold")


async def _give_lead(old: int, new: int | None) -> None:
    """The next one leads; where there is none, each stands by itself."""
    for row in await execute(LEAVE, old, new):
        await record(Kind.CLUSTER_LEFT, space=row["space"], idea=row["idea"])
    if new is None:
        return
    for row in await execute(FOLLOW, new, old):
        await record(Kind.CLUSTERED, space=row["space"], idea=row["idea"], lead=new)
    await execute("SELECT plein_join({}), plein_join({})", old, new)
