"""Moving: the rows follow by their keys, and nothing of what was is left with who reads it no more."""

from __future__ import annotations

from enum import StrEnum

from portal.access.actor import Actor
from portal.access.phases import WHILE_EDITING, WHILE_PROPOSING
from portal.access.policy import Action, require
from portal.campaigns.queries import CampaignRow
from portal.db import execute, fetch_value, transaction
from portal.events.jobs import queue
from portal.events.kinds import Kind
from portal.events.log import record
from portal.ideas.holding import hold_campaigns
from portal.ideas.queries import REPLIES, IdeaRow
from portal.posts.queries import Stream


class Stays(Exception):
    """It can't be moved there: why, says `reason`."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Reason(StrEnum):
    """What holds something where it is."""

    WRITERS = "writers"
    NAMELESS = "nameless"
    JUDGED = "judged"
    WORKSHOP = "workshop"
    LATE = "late"
    DECIDES = "decides"
    OWED = "owed"


# Both campaigns are held, in one order, then the idea: whoever moves dates, or answers, waits.
HOLD_IDEA = """
    SELECT i.id FROM idea i JOIN campaign a ON a.id = i.campaign JOIN campaign b ON b.id = {}
    WHERE i.id = {} AND i.campaign = {} AND i.state = 'published'
        AND plein_phase(a, plein_now()) = ANY({}) AND plein_phase(b, plein_now()) = ANY({})
        AND NOT EXISTS (SELECT FROM answer x WHERE x.idea = i.id)
    FOR UPDATE OF i
"""
# Neither what is owed an answer nor what is answered leaves those who are to hear it.
HOLD_POST = """
    SELECT i.id FROM idea i WHERE i.id = {} AND i.space = {} AND i.kind = 'discussion' AND i.state = 'published'
    FOR UPDATE
"""
OWED = """
    SELECT 1 FROM idea i WHERE i.id = {} AND (i.t1_at IS NOT NULL
        OR EXISTS (SELECT FROM escalation e WHERE e.idea = i.id AND e.ended_at IS NULL)
        OR EXISTS (SELECT FROM answer a WHERE a.idea = i.id OR a.idea IN (
            SELECT k.lead FROM cluster_item k WHERE k.idea = i.id AND k.left_at IS NULL)))
"""
MOVE_POST = "UPDATE idea SET campaign = {}, space = {}, version = version + 1 WHERE id = {}"
# What it replied to the campaign's questions stays with its earlier text: the other campaign asks others.
KEEP = f"""
    INSERT INTO idea_version (idea, space, version, title, body, tags, replies, core_questions, author, created_at)
    SELECT i.id, i.space, i.version, i.title, i.body, i.tags, ({REPLIES}), i.core_questions,
        coalesce(i.edited_by, i.author), i.updated_at
    FROM idea i WHERE i.id = {{}}
"""
MOVE_IDEA = """
    UPDATE idea i SET campaign = c.id, space = c.space, version = i.version + 1, form_version = 0
    FROM campaign c WHERE i.id = {} AND c.id = {}
"""
HOLD_CAMPAIGN = """
    SELECT c.id FROM campaign c WHERE c.id = {} AND c.space = {} AND c.state NOT IN ('cancelled', 'archived')
        AND plein_phase(c, plein_now()) IN ('planned', 'collect', 'discuss') FOR UPDATE
"""
IDEAS = "SELECT coalesce(array_agg(id), ARRAY[]::bigint[]) FROM idea WHERE campaign = {}"
# Moderators of a space judge what stands there: what they began is finished there.
JUDGED = """
    SELECT 1 FROM moderation_item x WHERE x.state IN ('open', 'appealed') AND (x.campaign = {} OR x.idea = ANY({})
        OR x.comment IN (SELECT k.id FROM comment k WHERE k.idea = ANY({}))
        OR x.attachment IN (SELECT f.id FROM attachment f WHERE f.idea = ANY({})))
    UNION ALL SELECT 1 FROM action_request q WHERE q.idea = ANY({}) AND q.outcome IS NULL LIMIT 1
"""
# Rule 7: who decides it brings nothing of it out of sight.
DECIDED = """
    SELECT 1 FROM escalation e WHERE e.idea = ANY({}) AND e.ended_at IS NULL AND plein_decides({}, e.idea) LIMIT 1
"""
BLIND = """
    SELECT 1 FROM idea i CROSS JOIN plein_writers(i.id) AS w (person) JOIN person p ON p.id = w.person AND p.active
    WHERE i.id = {} AND NOT i.anonymous
        AND NOT EXISTS (SELECT FROM readership r WHERE r.person = w.person AND r.space = {}) LIMIT 1
"""
# Whether whoever wrote something without her name would lose sight of it is not asked: by trying one space after the
# other anybody who may move it would find her. It goes where no colleague loses sight.
NAMELESS_BLIND = """
    SELECT 1 FROM idea i JOIN readership r ON r.space = i.space JOIN person p ON p.id = r.person AND p.kind <> 'guest'
    WHERE i.id = ANY({}) AND i.anonymous AND i.published_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM readership o WHERE o.person = r.person AND o.space = {}) LIMIT 1
"""
LEADERS_BLIND = """
    SELECT 1 FROM campaign c CROSS JOIN unnest(ARRAY[c.author, c.sponsor, c.decision_owner]) AS w (person)
    JOIN person p ON p.id = w.person AND p.active
    WHERE c.id = {} AND NOT EXISTS (SELECT FROM readership r WHERE r.person = w.person AND r.space = {}) LIMIT 1
"""
# All support goes: a count that fell by the votes of those who went would tell of them (decision 0016). The words of
# the other space come to know it; those of the one before forget it below.
UNREAD = "NOT EXISTS (SELECT FROM readership r WHERE r.person = x.person AND r.space = i.space)"
OF_IDEAS = ", ".join(
    f"x_{table} AS (DELETE FROM {table} x USING gone i WHERE i.id = x.idea AND {UNREAD})"
    for table in ("follow", "read_mark", "help_offer", "notice", "mute")
)
OF_COMMENTS = ", ".join(
    f"x_{table} AS (DELETE FROM {table} x USING comment k, gone i"
    f" WHERE k.id = x.comment AND i.id = k.idea AND {UNREAD})"
    for table in ("mention", "reaction")
)
TAKE_BACK = "DELETE FROM vote WHERE idea = ANY({})"
NONE_YET = """
    UPDATE idea SET supporters = 0, guest_supporters = 0, returned = 0, guest_returned = 0, votes = 0,
        returned_votes = 0, returned_on = '{{}}', guest_returned_on = '{{}}'
    WHERE id = ANY({})
"""
# Who wrote, follows or supported them, all alike: so a message tells of no vote.
TAKE_PART = """
    SELECT coalesce(array_agg(x.person), ARRAY[]::bigint[]) FROM (
        SELECT plein_writers(i.id) AS person FROM idea i WHERE i.id = ANY({})
        UNION SELECT f.person FROM follow f WHERE f.idea = ANY({}) OR f.campaign = {}
        UNION SELECT v.person FROM vote v WHERE v.idea = ANY({})) x
"""
TELL = """
    INSERT INTO mail (kind, recipient, event) SELECT 'moved', m.person, {}
    FROM mailed m JOIN readership r ON r.person = m.person AND r.space = {}
    WHERE m.person = ANY({}) AND m.person <> plein_behind({})
"""
OUT_OF_SIGHT = f"""
    WITH gone AS (SELECT i.id, i.space FROM idea i WHERE i.id = ANY({{}})),
    {OF_IDEAS}, {OF_COMMENTS},
    lit AS (DELETE FROM highlight x USING gone i WHERE i.id = x.idea),
    asked AS (DELETE FROM file_wish x USING attachment f, gone i WHERE f.id = x.attachment AND i.id = f.idea),
    invited AS (DELETE FROM co_author x USING gone i WHERE i.id = x.idea AND x.accepted_at IS NULL AND {UNREAD})
    INSERT INTO search_fresh SELECT d.id FROM search_document d LEFT JOIN comment k ON k.id = d.comment
        LEFT JOIN answer a ON a.id = d.answer JOIN gone i ON i.id = coalesce(d.idea, k.idea, a.idea)
    ON CONFLICT DO NOTHING
"""
OF_CAMPAIGN = f"""
    WITH gone AS (SELECT i.id, i.space FROM campaign i WHERE i.id = {{}}),
    x_follow AS (DELETE FROM follow x USING gone i WHERE i.id = x.campaign AND {UNREAD}),
    x_notice AS (DELETE FROM notice x USING gone i WHERE i.id = x.campaign AND {UNREAD}),
    x_mute AS (DELETE FROM mute x USING gone i WHERE i.id = x.campaign AND {UNREAD})
    INSERT INTO search_fresh SELECT d.id FROM search_document d JOIN gone i ON i.id = d.campaign
    ON CONFLICT DO NOTHING
"""
FORGET = """
    DELETE FROM search_word w WHERE w.space = {} AND NOT EXISTS (
        SELECT FROM search_document d WHERE d.space = w.space AND d.vector @@ quote_literal(w.word)::tsquery)
"""


async def move_idea(actor: Actor, idea: IdeaRow, to: CampaignRow) -> None:
    """The idea is in another campaign from now on, with all that hangs under it. Raises Stays."""
    require(actor, Action.IDEA_MOVE, idea)
    require(actor, Action.IDEA_PROPOSE, to)
    async with transaction():
        await hold_campaigns(idea.campaign, to.id)
        phases = list(WHILE_EDITING), list(WHILE_PROPOSING)
        if await fetch_value(HOLD_IDEA, to.id, idea.id, idea.campaign, *phases) is None:
            raise Stays(Reason.LATE)
        await _stays_if_judged(actor, None, [idea.id])
        if await fetch_value("SELECT 1 FROM capture WHERE idea = {}", idea.id):
            raise Stays(Reason.WORKSHOP)
        await _stays_in_sight([idea.id], to.space)
        if await fetch_value(BLIND, idea.id, to.space):
            raise Stays(Reason.WRITERS)
        await execute(KEEP, idea.id, idea.id)
        await execute("DELETE FROM idea_reply WHERE idea = {}", idea.id)
        told: list[int] = []
        if to.space != idea.space or to.vote_method == "budget":
            told = await _take_support_back([idea.id])
        await execute(MOVE_IDEA, idea.id, to.id)
        if to.space != idea.space:
            await _out_of_sight([idea.id], idea.space)
        moved = await record(
            Kind.IDEA_MOVED, actor=actor.id, space=to.space, idea=idea.id, before=idea.campaign, after=to.id
        )
        await _tell(moved, to.space, told, actor)


async def move_post(actor: Actor, post: IdeaRow, to: Stream) -> None:
    """The post stands in another space from now on, with all that hangs under it. Raises Stays."""
    require(actor, Action.IDEA_MOVE, post)
    require(actor, Action.POST_WRITE, to)
    async with transaction():
        if await fetch_value(HOLD_POST, post.id, post.space) is None:
            raise Stays(Reason.LATE)
        if await fetch_value(OWED, post.id):
            raise Stays(Reason.OWED)
        await _stays_if_judged(actor, None, [post.id])
        await _stays_in_sight([post.id], to.space)
        if await fetch_value(BLIND, post.id, to.space):
            raise Stays(Reason.WRITERS)
        await execute(KEEP, post.id, post.id)
        told = await _take_support_back([post.id])
        await execute(MOVE_POST, to.id, to.space, post.id)
        await _out_of_sight([post.id], post.space)
        moved = await record(
            Kind.IDEA_MOVED, actor=actor.id, space=to.space, idea=post.id, before=post.campaign, after=to.id
        )
        await _tell(moved, to.space, told, actor)


async def move_campaign(actor: Actor, campaign: CampaignRow, to: int) -> None:
    """The campaign is in another space from now on, with all its ideas. Raises Stays."""
    require(actor, Action.CAMPAIGN_MOVE, campaign)
    async with transaction():
        if await fetch_value(HOLD_CAMPAIGN, campaign.id, campaign.space) is None:
            raise Stays(Reason.LATE)
        ideas: list[int] = await fetch_value(IDEAS, campaign.id)
        await _stays_if_judged(actor, campaign.id, ideas)
        await _stays_in_sight(ideas, to)
        if await fetch_value(LEADERS_BLIND, campaign.id, to):
            raise Stays(Reason.WRITERS)
        told = await _take_support_back(ideas, campaign.id)
        await execute("UPDATE campaign SET space = {} WHERE id = {}", to, campaign.id)
        await execute(OF_CAMPAIGN, campaign.id)
        await _out_of_sight(ideas, campaign.space)
        moved = await record(Kind.CAMPAIGN_MOVED, actor=actor.id, space=to, campaign=campaign.id, before=campaign.space)
        await _tell(moved, to, told, actor)


async def _stays_if_judged(actor: Actor, campaign: int | None, ideas: list[int]) -> None:
    if await fetch_value(JUDGED, campaign, ideas, ideas, ideas, ideas):
        raise Stays(Reason.JUDGED)
    if await fetch_value(DECIDED, ideas, actor.id):
        raise Stays(Reason.DECIDES)


async def _stays_in_sight(ideas: list[int], space: int) -> None:
    if await fetch_value(NAMELESS_BLIND, ideas, space):
        raise Stays(Reason.NAMELESS)


async def _take_support_back(ideas: list[int], campaign: int | None = None) -> list[int]:
    """Gives whom to tell of it: afterwards nobody knows any more."""
    told: list[int] = await fetch_value(TAKE_PART, ideas, ideas, campaign, ideas)
    await execute(TAKE_BACK, ideas)
    await execute(NONE_YET, ideas)
    return told


async def _tell(event: int, space: int, told: list[int], actor: Actor) -> None:
    if told:
        await execute(TELL, event, space, told, actor.id)
        await queue("deliver_mail")


async def _out_of_sight(ideas: list[int], before: int) -> None:
    await execute(OUT_OF_SIGHT, ideas)
    await execute(FORGET, before)
