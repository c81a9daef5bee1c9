"""What a retention list is about, in words."""

from __future__ import annotations

from typing import NamedTuple

from portal.text.language import lazy


class Category(NamedTuple):
    """A kind of thing, and what goes with it."""

    name: str
    about: str


#: By the kind in `retention_rule`.
CATEGORIES = {
    "notes": Category(lazy("Private notes of case teams"), lazy("What the team wrote for itself.")),
    "files": Category(lazy("Files of case teams"), lazy("Files that came with private notes.")),
    "consultations": Category(
        lazy("Advice"), lazy("What legal, the works council or communication was asked, and said.")
    ),
    "case": Category(
        lazy("The case itself"),
        lazy(
            "Its statement, question and reasons, drafts of its answer, and who was on it. The item, the answer and the"
            " timeline stay where they stand."
        ),
    ),
}
