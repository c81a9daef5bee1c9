"""How a case moves: it is held, changed, and told of by one event, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from portal.access.conflicts import Changed
from portal.db import execute, fetch, fetch_value
from portal.escalation.states import ENDED, TRANSITIONS, State
from portal.events.kinds import Kind
from portal.events.log import Happened, record_all


class Case(msgspec.Struct, frozen=True):
    """A case as it stands while it is held."""

    id: int
    public_id: str
    idea: int
    space: int
    state: State
    level: int
    owner: int | None
    round: int
    due_at: datetime
    acknowledged_at: datetime | None
    statement_at: datetime | None
    hold_longer: bool
    extension_days: int | None
    extension_asked_at: datetime | None
    extension_decided_at: datetime | None
    clarify_from: datetime | None
    fraud_by: int | None
    fraud_supporters: int | None


HOLD = """
    SELECT e.id, e.public_id, e.idea, e.space, e.state, e.level, e.owner, e.round, e.due_at, e.acknowledged_at,
        e.statement_at, e.hold_longer, e.extension_days, e.extension_asked_at, e.extension_decided_at, e.clarify_from,
        e.fraud_by, e.fraud_supporters
    FROM escalation e WHERE e.id = ANY({}) ORDER BY e.id FOR UPDATE
"""


async def hold_all(cases: list[int]) -> dict[int, Case]:
    """These cases by their ids, which nobody else changes until this transaction ends."""
    rows = await fetch(Case, HOLD, cases)
    return {row.id: msgspec.structs.replace(row, state=State(row.state)) for row in rows}


async def hold(case: int) -> Case:
    """The same of one."""
    return (await hold_all([case]))[case]


async def hold_for(case: int, kind: Kind) -> Case:
    """The same, if this can happen to it as it stands. Raises Changed."""
    held = await hold(case)
    if not possible(held, kind):
        raise Changed
    return held


def possible(case: Case, kind: Kind) -> bool:
    """Whether this can happen to the case as it stands."""
    return case.state in TRANSITIONS[kind].before


# Who owns it, and until when: as it is after this, so that nothing of it ever changes without an event.
MOVE = """
    WITH moved AS (
        UPDATE escalation SET state = coalesce({}, state),
            ended_at = CASE WHEN coalesce({}, state) = ANY({}) THEN plein_now() END,
            answered_at = CASE WHEN {} = 'answered' THEN plein_now() ELSE answered_at END
        WHERE id = ANY({}) AND (state = ANY({}) OR {})
        RETURNING id, space, owner, level, due_at, topic, unit, started_at
    )
    SELECT m.*, w.minutes AS worked FROM moved m
    JOIN plein_worked(ARRAY(SELECT started_at FROM moved), plein_now()) w ON w.start = m.started_at
"""


class Moved(msgspec.Struct, frozen=True):
    """What an event tells of a case, beside its state. `worked`: so many working minutes after its clocks began."""

    id: int
    space: int
    owner: int | None
    level: int
    due_at: datetime
    topic: int | None
    unit: int | None
    started_at: datetime
    worked: int


async def move_all(cases: list[int], kind: Kind, *, actor: int | None = None, **particulars: Any) -> None:
    """The cases go where TRANSITIONS leads them, and their timelines say so. Raises Changed where one of them is
    elsewhere by now."""
    if not cases:
        return
    before, after = TRANSITIONS[kind]
    rows = await fetch(Moved, MOVE, after, after, list(ENDED), after, cases, list(before), not before)
    moved = {row.id: row for row in rows}
    if len(moved) < len(cases):
        raise Changed
    await record_all(kind, [_told(moved[case], particulars) for case in cases], actor=actor)


def _told(moved: Moved, particulars: dict[str, Any]) -> Happened:
    facts = {
        "owner": moved.owner,
        "level": moved.level,
        "due": moved.due_at.isoformat(),
        "topic": moved.topic,
        "unit": moved.unit,
        "started": moved.started_at.isoformat(),
        "worked": moved.worked,
    }
    return Happened(moved.space, moved.id, None, facts | particulars)


async def move(case: int, kind: Kind, *, actor: int | None = None, **particulars: Any) -> None:
    """The same of one."""
    await move_all([case], kind, actor=actor, **particulars)


async def oblige_all(kind: Kind, duties: Iterable[tuple[Case, int | None]], **particulars: Any) -> None:
    """Tells one person of her duty on each of these cases (rule 22); nobody, where there is nobody."""
    await record_all(
        kind, [Happened(case.space, case.id, person, particulars) for case, person in duties if person is not None]
    )


async def oblige(kind: Kind, case: Case, person: int | None, **particulars: Any) -> None:
    """The same on one."""
    await oblige_all(kind, [(case, person)], **particulars)


DECIDERS = """
    SELECT id, person
    FROM plein_deciders(ARRAY(SELECT e FROM escalation e WHERE e.id = ANY({})), {}::bigint[], FALSE, plein_now())
"""
OWN = """
    UPDATE escalation e SET owner = n.person FROM unnest({}::bigint[], {}::bigint[]) n (id, person) WHERE e.id = n.id
"""
RISE = "UPDATE escalation SET height = height + {} WHERE id = ANY({})"
ABOVE = """
    SELECT e.id, (plein_above(e.owner, plein_openly_barred(e), n.now))[1] AS person
    FROM escalation e, (SELECT plein_now() AS now) n WHERE e.id = ANY({})
"""


async def deciders(cases: list[int], *without: int) -> dict[int, int | None]:
    """Who decides each of these now, and is none of those."""
    return {row["id"]: row["person"] for row in await execute(DECIDERS, cases, list(without))}


async def decider(case: int, *without: int) -> int | None:
    """The same of one."""
    return (await deciders([case], *without))[case]


async def above(*cases: int) -> dict[int, int | None]:
    """Who stands one level above the owner of each."""
    return {row["id"]: row["person"] for row in await execute(ABOVE, list(cases))}


async def give_all(gifts: Iterable[tuple[Case, int | None]], why: str | None = None) -> list[int]:
    """Makes somebody the owner of each of these, and tells her why; gives those for which that is somebody else.
    `due_at` stays (rule 1)."""
    given = [(case, person) for case, person in gifts if person not in (None, case.owner)]
    if given:
        await execute(OWN, [case.id for case, _ in given], [person for _, person in given])
        await oblige_all(Kind.DUTY_ASSIGNED, given, why=why)
    return [case.id for case, _ in given]


async def give_to(case: Case, person: int | None, why: str | None = None) -> bool:
    """The same of one."""
    return bool(await give_all([(case, person)], why))


OTHERS = """
    SELECT d.id, d.person
    FROM plein_deciders(ARRAY(SELECT e FROM escalation e WHERE e.id = ANY({})), '{{}}', TRUE, plein_now()) d
    WHERE plein_there(d.person, plein_now())
"""


async def hand_over_all(cases: list[Case], why: str) -> None:
    """Whoever comes next after the owner of each owns it, if she is there."""
    if cases:
        then = {row["id"]: row["person"] for row in await execute(OTHERS, [case.id for case in cases])}
        given = await give_all([(case, then.get(case.id)) for case in cases], why)
        await move_all(given, Kind.CASE_HANDED_OVER, why=why)


async def rise_all(cases: list[Case], levels: int, why: str) -> list[int]:
    """The decision moves up; those of which there was somebody to move it to."""
    if not cases:
        return []
    ids = [case.id for case in cases]
    await execute(RISE, levels, ids)
    then = await deciders(ids)
    return await give_all([(case, then[case.id]) for case in cases], why)


async def rise(case: Case, levels: int, why: str) -> bool:
    """The same of one."""
    return bool(await rise_all([case], levels, why))


OPEN_CASE = "SELECT e.id FROM escalation e WHERE e.idea = {} AND e.ended_at IS NULL"
DECIDED = "UPDATE escalation SET owner = coalesce(owner, {}) WHERE id = {}"


async def answered_by(person: int, idea: int) -> None:
    """An official answer was just given to an item, in this transaction: its case, if one waits for it, is answered.
    Raises Changed where somebody else owns that by now."""
    case = await fetch_value(OPEN_CASE, idea)
    held = await hold(case) if case is not None else None
    if held is not None and possible(held, Kind.CASE_ANSWERED):
        if held.owner not in (None, person):
            raise Changed
        await execute(DECIDED, person, case)
        await move(case, Kind.CASE_ANSWERED, actor=person)
