"""How people are called: nobody, and who left, in the reader's language."""

from __future__ import annotations

from typing import Final

from portal.text.language import gettext

#: What `ideas.announcing` calls who is nobody, in the language of what she wrote.
NOBODY: Final = frozenset(("A colleague", "Een collega"))


def called(name: str) -> str:
    """A name as its reader reads it: who is nobody is a colleague in the reader's language."""
    return gettext("A colleague") if name in NOBODY else name


def somebody(name: str) -> str:
    """The same, with a word for who has no name any more."""
    return called(name) or gettext("Somebody who left")
