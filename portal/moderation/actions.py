"""Judging, undoing, appealing.

Rows are always held in this order: campaign, the lock of a pause, idea, comment, item. So do votes, ideas and comments.
"""

from __future__ import annotations

from datetime import timedelta

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.access.sight_of_content import HIDES
from portal.comments.actions import MENTION
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.ideas.actions import Content, keep_replies
from portal.ideas.holding import hold_above
from portal.mentions.queries import Named, named
from portal.moderation import ACTIONS, CLAIM_MINUTES, HIDING
from portal.moderation.queries import DecisionRow, ItemRow, appealed_decision
from portal.moderation.receipts import Receipt
from portal.moderation.refusing import refuse_decider
from portal.sensitive.holding import refuse_sensitive
from portal.tables.base import new_public_id
from portal.text.markdown import excerpt, rendered


class Held(Exception):
    """Somebody else took the item meanwhile; nothing was written."""


# Whoever is on it already is so no longer than she said: nobody holds it for ever.
CLAIM = """
    UPDATE moderation_item SET claimed_by = {}, claimed_until = CASE WHEN claimed_until > plein_now()
        THEN claimed_until ELSE plein_now() + make_interval(mins => {}) END
    WHERE id = {} AND state IN ('open', 'appealed')
        AND (claimed_by IS NULL OR claimed_by = {} OR claimed_until <= plein_now()) RETURNING id
"""
RELEASE = "UPDATE moderation_item SET claimed_by = NULL, claimed_until = NULL WHERE id = {} AND claimed_by = {}"


async def claim(actor: Actor, item: ItemRow) -> None:
    """The actor is on it, for a quarter of an hour. Raises Held."""
    require(actor, Action.ITEM_CLAIM, item)
    if await fetch_value(CLAIM, actor.id, CLAIM_MINUTES, item.id, actor.id) is None:
        raise Held


async def release(actor: Actor, item: ItemRow) -> None:
    """The actor leaves it to others."""
    require(actor, Action.ITEM_CLAIM, item)
    await execute(RELEASE, item.id, actor.id)


TURN_IDEA = "UPDATE idea SET state = {} WHERE id = {} AND state = {} AND version = {} RETURNING id"
TURN_COMMENT = "UPDATE comment SET state = {} WHERE id = {} AND state = {} AND version = {} RETURNING id"
TURN_FILE = "UPDATE attachment SET state = {} WHERE id = {} AND state = {} RETURNING id"
TURN_CAMPAIGN = """
    UPDATE campaign SET hidden = ({} = 'hidden') WHERE id = {} AND hidden = ({} = 'hidden') RETURNING id
"""
FILE_STATES = {"published": "shown", "hidden": "held"}


async def _turn(item: ItemRow, new: str) -> bool:
    """Brings a thing into another state; says whether it is still as it was read. Everything that shows or counts it
    follows by triggers; with a campaign all goes and comes that hangs under it."""
    old = item.thing_state
    if old == new:
        return True
    if item.campaign:
        return await fetch_value(TURN_CAMPAIGN, new, item.campaign, old) is not None
    if item.attachment:
        return await fetch_value(TURN_FILE, FILE_STATES[new], item.attachment, FILE_STATES[old]) is not None
    await hold_above(item.idea, item.comment)
    written = (new, item.idea or item.comment, old, item.version)
    return await fetch_value(TURN_IDEA if item.idea else TURN_COMMENT, *written) is not None


HIDES_TOO = f"""
    SELECT d.id FROM moderation_item x JOIN decision d ON d.item = x.id
    WHERE (x.campaign = {{}} OR x.idea = {{}} OR x.comment = {{}} OR x.attachment = {{}}) AND x.id <> {{}} AND {HIDES}
    LIMIT 1
"""


async def _stays_hidden(about: ItemRow | Receipt) -> bool:
    """Whether something else was decided that hides the same thing, which is held."""
    item = about.id if isinstance(about, ItemRow) else about.item
    if about.campaign:
        await execute("SELECT id FROM campaign WHERE id = {} FOR NO KEY UPDATE", about.campaign)
    elif about.attachment:
        await execute("SELECT id FROM attachment WHERE id = {} FOR NO KEY UPDATE", about.attachment)
    else:
        await hold_above(about.idea, about.comment)
    thing = (about.campaign, about.idea, about.comment, about.attachment)
    return await fetch_value(HIDES_TOO, *thing, item) is not None


# Hidden for now, it stays in the queue: something else is still to be decided.
TAKE = """
    UPDATE moderation_item SET state = {}, claimed_by = NULL, claimed_until = NULL
    WHERE id = {} AND state = {} AND (claimed_by IS NULL OR claimed_by = {} OR claimed_until <= plein_now())
    RETURNING id
"""
DECIDE = """
    INSERT INTO decision (public_id, item, space, person, moderator, action, rule, words, title, body_html, was)
    VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}) RETURNING id
"""
PAUSE_LOCK = "SELECT pg_advisory_xact_lock(plein_pause_key(plein_behind({}), {}))"
PAUSE = "INSERT INTO pause (person, space, decision, until) VALUES ({}, {}, {}, {})"


#: What brings back what was hidden for now.
PUT_UP_AGAIN = (("allow", "hidden"), ("warn", "hidden"))


def choices(item: ItemRow) -> list[str]:
    """What can be decided about an item: nothing hides what its author took away already. No file is sent back, because
    its author can't change it, and no campaign, because she can at any time."""
    if item.thing_state not in ("published", "withdrawn", "hidden"):
        return ["allow", "warn", "pause"]
    none = {"hide"} if item.thing_state == "hidden" else set()
    none |= {"send back"} if item.kind in ("campaign", "file") else set()
    return [one for one in ACTIONS if one not in none]


# Who is mentioned in what was checked first hears of it when it is shown, and not before.
CALL_THE_MENTIONED = "UPDATE mention SET event = {} WHERE comment = {}"


async def decide(
    actor: Actor, item: ItemRow, *, action: str, rule: str, words: str, version: int | None, days: int = 0
) -> None:
    """Judges an item as it was read: the text of that version. Raises Changed when it is not the same any more, and
    Held while somebody else is on it."""
    await refuse_decider(actor, Action.ITEM_DECIDE, item)
    require(actor, Action.ITEM_DECIDE, item)
    public_id, was = new_public_id(), item.thing_state
    if action not in choices(item) or version != item.version:
        raise Changed
    state = "hidden" if action in HIDING else item.before if (action, was) in PUT_UP_AGAIN else was
    async with transaction():
        if (action, was) in PUT_UP_AGAIN and await _stays_hidden(item):
            state = was
        if not await _turn(item, state):
            raise Changed
        waits = action == "hide" or (action == "pause" and item.checks and state == "hidden")
        await _take(actor, item, "open" if waits else "decided")
        about = (public_id, item.id, item.space, item.author, actor.id)
        decision = await fetch_value(DECIDE, *about, action, rule, words, item.title, item.body_html, was)
        if action == "pause":
            await execute(PAUSE_LOCK, item.author, item.space)
            await execute(PAUSE, item.author, item.space, decision, actor.now + timedelta(days=days))
        event = await record(
            Kind.MODERATION_DECIDED,
            actor=actor.id,
            space=item.space,
            item=item.public_id,
            decision=public_id,
            action=action,
            rule=rule,
        )
        if item.checks and item.comment and state == "published":
            await execute(CALL_THE_MENTIONED, event, item.comment)


async def _take(actor: Actor, item: ItemRow, state: str) -> None:
    if await fetch_value(TAKE, state, item.id, item.state, actor.id) is None:
        now = await fetch_value("SELECT state FROM moderation_item WHERE id = {}", item.id)
        raise Held if now == item.state else Changed


UNDO = """
    UPDATE decision d SET undone_at = plein_now(), undone_by = {} WHERE d.id = {} AND d.undone_at IS NULL
        AND d.put_back_at IS NULL AND NOT EXISTS (SELECT FROM appeal a WHERE a.decision = d.id)
        AND NOT EXISTS (SELECT FROM decision l WHERE l.item = d.item AND l.id > d.id AND l.undone_at IS NULL)
    RETURNING d.id
"""
REOPEN = """
    UPDATE moderation_item x SET state = 'open' WHERE x.id = {} AND x.state IN ('open', 'decided')
        AND NOT EXISTS (SELECT FROM moderation_item o WHERE o.id <> x.id AND o.state = 'open'
            AND (o.idea = x.idea OR o.comment = x.comment OR o.campaign = x.campaign OR o.attachment = x.attachment))
    RETURNING x.id
"""
END_PAUSE = "UPDATE pause SET ended_at = plein_now() WHERE decision = {} AND ended_at IS NULL"


async def undo(actor: Actor, item: ItemRow, decision: DecisionRow) -> None:
    """Takes a decision back; it stays in the history as undone, and its person is told. Raises Changed."""
    await refuse_decider(actor, Action.DECISION_UNDO, item)
    require(actor, Action.DECISION_UNDO, decision)
    async with transaction():
        hid, raised = decision.action in HIDING, (decision.action, decision.was) in PUT_UP_AGAIN
        turned = (hid and item.thing_state == "hidden") or (raised and item.thing_state == item.before)
        turned = turned and (decision.was == "hidden" or not await _stays_hidden(item))
        if turned and not await _turn(item, decision.was):
            raise Changed
        if await fetch_value(REOPEN, item.id) is None or await fetch_value(UNDO, actor.id, decision.id) is None:
            raise Changed
        await execute(END_PAUSE, decision.id)
        await record(
            Kind.MODERATION_UNDONE,
            actor=actor.id,
            space=item.space,
            item=item.public_id,
            decision=decision.public_id,
        )


APPEAL = """
    WITH held AS (
        UPDATE moderation_item x SET state = 'appealed', claimed_by = NULL, claimed_until = NULL
        FROM decision d WHERE d.id = {} AND x.id = d.item AND x.state IN ('open', 'decided') AND d.undone_at IS NULL
            AND d.put_back_at IS NULL
            AND NOT EXISTS (SELECT FROM decision l WHERE l.item = d.item AND l.id > d.id AND l.undone_at IS NULL)
        RETURNING x.public_id, d.id AS decision, d.space
    ), made AS (
        INSERT INTO appeal (public_id, decision, space, words) SELECT {}, decision, space, {} FROM held
        ON CONFLICT (decision) DO NOTHING RETURNING id
    )
    SELECT public_id FROM held, made
"""


async def appeal(actor: Actor, receipt: Receipt, words: str) -> None:
    """Asks somebody else to look at a decision again. Raises Changed."""
    require(actor, Action.RECEIPT_APPEAL, receipt)
    async with transaction():
        item = await fetch_value(APPEAL, receipt.id, new_public_id(), words)
        if item is None:
            raise Changed
        await record(
            Kind.MODERATION_APPEALED, actor=actor.id, space=receipt.space, item=item, decision=receipt.public_id
        )


ANSWER = """
    UPDATE appeal SET outcome = {}, reason = {}, decided_by = {}, decided_at = plein_now()
    WHERE decision = {} AND outcome IS NULL RETURNING id
"""


async def decide_appeal(actor: Actor, item: ItemRow, outcome: str, reason: str) -> None:
    """Grants an appeal, and everything is as it was before the decision; or upholds that. Raises Changed and Held."""
    await refuse_decider(actor, Action.APPEAL_DECIDE, item)
    require(actor, Action.APPEAL_DECIDE, item)
    async with transaction():
        decision = await appealed_decision(actor, item)
        if decision is None:
            raise Changed
        hid = decision.action in HIDING or decision.was == "hidden"
        shown = outcome == "granted" and hid and item.thing_state == "hidden" and not await _stays_hidden(item)
        if shown and not await _turn(item, item.before):
            raise Changed
        await _take(actor, item, "closed")
        if await fetch_value(ANSWER, outcome, reason, actor.id, decision.id) is None:
            raise Changed
        if outcome == "granted":
            await execute(END_PAUSE, decision.id)
        await record(
            Kind.MODERATION_APPEAL_DECIDED,
            actor=actor.id,
            space=item.space,
            item=item.public_id,
            decision=decision.public_id,
            outcome=outcome,
        )


async def read_receipt(actor: Actor, receipt: Receipt) -> None:
    """The person it is about has it before her: from now on only what has still to be done reminds her of it."""
    require(actor, Action.RECEIPT_READ, receipt)
    await execute("UPDATE decision SET read_at = plein_now() WHERE id = {}", receipt.id)


PUT_BACK = """
    UPDATE decision d SET put_back_at = plein_now() WHERE d.id = {} AND d.put_back_at IS NULL AND d.undone_at IS NULL
        AND NOT plein_is_paused(d.person, d.space)
    RETURNING d.id
"""
PAUSE_SHARED = "SELECT pg_advisory_xact_lock_shared(plein_pause_key(plein_behind({}), {}))"
REWRITE_IDEA = """
    UPDATE idea SET state = {}, title = {}, body = {}, body_html = {}, excerpt = {}, tags = {}, core_questions = {},
        version = version + 1, edited_by = NULL, updated_at = plein_now()
    WHERE id = {} AND state = 'hidden' RETURNING state
"""
REWRITE_COMMENT = """
    UPDATE comment SET state = {}, body = {}, body_html = {}, version = version + 1, edited_at = plein_now()
    WHERE id = {} AND state = 'hidden' RETURNING state
"""
# Where it would have been checked before anybody read it, it is checked again.
CHECK_AGAIN = "SELECT plein_await_check({}, {}, {}, NULL, {}, plein_check({}, {}, false))"
# The texts before were judged, too, as likely as not: nobody reads them any more. An idea's go by a trigger, with the
# votes for a text that was settled.
FORGET_COMMENT = "DELETE FROM comment_version WHERE comment = {}"


async def put_back(actor: Actor, receipt: Receipt, content: Content) -> None:
    """The author changed what was sent back, and it stands there again. The text before is kept in the receipt only,
    not among the versions that readers see; votes for a text that was settled do not count for another one. Raises
    Changed, Ambiguous and Sensitive."""
    require(actor, Action.RECEIPT_PUT_BACK, receipt)
    await refuse_sensitive(*content.texts)
    body = content.body
    text = await named(actor, receipt.space, body, receipt.comment) if receipt.comment else Named(body, [], ())
    html = await rendered(text.text)
    async with transaction():
        if receipt.idea:
            await hold_above(receipt.idea)
        await execute(PAUSE_SHARED, actor.id, receipt.space)
        if await _stays_hidden(receipt) or await fetch_value(PUT_BACK, receipt.id) is None:
            raise Changed
        if receipt.idea:
            await keep_replies(receipt.idea, content)
            said = (content.title, body, html, excerpt(html), content.tags, content.core_questions)
            now = await fetch_value(REWRITE_IDEA, receipt.before, *said, receipt.idea)
        else:
            await execute(FORGET_COMMENT, receipt.comment)
            now = await fetch_value(REWRITE_COMMENT, receipt.before, text.text, html, receipt.comment)
        if now is None:
            raise Changed
        if now == "hidden":
            about = (receipt.space, receipt.idea, receipt.comment, actor.id)
            await execute(CHECK_AGAIN, *about, actor.id, receipt.space)
        event = await record(Kind.MODERATION_PUT_BACK, actor=actor.id, space=receipt.space, decision=receipt.public_id)
        if text.people:
            await execute(MENTION, receipt.comment, receipt.space, event, text.people)
