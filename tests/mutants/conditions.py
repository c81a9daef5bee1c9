"""The conditions in a piece of SQL, each with the words that take its place when it is taken out.

What stands beside AND, and what stands alone after WHERE, ON or WHEN, becomes true; what stands beside OR becomes false. The
condition stays in the statement, so that its placeholders keep their values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

TOKEN = re.compile(r"'(?:[^']|'')*'|[A-Za-z_\ue000]\w*|\d+|[()]|,|[^\s\w]")
#: What a condition stands between.
OPENS = {"WHERE", "ON", "WHEN", "AND", "OR", "THEN", "ELSE"}
CLOSES = {
    "AND",
    "OR",
    "FROM",
    "THEN",
    "ELSE",
    "END",
    "ORDER",
    "GROUP",
    "LIMIT",
    "OFFSET",
    "UNION",
    "JOIN",
    "CROSS",
    "LEFT",
    "RETURNING",
}
LIST = re.compile(r"\bIN \(('[^']*'(?:, '[^']*')+)\)")


class Cut(NamedTuple):
    """From where to where, and what stands there instead."""

    start: int
    end: int
    instead: str


class Word(NamedTuple):
    """One token at its place."""

    text: str
    start: int
    end: int


def cuts(sql: str, *, alone: bool = False) -> list[Cut]:
    """Every condition that can be taken out; `alone`: the whole is one condition if it is nothing else."""
    words = [Word(m[0], m.start(), m.end()) for m in TOKEN.finditer(sql)]
    found = list(_group(words, sql, alone and not sql.startswith("(")))
    for listed in LIST.finditer(sql):
        for member in re.finditer(r"'[^']*'(?:, )?", listed[1]):
            start, end = listed.start(1) + member.start(), listed.start(1) + member.end()
            if end == listed.end(1):
                start -= 2
            found.append(Cut(start, end, ""))
    return found


def _group(words: list[Word], sql: str, alone: bool) -> Iterator[Cut]:
    """The conditions of one pair of parentheses, then those of the pairs inside."""
    segments, inner = _segments(words)
    opens = ["", *(word for _, word in segments[:-1])]
    closes = [word for _, word in segments]
    chain: list[Word] = []  # what hangs together by AND
    for (segment, closing), opening in zip(segments, opens, strict=True):
        chain = [*chain, *segment] if opening == "AND" else list(segment)
        starts = opening in OPENS or (opening == "" and ("AND" in closes or "OR" in closes or alone))
        if not segment or not starts or (segment[0].text in ("SELECT", "CASE") and opening == ""):
            continue
        if opening in ("THEN", "ELSE") and not _is_condition(sql, segment):
            continue
        begin, end = segment[0].start, segment[-1].end
        if "AND" in (opening, closing) or "OR" not in (opening, closing):
            yield Cut(begin, end, f"(TRUE OR {sql[begin:end]})")
        else:
            yield Cut(begin, end, f"(FALSE AND {sql[begin:end]})")
        if opening == "AND" and closing != "AND" and _beside_or(segments, opens, segment):
            yield Cut(chain[0].start, end, f"(FALSE AND {sql[chain[0].start : end]})")
    for part in inner:
        yield from _group(part, sql, False)


def _segments(words: list[Word]) -> tuple[list[tuple[list[Word], str]], list[list[Word]]]:
    """What stands between the keywords of this level, each with the keyword after it; and the pairs of parentheses."""
    segments: list[tuple[list[Word], str]] = []
    inner: list[list[Word]] = []
    current: list[Word] = []
    depth, opened = 0, 0
    for number, word in enumerate(words):
        if word.text == "(":
            opened = number if depth == 0 else opened
            depth += 1
        elif word.text == ")":
            depth -= 1
            if depth == 0:
                inner.append(words[opened + 1 : number])
        if depth == 0 and word.text in OPENS | CLOSES:
            segments.append((current, word.text))
            current = []
        else:
            current.append(word)
    segments.append((current, ""))
    return segments, inner


def _beside_or(segments: list[tuple[list[Word], str]], opens: list[str], last: list[Word]) -> bool:
    """Whether the chain of ANDs that ends with this segment is one side of an OR."""
    at = next(number for number, (segment, _) in enumerate(segments) if segment is last)
    first = at
    while opens[first] == "AND":
        first -= 1
    return "OR" in (opens[first], segments[at][1])


def _is_condition(sql: str, segment: list[Word]) -> bool:
    """Whether what a CASE gives is a condition, and not a value."""
    return bool(re.search(r"<>|=|\{\}|EXISTS", sql[segment[0].start : segment[-1].end]))
