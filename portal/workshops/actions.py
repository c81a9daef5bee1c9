"""Writing ideas down for others, and handing them over."""

from __future__ import annotations

from datetime import date

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import Changed, Closed
from portal.access.phases import WHILE_PROPOSING
from portal.access.policy import Action, require
from portal.campaigns.queries import CampaignRow
from portal.db import Made, execute, fetch_one, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.sensitive.holding import refuse_sensitive, refuse_sensitive_among
from portal.tables.base import new_public_id
from portal.text.markdown import excerpt, rendered
from portal.workshops.queries import CaptureRow


class Noted(msgspec.Struct, frozen=True):
    """An idea that is written down: for a colleague (`person`), or for who has only a `name`."""

    title: str
    body: str
    person: int | None
    name: str


# As with proposing one: the campaign's row is held as strongly as counting its ideas needs it.
HOLD = """
    INSERT INTO workshop (public_id, campaign, space, author, name, place, held_on, form_key)
    SELECT {}, c.id, c.space, {}, {}, {}, {}, {}
    FROM (SELECT * FROM campaign WHERE id = {} FOR NO KEY UPDATE) AS c
    WHERE plein_phase(c::campaign, plein_now()) = ANY({})
    ON CONFLICT (author, form_key) DO NOTHING RETURNING id, public_id
"""
BEFORE = "SELECT public_id FROM workshop WHERE author = {} AND form_key = {}"
NOTE = """
    INSERT INTO idea (public_id, campaign, space, author, state, title, body, body_html, excerpt, language, source)
    VALUES ({}, {}, {}, {}, 'published', {}, {}, {}, {}, {}, 'workshop') RETURNING id
"""
CAPTURE = """
    INSERT INTO capture (public_id, idea, space, workshop, author, person, name) VALUES ({}, {}, {}, {}, {}, {}, {})
"""


async def capture(
    actor: Actor,
    campaign: CampaignRow,
    notes: list[Noted],
    *,
    name: str,
    place: str,
    held_on: date,
    language: str,
    form_key: str,
) -> str:
    """A workshop with its ideas, all or none; gives its public id. The same form twice writes down once. Raises
    Closed and Sensitive."""
    require(actor, Action.WORKSHOP_CAPTURE, campaign)
    await refuse_sensitive(name, place)
    await refuse_sensitive_among([f"{note.title}\n{note.body}" for note in notes])
    texts = [(note, await rendered(note.body)) for note in notes]
    async with transaction():
        workshop = await fetch_one(
            Made, HOLD, new_public_id(), actor.id, name, place, held_on, form_key, campaign.id, list(WHILE_PROPOSING)
        )
        if workshop is None:
            public_id = await fetch_value(BEFORE, actor.id, form_key)
            if public_id is None:
                raise Closed
            return str(public_id)
        for note, html in texts:
            where = (new_public_id(), campaign.id, campaign.space, actor.id)
            idea = await fetch_value(NOTE, *where, note.title, note.body, html, excerpt(html), language)
            for_whom = (actor.id, note.person, note.name)
            await execute(CAPTURE, new_public_id(), idea, campaign.space, workshop.id, *for_whom)
            await record(Kind.IDEA_CAPTURED, actor=actor.id, space=campaign.space, idea=idea)
    return workshop.public_id


CLAIM = "UPDATE capture SET claimant = {}, state = 'claimed' WHERE id = {} AND state = 'waiting' RETURNING id"
SETTLE = """
    UPDATE capture SET claimant = {}, state = 'settled', settled_at = plein_now()
    WHERE id = {} AND state = {} AND coalesce(claimant, {}) = {} RETURNING claimant
"""
HAND_OVER = "UPDATE idea SET author = {}, form_key = NULL, draft_key = NULL WHERE id = {}"


async def claim(actor: Actor, noted: CaptureRow) -> bool:
    """Says that it is hers. Written down for her, it is so at once (True); where only a name is known, who wrote it
    down confirms it first. Raises Changed when somebody was earlier."""
    require(actor, Action.CAPTURE_CLAIM, noted)
    async with transaction():
        if noted.person == actor.id:
            await _settle(actor, noted, actor.id, "waiting")
            return True
        if await fetch_value(CLAIM, actor.id, noted.id) is None:
            raise Changed
        await record(Kind.IDEA_CLAIMED, actor=actor.id, space=noted.space, idea=noted.idea)
    return False


def _of(noted: CaptureRow, claimant: str) -> int:
    """Whose claim was read; raises Changed where it is somebody else's by now."""
    if noted.claimant is None or noted.claimant_public_id != claimant:
        raise Changed
    return noted.claimant


async def confirm(actor: Actor, noted: CaptureRow, claimant: str) -> None:
    """Who wrote it down says that this claim is right: authorship passes. Raises Changed."""
    require(actor, Action.CAPTURE_CONFIRM, noted)
    person = _of(noted, claimant)
    async with transaction():
        await _settle(actor, noted, person, "claimed")


async def _settle(actor: Actor, noted: CaptureRow, person: int, state: str) -> None:
    if await fetch_value(SETTLE, person, noted.id, state, person, person) is None:
        raise Changed
    await execute("SELECT plein_hold_votes({}, {})", noted.idea, person)  # before the idea, as by whoever votes
    await execute(HAND_OVER, person, noted.idea)
    await execute("DELETE FROM co_author WHERE idea = {} AND person = {}", noted.idea, person)
    await record(Kind.IDEA_HANDED_OVER, actor=actor.id, space=noted.space, idea=noted.idea)


REFUSE = """
    UPDATE capture SET state = 'refused', settled_at = plein_now() WHERE id = {} AND state = 'waiting' RETURNING id
"""
REJECT = "UPDATE capture SET state = 'waiting', claimant = NULL WHERE id = {} AND claimant = {}"


async def refuse(actor: Actor, noted: CaptureRow) -> None:
    """It is not hers: it stays with who wrote it down, and says nothing of her any more."""
    require(actor, Action.CAPTURE_REFUSE, noted)
    async with transaction():
        if await fetch_value(REFUSE, noted.id) is not None:
            await record(Kind.CAPTURE_REFUSED, actor=actor.id, space=noted.space, idea=noted.idea)


async def reject(actor: Actor, noted: CaptureRow, claimant: str) -> None:
    """This claim is not right: it waits for somebody else. Raises Changed."""
    require(actor, Action.CAPTURE_CONFIRM, noted)
    await execute(REJECT, noted.id, _of(noted, claimant))
