"""Proposing, editing and answering ideas."""

from __future__ import annotations

from datetime import date

from portal.access.actor import Actor
from portal.access.conflicts import Changed, Closed
from portal.access.policy import WHILE_EDITING, WHILE_PROPOSING, Action, require
from portal.campaigns.queries import CampaignRow
from portal.db import Made, execute, fetch_one, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.ideas.queries import IdeaRow
from portal.tables.base import new_public_id
from portal.text.markdown import excerpt, rendered

# The campaign's row is held, so that nobody moves its dates while this commits; as strongly as counting the idea on
# it needs it, because two who share it would wait for each other.
PROPOSE = """
    INSERT INTO idea (public_id, campaign, space, author, state, title, body, body_html, excerpt, language, tags,
        form_key)
    SELECT {}, c.id, c.space, {}, 'published', {}, {}, {}, {}, {}, {}, {}
    FROM (SELECT * FROM campaign WHERE id = {} FOR NO KEY UPDATE) AS c
    WHERE plein_phase(c::campaign, plein_now()) = ANY({})
    ON CONFLICT (author, form_key) DO NOTHING RETURNING id, public_id
"""


async def propose(
    actor: Actor,
    campaign: CampaignRow,
    *,
    title: str,
    body: str,
    tags: list[str],
    language: str,
    form_key: str,
) -> str:
    """A new idea; gives its public id. The same form twice proposes one. Raises Closed."""
    require(actor, Action.IDEA_PROPOSE, campaign)
    html = await rendered(body)
    async with transaction():
        made = await fetch_one(
            Made,
            PROPOSE,
            new_public_id(),
            actor.id,
            title,
            body,
            html,
            excerpt(html),
            language,
            tags,
            form_key,
            campaign.id,
            list(WHILE_PROPOSING),
        )
        if made is None:
            before = await fetch_value(
                "SELECT public_id FROM idea WHERE author = {} AND form_key = {}", actor.id, form_key
            )
            if before is None:
                raise Closed
            return str(before)
        await record(Kind.IDEA_PROPOSED, actor=actor.id, space=campaign.space, idea=made.id)
    return made.public_id


KEEP = """
    WITH held AS (
        SELECT i.* FROM idea i JOIN campaign c ON c.id = i.campaign
        WHERE i.id = {} AND i.version = {} AND plein_phase(c, plein_now()) = ANY({})
            AND NOT EXISTS (SELECT FROM answer a WHERE a.idea = i.id) FOR UPDATE OF i FOR SHARE OF c
    )
    INSERT INTO idea_version (idea, space, version, title, body, tags, author, created_at)
    SELECT id, space, version, title, body, tags, author, updated_at FROM held RETURNING version
"""
EDIT = """
    UPDATE idea SET title = {}, body = {}, body_html = {}, excerpt = {}, language = {}, tags = {},
        version = version + 1, updated_at = plein_now() WHERE id = {}
"""


async def edit_idea(
    actor: Actor, idea: IdeaRow, *, title: str, body: str, tags: list[str], language: str, version: int
) -> None:
    """Saves a new version and keeps the one before. Raises Changed when it was saved or frozen meanwhile."""
    require(actor, Action.IDEA_EDIT, idea)
    html = await rendered(body)
    async with transaction():
        if await fetch_value(KEEP, idea.id, version, list(WHILE_EDITING)) is None:
            raise Changed
        await execute(EDIT, title, body, html, excerpt(html), language, tags, idea.id)
        await record(Kind.IDEA_EDITED, actor=actor.id, space=idea.space, idea=idea.id)


ANSWER = """
    INSERT INTO answer (public_id, idea, space, author, kind, summary, reason, reason_html, from_when, next_step,
        next_owner, next_date, language)
    VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT (idea) DO NOTHING RETURNING id, public_id
"""


async def answer(
    actor: Actor,
    idea: IdeaRow,
    *,
    kind: str,
    summary: str,
    reason: str,
    from_when: str,
    next_step: str,
    next_owner: int,
    next_date: date | None,
) -> None:
    """Publishes the official answer; everyone who took part hears of it. Raises Changed if somebody answered first."""
    require(actor, Action.IDEA_ANSWER, idea)
    html = await rendered(reason)
    async with transaction():
        made = await fetch_one(
            Made,
            ANSWER,
            new_public_id(),
            idea.id,
            idea.space,
            actor.id,
            kind,
            summary,
            reason,
            html,
            from_when,
            next_step,
            next_owner,
            next_date,
            actor.language,
        )
        if made is None:
            raise Changed
        await record(Kind.IDEA_ANSWERED, actor=actor.id, space=idea.space, answer=made.id)
