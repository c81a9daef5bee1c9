"""What changed between two texts, word by word."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import NamedTuple

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
MOST = 1200  # words of a passage, lines of a text; what is longer is shown as taken out and put in, as a whole
WORK = 1_500_000  # pairs of words that one text may cost; the passages that are left then are shown as a whole, too
SAME, REMOVED, ADDED = "same", "removed", "added"


class Piece(NamedTuple):
    """A stretch of text that is the same in both, or stands in one of them only."""

    kind: str
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in their order; all but the added make `before`, all but the removed `after`."""
    pieces: list[Piece] = []
    for kind, text in _by_line(before, after):
        if not text:
            continue
        if pieces and pieces[-1].kind == kind:
            pieces[-1] = Piece(kind, pieces[-1].text + text)
        else:
            pieces.append(Piece(kind, text))
    return pieces


async def compared(before: str, after: str) -> list[Piece]:
    """The same in a thread, so that long texts hold nobody up."""
    return await asyncio.to_thread(difference, before, after)


async def differences(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[Piece]]:
    """What of several texts is another than before, by name; what stayed is left out."""
    return {name: await compared(before[name], after[name]) for name in before if before[name] != after[name]}


def _by_line(before: str, after: str) -> Iterator[Piece]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    if max(len(old), len(new)) > MOST:
        yield from _by_word(_WORDS.findall(before), _WORDS.findall(after), WORK)
        return
    left = WORK
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(SAME, "".join(old[a:b]))
        else:
            words, others = _WORDS.findall("".join(old[a:b])), _WORDS.findall("".join(new[c:d]))
            yield from _by_word(words, others, left)
            left -= len(words) * len(others)


def _by_word(old: list[str], new: list[str], left: int) -> Iterator[Piece]:
    if max(len(old), len(new)) > MOST or len(old) * len(new) > left:
        yield Piece(REMOVED, "".join(old))
        yield Piece(ADDED, "".join(new))
        return
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(SAME, "".join(old[a:b]))
        else:
            yield Piece(REMOVED, "".join(old[a:b]))
            yield Piece(ADDED, "".join(new[c:d]))
