"""The kinds of a reaction to a comment, and what each is called."""

from __future__ import annotations

from typing import NamedTuple

from portal.text.language import lazy


class ReactionKind(NamedTuple):
    """One kind; `given`: the icon where the reader reacted so herself."""

    word: str
    icon: str
    given: str


#: By what the database keeps, in the order in which they are offered. "Most helpful" orders by the first.
REACTIONS = {
    "helpful": ReactionKind(lazy("Helpful"), "lightbulb", "lightbulb-fill"),
    "agree": ReactionKind(lazy("I agree"), "thumbs-up", "thumbs-up-fill"),
    "thanks": ReactionKind(lazy("Thanks"), "heart", "heart-fill"),
    "question": ReactionKind(lazy("My question too"), "question", "question-fill"),
}
