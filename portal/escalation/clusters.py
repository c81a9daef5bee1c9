"""Similar items stand under a lead, whose threshold is tested on all of their distinct people (rule 12). Votes stay
where they were given: nothing has to be put back."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.db import fetch_value, transaction
from portal.escalation.moving import hold, move, possible
from portal.escalation.opening import go_on_from_triage
from portal.escalation.queries import Item
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
        if case is not None and possible(await hold(case), Kind.CASE_MERGED):
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
