"""Similar items stand under a lead, whose threshold is tested on all of their distinct people (rule 12). Votes stay
where they were given: nothing has to be put back."""

from __future__ import annotations

from enum import StrEnum

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, Forbidden, require
from portal.db import execute, fetch_value, transaction
from portal.escalation.batches import one_by_one
from portal.escalation.moving import hold, move, possible
from portal.escalation.opening import HOLD_ITEM, go_on_from_triage, open_case
from portal.escalation.queries import Clustered
from portal.escalation.steps import later, stop_asking
from portal.events.kinds import Kind
from portal.events.log import record
from portal.sensitive.holding import refuse_sensitive

OPT_OUT_HOURS = 72


class Hindrance(StrEnum):
    """What keeps two items apart."""

    GONE = "gone"
    HIDDEN = "hidden"
    ANSWERED = "answered"
    UNDER = "under"
    LEADS = "leads"
    OPTED_OUT = "opted out"
    DUE_FIRST = "due first"


class StaysApart(Exception):
    """They can't count together: why, says `reason`."""

    def __init__(self, reason: Hindrance) -> None:
        super().__init__(reason)
        self.reason = reason


# Of two who put two things together the other way round at the same moment, one comes after the other.
ONE_BY_ONE = "SELECT pg_advisory_xact_lock(hashtextextended('clusters', {}))"
# The author of `i` took it out from under `l`.
OPTED_OUT = "EXISTS (SELECT FROM cluster_item k WHERE k.idea = i.id AND k.lead = l.id AND k.left_by = i.author)"
# What keeps them apart: both are still to be answered, and show how many support them; its author did not say before
# that it shall stand by itself; and a case never comes under one that is due later, so that no clock is set back
# (rule 1).
HINDERED = f"""
    SELECT CASE
        WHEN i.state <> 'published' OR l.state <> 'published' THEN 'gone'
        WHEN plein_counts_hidden(c, plein_now()) OR plein_counts_hidden(lc, plein_now()) THEN 'hidden'
        WHEN EXISTS (SELECT FROM answer a WHERE a.idea IN (i.id, l.id) AND a.kind <> 'statement') THEN 'answered'
        WHEN EXISTS (SELECT FROM cluster_item k WHERE k.idea IN (i.id, l.id) AND k.left_at IS NULL) THEN 'under'
        WHEN EXISTS (SELECT FROM cluster_item k WHERE k.lead = i.id AND k.left_at IS NULL) THEN 'leads'
        WHEN {OPTED_OUT} THEN 'opted out'
        WHEN EXISTS (SELECT FROM escalation e WHERE e.idea = i.id AND e.ended_at IS NULL
            AND NOT EXISTS (SELECT FROM escalation x
                WHERE x.idea = l.id AND x.ended_at IS NULL AND x.due_at <= e.due_at)) THEN 'due first'
        END AS why
    FROM idea i JOIN campaign c ON c.id = i.campaign JOIN idea l ON l.space = i.space AND l.id <> i.id
    JOIN campaign lc ON lc.id = l.campaign WHERE i.id = {{}} AND l.id = {{}}
"""
MERGE = """
    INSERT INTO cluster_item (lead, idea, space, added_by, reason, opt_out_until)
    SELECT {}, i.id, i.space, {}, {}, plein_now() + make_interval(hours => {}) FROM idea i WHERE i.id = {}
"""
# Once its lead is answered only its author takes it out, who says that this is no answer to hers.
SPLIT = """
    UPDATE cluster_item k SET left_at = plein_now(), left_by = {}, left_reason = {}
    WHERE k.idea = {} AND k.left_at IS NULL AND ({} OR NOT EXISTS (
        SELECT FROM answer a WHERE a.idea = k.lead AND a.kind <> 'statement')) RETURNING k.id
"""
CASE_OF = (
    "SELECT id FROM escalation WHERE idea = {} AND (ended_at IS NULL OR state = 'merged') ORDER BY id DESC LIMIT 1"
)


async def merge(actor: Actor, item: Clustered, lead: Clustered, reason: str) -> None:
    """The item stands under the lead from now on; its own case, if there is one, goes on there. Raises StaysApart,
    Changed and Sensitive."""
    require(actor, Action.ESCALATION_MERGE, item)
    if lead.barred or lead.decides:
        raise Forbidden(Action.ESCALATION_MERGE)
    await refuse_sensitive(reason)
    async with transaction():
        await execute(ONE_BY_ONE, item.space)
        for held in (lead.id, item.id):  # in this order, as by whoever votes within the cluster
            await execute(HOLD_ITEM, held)
        pair = await execute(HINDERED, item.id, lead.id)
        if not pair:
            raise Changed
        if why := pair[0]["why"]:
            raise StaysApart(Hindrance(why))
        await execute(MERGE, lead.id, actor.id, reason, OPT_OUT_HOURS, item.id)
        case = await fetch_value(CASE_OF, item.id)
        if case is not None and possible(own := await hold(case), Kind.CASE_MERGED):
            await stop_asking(own)
            await move(case, Kind.CASE_MERGED, actor=actor.id, lead=lead.id)
        await record(Kind.CLUSTERED, actor=actor.id, space=item.space, idea=item.id, lead=lead.id)


async def split(actor: Actor, item: Clustered, reason: str) -> None:
    """The item stands by itself again, with all of its votes; what it is owed follows with the next tick
    (`follow_new_leads`). Raises Changed and Sensitive."""
    require(actor, Action.ESCALATION_SPLIT, item)
    await refuse_sensitive(reason)
    own = item.author in actor.selves
    by = item.author if own else actor.id
    async with transaction():
        await execute(HOLD_ITEM, item.lead)  # as who answers it does
        if await fetch_value(SPLIT, by, reason, item.id, own) is None:
            raise Changed


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
LEAVE = "UPDATE cluster_item SET left_at = plein_now() WHERE lead = {} AND left_at IS NULL"
# All but what its author took out of that lead before.
FOLLOW = f"""
    UPDATE cluster_item c SET lead = l.id, opt_out_until = plein_now() + make_interval(hours => {{}})
    FROM idea l, idea i WHERE l.id = {{}} AND c.lead = {{}} AND c.idea <> l.id AND c.left_at IS NULL AND i.id = c.idea
        AND NOT {OPTED_OUT} RETURNING c.idea, c.space
"""
# What is withdrawn, removed or diverted counts with nothing any more.
GONE = f"""
    SELECT c.id FROM cluster_item c JOIN idea i ON i.id = c.idea WHERE c.left_at IS NULL AND {IS_GONE} ORDER BY c.id
"""
TAKE_OUT = "UPDATE cluster_item SET left_at = plein_now() WHERE id = {} AND left_at IS NULL"
# An item that stands in no cluster any more. What was answered with its lead is answered, unless its author took it out
# in time: this was no answer to hers.
ALONE = """
    i.state = 'published' AND NOT EXISTS (SELECT FROM cluster_item c WHERE c.idea = i.id AND c.left_at IS NULL)
        AND NOT EXISTS (SELECT FROM answer a WHERE a.idea = i.id AND a.kind <> 'statement')
        AND NOT EXISTS (SELECT FROM cluster_item c JOIN answer a ON a.idea = c.lead AND a.kind <> 'statement'
            WHERE c.idea = i.id AND a.created_at <= c.left_at AND c.left_by IS DISTINCT FROM i.author)
"""
# A case that was merged: nobody else owes it an answer.
BY_ITSELF = f"""
    SELECT e.id FROM escalation e JOIN idea i ON i.id = e.idea WHERE e.state = 'merged' AND {ALONE}
        AND NOT EXISTS (SELECT FROM escalation o WHERE o.idea = e.idea AND o.id > e.id) ORDER BY e.id
"""
# While it stood under a lead that was answered, nobody owed it one.
WAS_ANSWERED = """
    SELECT ARRAY[a.created_at, k.left_at] FROM escalation e JOIN cluster_item k ON k.idea = e.idea
    JOIN answer a ON a.idea = k.lead AND a.kind <> 'statement' AND a.created_at <= k.left_at
    WHERE e.id = {} AND k.id = (SELECT max(x.id) FROM cluster_item x WHERE x.idea = e.idea)
"""
# It came to have enough people of its own while it stood under a lead, which opened no case.
REACHED_ALONE = f"""
    SELECT i.id FROM idea i WHERE i.t1_at IS NOT NULL AND {ALONE}
        AND EXISTS (SELECT FROM cluster_item k WHERE k.idea = i.id)
        AND NOT EXISTS (SELECT FROM escalation e WHERE e.idea = i.id) ORDER BY i.id
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
    if possible(held := await hold(case), Kind.CASE_SPLIT):
        await later(held, *(await fetch_value(WAS_ANSWERED, case) or ()))
        await go_on_from_triage(case, Kind.CASE_SPLIT)


async def _open_own(idea: int) -> None:
    await open_case(idea, "threshold")


async def _give_lead(old: int, new: int | None) -> None:
    """The next one leads; where there is none, and whoever opted out of that one, stands by itself."""
    for row in await execute(FOLLOW, OPT_OUT_HOURS, new, old) if new else ():
        await record(Kind.CLUSTERED, space=row["space"], idea=row["idea"], lead=new)
    await execute(LEAVE, old)
    if new:
        await execute("SELECT plein_join({}), plein_join({})", old, new)
