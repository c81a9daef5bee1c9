"""Promises: made, kept in sight by the clock, and kept or broken in the end."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec

from portal.crowd.asking import SCHEDULE, ask
from portal.db import execute, fetch_one, fetch_value, transaction
from portal.escalation.moving import Case, above, hold, move, oblige, possible, rise
from portal.escalation.states import State
from portal.events.kinds import Kind
from portal.events.log import record
from portal.tables.base import new_public_id
from portal.text.answers import ANSWER_KINDS

#: States in which a case watches over promises.
WATCHED = (State.ANSWERED, State.COMMITTED, State.IMPLEMENTED)


class Promised(msgspec.Struct, frozen=True):
    """A promise as its steps need it."""

    id: int
    idea: int
    space: int
    escalation: int | None
    owner: int
    due_on: date
    state: str


COLUMNS = ", ".join(Promised.__struct_fields__)
# By the answer's next step, where it has an owner and a date.
BY_ANSWER = f"""
    INSERT INTO promise (public_id, idea, space, answer, escalation, from_version, author, body, language, owner,
        due_on)
    SELECT {{}}, a.idea, a.space, a.id, {{}}, a.version, a.author, a.next_step, a.language, a.next_owner, a.next_date
    FROM answer a WHERE a.idea = {{}} AND a.kind = ANY({{}}) AND a.next_step <> '' AND a.next_owner IS NOT NULL
        AND a.next_date IS NOT NULL AND ({{}} OR NOT EXISTS (SELECT FROM promise p WHERE p.answer = a.id
            AND p.state IN ('open', 'done', 'kept')))
    ON CONFLICT DO NOTHING RETURNING {COLUMNS}
"""


async def promise_of_answer(idea: int, case: Case | None, *, anew: bool) -> bool:
    """What an answer says comes next is a promise, if it is one that something comes of; whether it is. `anew`: also
    where earlier answers promised something."""
    kinds = [kind for kind, words in ANSWER_KINDS.items() if words.yes]
    made = await fetch_one(Promised, BY_ANSWER, new_public_id(), case.id if case else None, idea, kinds, anew)
    if made is None:
        return False
    await begin(made, case)
    return True


ON_CASE = """
    INSERT INTO case_role (escalation, space, person, role) VALUES ({}, {}, {}, 'promise')
    ON CONFLICT (escalation, person, role) WHERE until IS NULL DO NOTHING
"""


async def begin(promise: Promised, case: Case | None, *, actor: int | None = None) -> None:
    """Its owner hears of it and reads the item; the clock watches its date, and that there is news."""
    await tell(Kind.PROMISE_MADE, promise, actor=actor)
    if case is None:
        await record(Kind.DUTY_PROMISE, space=promise.space, person=promise.owner, item=promise.idea, about="made")
        return
    await execute(ON_CASE, case.id, case.space, promise.owner)
    await oblige(Kind.DUTY_PROMISE, case, promise.owner, about="made")
    await watch_date(case, promise)
    await expect_news(case, -promise.id)


async def watch_date(case: Case, promise: Promised) -> None:
    """What is to be done when its day is over."""
    due = await fetch_value("SELECT plein_day_over({})", promise.due_on)
    await execute(SCHEDULE, case.id, case.space, "promise_due", promise.id, due)


NEWS = """
    SELECT plein_working_days_after(plein_now(), x.days * 4 / 5) AS soon, plein_working_days_after(plein_now(), x.days)
        AS due
    FROM escalation e JOIN escalation_setting s ON s.id = e.setting
    CROSS JOIN LATERAL (SELECT CASE e.level WHEN 2 THEN s.news2_days ELSE s.news1_days END AS days) x WHERE e.id = {}
"""


async def expect_news(case: Case, nth: int) -> None:
    """From now on the clock waits for news again; `nth`: the last that there was."""
    when = (await execute(NEWS, case.id))[0]
    await execute(SCHEDULE, case.id, case.space, "promise_news_soon", nth, when["soon"])
    await execute(SCHEDULE, case.id, case.space, "promise_news_missed", nth, when["due"])


async def tell(kind: Kind, promise: Promised, *, actor: int | None = None, **particulars: Any) -> int:
    """That something happened to a promise."""
    return await record(
        kind,
        actor=actor,
        space=promise.space,
        idea=promise.idea,
        escalation=promise.escalation,
        promise=promise.id,
        **particulars,
    )


async def remind(case: Case, promise: Promised, about: str) -> None:
    """Who sees to it hears of it, and who owns the case."""
    for person in {promise.owner, case.owner}:
        await oblige(Kind.DUTY_PROMISE, case, person, about=about)


ABOVE_OWNER = "SELECT (plein_above({}, ARRAY[]::bigint[], plein_now()))[1]"


async def warn_above(promise: Promised, case: Case | None) -> None:
    """Who stands above the owner of its case hears that it was moved again; without a case, above its own."""
    if case is not None:
        await oblige(Kind.DUTY_PROMISE, case, (await above(case.id))[case.id], about="moved")
    elif (person := await fetch_value(ABOVE_OWNER, promise.owner)) is not None:
        await record(Kind.DUTY_PROMISE, space=promise.space, person=person, item=promise.idea, about="moved")


# Nobody else sees to what an answer without a case promised: who answered, who stands above whoever left, who answers
# for the topic by the rules, who owns the space, or an administrator; the first who is there and reads it. Of two
# workers that find it at once the second finds it passed on.
LEFT_BEHIND = """
    UPDATE promise p SET owner = n.person FROM (
        SELECT q.id, q.owner AS before, (
            SELECT x.person FROM (
                SELECT 1 AS place, q.author AS person
                UNION ALL SELECT 1 + c.level, c.person FROM plein_chain(q.owner) c
                UNION ALL SELECT 100, plein_owner(i.topic, a.org_unit, ARRAY[q.owner], plein_now())
                UNION ALL SELECT CASE m.role WHEN 'owner' THEN 200 ELSE 300 END, m.person FROM membership m
                    WHERE m.role = 'administrator' OR m.role = 'owner' AND m.space = q.space) x
            WHERE plein_in_office(x.person)
                AND EXISTS (SELECT FROM readership r WHERE r.person = x.person AND r.space = q.space)
            ORDER BY x.place, x.person LIMIT 1) AS person
        FROM promise q JOIN idea i ON i.id = q.idea JOIN person a ON a.id = i.author
        WHERE q.state = 'open' AND q.escalation IS NULL AND NOT plein_in_office(q.owner)) n
    WHERE p.id = n.id AND p.owner = n.before AND n.person IS NOT NULL RETURNING p.space, p.idea, p.owner
"""


async def pass_on_promises() -> None:
    """Where whoever saw to a promise left the organisation, and no case watches over it, somebody else does."""
    async with transaction():
        for row in await execute(LEFT_BEHIND):
            about = {"person": row["owner"], "item": row["idea"]}
            await record(Kind.DUTY_PROMISE, space=row["space"], about="passed on", **about)


SETTLE = "UPDATE promise SET state = {}, ended_at = plein_now() WHERE id = {}"
OPEN = "SELECT count(*) FROM promise WHERE escalation = {} AND state = ANY({})"


async def ask_whether_done(case: Case, promise: Promised) -> None:
    """The supporters are asked; each hears of it."""
    await ask(case, promise.id)
    await tell(Kind.CROWD_ASKED, promise)


async def carried_out(case: int) -> None:
    """Once no promise of a case is open any more it is carried out."""
    if not await fetch_value(OPEN, case, ["open"]) and possible(await hold(case), Kind.CASE_IMPLEMENTED):
        await move(case, Kind.CASE_IMPLEMENTED)


async def keep(case: int, promise: Promised) -> None:
    """It is kept; where all are, the case is over."""
    await execute(SETTLE, "kept", promise.id)
    await tell(Kind.PROMISE_KEPT, promise)
    await carried_out(case)
    if not await fetch_value(OPEN, case, ["open", "done"]) and possible(await hold(case), Kind.CASE_VERIFIED):
        await move(case, Kind.CASE_VERIFIED)
        await move(case, Kind.CASE_CLOSED)


# What was due in the round before is due no more; the clocks run from now.
FORGET_STEPS = "UPDATE case_step SET done_at = plein_now() WHERE escalation = {} AND done_at IS NULL"
FORGET_QUESTIONS = """
    UPDATE crowd_question SET outcome = 'dropped', ended_at = plein_now() WHERE escalation = {} AND ended_at IS NULL
"""
AGAIN = """
    UPDATE escalation e SET round = e.round + 1, started_at = plein_now(), acknowledged_at = NULL, promised_on = NULL,
        answered_at = NULL, due_at = plein_working_days_after(plein_now(), s.answer_days),
        acknowledge_due_at = CASE e.level WHEN 2 THEN plein_working_after(plein_now(), s.acknowledge2_hours * 60)
            ELSE plein_working_days_after(plein_now(), s.acknowledge1_days) END,
        statement_due_at = CASE WHEN e.statement_at IS NULL THEN plein_working_days_after(plein_now(),
            CASE e.level WHEN 2 THEN s.statement2_days ELSE s.statement1_days END) ELSE e.statement_due_at END
    FROM escalation_setting s WHERE e.id = {} AND s.id = e.setting
"""


async def _begin_again(case: int) -> None:
    await execute(FORGET_STEPS, case)
    await execute(FORGET_QUESTIONS, case)
    await execute(AGAIN, case)


async def break_promise(case: Case, promise: Promised, why: str) -> None:
    """It was not kept: the case is its owner's again, with all its clocks, and everyone hears of it once."""
    await execute(SETTLE, "broken", promise.id)
    await tell(Kind.PROMISE_BROKEN, promise, why=why)
    await _begin_again(case.id)
    await move(case.id, Kind.CASE_REOPENED, why=why)
    await oblige(Kind.DUTY_ASSIGNED, case, case.owner, why="reopened")


REVIEWED = "SELECT EXISTS (SELECT FROM event WHERE escalation = {} AND kind = 'case.under_review')"


async def review(case: Case) -> bool:
    """One level up looks at the answer again (rule 13): once, and whether it does. Where nobody stands above, the owner
    herself does."""
    if not possible(case, Kind.CASE_UNDER_REVIEW) or await fetch_value(REVIEWED, case.id):
        return False
    await _begin_again(case.id)
    if not await rise(case, 1, "review"):
        await oblige(Kind.DUTY_ASSIGNED, case, case.owner, why="review")
    await move(case.id, Kind.CASE_UNDER_REVIEW)
    return True


REPLACE = """
    UPDATE promise SET state = 'replaced', ended_at = plein_now() WHERE escalation = {} AND state IN ('open', 'done')
"""


async def replace_promises(case: int) -> None:
    """Another answer takes the place of what the one before promised."""
    await execute(REPLACE, case)
