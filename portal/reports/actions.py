"""Reporting."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.db import Made, execute, fetch_one, fetch_value, transaction
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
OPEN_FILE = """
    INSERT INTO moderation_item (public_id, space, attachment, author) VALUES ({}, {}, {}, {})
    ON CONFLICT (attachment) WHERE state = 'open' DO UPDATE SET state = 'open' RETURNING id, public_id
"""
REPORT = """
    INSERT INTO report (item, space, reporter, rule, words, title, body_html, sensitive, beyond)
    SELECT {}, {}, {}, {}, {}, {}, {}, {}, {} AND (SELECT count(*) >= {} FROM report o WHERE o.reporter = {}
        AND o.sensitive AND NOT o.beyond AND o.created_at > plein_now() - interval '24 hours')
    ON CONFLICT (item, reporter) DO NOTHING RETURNING beyond
"""
#: So many things a day one person takes out of sight.
MOST_SENSITIVE = 3
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('sensitive ' || {}::bigint, 0))"


async def report(actor: Actor, thing: Thing, rule: str, words: str, *, sensitive: bool = False) -> bool:
    """Brings a thing before the moderators of its space, with its text as it reads now; once a person. What is
    `sensitive` is screened, too, out of sight, but for what is beyond the most that one person may hide in a day;
    whether it is."""
    require(actor, Action.THING_REPORT, thing)
    about = (new_public_id(), thing.space, thing.id, thing.author)
    async with transaction():
        if sensitive:
            await execute(ONE_AT_A_TIME, actor.id)
        if thing.kind in ("campaign", "file"):
            item = await fetch_one(Made, OPEN_CAMPAIGN if thing.kind == "campaign" else OPEN_FILE, *about)
        else:
            item = await fetch_one(Made, OPEN_IDEA if thing.kind == "idea" else OPEN_COMMENT, *about)
        assert item is not None
        said = (rule, words, thing.title, thing.body_html, sensitive)
        beyond = await fetch_value(REPORT, item.id, thing.space, actor.id, *said, sensitive, MOST_SENSITIVE, actor.id)
        if beyond is not None:
            await record(Kind.MODERATION_REPORTED, space=thing.space, item=item.public_id)
    return bool(beyond)
