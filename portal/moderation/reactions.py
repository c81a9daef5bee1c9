"""What follows from moderation: who is told by mail. Idempotent: an event may come twice."""

from __future__ import annotations

from portal.db import execute
from portal.events.jobs import queue
from portal.moderation.queries import PARTIES, WRITERS

# Whom no mail reaches finds it in the portal.
RECEIPT = """
    INSERT INTO mail (kind, recipient, event)
    SELECT 'receipt', d.person, e.id FROM event e JOIN decision d ON d.public_id = e.particulars ->> 'decision'
    JOIN mailed m ON m.person = d.person WHERE e.id = {} AND d.action <> 'allow'
    ON CONFLICT (event, recipient, kind) DO NOTHING
"""


async def send_receipt(event: int) -> None:
    """Whoever a decision is about hears of it, and of everything that becomes of it."""
    await execute(RECEIPT, event)
    await queue("deliver_mail")


SHOWN = """
    INSERT INTO mail (kind, recipient, event)
    SELECT 'shown', d.person, e.id FROM event e JOIN decision d ON d.public_id = e.particulars ->> 'decision'
    JOIN moderation_item x ON x.id = d.item AND x.checks IS NOT NULL JOIN mailed m ON m.person = d.person
    WHERE e.id = {} AND d.action = 'allow' AND d.was = 'hidden'
    ON CONFLICT (event, recipient, kind) DO NOTHING
"""


async def tell_shown(event: int) -> None:
    """Whoever waited for a check hears that others read it now."""
    if await execute(SHOWN, event):
        await queue("deliver_mail")


# One message for a space, ten minutes after the first report, so that it speaks of all; then none for an hour. What is
# only to be checked calls the moderator whose turn it is.
QUEUE = """
    INSERT INTO mail (kind, recipient, event, due_at)
    SELECT 'moderation_queue', p.id, e.id, greatest(plein_now() + interval '10 minutes',
        (SELECT max(o.due_at) + interval '1 hour' FROM mail o JOIN event oe ON oe.id = o.event
            WHERE o.kind = 'moderation_queue' AND o.recipient = p.id AND oe.space = e.space AND o.sent_at IS NOT NULL))
    FROM event e JOIN moderation_item x ON x.public_id = e.particulars ->> 'item'
    JOIN person p ON p.id IN
        (SELECT m.person FROM membership m WHERE m.space = e.space AND m.role IN ('moderator', 'owner')
            AND (x.checks IS NULL OR x.state <> 'open' OR m.person = x.assigned_to))
    JOIN mailed m ON m.person = p.id
    WHERE e.id = {} AND p.kind = 'employee' AND NOT EXISTS (
        SELECT FROM mail w JOIN event we ON we.id = w.event WHERE w.kind = 'moderation_queue' AND w.recipient = p.id
            AND we.space = e.space AND w.sent_at IS NULL AND w.dropped_at IS NULL)
    ON CONFLICT (event, recipient, kind) DO NOTHING
"""
# Nobody in the space may judge it: who wrote it is out; of an appeal, who reported or judged it before, too.
NEEDED = f"""
    INSERT INTO mail (kind, recipient, event)
    SELECT 'moderator_needed', l.person, e.id
    FROM event e JOIN moderation_item x ON x.public_id = e.particulars ->> 'item'
    JOIN membership a ON a.role = 'administrator' JOIN mailed l ON l.person = a.person
    WHERE e.id = {{}} AND NOT EXISTS (
        SELECT FROM membership m JOIN person j ON j.id = m.person AND j.active AND j.kind = 'employee'
        WHERE m.space = x.space AND m.role IN ('moderator', 'owner')
            AND m.person NOT IN {WRITERS}
            AND (x.state <> 'appealed' OR m.person NOT IN {PARTIES}))
    ON CONFLICT (event, recipient, kind) DO NOTHING
"""


async def call_moderators(event: int) -> None:
    """The moderators of the space hear that something waits; where none of them may judge it, the administrators."""
    await execute(QUEUE, event)
    await execute(NEEDED, event)
    await queue("deliver_mail")
