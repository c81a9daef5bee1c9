"""What follows from events. Each reaction is idempotent: an event may come twice."""

from __future__ import annotations

from portal.db import execute
from portal.events.jobs import queue


async def spread_news(event: int) -> None:
    """Who wrote or follows an idea hears of its steps; who voted, of its corrections."""
    await queue("spread_news", event=event)


async def ask(event: int) -> None:
    """Somebody is asked for a yes or no."""
    await queue("ask", event=event)


async def announce_answer(event: int) -> None:
    """Everyone who took part in an idea hears its answer."""
    await queue("announce_answer", event=event)


async def announce_campaign(event: int) -> None:
    """Who has to do with a campaign hears what became of it."""
    await queue("announce_campaign", event=event)


async def announce_role(event: int) -> None:
    """The members of a closed group hear that an administrator gave herself or somebody else a role in it."""
    await queue("announce_role", event=event)


# Once for a comment, in the event that brought her in.
MENTIONED = """
    INSERT INTO mail (kind, recipient, event)
    SELECT 'mention', m.person, x.event FROM mention x JOIN comment k ON k.id = x.comment
    JOIN mailed m ON m.person = x.person JOIN readership r ON r.person = m.person AND r.space = x.space
    WHERE x.event = {} AND m.person <> k.author
    ON CONFLICT (event, recipient, kind) DO NOTHING RETURNING id
"""


async def announce_mentions(event: int) -> None:
    """Who was mentioned in a comment hears of it."""
    if await execute(MENTIONED, event):
        await queue("deliver_mail")
