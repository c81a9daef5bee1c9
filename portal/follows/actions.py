"""Following, and no more. No event is written: what somebody follows tells what she cares about."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.campaigns.queries import CampaignRow
from portal.db import QueryString, execute
from portal.ideas.queries import IdeaRow
from portal.policies.queries import PolicyRow

Followed = CampaignRow | IdeaRow | PolicyRow

#: What can be followed: what asks whether one may, and its table, which is its column, too.
KINDS = {
    "campaign": (Action.CAMPAIGN_FOLLOW, QueryString("campaign")),
    "idea": (Action.IDEA_FOLLOW, QueryString("idea")),
    "policy": (Action.POLICY_FOLLOW, QueryString("policy")),
}

FOLLOW = """
    INSERT INTO follow (person, space, {}) SELECT {}, space, id FROM {} WHERE id = {}
    ON CONFLICT ({}, person) DO NOTHING
"""


async def follow(actor: Actor, kind: str, thing: Followed) -> None:
    """From now on the actor hears what becomes of it."""
    action, table = KINDS[kind]
    require(actor, action, thing)
    await execute(FOLLOW, table, actor.id, table, thing.id, table)


async def unfollow(actor: Actor, kind: str, thing: Followed) -> None:
    """No more."""
    action, column = KINDS[kind]
    require(actor, action, thing)
    await execute("DELETE FROM follow WHERE person = {} AND {} = {}", actor.id, column, thing.id)
