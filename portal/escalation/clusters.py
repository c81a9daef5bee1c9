"""Similar items stand under a lead, whose threshold is tested on all of their distinct people (rule 12). Votes stay
where they were given: nothing has to be put back."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.db import execute, fetch_value, transaction
from portal.escalation.moving import hold, move, possible
from portal.escalation.opening import go_on_from_triage
from portal.escalation.queries import Item
from portal.escalation.steps import stop_asking
from portal.events.kinds import Kind
from portal.events.log import record

OPT_OUT_HOURS = 72
# The lead is held first, as by whoever votes within the cluster.
MERGE = """
    WITH held AS (
        SELECT l.id, l.space FROM idea l WHERE l.id = {} AND l.state = 'published' AND NOT EXISTS (
            SELECT FROM cluster_item c WHERE c.idea = l.id AND c.left_at IS NULL) FOR NO KEY UPDATE
    )
    INSERT INTO cluster_item (lead, idea, space, added_by, opt_out_until)
    SELECT h.id, i.id, i.space, {}, plein_now() + make_interval(hours => {})
    FROM idea i JOIN held h ON h.space = i.space
    WHERE i.id = {} AND i.id <> h.id AND i.state = 'published' AND NOT EXISTS (
        SELECT FROM cluster_item c WHERE i.id IN (c.idea, c.lead) AND c.left_at IS NULL)
    ON CONFLICT DO NOTHING RETURNING id
"""
SPLIT = """
    UPDATE cluster_item SET left_at = plein_now(), left_by = {} WHERE idea = {} AND left_at IS NULL RETURNING id
"""
CASE_OF = (
    "SELECT id FROM escalation WHERE idea = {} AND (ended_at IS NULL OR state = 'merged') ORDER BY id DESC LIMIT 1"
)


async def merge(actor: Actor, item: Item, lead: Item) -> None:
    """The item stands under the lead from now on; its own case, if there is one, goes on there. Raises Changed."""
    require(actor, Action.ESCALATION_MERGE, item)
    async with transaction():
        if lead.decides or await fetch_value(MERGE, lead.id, actor.id, OPT_OUT_HOURS, item.id) is None:
            raise Changed
        case = await fetch_value(CASE_OF, item.id)
        if case is not None and possible(held := await hold(case), Kind.CASE_MERGED):
            await stop_asking(held)
            await move(case, Kind.CASE_MERGED, actor=actor.id, lead=lead.id)
        await record(Kind.CLUSTERED, actor=actor.id, space=item.space, idea=item.id, lead=lead.id)


async def split(actor: Actor, item: Item) -> None:
    """The item stands by itself again, with all of its votes, and so does its case. Raises Changed."""
    require(actor, Action.ESCALATION_SPLIT, item)
    async with transaction():
        if await fetch_value(SPLIT, actor.id, item.id) is None:
            raise Changed
        case = await fetch_value(CASE_OF, item.id)
        if case is not None and possible(await hold(case), Kind.CASE_SPLIT):
            await go_on_from_triage(case, Kind.CASE_SPLIT, actor=actor.id)
        await record(Kind.CLUSTER_LEFT, actor=actor.id, space=item.space, idea=item.id)


# A lead that waits to be screened, or that moderators look at, may come back; what was answered with it is.
LEFT_ALONE = """
    SELECT DISTINCT c.lead FROM cluster_item c JOIN idea l ON l.id = c.lead
    WHERE c.left_at IS NULL AND l.state IN ('withdrawn', 'removed', 'diverted')
        AND NOT EXISTS (SELECT FROM answer a WHERE a.idea = l.id AND a.kind <> 'statement') ORDER BY c.lead
"""
# Whose case was begun first, or who was merged first; the others stand under it from now on.
NEXT = """
    SELECT c.idea FROM cluster_item c JOIN idea i ON i.id = c.idea AND i.state = 'published'
    LEFT JOIN escalation e ON e.idea = i.id AND e.state = 'merged'
    WHERE c.lead = {} AND c.left_at IS NULL ORDER BY e.started_at, c.id LIMIT 1
"""
LEAVE = (
    "UPDATE cluster_item SET left_at = plein_now() WHERE lead = {} AND idea = coalesce({}, idea) AND left_at IS NULL"
)
FOLLOW = "UPDATE cluster_item SET lead = {} WHERE lead = {} AND left_at IS NULL"
# A case that was merged, and whose item stands in no cluster any more, and was answered in none: nobody else owes it an
# answer.
BY_ITSELF = """
    SELECT e.id FROM escalation e JOIN idea i ON i.id = e.idea AND i.state = 'published'
    WHERE e.state = 'merged' AND NOT EXISTS (SELECT FROM cluster_item c WHERE c.idea = e.idea AND c.left_at IS NULL)
        AND NOT EXISTS (SELECT FROM escalation o WHERE o.idea = e.idea AND o.id > e.id)
        AND NOT EXISTS (SELECT FROM answer a WHERE a.kind <> 'statement' AND (a.idea = e.idea
            OR a.idea IN (SELECT c.lead FROM cluster_item c WHERE c.idea = e.idea))) ORDER BY e.id
"""


async def follow_new_leads() -> None:
    """Where a lead is gone the next one leads; and a case whose item leads, or stands by itself again, goes on with the
    clock that it had."""
    for row in await execute(LEFT_ALONE):
        async with transaction():
            lead = await fetch_value(NEXT, row["lead"])
            await execute(LEAVE, row["lead"], lead)
            if lead is not None:
                await execute(FOLLOW, lead, row["lead"])
                await execute("SELECT plein_join({}), plein_join({})", row["lead"], lead)
    for row in await execute(BY_ITSELF):
        async with transaction():
            if possible(await hold(row["id"]), Kind.CASE_SPLIT):
                await go_on_from_triage(row["id"], Kind.CASE_SPLIT)
