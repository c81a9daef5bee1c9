"""Snippets: the part of a text where the words were found, with those words marked."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from html import unescape

from markupsafe import Markup, escape

LENGTH = 200  # characters
INLINE = re.compile(r"</?(?:a|b|code|em|strong)\b[^>]*>")
TAG = re.compile(r"<[^>]*>")
WHITE = re.compile(r"\s+")
WORD = re.compile(r"[^\W_][\w'’‘`]*")
SIGNS = re.compile(r"[^\w]|_")


def plain(html: str) -> str:
    """A rendered text without its markup."""
    return WHITE.sub(" ", unescape(TAG.sub(" ", INLINE.sub("", html)))).strip()


@lru_cache(maxsize=20_000)
def folded(word: str) -> str:
    """A word without accents, capitals and apostrophes."""
    decomposed = unicodedata.normalize("NFKD", word.lower())
    return SIGNS.sub("", "".join(letter for letter in decomposed if not unicodedata.combining(letter)))


def found_in(text: str, beginnings: list[str]) -> list[tuple[int, int]]:
    """Where the words stand that begin like one of these."""
    starts = tuple(beginnings)
    return [match.span() for match in WORD.finditer(text) if folded(match[0]).startswith(starts)] if starts else []


def marked(text: str, beginnings: list[str]) -> Markup:
    """The whole text, the words that were found marked, everything escaped."""
    return _marked(text, found_in(text, beginnings), 0, len(text))


def snippet(html: str, beginnings: list[str]) -> Markup:
    """The part of a text that holds most of the words that were found; its beginning where it holds none."""
    text = plain(html)
    places = found_in(text, beginnings)
    start, end = _window(text, places)
    made = _marked(text, [place for place in places if start <= place[0] and place[1] <= end], start, end)
    return Markup("{}{}{}").format("… " if start else "", made, " …" if end < len(text) else "")


def _window(text: str, places: list[tuple[int, int]]) -> tuple[int, int]:
    if len(text) <= LENGTH:
        return 0, len(text)
    words = [folded(text[a:b]) for a, b in places]
    best = stop = most = last = 0
    within: Counter[str] = Counter()
    for first, (begin, _) in enumerate(places):
        last = max(first, last)
        while last < len(places) and places[last][1] <= begin + LENGTH:
            within[words[last]] += 1
            last += 1
        if len(within) > most:
            best, stop, most = begin, places[last - 1][1], len(within)
        if within[words[first]] <= 1:
            del within[words[first]]
        else:
            within[words[first]] -= 1
    room = min(LENGTH // 4, best + LENGTH - stop)  # for what comes before
    start = 0 if best < LENGTH // 3 and stop <= LENGTH else text.find(" ", best - room, best) + 1 or best
    end = len(text) if start + LENGTH >= len(text) else text.rfind(" ", start, start + LENGTH + 1)
    return start, end if end > start else min(len(text), start + LENGTH)


def _marked(text: str, places: list[tuple[int, int]], start: int, end: int) -> Markup:
    made, at = [], start
    for begin, stop in places:
        made += [escape(text[at:begin]), Markup("<mark>{}</mark>").format(text[begin:stop])]
        at = stop
    return Markup("").join([*made, escape(text[at:end])])
