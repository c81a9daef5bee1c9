"""Deciding: moving an idea on, answering it, correcting an answer."""

from __future__ import annotations

from datetime import date

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.db import Made, execute, fetch_one, fetch_value, transaction
from portal.escalation.moving import answered_by
from portal.events.kinds import Kind
from portal.events.log import record
from portal.ideas.queries import IdeaRow
from portal.tables.base import new_public_id
from portal.text.answers import NOT_PUBLIC
from portal.text.markdown import rendered


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer says."""

    kind: str
    summary: str
    reason: str
    from_when: str
    next_step: str
    next_owner: int
    next_date: date | None
    whose: str = ""
    category: str = ""
    review_on: date | None = None
    approver: int | None = None
    policy_version: int | None = None
    questions: tuple[str, ...] = ()
    replies: tuple[str, ...] = ()


class Overtaken(Exception):
    """The author asked something else meanwhile, a day that it names is over, or who was to see to it has left; nothing
    was written."""


# The idea's row is held, so that its author neither withdraws it meanwhile nor asks another question.
HOLDS = """
    SELECT i.core_questions = {}::text[] AND EXISTS (SELECT FROM person p WHERE p.id = {} AND p.active)
        AND coalesce({}::date >= plein_day(plein_now()), TRUE) AND coalesce({}::date > plein_day(plein_now()), TRUE)
    FROM idea i WHERE i.id = {} FOR NO KEY UPDATE
"""
ANSWER = """
    INSERT INTO answer (public_id, idea, space, author, kind, summary, reason, reason_html, from_when, next_step,
        next_owner, next_date, whose, category, review_on, approver, policy_version, questions, replies, language)
    SELECT {}, i.id, i.space, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}
    FROM idea i WHERE i.id = {} AND i.state = 'published'
    ON CONFLICT (idea) DO NOTHING RETURNING id, public_id
"""


# The draft that was published; what somebody else wrote meanwhile stays.
PUBLISHED = """
    DELETE FROM answer_draft d USING escalation e WHERE e.id = d.escalation AND e.idea = {} AND d.version = {}
    RETURNING d.id
"""


async def answer(actor: Actor, idea: IdeaRow, decision: Decision, *, draft: int = 0) -> None:
    """Publishes the official answer, which ends the clock of its case; everyone who took part hears of it. `draft`: the
    version of the draft that it was. Raises Overtaken; Changed if somebody answered first, the case is somebody else's
    by now, or the idea was withdrawn."""
    require(actor, Action.IDEA_ANSWER, idea)
    assert decision.kind != NOT_PUBLIC, "that takes a second yes (approval)"
    await publish(actor.id, actor.language, idea, decision, draft)


async def publish(  # access: called by what asked, here and for a second yes
    person: int, language: str, idea: IdeaRow, decision: Decision, draft: int
) -> bool:
    """The same for whose it is, after `answer` or `approval.approve` has asked; whether that draft was there. Raises
    Overtaken, Changed."""
    columns = await _columns(decision)
    async with transaction():
        says = (list(decision.questions), decision.next_owner, decision.next_date, decision.review_on)
        if not await fetch_value(HOLDS, *says, idea.id):
            raise Overtaken
        made = await fetch_one(Made, ANSWER, new_public_id(), person, *columns, language, idea.id)
        if made is None:
            raise Changed
        await answered_by(person, idea.id)
        gone = await fetch_value(PUBLISHED, idea.id, draft)
        await record(Kind.IDEA_ANSWERED, actor=person, space=idea.space, answer=made.id)
    return gone is not None


KEEP = """
    WITH held AS (SELECT * FROM answer WHERE idea = {} AND version = {} FOR UPDATE)
    INSERT INTO answer_version (answer, space, version, author, kind, summary, reason, from_when, next_step, next_date,
        whose, category, review_on, approver, policy_version, questions, replies, created_at)
    SELECT id, space, version, author, kind, summary, reason, from_when, next_step, next_date, whose, category,
        review_on, approver, policy_version, questions, replies, coalesce(corrected_at, created_at)
    FROM held RETURNING answer
"""
CORRECT = """
    UPDATE answer SET author = {}, kind = {}, summary = {}, reason = {}, reason_html = {}, from_when = {},
        next_step = {}, next_owner = {}, next_date = {}, whose = {}, category = {}, review_on = {}, approver = {},
        policy_version = {}, questions = {}, replies = {}, language = {}, version = version + 1,
        corrected_at = plein_now() WHERE id = {}
"""


async def correct_answer(actor: Actor, idea: IdeaRow, decision: Decision, version: int) -> None:
    """Publishes a new text of an answer and keeps the one before; all are told again. Where the answer is reviewed, or
    its case was opened again, this is the next answer. Raises Changed when somebody else corrected it meanwhile."""
    require(actor, Action.ANSWER_CORRECT, idea)
    columns = await _columns(decision)
    async with transaction():
        kept = await fetch_value(KEEP, idea.id, version)
        if kept is None:
            raise Changed
        await execute(CORRECT, actor.id, *columns, actor.language, kept)
        await answered_by(actor.id, idea.id)
        await record(Kind.ANSWER_CORRECTED, actor=actor.id, space=idea.space, answer=kept)


async def _columns(decision: Decision) -> list[object]:
    """Kind to replies, in the order of the statements above."""
    html = await rendered(decision.reason)
    return [
        *(decision.kind, decision.summary, decision.reason, html, decision.from_when),
        *(decision.next_step, decision.next_owner, decision.next_date, decision.whose, decision.category),
        *(decision.review_on, decision.approver, decision.policy_version),
        *(list(decision.questions), list(decision.replies)),
    ]


MOVE_ON = """
    WITH moved AS (
        UPDATE idea i SET status = {} FROM campaign c
        WHERE c.id = i.campaign AND i.id = {} AND i.state = 'published' AND plein_decided(c, plein_now())
            AND NOT EXISTS (SELECT FROM status_change s WHERE s.author = {} AND s.form_key = {})
        RETURNING i.id, i.space, i.status
    )
    INSERT INTO status_change (idea, space, author, status, body, body_html, language, form_key)
    SELECT id, space, {}, status, {}, {}, {}, {} FROM moved ON CONFLICT (author, form_key) DO NOTHING RETURNING id
"""


SAID = "SELECT 1 FROM status_change WHERE author = {} AND form_key = {}"


async def move_on(actor: Actor, idea: IdeaRow, *, status: str, body: str, form_key: str) -> None:
    """An idea's status and the public text that goes with it; author and followers hear of it. The same form twice
    says it once. Raises Changed when it was withdrawn meanwhile."""
    require(actor, Action.IDEA_MOVE_ON, idea)
    html = await rendered(body)
    async with transaction():
        step = await fetch_value(
            MOVE_ON, status, idea.id, actor.id, form_key, actor.id, body, html, actor.language, form_key
        )
        if step is not None:
            await record(Kind.IDEA_STATUS_CHANGED, actor=actor.id, space=idea.space, idea=idea.id, step=step)
        elif await fetch_value(SAID, actor.id, form_key) is None:
            raise Changed
