"""The interface's texts: English in the source, Dutch in locale/nl.po; and the reader whom a text is for."""

from __future__ import annotations

import gettext as gettext_module
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import LazyProxy

LANGUAGES = {"en": "English", "nl": "Nederlands"}
LOCALE = Path(__file__).parent.parent / "locale"


class Reader(msgspec.Struct, frozen=True):
    """In which language somebody reads, in whose time, and in which year: days of that year go without it. 0 where
    nobody knows when it will be read."""

    language: str = "en"
    zone: str = "Europe/Amsterdam"
    year: int = 0

    @classmethod
    def at(cls, now: datetime, language: str, zone: str) -> Reader:
        """Somebody who reads now."""
        return cls(language, zone, now.astimezone(ZoneInfo(zone)).year)

    @property
    def tz(self) -> ZoneInfo:
        """The reader's time zone."""
        return ZoneInfo(self.zone)


_reader: ContextVar[Reader] = ContextVar("reader", default=Reader())  # noqa: B039  it is frozen


def reader() -> Reader:
    """Whom the text that is being made is for."""
    return _reader.get()


@contextmanager
def reading(who: Reader) -> Iterator[None]:
    """Makes texts and dates for `who`."""
    token = _reader.set(who)
    try:
        yield
    finally:
        _reader.reset(token)


def read_from_now(who: Reader) -> None:
    """Makes all further texts of this request or task for `who`."""
    _reader.set(who)


@lru_cache(maxsize=4)
def _translations(language: str) -> gettext_module.NullTranslations:
    source = LOCALE / f"{language}.po"
    if not source.exists():
        return gettext_module.NullTranslations()
    with source.open("rb") as file:
        catalogue = read_po(file, locale=language, abort_invalid=True)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext_module.GNUTranslations(compiled)


def gettext(message: str) -> str:
    """The text in the reader's language."""
    return _translations(_reader.get().language).gettext(message)


def ngettext(one: str, many: str, n: int) -> str:
    """The text for one or for many, in the reader's language."""
    return _translations(_reader.get().language).ngettext(one, many, n)


def lazy(message: str) -> str:
    """A text that is translated when it is shown; for labels and messages that are made at import."""
    return LazyProxy(gettext, message, enable_cache=False)  # type: ignore[return-value]


def best_language(accept_language: str) -> str:
    """The first of our languages in an Accept-Language header; English when there is none."""
    for part in accept_language.split(","):
        code = part.split(";")[0].strip().lower()[:2]
        if code in LANGUAGES:
            return code
    return "en"
