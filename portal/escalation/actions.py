"""What people do to cases. Each changes one that is held, and tells of it (`moving.move`); the clock does the rest."""

from __future__ import annotations

from datetime import date

from portal.access.actor import Actor
from portal.access.conflicts import Changed, Sensitive
from portal.access.policy import Action, require
from portal.db import execute, fetch_value, transaction
from portal.escalation.moving import above, decider, give_to, hold_for, move, oblige
from portal.escalation.opening import HOLD_ITEM, assign, open_case
from portal.escalation.queries import CaseRow, Item
from portal.escalation.steps import go_on
from portal.events.kinds import Kind
from portal.events.log import record
from portal.sensitive.holding import found_in, refuse_sensitive, refuse_sensitive_among
from portal.text.markdown import rendered


class DayOutOfRange(Exception):
    """The day is in the past, or later than the case is due."""


class NotEligible(Exception):
    """Who was named is away, or may not have this part in the case."""


class StillReached(Exception):
    """Without the support that is doubted the threshold is reached all the same; the case goes on."""


PLACE = "UPDATE escalation SET topic = {}, unit = coalesce({}, unit), complaint = {} WHERE id = {}"
NAME = """
    INSERT INTO case_conflict (escalation, space, person, kind) SELECT e.id, e.space, {}, {} FROM escalation e
    WHERE e.id = {} ON CONFLICT DO NOTHING
"""
# Who wrote it without her name is refused nowhere, or one would find her by trying: it is hers, she does nothing to it,
# and the clock goes on to the next one, as from everybody who does nothing.
MAY_OWN = """
    SELECT plein_there({}, plein_now()) AND {}::bigint <> ALL(plein_openly_barred(e)) FROM escalation e WHERE e.id = {}
"""
HAND = "UPDATE escalation SET handed_to = {}, height = 0 WHERE id = {}"


async def triage(
    actor: Actor,
    case: CaseRow,
    *,
    topic: int | None,
    unit: int | None,
    complaint: bool = False,
    named: list[int],
    owner: int | None = None,
) -> None:
    """A moderator says what it is about, whether the author complains about her line, and whom it names; who answers by
    the rules owns it, or whom the moderator names, and none of those (rules 5, 6). Raises NotEligible, Changed."""
    require(actor, Action.ESCALATION_TRIAGE, case)
    async with transaction():
        await hold_for(case.id, Kind.CASE_ASSIGNED)
        await execute(PLACE, topic, unit, complaint, case.id)
        for person in named:
            await execute(NAME, person, "named", case.id)
        if owner is not None:
            if owner == actor.id or not await fetch_value(MAY_OWN, owner, owner, case.id):
                raise NotEligible
            await execute(HAND, owner, case.id)
        await assign(case.id, actor=actor.id, named=owner)


ACKNOWLEDGE = """
    UPDATE escalation e SET acknowledged_at = plein_now(), promised_on = {}
    WHERE id = {} AND {} BETWEEN plein_day(plein_now()) AND plein_day(e.due_at) RETURNING id
"""


async def acknowledge(actor: Actor, case: CaseRow, on: date) -> None:
    """The owner says on which day she answers, at the latest on the one that it is due. Raises DayOutOfRange,
    Changed."""
    require(actor, Action.ESCALATION_ACKNOWLEDGE, case)
    async with transaction():
        await hold_for(case.id, Kind.CASE_ACKNOWLEDGED)
        if await fetch_value(ACKNOWLEDGE, on, case.id, on) is None:
            raise DayOutOfRange
        await move(case.id, Kind.CASE_ACKNOWLEDGED, actor=actor.id, on=on.isoformat())


CLARIFY = """
    UPDATE escalation e SET question = {}, clarify_from = plein_now(),
        clarify_until = plein_working_days_after(plein_now(), s.clarify_days)
    FROM escalation_setting s WHERE e.id = {} AND s.id = e.setting AND e.clarify_from IS NULL RETURNING e.id
"""


async def clarify(actor: Actor, case: CaseRow, question: str) -> None:
    """A public question to the author; meanwhile the clock stands still, once, for five working days at most (rule 2).
    Raises Changed and Sensitive."""
    require(actor, Action.ESCALATION_CLARIFY, case)
    await refuse_sensitive(question)
    async with transaction():
        held = await hold_for(case.id, Kind.CASE_CLARIFYING)
        if await fetch_value(CLARIFY, question, case.id) is None:
            raise Changed
        await move(case.id, Kind.CASE_CLARIFYING, actor=actor.id)
        await oblige(Kind.DUTY_REMINDER, held, case.author, about="question")


async def end_clarifying(actor: Actor, case: CaseRow) -> None:
    """The owner knows by now what she asked: the clock goes on. Raises Changed."""
    require(actor, Action.ESCALATION_GO_ON, case)
    async with transaction():
        await go_on(await hold_for(case.id, Kind.CASE_CLARIFIED), actor=actor.id)


async def reply_to_question(actor: Actor, case: CaseRow, comment: str) -> None:
    """The author replied to the question with this comment: the clock goes on; after a guest, whose own login changes
    no case, with the worker. Raises Changed."""
    require(actor, Action.ESCALATION_REPLY, case)
    async with transaction():
        if actor.guest:
            await record(Kind.QUESTION_ANSWERED, actor=actor.id, space=case.space, idea=case.idea, said=comment)
            return
        await go_on(await hold_for(case.id, Kind.CASE_CLARIFIED), actor=actor.id, comment=comment)


# Who answers holds the item, too: a question is named before the answer, or not at all.
ADD_QUESTIONS = """
    UPDATE idea SET core_questions = core_questions || {}::text[]
    WHERE id = {} AND cardinality(core_questions) + cardinality({}::text[]) <= 3
        AND NOT EXISTS (SELECT FROM answer a WHERE a.idea = idea.id) RETURNING id
"""


async def add_questions(actor: Actor, case: CaseRow, questions: list[str]) -> None:
    """Who wrote the item names what the answer shall reply to, three at most; what was named stays. Raises Sensitive,
    and Changed where they would be more, or the answer is there."""
    require(actor, Action.ESCALATION_ADD_QUESTIONS, case)
    if await found_in(*questions, idea=case.idea):
        raise Sensitive
    async with transaction():
        await execute(HOLD_ITEM, case.idea)
        if await fetch_value(ADD_QUESTIONS, questions, case.idea, questions) is None:
            raise Changed


STATE = """
    UPDATE escalation SET statement = {}, statement_html = {}, statement_by = {}, statement_at = plein_now()
    WHERE id = {} AND statement_at IS NULL RETURNING id
"""


async def first_statement(actor: Actor, case: CaseRow, text: str) -> None:
    """The owner says something in public before she answers, once; it stops no clock (rule 2). Raises Changed
    and Sensitive."""
    require(actor, Action.ESCALATION_STATE, case)
    await refuse_sensitive(text)
    html = await rendered(text)
    async with transaction():
        await hold_for(case.id, Kind.CASE_STATEMENT)
        if await fetch_value(STATE, text, html, actor.id, case.id) is None:
            raise Changed
        await move(case.id, Kind.CASE_STATEMENT, actor=actor.id)


ASK = """
    UPDATE escalation e SET extension_days = {}, extension_reason = {}, extension_asked_by = {},
        extension_asked_at = plein_now()
    FROM escalation_setting s
    WHERE e.id = {} AND s.id = e.setting AND e.extension_asked_at IS NULL AND plein_now() < e.due_at
        AND {} BETWEEN 1 AND s.extension_days RETURNING e.id
"""


async def ask_extension(actor: Actor, case: CaseRow, days: int, reason: str) -> None:
    """The owner asks, before it is due and in public, for more time; once, ten working days at most (rule 3). Raises
    Changed where it is due by now, was asked, or is too long, and Sensitive."""
    require(actor, Action.ESCALATION_ASK_EXTENSION, case)
    await refuse_sensitive(reason)
    async with transaction():
        held = await hold_for(case.id, Kind.CASE_EXTENSION_ASKED)
        if await fetch_value(ASK, days, reason, actor.id, case.id, days) is None:
            raise Changed
        await move(case.id, Kind.CASE_EXTENSION_ASKED, actor=actor.id, days=days)
        await oblige(Kind.DUTY_EXTENSION, held, (await above(case.id))[case.id])


DECIDE = """
    UPDATE escalation e SET extension_by = {}, extension_decided_at = plein_now(), extension_agreed = {},
        due_at = CASE WHEN {} THEN plein_working_days_after(e.due_at, e.extension_days) ELSE e.due_at END
    WHERE e.id = {} AND e.extension_asked_at IS NOT NULL AND e.extension_decided_at IS NULL AND plein_now() < e.due_at
    RETURNING e.id
"""


async def decide_extension(actor: Actor, case: CaseRow, agreed: bool) -> None:
    """Who stands one level above the owner, and did not ask for it, agrees or not, before it is due. Raises Changed."""
    require(actor, Action.ESCALATION_DECIDE_EXTENSION, case)
    kind = Kind.CASE_EXTENDED if agreed else Kind.CASE_EXTENSION_REFUSED
    async with transaction():
        held = await hold_for(case.id, kind)
        if await fetch_value(DECIDE, actor.id, agreed, agreed, case.id) is None:
            raise Changed
        await move(case.id, kind, actor=actor.id)
        await oblige(Kind.DUTY_REMINDER, held, held.owner, about="extension")


async def declare_conflict(actor: Actor, case: CaseRow) -> None:
    """She may not decide it, and is passed over from now on (rule 6); if it was hers, it is the next one's. Raises
    Changed."""
    require(actor, Action.ESCALATION_DECLARE_CONFLICT, case)
    async with transaction():
        held = await hold_for(case.id, Kind.CASE_CONFLICT)
        await execute(NAME, actor.id, "declared", case.id)
        await execute("SELECT plein_staff_anew(ARRAY[{}::bigint])", case.id)
        if held.owner == actor.id:
            await give_to(held, await decider(case.id, actor.id), "conflict")
        await move(case.id, Kind.CASE_CONFLICT, actor=actor.id)


SUSPECT = "UPDATE escalation SET fraud_by = {}, fraud_reason = {}, fraud_supporters = {} WHERE id = {}"
AGREE = "UPDATE escalation SET fraud_agreed_by = {}, fraud_agreed_reason = {}, fraud_supporters = {} WHERE id = {}"
REACHED_WITHOUT = "SELECT plein_union(i) - i.discounted - {} >= i.t1_at_count FROM idea i WHERE i.id = {}"


async def invalidate(actor: Actor, case: CaseRow, supporters: int, reason: str) -> bool:
    """During the hold a first moderator says how many of the supporters are none, and why; a second one agrees, and the
    item is open again, with the reasons of both in public (rule 18): of two numbers the lower one counts. Whether it
    is. Raises StillReached, Changed, Sensitive."""
    require(actor, Action.ESCALATION_INVALIDATE, case)
    await refuse_sensitive(reason)
    async with transaction():
        held = await hold_for(case.id, Kind.CASE_INVALIDATED)
        alone = held.fraud_by in (None, actor.id)
        supporters = supporters if alone else min(supporters, held.fraud_supporters or 0)
        if supporters < 1 or await fetch_value(REACHED_WITHOUT, supporters, case.idea):
            raise StillReached
        await execute(SUSPECT if alone else AGREE, actor.id, reason, supporters, case.id)
        if alone:
            await record(Kind.FRAUD_SUSPECTED, actor=actor.id, space=case.space, escalation=case.id)
            return False
        await move(case.id, Kind.CASE_INVALIDATED, actor=actor.id, by=held.fraud_by, supporters=supporters)
    return True


async def make_actionable(actor: Actor, item: Item, reason: str) -> None:
    """A moderator brings an idea or post to who decides, with a public reason. Raises Changed and Sensitive."""
    require(actor, Action.ESCALATION_MAKE_ACTIONABLE, item)
    await refuse_sensitive(reason)
    async with transaction():
        case = await open_case(item.id, "moderator", actor=actor.id, reason=reason)
        if case is None:
            raise Changed
        await assign(case, actor=actor.id)


async def open_unasked(actor: Actor, item: Item, reason: str, statement: str = "") -> None:
    """Who decides takes it up before any threshold: it is hers, with her first statement, if she makes one. Raises
    Changed and Sensitive."""
    require(actor, Action.ESCALATION_OPEN_UNASKED, item)
    await refuse_sensitive_among([reason, statement])
    html = await rendered(statement)
    async with transaction():
        case = await open_case(item.id, "unasked", actor=actor.id, reason=reason)
        if case is None:
            raise Changed
        await execute(HAND, actor.id, case)
        await assign(case, actor=actor.id)
        if statement:
            await execute(STATE, statement, html, actor.id, case)
            await move(case, Kind.CASE_STATEMENT, actor=actor.id)
