"""Giving support and taking it back: one statement each, counted in the same."""

from __future__ import annotations

from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.access.policy import WHILE_SUPPORTING, Action, require
from portal.access.scope import visible
from portal.db import execute
from portal.tables import Idea
from portal.votes.queries import Standing

# The campaign's row is held, so that nobody moves its dates meanwhile; if they were just moved, the new ones count.
GIVE = """
    WITH item AS (
        SELECT i.id, i.space FROM idea i JOIN campaign c ON c.id = i.campaign
        WHERE i.id = {} AND {} AND i.state = 'published' AND plein_phase(c, plein_now()) = ANY({})
        FOR SHARE OF c
    ), given AS (
        INSERT INTO vote (person, idea, space, guest) SELECT {}, id, space, {} FROM item
        ON CONFLICT (person, idea) DO NOTHING RETURNING idea, guest
    )
    UPDATE idea SET supporters = supporters + (NOT g.guest)::int,
        guest_supporters = guest_supporters + g.guest::int
    FROM given g WHERE idea.id = g.idea RETURNING supporters, guest_supporters, TRUE AS supported
"""
TAKE_BACK = """
    WITH item AS (
        SELECT i.id FROM idea i JOIN campaign c ON c.id = i.campaign
        WHERE i.id = {} AND plein_phase(c, plein_now()) = ANY({}) FOR SHARE OF c
    ), taken AS (
        DELETE FROM vote v USING item WHERE v.idea = item.id AND v.person = {} RETURNING v.idea, v.guest
    )
    UPDATE idea SET supporters = supporters - (NOT t.guest)::int,
        guest_supporters = guest_supporters - t.guest::int
    FROM taken t WHERE idea.id = t.idea RETURNING supporters, guest_supporters, FALSE AS supported
"""


async def give_support(actor: Actor, idea: Standing) -> Standing | None:
    """Counts the actor once, however often it is sent. Gives how the idea stands now; None if nothing changed,
    because it was given before or voting has closed."""
    require(actor, Action.IDEA_SUPPORT, idea)
    arguments = (idea.id, visible(Idea, actor, "i"), list(WHILE_SUPPORTING), actor.id, actor.guest)
    return _after(idea, await execute(GIVE, *arguments))


async def take_support_back(actor: Actor, idea: Standing) -> Standing | None:
    """Takes the actor's own support back. Gives how the idea stands now; None if nothing changed."""
    require(actor, Action.IDEA_SUPPORT, idea)
    return _after(idea, await execute(TAKE_BACK, idea.id, list(WHILE_SUPPORTING), actor.id))


def _after(idea: Standing, changed: list[Any]) -> Standing | None:
    return msgspec.structs.replace(idea, **changed[0]) if changed else None
