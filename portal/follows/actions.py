"""Following, and no more. No event is written: what somebody follows tells what she cares about."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.campaigns.queries import CampaignRow
from portal.db import execute
from portal.ideas.queries import IdeaRow

FOLLOW_CAMPAIGN = """
    INSERT INTO follow (person, space, campaign) SELECT {}, space, id FROM campaign WHERE id = {}
    ON CONFLICT (campaign, person) DO NOTHING
"""
FOLLOW_IDEA = """
    INSERT INTO follow (person, space, idea) SELECT {}, space, id FROM idea WHERE id = {}
    ON CONFLICT (idea, person) DO NOTHING
"""


async def follow_campaign(actor: Actor, campaign: CampaignRow) -> None:
    """From now on the actor hears what happens to the campaign."""
    require(actor, Action.CAMPAIGN_FOLLOW, campaign)
    await execute(FOLLOW_CAMPAIGN, actor.id, campaign.id)


async def unfollow_campaign(actor: Actor, campaign: CampaignRow) -> None:
    """No more."""
    require(actor, Action.CAMPAIGN_FOLLOW, campaign)
    await execute("DELETE FROM follow WHERE person = {} AND campaign = {}", actor.id, campaign.id)


async def follow_idea(actor: Actor, idea: IdeaRow) -> None:
    """From now on the actor hears what becomes of the idea."""
    require(actor, Action.IDEA_FOLLOW, idea)
    await execute(FOLLOW_IDEA, actor.id, idea.id)


async def unfollow_idea(actor: Actor, idea: IdeaRow) -> None:
    """No more."""
    require(actor, Action.IDEA_FOLLOW, idea)
    await execute("DELETE FROM follow WHERE person = {} AND idea = {}", actor.id, idea.id)
