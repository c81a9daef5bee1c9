"""How many, in words; guests are always counted apart from colleagues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

from babel.numbers import format_decimal
from markupsafe import Markup

from portal.text.dates import number
from portal.text.language import gettext, ngettext, reader

Key = TypeVar("Key")

FEW = 5  # fewer people than that are not counted


def told(groups: Mapping[Key, Sequence[int]]) -> set[Key]:
    """The groups of which a number may be told by name, beside that of all together. Each is measured in one or more
    ways (its cases, its people), and has to be FEW at least in each of them. Where the others are few together, the
    smallest of those joins them: else the total, less what is told, would tell of them (complementary suppression)."""
    named = {key for key, sizes in groups.items() if min(sizes) >= FEW}
    left = [sum(sizes) for sizes in zip(*(groups[key] for key in set(groups) - named), strict=True)]
    if named and any(0 < size < FEW for size in left):
        named.remove(min(named, key=lambda key: (*groups[key], str(key))))
    return named


def unless_few(people: int) -> int | None:
    """How many people have something in common; None where they are so few that the number tells of each of them."""
    return people if people >= FEW else None


def supporters(colleagues: int | None, guests: int | None, figure: str | None = None) -> list[Markup]:
    """Who supports: "12 people", or "12 colleagues" and "3 guests"; nothing where that is hidden. With `figure` the
    first number stands in a <b> of that class ("" for none).
    """
    if colleagues is None or guests is None:
        return []
    if not guests:
        return [_said(ngettext("%(shown)s person", "%(shown)s people", colleagues), colleagues, figure)]
    return [
        _said(ngettext("%(shown)s colleague", "%(shown)s colleagues", colleagues), colleagues, figure),
        _said(ngettext("%(shown)s guest", "%(shown)s guests", guests), guests),
    ]


def comments(colleagues: int, guests: int, figure: str | None = None) -> list[Markup]:
    """What was said: "12 comments", or "12 comments by colleagues" and "3 by guests"; `figure` as for supporters."""
    if not guests:
        return [_said(ngettext("%(shown)s comment", "%(shown)s comments", colleagues), colleagues, figure)]
    by = ngettext("%(shown)s comment by a colleague", "%(shown)s comments by colleagues", colleagues)
    return [
        _said(by, colleagues, figure),
        _said(ngettext("%(shown)s by a guest", "%(shown)s by guests", guests), guests),
    ]


def file_size(size: int) -> str:
    """How large a file is: "84 KB", "1.2 MB", in the reader's figures."""
    if size < 999_500:
        return f"{number(max(1, round(size / 1000)))} KB"
    return f"{format_decimal(size / 1_000_000, '#,##0.0', locale=reader().language)} MB"


def votes_given(given: int, left: int) -> Markup:
    """What one gave of a budget: "6 given, 4 left", the first number large."""
    words = gettext("%(given)s given, %(left)s left")
    return Markup(words) % {"given": Markup('<b class="figure">{}</b>').format(given), "left": left}  # noqa: S704  ours


def _said(words: str, count: int, figure: str | None = None) -> Markup:
    shown = number(count)
    if figure is not None:
        shown = Markup('<b class="{}">{}</b>').format(figure, shown) if figure else Markup("<b>{}</b>").format(shown)
    return Markup(words) % {"shown": shown}  # noqa: S704  a text of ours
