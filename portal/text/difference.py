"""What changed between two texts: sentence by sentence, and word by word inside of those that stayed mostly alike."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import NamedTuple

_LINES = re.compile(r"[^\n]*\n+|[^\n]+")
_END = re.compile(r"(?<=[.!?…:;]\s)")  # of a sentence
_WORDS = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
ALIKE = 0.6  # of the words of two sentences, from which on they are compared word by word
WORK = 8_000_000  # steps that the comparison of two texts may cost; the passages that are left are shown as a whole
SAME, REMOVED, ADDED = "same", "removed", "added"


class Piece(NamedTuple):
    """A stretch of text that is the same in both, or stands in one of them only."""

    kind: str
    text: str


def difference(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in their order; all but the added make `before`, all but the removed `after`."""
    pieces: list[Piece] = []
    for kind, text in _Comparison().by_line(before, after):
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


class _Comparison:
    """Of two texts, line by line, sentence by sentence, word by word, as far as the work goes."""

    def __init__(self) -> None:
        self.left = WORK

    def by_line(self, before: str, after: str) -> Iterator[Piece]:
        old, new = _LINES.findall(before), _LINES.findall(after)
        for tag, was, now in self._steps(old, new):
            if tag == "equal":
                yield Piece(SAME, "".join(was))
            else:
                yield from self._by_sentence("".join(was), "".join(now))

    def _by_sentence(self, before: str, after: str) -> Iterator[Piece]:
        """Where as many sentences stand in the place of some, each is compared with the one before it."""
        for tag, was, now in self._steps(_END.split(before), _END.split(after)):
            if tag == "equal":
                yield Piece(SAME, "".join(was))
            elif len(was) == len(now):
                for one, other in zip(was, now, strict=True):
                    yield from self._by_word(one, other)
            else:
                yield from self._by_word("".join(was), "".join(now))

    def _by_word(self, before: str, after: str) -> Iterator[Piece]:
        """Word by word where most words stayed; else the one goes and the other comes, as a whole."""
        old, new = _WORDS.findall(before), _WORDS.findall(after)
        steps = self._steps(old, new)
        kept = sum(_words(was) for tag, was, _ in steps if tag == "equal")
        if 2 * kept < ALIKE * (_words(old) + _words(new)):
            yield from (Piece(REMOVED, before), Piece(ADDED, after))
            return
        for tag, was, now in steps:
            if tag == "equal":
                yield Piece(SAME, "".join(was))
            else:
                yield from (Piece(REMOVED, "".join(was)), Piece(ADDED, "".join(now)))

    def _steps(self, old: list[str], new: list[str]) -> list[tuple[str, list[str], list[str]]]:
        """What stays and what comes in the place of what, if the work that is left may do for finding it; else what
        lies between the beginning and the end that are the same comes in its place as a whole."""
        head = _same(old, new)
        tail = _same(old[head:][::-1], new[head:][::-1])
        was, now = old[head : len(old) - tail], new[head : len(new) - tail]
        occurs = Counter(now)
        # SequenceMatcher looks at each pair of equal parts once for each stretch that stays, which are at most so many
        most = (len(was) + sum(occurs[part] for part in was)) * min(len(was), len(now))
        steps = [("replace", was, now)] if was or now else []
        if most <= self.left:
            self.left -= most
            codes = SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
            steps = [(tag, was[a:b], now[c:d]) for tag, a, b, c, d in codes]
        same = [("equal", old[:head], old[:head])] if head else []
        return [*same, *steps, *([("equal", old[-tail:], old[-tail:])] if tail else [])]


def _words(parts: list[str]) -> int:
    return sum(part[0].isalnum() for part in parts)


def _same(old: list[str], new: list[str]) -> int:
    """How many parts both begin with."""
    return next(
        (n for n, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new))
    )
