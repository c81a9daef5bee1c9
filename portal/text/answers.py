"""The kinds of an answer, and what each is called: in the form, on a badge and in mail."""

from __future__ import annotations

from typing import NamedTuple

from portal.text.language import lazy


class AnswerKind(NamedTuple):
    """One kind, with the tone and icon of its badge; `yes` when something comes of the idea."""

    choice: str
    badge: str
    mail: str
    tone: str
    icon: str
    yes: bool


#: By what the database keeps, in the order of the form.
ANSWER_KINDS = {
    "changed": AnswerKind(
        choice=lazy("Changed: we do it"),
        badge=lazy("Changed"),
        mail=lazy("The decision: it will be done."),
        tone="good",
        icon="seal-check-fill",
        yes=True,
    ),
    "partly": AnswerKind(
        choice=lazy("Partly: we do a part of it"),
        badge=lazy("Partly"),
        mail=lazy("The decision: a part of it will be done."),
        tone="good",
        icon="seal-check",
        yes=True,
    ),
    "pilot": AnswerKind(
        choice=lazy("Pilot: we try it first"),
        badge=lazy("Pilot"),
        mail=lazy("The decision: it will be tried first."),
        tone="brand",
        icon="rocket-launch",
        yes=True,
    ),
    "declined": AnswerKind(
        choice=lazy("Declined: we don’t do it"),
        badge=lazy("Declined"),
        mail=lazy("The decision: it will not be done."),
        tone="",
        icon="x-circle",
        yes=False,
    ),
    "exists already": AnswerKind(
        choice=lazy("Exists already"),
        badge=lazy("Exists already"),
        mail=lazy("The decision: it exists already."),
        tone="",
        icon="check-circle",
        yes=False,
    ),
    "not ours": AnswerKind(
        choice=lazy("Not ours: somebody else decides"),
        badge=lazy("Not ours"),
        mail=lazy("The decision: it is not ours to decide."),
        tone="",
        icon="arrow-square-out",
        yes=False,
    ),
    "not public": AnswerKind(
        choice=lazy("Can’t be discussed in public"),
        badge=lazy("Not in public"),
        mail=lazy("The decision: it can’t be discussed in public."),
        tone="",
        icon="lock-simple",
        yes=False,
    ),
}
#: Takes somebody else's yes first, a category, and a day on which it is looked at again (rule 10).
NOT_PUBLIC = "not public"
#: Says whose it is.
NOT_OURS = "not ours"
#: Why something can't be discussed in public.
CATEGORIES = {
    "security": lazy("Security"),
    "negotiation": lazy("A running negotiation"),
    "legal": lazy("A legal matter"),
    "personal": lazy("It is about persons"),
    "commercial": lazy("A commercial interest"),
}

#: What was true when it was written.
OVERTAKEN = lazy(
    "It can’t be published so: the author named another question, a day in it is over, or who sees to it has left."
)
