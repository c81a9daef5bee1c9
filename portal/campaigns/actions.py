"""Opening and editing campaigns."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.campaigns.queries import CampaignRow
from portal.db import Made, fetch_one, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.spaces.queries import Choice
from portal.tables.base import new_public_id
from portal.text.markdown import rendered


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants a campaign to say, and when its phases begin; one that is always open has no dates."""

    title: str
    lead: str
    brief: str
    promise: str
    language: str
    sponsor: int
    collect_from: datetime | None = None
    discuss_from: datetime | None = None
    vote_from: datetime | None = None
    decide_from: datetime | None = None
    done_from: datetime | None = None


OPEN = """
    INSERT INTO campaign (public_id, space, author, sponsor, title, lead, brief, brief_html, promise, language,
        collect_from, discuss_from, vote_from, decide_from, done_from, form_key)
    VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})
    ON CONFLICT (author, form_key) DO NOTHING RETURNING id, public_id
"""


async def open_campaign(actor: Actor, space: Choice, draft: Draft, form_key: str) -> str:
    """A new campaign in one of the actor's spaces; gives its public id. The same form twice opens one."""
    require(actor, Action.CAMPAIGN_PROPOSE)
    html = await rendered(draft.brief)
    async with transaction():
        made = await fetch_one(
            Made,
            OPEN,
            new_public_id(),
            space.id,
            actor.id,
            draft.sponsor,
            draft.title,
            draft.lead,
            draft.brief,
            html,
            draft.promise,
            draft.language,
            draft.collect_from,
            draft.discuss_from,
            draft.vote_from,
            draft.decide_from,
            draft.done_from,
            form_key,
        )
        if made is None:
            return str(
                await fetch_value(
                    "SELECT public_id FROM campaign WHERE author = {} AND form_key = {}", actor.id, form_key
                )
            )
        await record(Kind.CAMPAIGN_OPENED, actor=actor.id, space=space.id, campaign=made.id)
    return made.public_id


EDIT = """
    UPDATE campaign SET title = {}, lead = {}, brief = {}, brief_html = {}, promise = {}, language = {}, sponsor = {},
        collect_from = coalesce({}::timestamptz, collect_from), discuss_from = {}::timestamptz,
        vote_from = {}::timestamptz, decide_from = {}::timestamptz, done_from = {}::timestamptz,
        version = version + 1
    WHERE id = {} AND version = {} RETURNING id
"""


async def edit_campaign(actor: Actor, campaign: CampaignRow, draft: Draft, version: int) -> None:
    """Saves a campaign. Raises Changed when somebody saved it after it was read."""
    require(actor, Action.CAMPAIGN_EDIT, campaign)
    html = await rendered(draft.brief)
    async with transaction():
        saved = await fetch_value(
            EDIT,
            draft.title,
            draft.lead,
            draft.brief,
            html,
            draft.promise,
            draft.language,
            draft.sponsor,
            draft.collect_from,
            draft.discuss_from,
            draft.vote_from,
            draft.decide_from,
            draft.done_from,
            campaign.id,
            version,
        )
        if saved is None:
            raise Changed
        await record(Kind.CAMPAIGN_EDITED, actor=actor.id, space=campaign.space, campaign=campaign.id)
