"""What changed between two texts: sentence by sentence, and word by word inside of those that stayed mostly alike."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import NamedTuple

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_END = re.compile(r"(?<=[.!?…:;]\s)")  # of a sentence
ALIKE = 0.6  # of the words of two sentences, from which on they are compared word by word
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
        yield from _by_word(before, after, WORK)
        return
    left = WORK
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(SAME, "".join(old[a:b]))
        else:
            passage, other = "".join(old[a:b]), "".join(new[c:d])
            yield from _by_sentence(passage, other, left)
            left -= len(_WORDS.findall(passage)) * len(_WORDS.findall(other))


def _by_sentence(before: str, after: str, left: int) -> Iterator[Piece]:
    """Where as many sentences stand in the place of some, each is compared with the one before it."""
    old, new = _END.split(before), _END.split(after)
    if max(len(old), len(new)) > MOST or len(old) * len(new) > left:
        yield from (Piece(REMOVED, before), Piece(ADDED, after))
        return
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield Piece(SAME, "".join(old[a:b]))
        elif b - a == d - c:
            for was, now in zip(old[a:b], new[c:d], strict=True):
                yield from _by_word(was, now, left)
        else:
            yield from _by_word("".join(old[a:b]), "".join(new[c:d]), left)


def _by_word(before: str, after: str, left: int) -> Iterator[Piece]:
    """Word by word where most words stayed; else the one goes and the other comes, as a whole."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    small = max(len(old), len(new)) <= MOST and len(old) * len(new) <= left
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if small else []
    kept = sum(_words(old[a:b]) for tag, a, b, _, _ in steps if tag == "equal")
    if 2 * kept < ALIKE * (_words(old) + _words(new)) or not small:
        yield from (Piece(REMOVED, before), Piece(ADDED, after))
        return
    for tag, a, b, c, d in steps:
        if tag == "equal":
            yield Piece(SAME, "".join(old[a:b]))
        else:
            yield from (Piece(REMOVED, "".join(old[a:b])), Piece(ADDED, "".join(new[c:d])))


def _words(parts: list[str]) -> int:
    return sum(part[0].isalnum() for part in parts)
