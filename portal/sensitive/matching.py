"""Finding sensitive words: whole words and phrases, one a line, `*` for any letters and `#` for a digit.

RE2 looks for all of them at once, in time that grows with the text and with nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

import msgspec
import re2

from portal.db import fetch
from portal.sensitive import CATEGORIES

#: A line has to say something: two letters, or four digits.
ENOUGH = re.compile(r"(.*[^\W\d_]){2}|(.*[\d#]){4}")
#: Letters, digits, and what stands for them; all else separates words.
PIECES = re.compile(r"[^\W_*#]+|\*|#")
WORDS = re.compile(r"(?:[^\W_]|[*#])+")
SIGNS = {"*": r"[\pL\pN]*", "#": r"\pN"}
LONGEST_LIST = 20_000  # characters


def plain(text: str) -> str:
    """A text without case, accents, and signs that nobody sees."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if unicodedata.category(c) not in ("Mn", "Cf"))


def unusable(line: str) -> bool:
    """Whether a line of a list would find anything at all."""
    return not ENOUGH.match(line)


def lines_of(words: str) -> list[str]:
    """The lines of a list, without empty ones."""
    return [line.strip() for line in words.splitlines() if line.strip()]


def _pattern(line: str) -> str:
    words = WORDS.findall(plain(line))
    return r"[^\pL\pN]+".join(
        "".join(SIGNS.get(piece) or re2.escape(piece) for piece in PIECES.findall(word)) for word in words
    )


@lru_cache(maxsize=64)
def compiled(words: str) -> Any:
    """What finds any line of a list; nothing where it is empty."""
    patterns = [_pattern(line) for line in lines_of(words) if not unusable(line)]
    return re2.compile(rf"(?:^|[^\pL\pN])(?:{'|'.join(patterns)})(?:$|[^\pL\pN])") if patterns else None


class List(msgspec.Struct, frozen=True):
    """The words of a category, in both languages."""

    category: str
    words: str


LISTS = """
    SELECT r.category, w.words_nl || E'\\n' || w.words_en AS words
    FROM sensitive_rule r JOIN sensitive_words w ON w.rule = r.id
    WHERE r.version = (SELECT max(n.version) FROM sensitive_rule n WHERE n.category = r.category)
"""


async def category_of(*texts: str) -> str | None:
    """The first category of which something is found in these texts, whatever language they say they are in."""
    lists = {row.category: row.words for row in await fetch(List, LISTS)}
    text = plain("\n".join(texts))
    for category in CATEGORIES:
        found = compiled(lists.get(category, ""))
        if found is not None and found.search(text):
            return category
    return None
