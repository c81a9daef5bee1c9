"""People named in texts: typed as `@` and a name or address, kept as `@{public id}`, shown with the name of today."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from markupsafe import Markup, escape

from portal.text.language import gettext
from portal.text.markdown import cleaned

MOST = 20  # people called in one text; what comes after stays as it was typed
LENGTH = 12  # of a public id

_KEPT = re.compile(r"@\{([A-Za-z0-9]{12})\}")
_CALL = re.compile(r"(?<![\w@])@(?=[\w{])")
_ID = re.compile(r"\{([A-Za-z0-9]{12})\}")
_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+")
_WORDS = re.compile(r"\S{1,60}(?: \S{1,60}){0,5}")
_GENITIVE = re.compile(r"['’]s$")
PUNCTUATION = ".,;:!?()[]{}\"'“”‘’…*_~`<>"


class Call(NamedTuple):
    """An `@` in a text; `ways` are what may be meant with it, the longest first, and where each ends."""

    at: int
    ways: list[tuple[str, int]]


def calls(text: str) -> list[Call]:
    """Where somebody is called."""
    return [Call(at.start(), _ways(text, at.end())) for at, _ in zip(_CALL.finditer(text), range(MOST), strict=False)]


def _ways(text: str, start: int) -> list[tuple[str, int]]:
    for exact in (_ID.match(text, start), _EMAIL.match(text, start)):
        if exact:
            return [(exact[exact.lastindex or 0], exact.end())]
    words = _WORDS.match(text, start)
    ways: dict[str, int] = {}
    while words and (phrase := text[start : words.end()]):
        trimmed = phrase.rstrip(PUNCTUATION)
        for way in (phrase, trimmed, _GENITIVE.sub("", trimmed)):
            if way:
                ways.setdefault(way, start + len(way))
        words = _WORDS.match(text, start, start + phrase.rfind(" ")) if " " in phrase else None
    return list(ways.items())


def kept(text: str, people: Mapping[str, str]) -> str:
    """A text as it is kept: each call whose words stand in `people` becomes that person's public id."""
    pieces, done = [], 0
    for call in calls(text):
        meant = next(((people[words], end) for words, end in call.ways if words in people), None)
        if meant and call.at >= done:
            pieces += [_as_typed(text[done : call.at]), "@{", meant[0], "}"]
            done = meant[1]
    return "".join([*pieces, _as_typed(text[done:])])


def _as_typed(text: str) -> str:
    """What looks like a mention and is none must not become one."""
    return _KEPT.sub(lambda found: f"@ {found[0][1:]}", text)


def mentioned(text: str) -> set[str]:
    """The public ids of those who are mentioned in a text that was kept."""
    return set(_KEPT.findall(text))


def names(mentions: Iterable[str]) -> dict[str, str]:
    """Names by public id, out of texts that hold both, one behind the other. A former guest may have none."""
    return {entry[:LENGTH]: entry[LENGTH:] for entry in mentions}


def shown(html: str, mentions: Iterable[str]) -> Markup:
    """Kept HTML with today's names. Who reads there no longer has no name in it."""
    return Markup(_named(cleaned(html), mentions, lambda name: f'<b class="mention">@{escape(name)}</b>'))  # noqa: S704


def unnamed(html: str) -> Markup:
    """Kept HTML for those who are not told the names, or on a page that does not know them; what is `shown` already is
    given as it is."""
    return html if isinstance(html, Markup) else Markup(_KEPT.sub("@" + gettext("somebody"), cleaned(html)))  # noqa: S704


def plain(text: str, mentions: Iterable[str]) -> str:
    """The same for a text without markup."""
    return _named(text, mentions, lambda name: f"@{name}")


def _named(text: str, mentions: Iterable[str], dressed: Callable[[str], str]) -> str:
    if "@{" not in text:
        return text
    known, gone = names(mentions), "@" + gettext("former colleague")
    guest = gettext("former guest")
    return _KEPT.sub(lambda found: dressed(known[found[1]] or guest) if found[1] in known else gone, text)


def typed(text: str, words: Mapping[str, str]) -> str:
    """A kept text as it stands in a form; who is called there no longer stays as she is kept."""
    return _KEPT.sub(lambda found: f"@{words[found[1]]}" if found[1] in words else found[0], text)


def several_people(name: str) -> str:
    """What to do where a name is not enough."""
    return gettext(
        "Several people here are called “%(name)s”. Choose one from the list, or write the mail address behind the @."
    ) % {"name": name}
