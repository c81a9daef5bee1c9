"""Keeping topics, who answers for them, and who is away."""

from __future__ import annotations

from datetime import date

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import Taken, as_seen, told_apart
from portal.access.policy import Action, require
from portal.db import Made, execute, fetch_one, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.topics.queries import AbsenceRow, Answering, Content, TopicRow, answering, standing


class WithoutOwner(Exception):
    """Nobody would answer for what is published, or for what fits no rule."""


NAMES = {"topic_name": Taken, "topic_owned": WithoutOwner, "topic_rule_kept": WithoutOwner}
ADD = """
    INSERT INTO topic (name, explanation, neutral, form_key) VALUES ({}, {}, {}, {})
    ON CONFLICT (form_key) DO NOTHING RETURNING id, public_id
"""
ADDED = "SELECT public_id FROM topic WHERE form_key = {}"
EDIT = "UPDATE topic SET name = {}, explanation = {}, neutral = {} WHERE id = {} RETURNING id, public_id"
HOLD = "SELECT id FROM topic WHERE id = {} FOR NO KEY UPDATE"
HOLD_RULE = "SELECT id FROM topic_rule WHERE topic = {} AND unit IS NULL FOR NO KEY UPDATE"
STATE = "UPDATE topic SET state = {} WHERE id = {} AND state <> {}"


async def save_topic(
    actor: Actor, topic: TopicRow | None, content: Content, *, form_key: str = "", seen: str = ""
) -> str:
    """A topic, new or changed, with who answers for it; gives its public id. The same form twice adds one. Raises
    Taken when another has that name, WithoutOwner when it is published and nobody answers for it, JustLeft, and Changed
    when it is no longer as it was seen."""
    require(actor, Action.TOPIC_EDIT)
    said = (content.name, content.explanation, content.neutral)
    async with told_apart(NAMES):
        if topic and not await _as_seen(actor, topic, content, seen):
            return topic.public_id
        made = await (fetch_one(Made, EDIT, *said, topic.id) if topic else fetch_one(Made, ADD, *said, form_key))
        if made is None:
            return str(await fetch_value(ADDED, form_key))
        if content.state != "published":  # first, so that an owner may go with it
            await execute(STATE, content.state, made.id, content.state)
        if content.owner is None:
            await execute(REMOVE, made.id, None)
        else:
            await execute(SET, made.id, None, content.owner, content.deputy)
        await execute(STATE, content.state, made.id, content.state)
        await record(Kind.TOPIC_SAVED, actor=actor.id, topic=made.id, state=content.state)
    return made.public_id


async def _as_seen(actor: Actor, topic: TopicRow, content: Content, seen: str) -> bool:
    await execute(HOLD, topic.id)
    await execute(HOLD_RULE, topic.id)
    stands = await standing(actor, topic)
    return as_seen(seen, stands.seen if stands else "", content.seen)


SET = """
    INSERT INTO topic_rule (topic, unit, owner, deputy) VALUES ({}, {}, {}, {})
    ON CONFLICT (coalesce(topic, 0), coalesce(unit, 0)) DO UPDATE SET owner = excluded.owner, deputy = excluded.deputy
"""


#: There may be no row yet that two could hold.
ONE_AT_A_TIME = (
    "SELECT pg_advisory_xact_lock(hashtextextended('rule ' || coalesce({}, 0) || ' ' || coalesce({}, 0), 0))"
)
HOLD_THIS = """
    SELECT id FROM topic_rule WHERE topic IS NOT DISTINCT FROM {} AND unit IS NOT DISTINCT FROM {} FOR NO KEY UPDATE
"""


async def set_rule(actor: Actor, topic: int | None, unit: int | None, answers: Answering, *, seen: str = "") -> None:
    """Says who answers for a topic (none: for all) in a unit and below it (none: everywhere). Raises JustLeft, and
    Changed when others answer there than were seen."""
    require(actor, Action.TOPIC_EDIT)
    async with told_apart(NAMES):
        await execute(ONE_AT_A_TIME, topic, unit)
        await execute(HOLD_THIS, topic, unit)
        stands = await answering(actor, topic, unit)
        if as_seen(seen, stands.seen, answers.seen):
            await execute(SET, topic, unit, answers.owner, answers.deputy)
            said = {"owner": answers.owner, "deputy": answers.deputy}
            await record(Kind.TOPIC_RULE_SET, actor=actor.id, topic=topic, unit=unit, **said)


REMOVE = """
    DELETE FROM topic_rule WHERE topic IS NOT DISTINCT FROM {} AND unit IS NOT DISTINCT FROM {} RETURNING id
"""


async def remove_rule(actor: Actor, topic: int | None, unit: int | None) -> None:
    """The next wider rule holds instead. Raises WithoutOwner for the default, and while the topic is published."""
    require(actor, Action.TOPIC_EDIT)
    async with told_apart(NAMES):
        if await fetch_value(REMOVE, topic, unit) is not None:
            await record(Kind.TOPIC_RULE_REMOVED, actor=actor.id, topic=topic, unit=unit)


# --- absences ---


class Whose(msgspec.Struct, frozen=True):
    """Whose absence it is, for the policy."""

    person: int


AWAY = """
    INSERT INTO absence (person, from_day, until_day, form_key) VALUES ({}, {}, {}, {})
    ON CONFLICT (form_key) DO NOTHING RETURNING id
"""


async def note_absence(actor: Actor, person: int, *, from_day: date, until_day: date, form_key: str) -> None:
    """From that day to the other, both included, her deputies answer for her. The same form twice notes it once."""
    require(actor, Action.ABSENCE_NOTE, Whose(person))
    async with transaction():
        if await fetch_value(AWAY, person, from_day, until_day, form_key) is not None:
            await record(Kind.ABSENCE_NOTED, actor=actor.id, member=person)


async def remove_absence(actor: Actor, absence: AbsenceRow) -> None:
    """She is back, or never went."""
    require(actor, Action.ABSENCE_NOTE, absence)
    async with transaction():
        if await fetch_value("DELETE FROM absence WHERE id = {} RETURNING id", absence.id) is not None:
            await record(Kind.ABSENCE_REMOVED, actor=actor.id, member=absence.person)
