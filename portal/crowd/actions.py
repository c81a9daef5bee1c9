"""What people do after an answer: supporters reply, who promised tells of it, and a supporter goes on with what was
withdrawn."""

from __future__ import annotations

from datetime import date

from portal.access.actor import Actor
from portal.access.conflicts import Changed, Closed
from portal.access.policy import Action, require
from portal.crowd import ADOPT_DAYS
from portal.crowd.promising import (
    COLUMNS,
    Promised,
    ask_whether_done,
    begin,
    carried_out,
    expect_news,
    tell,
    warn_above,
    watch_date,
)
from portal.crowd.queries import Adoptable, PromiseRow, QuestionRow
from portal.db import execute, fetch_one, fetch_value, transaction
from portal.escalation.moving import Case, hold, move
from portal.escalation.queries import CaseRow
from portal.escalation.states import State
from portal.events.kinds import Kind
from portal.events.log import record
from portal.ideas.holding import hold_above
from portal.sensitive.holding import refuse_sensitive
from portal.tables.base import new_public_id
from portal.text.markdown import rendered

#: The trigger of the replies refuses whoever does not support it, and what comes too late.
REPLY = """
    INSERT INTO crowd_reply (question, space, person, yes)
    SELECT q.id, q.space, {}, {} FROM crowd_question q WHERE q.id = {}
    ON CONFLICT (question, person) DO UPDATE SET yes = excluded.yes RETURNING id
"""


async def reply(actor: Actor, question: QuestionRow, yes: bool) -> None:
    """Says yes or no, once; she may change it until the end. Who said what is in no event. Raises Closed."""
    require(actor, Action.CROWD_REPLY, question)
    if await fetch_value(REPLY, actor.id, yes, question.id) is None:
        raise Closed


ADD = f"""
    INSERT INTO promise (public_id, idea, space, answer, escalation, author, body, language, owner, due_on, form_key)
    SELECT {{}}, a.idea, a.space, a.id, {{}}, {{}}, {{}}, {{}}, {{}}, {{}}, {{}} FROM answer a WHERE a.idea = {{}}
    ON CONFLICT (author, form_key) DO NOTHING RETURNING {COLUMNS}
"""


async def add_promise(actor: Actor, case: CaseRow, *, body: str, owner: int, due_on: date, form_key: str) -> None:
    """The owner of an answered case promises something more. Raises Changed and Sensitive."""
    require(actor, Action.PROMISE_MAKE, case)
    await refuse_sensitive(body)
    async with transaction():
        held = await hold(case.id)
        if held.state not in (State.ANSWERED, State.COMMITTED):
            raise Changed
        words = (new_public_id(), held.id, actor.id, body, actor.language, owner, due_on, form_key)
        made = await fetch_one(Promised, ADD, *words, held.idea)
        if made is None:
            return  # sent twice
        await begin(made, held, actor=actor.id)
        if held.state is State.ANSWERED:
            await move(held.id, Kind.CASE_COMMITTED, actor=actor.id)


HOLD = f"SELECT {COLUMNS} FROM promise WHERE id = {{}} AND state = 'open' FOR UPDATE"


async def _hold(promise: PromiseRow) -> tuple[Promised, Case | None]:
    """The promise, and its case first, as the clock does. Raises Changed where it is open no more."""
    case = await hold(promise.escalation) if promise.escalation is not None else None
    held = await fetch_one(Promised, HOLD, promise.id)
    if held is None:
        raise Changed
    return held, case


SAY = """
    INSERT INTO promise_news (promise, space, author, kind, body, body_html, language, was_due_on, form_key)
    VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT (author, form_key) DO NOTHING RETURNING id
"""


async def _say(
    actor: Actor, promise: Promised, kind: str, body: str, form_key: str, was: date | None = None
) -> int | None:
    said = (kind, body, await rendered(body), actor.language, was, form_key)
    made: int | None = await fetch_value(SAY, promise.id, promise.space, actor.id, *said)
    return made


async def tell_news(actor: Actor, promise: PromiseRow, *, body: str, form_key: str) -> None:
    """How it goes, in public; the clock waits for the next news from now on. Raises Changed and Sensitive."""
    require(actor, Action.PROMISE_TELL, promise)
    await refuse_sensitive(body)
    async with transaction():
        held, case = await _hold(promise)
        if news := await _say(actor, held, "news", body, form_key):
            await tell(Kind.PROMISE_NEWS, held, actor=actor.id, news=news)
            if case is not None:
                await expect_news(case, news)


MOVE = """
    UPDATE promise SET due_on = {} WHERE id = {} AND due_on >= plein_day(plein_now())
        AND {} > plein_day(plein_now()) RETURNING id
"""
MOVED = "SELECT count(*) FROM promise_news WHERE promise = {} AND kind = 'moved'"


async def move_date(actor: Actor, promise: PromiseRow, *, due_on: date, reason: str, form_key: str) -> None:
    """Another day, with a public reason, before the day that it has is over; that one stays to be read. From the second
    time on who stands above is told. Raises Changed and Sensitive."""
    require(actor, Action.PROMISE_MOVE, promise)
    await refuse_sensitive(reason)
    async with transaction():
        held, case = await _hold(promise)
        news = await _say(actor, held, "moved", reason, form_key, held.due_on)
        if news is None:
            return
        if await fetch_value(MOVE, due_on, held.id, due_on) is None:
            raise Changed
        await tell(Kind.PROMISE_MOVED, held, actor=actor.id, news=news)
        if await fetch_value(MOVED, held.id) > 1:
            await warn_above(held, case)
        if case is not None:
            await watch_date(case, Promised(held.id, held.idea, held.space, case.id, held.owner, due_on, held.state))
            await expect_news(case, news)


DONE = """
    UPDATE promise SET state = {}, done_at = plein_now(), ended_at = CASE WHEN {} = 'kept' THEN plein_now() END
    WHERE id = {}
"""


async def report_done(actor: Actor, promise: PromiseRow, *, body: str, form_key: str) -> None:
    """It is done, says who sees to it; the supporters of its case are asked whether it is. Where there is no case,
    nobody is asked, and it is kept. Raises Changed and Sensitive."""
    require(actor, Action.PROMISE_TELL, promise)
    await refuse_sensitive(body)
    async with transaction():
        held, case = await _hold(promise)
        news = await _say(actor, held, "done", body, form_key)
        if news is None:
            return
        state = "done" if case is not None else "kept"
        await execute(DONE, state, state, held.id)
        await tell(Kind.PROMISE_DONE, held, actor=actor.id, news=news)
        if case is None:
            await tell(Kind.PROMISE_KEPT, held)
            return
        await carried_out(case.id)
        await ask_whether_done(case, held)


HOLD_VOTES = "SELECT plein_hold_votes({}, {})"
# Nobody speaks for a leader by adopting what stood in her name.
ADOPT = """
    UPDATE idea i SET state = 'published', author = {}, speaks_for = NULL, anonymous = FALSE, form_key = NULL,
        draft_key = NULL, kind = CASE i.kind WHEN 'leader' THEN 'discussion' ELSE i.kind END
    WHERE i.id = {} AND i.state = 'withdrawn' AND plein_supports({}, i.id) AND plein_now() < (
        SELECT max(e.ended_at) + make_interval(days => {}) FROM escalation e
        WHERE e.idea = i.id AND e.state = 'withdrawn')
    RETURNING i.id
"""
SAY_SO = """
    INSERT INTO status_change (idea, space, author, status, body, body_html, language)
    VALUES ({}, {}, {}, 'adopted', {}, {}, {}) RETURNING id
"""


async def adopt(actor: Actor, item: Adoptable, *, reason: str) -> None:
    """A supporter goes on with what its author withdrew: it stands under her name from now on, and its case goes on,
    due as before (rule 20). Raises Closed where somebody was earlier, or the seven days are over, and Sensitive."""
    require(actor, Action.IDEA_ADOPT, item)
    await refuse_sensitive(reason)
    html = await rendered(reason)
    async with transaction():
        await execute(HOLD_VOTES, item.id, actor.id)
        await hold_above(item.id)
        if await fetch_value(ADOPT, actor.id, item.id, actor.id, ADOPT_DAYS) is None:
            raise Closed
        await execute("DELETE FROM co_author WHERE idea = {} AND person = {}", item.id, actor.id)
        step = await fetch_value(SAY_SO, item.id, item.space, actor.id, reason, html, actor.language)
        await record(Kind.IDEA_ADOPTED, actor=actor.id, space=item.space, idea=item.id, step=step)
