"""Mail about moderation: who hears what becomes of words, who is to judge them, and what the message says."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.policy import Action, can
from portal.colleagues.names import names_in
from portal.db import QueryString
from portal.moderation import receipts as moderation
from portal.moderation.queries import PARTIES, WRITERS, queues
from portal.notifications.written import Written
from portal.settings import settings
from portal.text.dates import plain_date
from portal.text.language import gettext
from portal.text.markdown import excerpt
from portal.text.mentions import shown
from portal.text.rules import HOUSE_RULES

ITEM = "x.public_id = e.particulars ->> 'item'"
# What a decision let through, and who waited for that.
LET_THROUGH = QueryString(f"""
    SELECT x.space, NULL::bigint AS campaign, coalesce(x.idea, k.idea, f.idea) AS idea, x.comment,
        NULL::bigint AS answer, i.campaign AS within
    FROM e JOIN moderation_item x ON {ITEM} AND x.checks IS NOT NULL
    JOIN decision d ON d.public_id = e.particulars ->> 'decision' AND d.was = 'hidden'
    LEFT JOIN comment k ON k.id = x.comment LEFT JOIN attachment f ON f.id = x.attachment
    LEFT JOIN idea i ON i.id = coalesce(x.idea, k.idea, f.idea)
""")
WAITED = QueryString("""
    SELECT d.person FROM decision d WHERE d.public_id = e.particulars ->> 'decision' AND d.action = 'allow'
""")
JUDGED = QueryString("""
    SELECT d.person FROM decision d WHERE d.public_id = e.particulars ->> 'decision' AND d.action <> 'allow'
""")
# What is only to be checked calls the moderator whose turn it is.
MODERATORS = QueryString(f"""
    SELECT m.person FROM moderation_item x JOIN membership m ON m.space = x.space
    JOIN person j ON j.id = m.person AND j.kind = 'employee'
    WHERE {ITEM} AND m.role IN ('moderator', 'owner')
        AND (x.checks IS NULL OR x.state <> 'open' OR m.person = x.assigned_to)
""")
# Who may decide an appeal: nobody who wrote it, reported it, or had a part in what was decided.
DECIDING = QueryString(f"""
    SELECT m.person FROM moderation_item x JOIN membership m ON m.space = x.space
    JOIN person j ON j.id = m.person AND j.kind = 'employee'
    WHERE {ITEM} AND m.role IN ('moderator', 'owner') AND m.person NOT IN {WRITERS} AND m.person NOT IN {PARTIES}
""")
# Nobody in the space may judge it: who wrote it is out; of an appeal, who reported or judged it before, too. Of what
# has no name two have to be left, whoever wrote it: else it would be told that a space's only moderator did.
ADMINISTRATORS = QueryString(f"""
    SELECT a.person FROM moderation_item x JOIN membership a ON a.role = 'administrator'
    LEFT JOIN mask k ON k.person = x.author
    WHERE {ITEM} AND (k.id IS NOT NULL)::int >= (
        SELECT count(DISTINCT m.person) FROM membership m JOIN person j ON j.id = m.person AND j.active
            AND j.kind = 'employee'
        WHERE m.space = x.space AND m.role IN ('moderator', 'owner')
            AND (m.person IS NOT DISTINCT FROM k.behind OR m.person NOT IN {WRITERS}
                AND (x.state <> 'appealed' OR m.person NOT IN {PARTIES})))
""")
# One message for a space, ten minutes after the first report, so that it speaks of all; then none for an hour.
IN_TEN_MINUTES = QueryString("""
    greatest(plein_now() + interval '10 minutes',
        (SELECT max(o.due_at) + interval '1 hour' FROM mail o JOIN event b ON b.id = o.event
            WHERE o.kind = n.kind AND o.recipient = n.person AND b.space = e.space AND o.sent_at IS NOT NULL))
""")
NONE_WAITS = QueryString("""
    NOT EXISTS (SELECT FROM mail o JOIN event b ON b.id = o.event WHERE o.kind = n.kind AND o.recipient = n.person
        AND b.space = e.space AND o.sent_at IS NULL AND o.dropped_at IS NULL)
""")


async def write_receipt(reader: Actor, event: int | None) -> Written | None:
    """What was decided about her words, by which rule, and until when she may appeal."""
    about = await moderation.of_event(reader, event) if event is not None else None
    receipt = await moderation.get_receipt(reader, about.decision) if about else None
    if receipt is None or not can(reader, Action.RECEIPT_READ, receipt):
        return None
    names = await names_in(reader, [receipt.body_html])
    return receipt.heading, {
        "heading": receipt.heading,
        "receipt": receipt,
        "rule": HOUSE_RULES[receipt.rule],
        "text": "" if receipt.reversed else excerpt(shown(receipt.body_html, names), 2000),
        "until": plain_date(receipt.appeal_until.date()) if can(reader, Action.RECEIPT_APPEAL, receipt) else None,
        "address": f"{settings().base_url}/receipts/{receipt.public_id}",
    }


async def write_shown(reader: Actor, event: int | None) -> Written | None:
    """That others read by now what was checked first."""
    thing = await moderation.shown_by(reader, event) if event is not None else None
    if thing is None:
        return None
    return gettext("Everybody in %(space)s can read it now") % {"space": thing.space}, {
        "thing": thing,
        "address": f"{settings().base_url}{thing.path}",
    }


async def write_queue(reader: Actor, event: int | None) -> Written | None:
    """What waits in a space for its moderators."""
    about = await moderation.of_event(reader, event) if event is not None else None
    queue = next(iter(await queues(reader, about.space)), None) if about else None
    if queue is None or not queue.open + queue.appeals:
        return None
    return gettext("To moderate in %(space)s") % {"space": queue.space_name}, {
        "queue": queue,
        "address": f"{settings().base_url}/spaces/{queue.space_public_id}/moderation",
    }


async def write_appeal(reader: Actor, event: int | None) -> Written | None:
    """That somebody asks for another decision, and where it is given."""
    about = await moderation.of_event(reader, event) if event is not None else None
    queue = next(iter(await queues(reader, about.space)), None) if about else None
    if queue is None or not queue.appeals:
        return None
    return gettext("An appeal waits for you in %(space)s") % {"space": queue.space_name}, {
        "space": queue.space_name,
        "address": f"{settings().base_url}/spaces/{queue.space_public_id}/moderation",
    }


async def write_needed(reader: Actor, event: int | None) -> Written | None:
    """That nobody is left to judge, for administrators."""
    about = await moderation.of_event(reader, event) if event is not None else None
    if about is None or not reader.administrator:
        return None
    return gettext("A moderator is needed"), {
        "space": about.space_name,
        "address": f"{settings().base_url}/admin/roles",
    }
