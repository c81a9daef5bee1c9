"""Snippets: the part of a text where the words were found, with those words marked."""

from __future__ import annotations

import re
import unicodedata
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
    best, most = 0, 0
    for begin, _ in places:
        different = {folded(text[a:b]) for a, b in places if begin <= a and b <= begin + LENGTH}
        if len(different) > most:
            best, most = begin, len(different)
    start = 0 if best < LENGTH // 3 else text.rfind(" ", 0, best - LENGTH // 4) + 1
    end = len(text) if start + LENGTH >= len(text) else text.rfind(" ", start, start + LENGTH)
    return start, end if end > start else min(len(text), start + LENGTH)


def _marked(text: str, places: list[tuple[int, int]], start: int, end: int) -> Markup:
    made, at = [], start
    for begin, stop in places:
        made += [escape(text[at:begin]), Markup("<mark>{}</mark>").format(text[begin:stop])]
        at = stop
    return Markup("").join([*made, escape(text[at:end])])
