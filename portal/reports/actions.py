"""Reporting."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.db import Made, fetch_one, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.reports.queries import Thing
from portal.tables.base import new_public_id

# Reports on the same thing meet in the one item that is open for it.
OPEN_IDEA = """
    INSERT INTO moderation_item (public_id, space, idea, author) VALUES ({}, {}, {}, {})
    ON CONFLICT (idea) WHERE state = 'open' DO UPDATE SET state = 'open' RETURNING id, public_id
"""
OPEN_COMMENT = """
    INSERT INTO moderation_item (public_id, space, comment, author) VALUES ({}, {}, {}, {})
    ON CONFLICT (comment) WHERE state = 'open' DO UPDATE SET state = 'open' RETURNING id, public_id
"""
OPEN_CAMPAIGN = """
    INSERT INTO moderation_item (public_id, space, campaign, author) VALUES ({}, {}, {}, {})
    ON CONFLICT (campaign) WHERE state = 'open' DO UPDATE SET state = 'open' RETURNING id, public_id
"""
REPORT = """
    INSERT INTO report (item, space, reporter, rule, words, title, body_html, sensitive)
    VALUES ({}, {}, {}, {}, {}, {}, {}, {})
    ON CONFLICT (item, reporter) DO NOTHING RETURNING id
"""


async def report(actor: Actor, thing: Thing, rule: str, words: str, *, sensitive: bool = False) -> None:
    """Brings a thing before the moderators of its space, with its text as it reads now; once a person. What is
    `sensitive` is screened, too, out of sight."""
    require(actor, Action.THING_REPORT, thing)
    about = (new_public_id(), thing.space, thing.id, thing.author)
    async with transaction():
        if thing.kind == "campaign":
            item = await fetch_one(Made, OPEN_CAMPAIGN, *about)
        else:
            item = await fetch_one(Made, OPEN_IDEA if thing.kind == "idea" else OPEN_COMMENT, *about)
        assert item is not None
        if await fetch_value(
            REPORT, item.id, thing.space, actor.id, rule, words, thing.title, thing.body_html, sensitive
        ):
            await record(Kind.MODERATION_REPORTED, space=thing.space, item=item.public_id)
