"""What moderators can decide, and what each decision is called: in the form, in the history and on receipts."""

from __future__ import annotations

from typing import NamedTuple

from portal.text.language import gettext, lazy


class DecisionWords(NamedTuple):
    """One kind of decision, with the tone and icon of its badge."""

    choice: str
    hint: str
    done: str
    tone: str
    icon: str


#: By what the database keeps, in the order of the form.
DECISIONS = {
    "allow": DecisionWords(
        lazy("Leave it up"), lazy("Nothing wrong with it; nobody is told."), lazy("Left up"), "good", "check-circle"
    ),
    "hide": DecisionWords(
        lazy("Hide for now"),
        lazy("Out of sight until you decide for good. It stays in the queue."),
        lazy("Hidden for now"),
        "live",
        "eye-slash",
    ),
    "send back": DecisionWords(
        lazy("Send back"),
        lazy("Out of sight until the author changed it; then it goes straight back up."),
        lazy("Sent back"),
        "live",
        "arrow-bend-up-left",
    ),
    "remove": DecisionWords(
        lazy("Remove"), lazy("Out of sight for good. The author keeps it."), lazy("Removed"), "late", "trash"
    ),
    "warn": DecisionWords(
        lazy("Warn"), lazy("It stays up; the author reads which rule it touches."), lazy("Warned"), "live", "flag"
    ),
    "pause": DecisionWords(
        lazy("Pause writing"),
        lazy("It stays as it is. The author reads on here, and writes again after some days."),
        lazy("Writing paused"),
        "late",
        "clock",
    ),
}

#: The same, where something waits to be checked before others read it.
OF_CHECKS = {
    "allow": DECISIONS["allow"]._replace(
        choice=lazy("Let it through"),
        hint=lazy("From now on everybody in the space reads it; the author hears so."),
        done=lazy("Let through"),
    ),
    "send back": DECISIONS["send back"]._replace(
        hint=lazy("It stays out of sight until the author changed it; then it is checked again.")
    ),
    "remove": DECISIONS["remove"]._replace(
        choice=lazy("Refuse"), hint=lazy("Nobody else ever reads it. The author keeps it.")
    ),
    "warn": DECISIONS["warn"]._replace(
        choice=lazy("Let it through, with a word"), hint=lazy("It is shown; the author reads which rule it touches.")
    ),
    "pause": DECISIONS["pause"]._replace(
        hint=lazy("It goes on waiting. The author reads on here, and writes again after some days.")
    ),
}


def words_for(checked: bool) -> dict[str, DecisionWords]:
    """What can be decided is called a little differently where nobody has read it yet."""
    return DECISIONS | OF_CHECKS if checked else DECISIONS


def done(action: str, was: str) -> str:
    """What was decided, in a word or two; of what nobody had read by then, too."""
    return str((OF_CHECKS if action == "allow" and was == "hidden" else DECISIONS)[action].done)


#: Why something is checked before others read it.
REASONS = {
    "first": lazy("Guest, first post"),
    "files": lazy("Guest, file"),
    "all": lazy("Guest, everything is checked"),
}

#: What a receipt says in a sentence, by what was decided and about what; neither a campaign nor a file is sent back.
TOLD = {
    ("hide", "idea"): lazy("Your idea was hidden for now"),
    ("hide", "comment"): lazy("Your comment was hidden for now"),
    ("hide", "campaign"): lazy("Your campaign was hidden for now"),
    ("hide", "file"): lazy("Your file was hidden for now"),
    ("send back", "idea"): lazy("Your idea was sent back to you"),
    ("send back", "comment"): lazy("Your comment was sent back to you"),
    ("remove", "idea"): lazy("Your idea was removed"),
    ("remove", "comment"): lazy("Your comment was removed"),
    ("remove", "campaign"): lazy("Your campaign was removed"),
    ("warn", "idea"): lazy("A word about your idea"),
    ("warn", "comment"): lazy("A word about your comment"),
    ("remove", "file"): lazy("Your file was removed"),
    ("warn", "file"): lazy("A word about your file"),
    ("warn", "campaign"): lazy("A word about your campaign"),
    ("reversed", "idea"): lazy("The decision about your idea was reversed"),
    ("reversed", "comment"): lazy("The decision about your comment was reversed"),
    ("reversed", "file"): lazy("The decision about your file was reversed"),
    ("reversed", "campaign"): lazy("The decision about your campaign was reversed"),
    ("put back", "idea"): lazy("Your idea is up again"),
    ("put back", "comment"): lazy("Your comment is up again"),
}


def told(what: str, kind: str) -> str:
    """The heading of a receipt."""
    return TOLD.get((what, kind)) or gettext("You can’t write in a space for a while")
