"""What becomes of a post: asking that something is done, and doing it: an idea, a case for who decides, or nothing."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.phases import WHILE_PROPOSING
from portal.access.policy import Action, require
from portal.campaigns.queries import UNANSWERED, CampaignRow
from portal.db import execute, fetch_value, transaction
from portal.escalation.actions import make_actionable
from portal.escalation.queries import Item
from portal.events.kinds import Kind
from portal.events.log import record
from portal.ideas.holding import hold_campaigns
from portal.ideas.queries import IdeaRow
from portal.ideas.withdrawing import SAY_WHY
from portal.text.markdown import rendered

ASK = """
    INSERT INTO action_request (idea, comment, space, person, reason) VALUES ({}, {}, {}, {}, {})
    ON CONFLICT (idea, person) WHERE outcome IS NULL DO NOTHING RETURNING id
"""


async def ask(actor: Actor, post: IdeaRow, *, reason: str, comment: int | None) -> None:
    """The moderators of its space find it in their queue; asked twice, it waits there once."""
    require(actor, Action.POST_ASK, post)
    async with transaction():
        if await fetch_value(ASK, post.id, comment, post.space, actor.id, reason):
            await record(Kind.MODERATION_ACTION_ASKED, actor=actor.id, space=post.space, idea=post.id)


# The post is held first, so that of several who settle one thing only the first does; what was there when she looked,
# a request, or no case, is there still.
HOLD_POST = "SELECT 1 FROM idea WHERE id = {} FOR NO KEY UPDATE"
TO_SETTLE = f"""
    SELECT i.id FROM idea i WHERE i.id = {{}} AND i.kind <> 'idea' AND i.state = 'published' AND {UNANSWERED}
        AND ({{}} OR NOT EXISTS (SELECT FROM escalation e WHERE e.idea = i.id AND e.ended_at IS NULL))
        AND (NOT {{}} OR EXISTS (SELECT FROM action_request q WHERE q.idea = i.id AND q.outcome IS NULL))
"""
# Stream and campaign are held, in one order, as by whoever moves an idea; then the post.
BECOME = f"""
    UPDATE idea i SET campaign = c.id, kind = 'idea', form_version = 0 FROM campaign c
    WHERE i.id = {{}} AND i.campaign = {{}} AND i.state = 'published' AND {UNANSWERED}
        AND c.id = {{}} AND c.space = i.space AND c.vote_method = 'support' AND plein_phase(c, plein_now()) = ANY({{}})
    RETURNING i.id
"""
SETTLE = """
    UPDATE action_request SET outcome = {}, words = {}, decided_by = {}, decided_at = plein_now()
    WHERE idea = {} AND outcome IS NULL
"""


async def become_idea(actor: Actor, post: IdeaRow, campaign: CampaignRow, words: str) -> None:
    """The post is an idea of a campaign of its space from now on: with its address, support, thread and followers, who
    are told. Raises Changed."""
    require(actor, Action.POST_ACT, post)
    require(actor, Action.IDEA_PROPOSE, campaign)
    html = await rendered(words)
    async with transaction():
        await hold_campaigns(post.campaign, campaign.id)
        await _hold(post)
        if await fetch_value(BECOME, post.id, post.campaign, campaign.id, list(WHILE_PROPOSING)) is None:
            raise Changed
        step = await fetch_value(SAY_WHY, post.id, post.space, actor.id, "became an idea", words, html, actor.language)
        await record(Kind.POST_BECAME_IDEA, actor=actor.id, space=post.space, idea=post.id, step=step)
        await _settle(actor, post, "idea", words)


async def bring(actor: Actor, post: IdeaRow, item: Item, words: str) -> None:
    """The post is before who decides, as a case with its clock. Raises Changed."""
    require(actor, Action.POST_ACT, post)
    async with transaction():
        await _hold(post)
        await make_actionable(actor, item, words)
        await _settle(actor, post, "case", words)


async def leave(actor: Actor, post: IdeaRow, words: str) -> None:
    """Nothing is done; who asked reads why. Raises Changed."""
    require(actor, Action.POST_ACT, post)
    async with transaction():
        await _hold(post)
        await _settle(actor, post, "none", words)


async def _hold(post: IdeaRow) -> None:
    """Raises Changed where somebody settled it meanwhile."""
    await execute(HOLD_POST, post.id)
    if await fetch_value(TO_SETTLE, post.id, post.open_case, post.waits) is None:
        raise Changed


async def _settle(actor: Actor, post: IdeaRow, outcome: str, words: str) -> None:
    await execute(SETTLE, outcome, words, actor.id, post.id)
    await record(Kind.MODERATION_ACTION_SETTLED, actor=actor.id, space=post.space, idea=post.id, outcome=outcome)
