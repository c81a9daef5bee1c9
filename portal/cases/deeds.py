"""What may be done to a case. The deeds stand on the case's page for whom they are."""

from __future__ import annotations

from typing import Any

from portal.access.actor import Actor
from portal.access.conflicts import Changed, Closed
from portal.access.policy import Action, can
from portal.cases import forms
from portal.caseteam.actions import consult, staff
from portal.caseteam.forms import ConsultForm, StaffForm
from portal.caseteam.handover import answer_handover, ask_to_take_over, taker
from portal.colleagues.forms import chosen_colleague
from portal.comments.actions import answer_question
from portal.db import transaction
from portal.escalation import actions
from portal.escalation.queries import CaseRow
from portal.ideas.queries import get_idea
from portal.mentions.queries import Ambiguous
from portal.text.language import gettext, lazy
from portal.text.mentions import several_people
from portal.web.deeds import Deed
from portal.web.errors import found


async def _acknowledge(actor: Actor, case: CaseRow, form: Any) -> None:
    try:
        await actions.acknowledge(actor, case, form.day)
    except actions.DayOutOfRange:
        form.refuse("on", gettext("Name a day from today to the one on which the answer is due."))


async def _state(actor: Actor, case: CaseRow, form: Any) -> None:
    await actions.first_statement(actor, case, form.words.data)


async def _ask(actor: Actor, case: CaseRow, form: Any) -> None:
    await actions.clarify(actor, case, form.words.data)


async def _add_questions(actor: Actor, case: CaseRow, form: Any) -> None:
    try:
        await actions.add_questions(actor, case, form.questions.data)
    except Changed:
        form.refuse("questions", gettext("Three questions at most, with those that are named already."))


async def _go_on(actor: Actor, case: CaseRow, form: Any) -> None:
    await actions.end_clarifying(actor, case)


async def _reply(actor: Actor, case: CaseRow, form: Any) -> None:
    idea = found(await get_idea(actor, case.idea_public_id))
    try:
        async with transaction():
            said = await answer_question(actor, idea, case, body=form.words.data, form_key=form.once)
            await actions.reply_to_question(actor, case, said)
    except Closed:
        form.refuse("words", gettext("Comments are closed here. Your text is kept: take it along."))
    except Ambiguous as error:
        form.refuse("words", several_people(error.name))


async def _extend(actor: Actor, case: CaseRow, form: Any) -> None:
    await actions.ask_extension(actor, case, form.days.data, form.words.data)


async def _agree(actor: Actor, case: CaseRow, form: Any) -> None:
    await actions.decide_extension(actor, case, form.agreed.data == "yes")


async def _hand_over(actor: Actor, case: CaseRow, form: Any) -> None:
    colleague = await chosen_colleague(actor, form, "to")
    if colleague is None:
        return
    if form.tried:
        form.shown = await taker(actor, colleague.id)
        return
    try:
        await ask_to_take_over(actor, case, colleague.id, form.words.data)
    except actions.NotEligible:
        form.refuse("to", gettext("This colleague is away, or may not decide it."))


async def _take_over(actor: Actor, case: CaseRow, form: Any) -> None:
    try:
        await answer_handover(actor, case, form.agreed.data == "yes")
    except actions.NotEligible:
        form.refuse("agreed", gettext("You are away, or may not decide it."))


async def _staff(actor: Actor, case: CaseRow, form: Any) -> None:
    colleague = await chosen_colleague(actor, form, "who")
    if colleague is None:
        return
    try:
        await staff(actor, case, colleague.id, form.role.data)
    except actions.NotEligible:
        form.refuse("who", gettext("This colleague is on the case already, or has a part in it."))


async def _consult(actor: Actor, case: CaseRow, form: Any) -> None:
    colleague = await chosen_colleague(actor, form, "who")
    if colleague is None:
        return
    asked = {"kind": form.about.data, "person": colleague.id, "question": form.words.data, "due_on": form.on.data}
    try:
        await consult(actor, case, **asked, form_key=form.once)
    except actions.NotEligible:
        form.refuse("who", gettext("This colleague has a part in it, or is you."))
    except actions.DayOutOfRange:
        form.refuse("on", gettext("Name a day from today on."))


async def _declare(actor: Actor, case: CaseRow, form: Any) -> None:
    await actions.declare_conflict(actor, case)


async def _doubt(actor: Actor, case: CaseRow, form: Any) -> None:
    try:
        await actions.invalidate(actor, case, form.number.data, form.words.data)
    except actions.StillReached:
        form.refuse("number", gettext("Without these the threshold is reached all the same."))


#: By the last part of the address, in the order of the desk.
DEEDS = {
    "doubt": Deed(
        Action.ESCALATION_INVALIDATE,
        forms.DoubtForm,
        lazy("Doubt its support"),
        lazy(
            "If accounts are nobody’s, or several are one person’s. A second moderator has to agree; then nobody owes"
            " an answer yet, and everybody reads why."
        ),
        _doubt,
    ),
    "acknowledgement": Deed(
        Action.ESCALATION_ACKNOWLEDGE,
        forms.DayForm,
        lazy("Say when you answer"),
        lazy("Everybody reads the day. It may be no later than the one on which the answer is due."),
        _acknowledge,
    ),
    "statement": Deed(
        Action.ESCALATION_STATE,
        forms.StatementForm,
        lazy("Write the first statement"),
        lazy("Say that you have read it, what you find out, and when they hear more. It does not stop the clock."),
        _state,
    ),
    "question": Deed(
        Action.ESCALATION_CLARIFY,
        forms.QuestionForm,
        lazy("Ask the author a question"),
        lazy(
            "Everybody reads it. It is the only thing that stops the clock: once, for five working days at most, and"
            " before a draft of the answer is saved."
        ),
        _ask,
    ),
    "questions": Deed(
        Action.ESCALATION_ADD_QUESTIONS,
        forms.QuestionsForm,
        lazy("Name what you want to know above all"),
        lazy("The answer replies to each of your questions: three at most, and what you named stays."),
        _add_questions,
    ),
    "reply": Deed(
        Action.ESCALATION_REPLY,
        forms.ReplyForm,
        lazy("Answer the question"),
        lazy("Your answer stands in the thread and beside the question, for everybody to read. The clock goes on."),
        _reply,
    ),
    "clarified": Deed(
        Action.ESCALATION_GO_ON,
        forms.PlainForm,
        lazy("The question is answered"),
        lazy("The clock goes on; the answer is due as much later as the question took."),
        _go_on,
    ),
    "extension": Deed(
        Action.ESCALATION_ASK_EXTENSION,
        forms.ExtensionForm,
        lazy("Ask for more time"),
        lazy("Once, with a reason that everybody reads. One level higher agrees, or not, before it is due."),
        _extend,
        lambda case: forms.ExtensionForm.of(case.extension_most),
    ),
    "agreement": Deed(
        Action.ESCALATION_DECIDE_EXTENSION,
        forms.AgreeForm,
        lazy("Decide about more time"),
        lazy("Everybody reads whether you agree."),
        _agree,
    ),
    "handover": Deed(
        Action.ESCALATION_HAND_OVER,
        forms.HandForm,
        lazy("Hand it over"),
        lazy(
            "To somebody who can decide. She or he is asked and reads your reason; nothing changes until the answer is"
            " yes. The clock goes on."
        ),
        _hand_over,
    ),
    "takeover": Deed(
        Action.ESCALATION_TAKE_OVER,
        forms.TakeForm,
        lazy("Take it over, or not"),
        lazy("If you say yes, you decide it, and the answer is due as before. If you say no, who asked you is told."),
        _take_over,
    ),
    "member": Deed(
        Action.ESCALATION_STAFF,
        StaffForm,
        lazy("Take somebody onto the team"),
        lazy("An adviser or counsel, who reads the item and what the team writes; everybody sees who. You decide."),
        _staff,
    ),
    "consultation": Deed(
        Action.ESCALATION_CONSULT,
        ConsultForm,
        lazy("Ask for advice"),
        lazy(
            "Legal, the works council or communication. Everybody reads whom you ask and until when, and not what. The"
            " clock goes on."
        ),
        _consult,
    ),
    "conflict": Deed(
        Action.ESCALATION_DECLARE_CONFLICT,
        forms.PlainForm,
        lazy("Declare a conflict of interest"),
        lazy(
            "If you have a part in this, you do not decide it: the next one does. The page says that somebody did so."
        ),
        _declare,
    ),
}


def deeds_for(actor: Actor, case: CaseRow) -> dict[str, Deed]:
    """What she may do to it now."""
    return {name: deed for name, deed in DEEDS.items() if can(actor, deed.action, case)}


#: Why the author can't be asked, by the state of the case.
NO_QUESTION = {
    "assigned": lazy("Once you have said on which day you answer."),
    "drafting": lazy(
        "A draft of the answer is saved: from then on nothing stops the clock. You can still ask in the thread."
    ),
}
ASKED_ONCE = lazy("The author was asked already. Only one question stops the clock.")


def why_no_question(actor: Actor, case: CaseRow) -> str:
    """Why its owner can't ask the author now; empty where she can, or where there is nothing to ask."""
    if not can(actor, Action.ESCALATION_HAND_OVER, case) or actor.id != case.owner or case.state == "clarifying":
        return ""
    return str(ASKED_ONCE if case.clarify_from else NO_QUESTION.get(case.state, ""))
