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


async def tell_of_guests(event: int) -> None:
    """Who invites, answers for guests or is one hears what became of it."""
    await queue("tell_of_guests", event=event)


async def announce_answer(event: int) -> None:
    """Everyone who took part in an idea hears its answer."""
    await queue("announce_answer", event=event)


async def announce_campaign(event: int) -> None:
    """Who has to do with a campaign hears what became of it."""
    await queue("announce_campaign", event=event)


async def tell_of_wish(event: int) -> None:
    """Who answers for a space hears that somebody asks for a file; who asked, the answer."""
    await queue("tell_of_wish", event=event)


async def announce_role(event: int) -> None:
    """The members of a closed group hear that an administrator gave herself or somebody else a role in it."""
    await queue("announce_role", event=event)


async def ask_owners(event: int) -> None:
    """The owners of a group in which nothing happens hear of it."""
    await queue("ask_owners", event=event)


# Once for a comment, in the event that brought her in.
MENTIONED = """
    INSERT INTO mail (kind, recipient, event)
    SELECT 'mention', m.person, x.event FROM mention x JOIN comment k ON k.id = x.comment
    JOIN mailed m ON m.person = x.person JOIN readership r ON r.person = m.person AND r.space = x.space
    WHERE x.event = {} AND m.person <> k.author AND k.state = 'published'
    ON CONFLICT (event, recipient, kind) DO NOTHING RETURNING id
"""


async def announce_mentions(event: int) -> None:
    """Who was mentioned in a comment hears of it."""
    if await execute(MENTIONED, event):
        await queue("deliver_mail")


# Once for each who offers: an offer that is put in other words is no news.
OFFERED = """
    INSERT INTO mail (kind, recipient, event)
    SELECT 'help', p.id, e.id FROM event e JOIN idea i ON i.id = e.idea
    CROSS JOIN LATERAL (
        SELECT i.author AS person
        UNION SELECT k.person FROM co_author k WHERE k.idea = i.id AND k.accepted_at IS NOT NULL) x
    JOIN person p ON p.id = x.person AND p.active AND p.last_signed_in_at IS NOT NULL
    JOIN identity n ON n.person = p.id AND n.wants_mail
    JOIN readership r ON r.person = p.id AND r.space = i.space
    WHERE e.id = {} AND p.id IS DISTINCT FROM e.actor AND NOT EXISTS (
        SELECT FROM mail m JOIN event b ON b.id = m.event
        WHERE m.kind = 'help' AND m.recipient = p.id AND b.idea = e.idea AND b.actor = e.actor)
    ON CONFLICT (event, recipient, kind) DO NOTHING RETURNING id
"""


async def tell_of_help(event: int) -> None:
    """Who writes an idea hears who offers help."""
    if await execute(OFFERED, event):
        await queue("deliver_mail")
