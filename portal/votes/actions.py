"""Giving votes and taking them back: one statement each, counted by the trigger of the votes."""

from __future__ import annotations

from typing import Any

import asyncpg
import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import Spent
from portal.access.phases import WHILE_SUPPORTING
from portal.access.policy import Action, require
from portal.access.scope import visible
from portal.db import execute_briefly
from portal.tables import Idea
from portal.votes.queries import Standing

# The campaign's row is held, so that nobody moves its dates meanwhile; if they were just moved, the new ones count.
# What one began, writes along, or what stands in one's name gets its votes from others: a trigger lets none through.
GIVE = """
    WITH item AS (
        SELECT i.* FROM idea i JOIN campaign c ON c.id = i.campaign AND {}
        WHERE i.id = {} AND {} AND i.state = 'published' AND c.vote_method = 'support'
            AND plein_phase(c, plein_now()) = ANY({})
        FOR SHARE OF c
    ), given AS (
        INSERT INTO vote (person, idea, space, guest) SELECT {}, id, space, {} FROM item
        ON CONFLICT (person, idea) DO NOTHING RETURNING idea, guest
    )
    SELECT i.supporters + (NOT g.guest AND i.returned = 0)::int AS supporters,
        i.guest_supporters + (g.guest AND i.guest_returned = 0)::int AS guest_supporters, 1 AS weight
    FROM item i JOIN given g ON g.idea = i.id
"""
TAKE_BACK = """
    WITH item AS (
        SELECT i.* FROM idea i JOIN campaign c ON c.id = i.campaign AND {}
        WHERE i.id = {} AND c.vote_method = 'support' AND plein_phase(c, plein_now()) = ANY({}) FOR SHARE OF c
    ), taken AS (
        DELETE FROM vote v USING item WHERE v.idea = item.id AND v.person = {} RETURNING v.idea, v.guest
    )
    SELECT i.supporters - (NOT t.guest)::int AS supporters, i.guest_supporters - t.guest::int AS guest_supporters,
        0 AS weight
    FROM item i JOIN taken t ON t.idea = i.id
"""


async def give_support(actor: Actor, idea: Standing) -> Standing | None:
    """Counts the actor once, however often it is sent. Gives how the idea stands now; None if nothing changed,
    because it was given before or voting has closed."""
    require(actor, Action.IDEA_SUPPORT, idea)
    me, sight, phases = actor.id, visible(Idea, actor, "i"), list(WHILE_SUPPORTING["support"])
    return _after(idea, await execute_briefly(GIVE, idea.id, sight, phases, me, actor.guest))


async def take_support_back(actor: Actor, idea: Standing) -> Standing | None:
    """Takes the actor's own support back. Gives how the idea stands now; None if nothing changed."""
    require(actor, Action.IDEA_SUPPORT, idea)
    return _after(idea, await execute_briefly(TAKE_BACK, idea.id, list(WHILE_SUPPORTING["support"]), actor.id))


def _after(idea: Standing, changed: list[Any]) -> Standing | None:
    if not changed:
        return None
    now = dict(changed[0])
    if idea.supporters is None:  # hidden, and so it stays
        del now["supporters"], now["guest_supporters"]
    return msgspec.structs.replace(idea, **now)


# The trigger passes all votes of a person through her budget's row. What is too much is left
# alone here already; what meets another vote of hers on its way is refused there.
LAY = """
    WITH item AS (
        SELECT i.id, i.space FROM idea i JOIN campaign c ON c.id = i.campaign AND {}
        LEFT JOIN vote v ON v.idea = i.id AND v.person = {}
        LEFT JOIN budget b ON b.campaign = c.id AND b.person = {}
        WHERE i.id = {} AND {} AND i.state = 'published' AND c.vote_method = 'budget'
            AND plein_phase(c, plein_now()) = ANY({}) AND {} <= c.votes_per_idea
            AND coalesce(b.given, 0) - coalesce(v.weight, 0) + {} <= c.votes_each
        FOR SHARE OF c
    )
    INSERT INTO vote (person, idea, space, guest, weight) SELECT {}, id, space, {}, {} FROM item
    ON CONFLICT (person, idea) DO UPDATE SET weight = excluded.weight RETURNING weight
"""
PICK_UP = """
    WITH item AS (
        SELECT i.id FROM idea i JOIN campaign c ON c.id = i.campaign AND {}
        WHERE i.id = {} AND c.vote_method = 'budget' AND plein_phase(c, plein_now()) = ANY({}) FOR SHARE OF c
    )
    DELETE FROM vote v USING item WHERE v.idea = item.id AND v.person = {} RETURNING 0 AS weight
"""
TOO_MUCH = ("budget_not_overspent", "vote_per_idea")


async def lay_votes(actor: Actor, idea: Standing, weight: int) -> bool:
    """Lets so many of the actor's votes lie on an idea, whatever lay there before; sent twice it is the same as once.
    Whether anything was written: where none lay, or voting has closed, none is taken back. Raises Spent where they are
    more than she has left or one idea may get, or where voting has just closed."""
    require(actor, Action.IDEA_SUPPORT, idea)
    phases = list(WHILE_SUPPORTING["budget"])
    if weight == 0:
        return bool(await execute_briefly(PICK_UP, idea.id, phases, actor.id))
    me, sight = actor.id, visible(Idea, actor, "i")
    try:
        laid = await execute_briefly(LAY, me, me, idea.id, sight, phases, weight, weight, me, actor.guest, weight)
    except asyncpg.CheckViolationError as refused:
        if refused.constraint_name not in TOO_MUCH:
            raise
        laid = []
    if not laid:
        raise Spent
    return True
