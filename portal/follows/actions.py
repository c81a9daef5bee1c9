"""Following, and no more. No event is written: what somebody follows tells what she cares about."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.campaigns.queries import CampaignRow
from portal.db import execute
from portal.ideas.queries import IdeaRow
from portal.policies.queries import PolicyRow

FOLLOW = """
    INSERT INTO follow (person, space, {0}) SELECT {{}}, space, id FROM {0} WHERE id = {{}}
    ON CONFLICT ({0}, person) DO NOTHING
"""
UNFOLLOW = "DELETE FROM follow WHERE person = {{}} AND {0} = {{}}"


async def follow_campaign(actor: Actor, campaign: CampaignRow) -> None:
    """From now on the actor hears what happens to the campaign."""
    require(actor, Action.CAMPAIGN_FOLLOW, campaign)
    await execute(FOLLOW.format("campaign"), actor.id, campaign.id)


async def unfollow_campaign(actor: Actor, campaign: CampaignRow) -> None:
    """No more."""
    require(actor, Action.CAMPAIGN_FOLLOW, campaign)
    await execute(UNFOLLOW.format("campaign"), actor.id, campaign.id)


async def follow_idea(actor: Actor, idea: IdeaRow) -> None:
    """From now on the actor hears what becomes of the idea."""
    require(actor, Action.IDEA_FOLLOW, idea)
    await execute(FOLLOW.format("idea"), actor.id, idea.id)


async def unfollow_idea(actor: Actor, idea: IdeaRow) -> None:
    """No more."""
    require(actor, Action.IDEA_FOLLOW, idea)
    await execute(UNFOLLOW.format("idea"), actor.id, idea.id)


async def follow_policy(actor: Actor, policy: PolicyRow) -> None:
    """From now on the actor hears when it is about to change, and when it does."""
    require(actor, Action.POLICY_FOLLOW, policy)
    await execute(FOLLOW.format("policy"), actor.id, policy.id)


async def unfollow_policy(actor: Actor, policy: PolicyRow) -> None:
    """No more."""
    require(actor, Action.POLICY_FOLLOW, policy)
    await execute(UNFOLLOW.format("policy"), actor.id, policy.id)
