"""What is to be done about a case next, and by when: in a list of cases, and on the case for whom it is to do."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from portal.access.actor import Actor
from portal.access.of_cases import owner_before_answer
from portal.access.policy import Action, can
from portal.escalation.queries import CaseRow
from portal.text.language import gettext, lazy

if TYPE_CHECKING:
    from portal.cases.duties import Duty
    from portal.cases.inbox import Listed


class Next(msgspec.Struct, frozen=True):
    """What is to be done about a case: where, in which words, by when; `hers`: it is the reader's to do."""

    where: str
    words: str
    what: str
    by: datetime | None
    hers: bool


def next_of(actor: Actor, row: Listed | CaseRow) -> Next:
    """The next step of a case, as the reader has to do with it."""
    here = f"/cases/{row.public_id}"
    if row.still not in (None, "asked"):
        return Next(here, gettext("Open"), "", None, False)
    if row.state == "qualifying":
        return Next(here, gettext("Open"), gettext("Its support is being checked until"), row.hold_until, False)
    if row.state == "triage":
        may = can(actor, Action.ESCALATION_TRIAGE, row)
        step = asked("triage", f"{here}/triage", row.triage_due_at)
        return step if may else Next(here, gettext("Open"), step.what, step.by, False)
    if row.state == "clarifying":
        what = gettext("The author is asked; the clock goes on by")
        return Next(here, gettext("Open"), what, row.clarify_until, False)
    if row.lateness is None:
        return Next(here, gettext("Open"), "", None, False)
    step = owed(row, actor.now)
    return step if owner_before_answer(actor, row) else Next(here, gettext("Open"), step.what, step.by, False)


def owed(row: Listed | CaseRow | Duty, now: datetime) -> Next:
    """What its owner owes first."""
    where, words, what, by = _owed(row)
    if by < now and row.state != "assigned" and row.statement_at is None:
        what = gettext("There should have been a first statement by")
    return Next(where, words, what, by, True)


def _owed(row: Listed | CaseRow | Duty) -> tuple[str, str, str, datetime]:
    here = f"/cases/{row.public_id}"
    if row.state == "assigned":
        what = gettext("The day of the answer is named by")
        return f"{here}/acknowledgement", gettext("Name the day"), what, row.acknowledge_due_at
    if row.statement_at is None:
        return f"{here}/statement", gettext("First statement"), gettext("First statement by"), row.statement_due_at
    if row.round > 1:
        where = f"/ideas/{row.idea_public_id}/answer/correction"
        return where, gettext("Write the next answer"), gettext("Answer by"), row.due_at
    return f"{here}#answering", gettext("Answer"), gettext("Answer by"), row.due_at


class Wording(NamedTuple):
    """What somebody is asked about a case: what she does, and what stands before the moment until when."""

    words: str
    what: str


ASKED = {
    "reply": Wording(lazy("Answer the question"), lazy("You are asked something; the clock stands still until")),
    "agreement": Wording(lazy("Decide about more time"), lazy("More time is asked for; say yes or no by")),
    "takeover": Wording(lazy("Take it over, or not"), lazy("You are asked to take it over; its answer is due on")),
    "approval": Wording(lazy("Agree, or not"), lazy("An answer waits for your yes or no; it is due on")),
    "triage": Wording(lazy("Name who decides"), lazy("Who decides is named by")),
    "advice": Wording(lazy("Give your advice"), lazy("Your advice is asked by")),
    "news": Wording(
        lazy("Tell how it goes"), lazy("Nothing was told of this promise for long; the case is opened again on")
    ),
    "late": Wording(lazy("To the promise"), lazy("The day of this promise is over; it was")),
    "near": Wording(lazy("To the promise"), lazy("The day of this promise comes near; it is")),
}


def asked(ask: str, where: str, by: datetime | None) -> Next:
    """What is asked of the reader."""
    return Next(where, str(ASKED[ask].words), str(ASKED[ask].what), by, True)


def nearest(actor: Actor, row: CaseRow) -> Next | None:
    """What the reader has to do about it first, if anything, by the rules; `duties` tells the same of all cases."""
    here = f"/cases/{row.public_id}"
    if can(actor, Action.ESCALATION_REPLY, row):
        return asked("reply", f"{here}/reply", row.clarify_until)
    if can(actor, Action.ESCALATION_DECIDE_EXTENSION, row):
        return asked("agreement", f"{here}/agreement", row.due_at)
    if can(actor, Action.ESCALATION_TAKE_OVER, row):
        return asked("takeover", f"{here}/takeover", row.due_at)
    if can(actor, Action.ANSWER_APPROVE, row):
        return asked("approval", f"{here}#approval", row.due_at)
    step = next_of(actor, row)
    return step if step.hers else None
