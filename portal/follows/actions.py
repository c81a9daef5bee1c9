"""Following, and no more. No event is written: what somebody follows tells what she cares about."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.campaigns.queries import CampaignRow
from portal.db import execute
from portal.ideas.queries import IdeaRow
from portal.policies.queries import PolicyRow

Followed = CampaignRow | IdeaRow | PolicyRow

FOLLOW = """
    INSERT INTO follow (person, space, {0}) SELECT {{}}, space, id FROM {0} WHERE id = {{}}
    ON CONFLICT ({0}, person) DO NOTHING
"""
UNFOLLOW = "DELETE FROM follow WHERE person = {{}} AND {0} = {{}}"
#: What can be followed: what asks whether one may, how one begins, and how one ends.
KINDS = {
    "campaign": (Action.CAMPAIGN_FOLLOW, FOLLOW.format("campaign"), UNFOLLOW.format("campaign")),
    "idea": (Action.IDEA_FOLLOW, FOLLOW.format("idea"), UNFOLLOW.format("idea")),
    "policy": (Action.POLICY_FOLLOW, FOLLOW.format("policy"), UNFOLLOW.format("policy")),
}


async def follow(actor: Actor, kind: str, thing: Followed) -> None:
    """From now on the actor hears what becomes of it."""
    action, begin, _ = KINDS[kind]
    require(actor, action, thing)
    await execute(begin, actor.id, thing.id)


async def unfollow(actor: Actor, kind: str, thing: Followed) -> None:
    """No more."""
    action, _, end = KINDS[kind]
    require(actor, action, thing)
    await execute(end, actor.id, thing.id)
