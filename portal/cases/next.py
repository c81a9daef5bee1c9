"""What is to be done about a case next, and by when: in a list of cases, and on the case for whom it is to do."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.policy import Action, can
from portal.cases.inbox import Listed
from portal.escalation.queries import CaseRow
from portal.text.language import gettext


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
    hers = actor.id == row.owner
    if row.still not in (None, "asked"):
        return Next(here, gettext("Open"), "", None, False)
    if row.state == "qualifying":
        return Next(here, gettext("Open"), gettext("Its support is being checked until"), row.hold_until, False)
    if row.state == "triage":
        may = row.space in actor.moderates
        words = gettext("Name who decides") if may else gettext("Open")
        what = gettext("Who decides is named by")
        return Next(f"{here}/triage" if may else here, words, what, row.triage_due_at, may)
    if row.state == "clarifying":
        what = gettext("The author is asked; the clock goes on by")
        return Next(here, gettext("Open"), what, row.clarify_until, False)
    if row.lateness is None:
        return Next(here, gettext("Open"), "", None, False)
    where, words, what, by = _owed(row)
    if by < actor.now and row.state != "assigned" and row.statement_at is None:
        what = gettext("There should have been a first statement by")
    return Next(where if hers else here, words if hers else gettext("Open"), what, by, hers)


def _owed(row: Listed | CaseRow) -> tuple[str, str, str, datetime]:
    """What its owner owes first: where, in which words, what it is, and by when."""
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


def nearest(actor: Actor, row: CaseRow) -> Next | None:
    """What the reader has to do about it first, if there is something."""
    here = f"/cases/{row.public_id}"
    if can(actor, Action.ESCALATION_REPLY, row):
        what = gettext("You are asked something; the clock stands still until")
        return Next(f"{here}/reply", gettext("Answer the question"), what, row.clarify_until, True)
    if can(actor, Action.ESCALATION_DECIDE_EXTENSION, row):
        what = gettext("More time is asked for; say yes or no by")
        return Next(f"{here}/agreement", gettext("Decide about more time"), what, row.due_at, True)
    if can(actor, Action.ESCALATION_TAKE_OVER, row):
        what = gettext("You are asked to take it over; its answer is due on")
        return Next(f"{here}/takeover", gettext("Take it over, or not"), what, row.due_at, True)
    step = next_of(actor, row)
    return step if step.hers else None
