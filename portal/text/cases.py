"""What is said of cases: of their states, of what happened to them, and of working time."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from portal.text.dates import number, plain_date
from portal.text.language import gettext, lazy, ngettext


class Named(NamedTuple):
    """Words with the tone and icon of their badge."""

    words: str
    tone: str
    icon: str


_OWED = Named(lazy("An answer is owed"), "live", "scales")
#: By the state of the case.
STATES = {
    "qualifying": Named(lazy("Support is being checked"), "live", "hourglass-medium"),
    "triage": Named(lazy("Who decides is being named"), "live", "hourglass-medium"),
    "assigned": _OWED,
    "acknowledged": _OWED,
    "clarifying": Named(lazy("A question to the author is open"), "talk", "question"),
    "drafting": _OWED,
    "under review": Named(lazy("The answer is being reviewed"), "live", "scales"),
    "answered": Named(lazy("Answered"), "good", "seal-check"),
    "committed": Named(lazy("Promised"), "good", "handshake"),
    "implemented": Named(lazy("Carried out"), "good", "check-circle-fill"),
    "verified": Named(lazy("Carried out, say those who asked"), "good", "check-circle-fill"),
    "closed": Named(lazy("Closed"), "", "check-circle"),
    "dropped": Named(lazy("No answer is owed"), "", "x-circle"),
    "merged": Named(lazy("Part of another case"), "", "link-simple"),
    "withdrawn": Named(lazy("Withdrawn"), "", "arrow-bend-up-left"),
    "diverted": Named(lazy("Closed"), "", "x-circle"),
}
#: By how late it is; nothing is said of what is on time.
LATENESS = {
    "due soon": Named(lazy("Due soon"), "live", "clock"),
    "overdue 1": Named(lazy("Late"), "late", "warning"),
    "overdue 2": Named(lazy("Late: one level higher has it"), "late", "warning"),
    "overdue 3": Named(lazy("Very late: the top has it"), "late", "warning"),
}
#: Why its clock stands still (`plein_still`).
STILL = {
    "asked": lazy("The clock stands still until the author has answered a question."),
    "hidden": lazy("The clock stands still, because moderators hid it."),
    "screened": lazy("The clock stands still until somebody has screened it."),
}
#: What somebody is on a case.
TEAM = {
    "deputy": lazy("answers when the owner does not"),
    "neutral": lazy("decides when nobody else may"),
    "chain": lazy("stands above the owner"),
    "adviser": lazy("drafts for the owner"),
    "counsel": lazy("is asked for advice"),
    "promise": lazy("sees to a promise"),
}


#: The same in one word, beside what they write.
ON_TEAM = {
    "owner": lazy("Decides"),
    "deputy": lazy("Deputy"),
    "neutral": lazy("Neutral"),
    "chain": lazy("One level higher"),
    "adviser": lazy("Adviser"),
    "counsel": lazy("Counsel"),
}
#: As what the owner takes somebody onto the team.
NAMED_ROLES = {
    "adviser": lazy("Adviser: writes drafts of the answer"),
    "counsel": lazy("Counsel: is asked for advice"),
}
#: Whose advice is asked.
CONSULTED = {
    "legal": lazy("Legal"),
    "works council": lazy("The works council"),
    "communication": lazy("Communication"),
}
#: What whoever was asked says.
ADVICE = {
    "agrees": lazy("I agree"),
    "advises": lazy("I advise something else"),
    "objects": lazy("I object"),
}
#: The same, as the team reads it.
ADVISED = {
    "agrees": Named(lazy("Agrees"), "good", "check"),
    "advises": Named(lazy("Advises something else"), "live", "chat-text"),
    "objects": Named(lazy("Objects"), "late", "warning"),
}

#: To who writes about a case that is not as it was when she read it.
CHANGED = lazy("This case was changed meanwhile. Your text is kept here.")


class Line(NamedTuple):
    """A line of the timeline. `known`: where the name of who it is about is in sight; else `words`."""

    words: str
    icon: str
    known: str = ""
    more: str = ""
    step: str = ""


class Told(NamedTuple):
    """A line of the timeline in the reader's words."""

    title: str
    icon: str
    more: str
    step: str


_OWNS = lazy("%(who)s owns it")
_ANYBODY = lazy("Somebody owns it")
#: By the kind of event; the name is that of the owner after it.
LINES = {
    "case.held": Line(
        lazy("Enough people: an answer is owed"),
        "users-three",
        more=lazy("The clock starts. Support is checked first."),
    ),
    "case.opened": Line(lazy("The case is opened"), "scales"),
    "case.hold_lengthened": Line(lazy("Support is checked for some hours more"), "hourglass-medium"),
    "case.invalidated": Line(
        lazy("Support was taken out; no answer is owed"), "x-circle", more=lazy("Two moderators found it to be none.")
    ),
    "case.qualified": Line(lazy("Support is checked"), "check"),
    "case.assigned": Line(_ANYBODY, "scales", _OWNS),
    "case.handed_over": Line(_ANYBODY, "handshake", _OWNS, lazy("The clock goes on.")),
    "case.conflict": Line(
        lazy("Somebody declared a conflict of interest"), "hand-palm", more=lazy("The next one decides.")
    ),
    "case.raised": Line(lazy("Many more people: one level higher decides"), "users-three"),
    "case.acknowledged": Line(lazy("The day of the answer is named"), "calendar-blank", more="%(day)s"),
    "case.clarifying": Line(
        lazy("A question to the author"),
        "question",
        more=lazy("The clock stands still until it is answered."),
        step="now",
    ),
    "case.clarified": Line(lazy("The clock goes on"), "clock"),
    "case.screened": Line(lazy("The clock goes on"), "clock"),
    "case.statement": Line(lazy("First statement"), "chat-text", step="done"),
    "case.no_statement": Line(lazy("No statement yet"), "warning", step="now"),
    "case.extension_asked": Line(lazy("More time is asked for"), "hourglass-medium"),
    "case.extended": Line(lazy("More time is granted, once"), "calendar-blank"),
    "case.extension_refused": Line(lazy("No more time is granted"), "x-circle"),
    "case.drafting": Line(lazy("The answer is being written"), "pencil-simple"),
    "case.staffed": Line(lazy("Somebody joins the case team"), "users-three"),
    "case.released": Line(lazy("Somebody leaves the case team"), "users-three"),
    "case.consulted": Line(
        lazy("Advice is asked: %(whom)s"),
        "chat-text",
        more=lazy("Expected by %(day)s. It stops no clock."),
    ),
    "case.advised": Line(lazy("The advice is there: %(whom)s"), "check", more=lazy("It is for the case team.")),
    "case.advice_late": Line(lazy("The advice is late: %(whom)s"), "warning", more=lazy("It was expected by %(day)s.")),
    "case.overdue": Line(lazy("Late"), "warning", step="now"),
    "case.answered": Line(lazy("Answered"), "seal-check", step="good"),
    "case.committed": Line(lazy("Promised"), "handshake", step="good"),
    "case.implemented": Line(lazy("Carried out"), "check", step="good"),
    "case.verified": Line(lazy("Carried out, say those who asked"), "check", step="good"),
    "case.closed": Line(lazy("Closed"), "check", step="done"),
    "case.under_review": Line(lazy("The answer is reviewed, one level higher"), "scales"),
    "case.reopened": Line(lazy("Reopened"), "arrows-clockwise", step="now"),
    "case.withdrawn": Line(lazy("Its author withdrew it."), "arrow-bend-up-left"),
    "case.removed": Line(lazy("Moderators removed it; no answer is owed"), "x-circle"),
    "case.resumed": Line(lazy("It goes on: put back, or adopted by a supporter."), "lightbulb"),
    "case.merged": Line(lazy("It became part of another case"), "link-simple"),
    "case.split": Line(lazy("It stands on its own again"), "link-simple"),
}


def told(kind: str, owner: str, about: str = "", on: date | None = None) -> Told | None:
    """A line of the timeline; None for what says nothing to readers. `about`: whose advice is asked; `on`: by when."""
    line = LINES.get(kind)
    if line is None:
        return None
    said = {"who": owner, "whom": str(CONSULTED.get(about, "")), "day": plain_date(on) if on else ""}
    title = line.known if line.known and owner else line.words
    return Told(str(title) % said, line.icon, str(line.more) % said, line.step)


#: What the page of the item tells of its case; its answer, and what came of that, stand there already.
ON_ITEM = frozenset(
    f"case.{name}"
    for name in (
        *("held", "opened", "invalidated", "assigned", "handed_over", "raised", "acknowledged", "clarifying"),
        *("clarified", "statement", "no_statement", "extension_asked", "extended", "extension_refused", "overdue"),
        *("under_review", "reopened"),
    )
)


def lines_on_item(happened: list[Any]) -> tuple[tuple[Told, Any], ...]:
    """The lines of the timeline that stand on the item's own page, each with what happened."""
    return tuple(
        (line, one)
        for one in happened
        if one.kind in ON_ITEM and (line := told(one.kind, one.owner_name, one.about, one.on)) is not None
    )


def working_time(minutes: int, day: int) -> str:
    """So much working time, in days, hours or minutes; `day`: how long a working day is."""
    if minutes >= day:
        n = minutes // day
        return ngettext("%(n)s working day", "%(n)s working days", n) % {"n": number(n)}
    if minutes >= 60:
        n = minutes // 60
        return ngettext("%(n)s working hour", "%(n)s working hours", n) % {"n": n}
    if minutes <= 0:
        return gettext("no time")
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
