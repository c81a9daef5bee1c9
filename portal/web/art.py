"""Draws what is not text: icons, badges, avatars, the tiles of a campaign and the skyline.

Everything here returns Markup and takes no request, so that templates may call it in loops. Big drawings live
in the sprite, an external file that browsers keep for a year; a page holds only a reference to them.
"""

from __future__ import annotations

import random
import re
import zlib
from datetime import datetime
from functools import cache, lru_cache
from typing import Final

from markupsafe import Markup

from portal.text.answers import ANSWER_KINDS
from portal.text.dates import day
from portal.text.language import gettext
from portal.text.names import called
from portal.text.statuses import STEPS
from portal.web.assets import assets
from portal.web.photos import photo_address

TILE: Final = 40
TILE_HUES: Final = ("bench", "sky", "brick", "sea")
# Words in a Dutch or neighbouring name that give no initial: Joris van Heeswijk is JH.
_PARTICLES = "van de der den het ter ten te op in von zu du la le di el 't ’t 's ’s d' d’ tot aan bij uit voor over"
PARTICLES: Final = frozenset(_PARTICLES.split())


@lru_cache(maxsize=1024)
def icon(name: str, cls: str = "", label: str | None = None) -> Markup:
    """An icon of the sprite, hidden from screen readers unless labelled; KeyError for an unknown name."""
    if name not in assets().icons:
        raise KeyError(f"{name} is not in static/icons.txt")
    spoken = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    classes = f"icon {cls}".rstrip()
    return Markup('<svg class="{}" {}><use href="{}#i-{}"/></svg>').format(classes, spoken, _sprite(), name)


def answer_badge(kind: str) -> Markup:
    """What came of an idea, in a word; KeyError for an unknown kind of answer."""
    known = ANSWER_KINDS[kind]
    drawn = Markup('<span class="badge" data-tone="{}">{}{}</span>')
    return drawn.format(known.tone, icon(known.icon), str(known.badge))


def owed_badge(on: datetime) -> Markup:
    """When a running campaign answers an idea that enough people support."""
    words = Markup(gettext("Answer owed by %(day)s")) % {"day": day(on)}  # noqa: S704  our own words
    return Markup('<span class="badge" data-tone="live">{}<span>{}</span></span>').format(icon("scales"), words)


def status_badge(status: str) -> Markup:
    """Where an idea stands, in a word; KeyError for an unknown status."""
    known = STEPS[status]
    drawn = Markup('<span class="badge" data-tone="{}">{}{}</span>')
    return drawn.format(known.tone, icon(known.icon), str(known.words))


@cache
def skyline() -> Markup:
    """The row of gables above the footer."""
    drawn = Markup('<svg class="skyline" aria-hidden="true"><use href="{}#i-skyline"/></svg>')
    return drawn.format(_sprite())


def _sprite() -> str:
    return assets().url("sprite.svg")


def avatar(public_id: str, name: str, guest: bool, size: str = "") -> Markup:
    """A person's photo, else her initials on her own colour; colleagues are round, guests tiles. size: xs, s, l, xl or
    none. The initials stand under the photo too: they show where it doesn't."""
    return _avatar(public_id, called(name), guest, size, photo_address(public_id, small=size != "xl"))


@lru_cache(maxsize=10_000)
def _avatar(public_id: str, name: str, guest: bool, size: str, photo: str) -> Markup:
    classes = "avatar" + (f" avatar-{size}" if size else "") + (" avatar-guest" if guest else "")
    picture = Markup('<img src="{}" alt="" loading="lazy">').format(photo) if photo else ""
    drawn = Markup('<span class="{}" data-hue="{}" aria-hidden="true">{}{}</span>')
    return drawn.format(classes, hue(public_id), initials(name), picture)


def person(public_id: str, name: str, guest: bool = False) -> Markup:
    """A name that leads to its profile, where she has one to see; a word for who has no name any more."""
    if not public_id or not name:
        return Markup("{}").format(called(name) or (gettext("Former guest") if guest else gettext("Somebody who left")))
    return Markup('<a class="who" href="/people/{}">{}</a>').format(public_id, name)


def hue(public_id: object) -> int:
    """One of six colours, always the same for the same person."""
    return zlib.crc32(str(public_id).encode()) % 6 + 1


def initials(name: str) -> str:
    """The first letters of the first and the last word of a name, particles left out; "?" for no name."""
    words = name.split()
    words = [word for word in words if word[0].isalpha() and word.lower() not in PARTICLES] or words
    if not words:
        return "?"
    return words[0][0] + (words[-1][0] if len(words) > 1 else "")


@lru_cache(maxsize=512)
def tiles(seed: str, cols: int = 9, rows: int = 2) -> Markup:
    """Paving of quarter circles in one of four colours, always the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 (a drawing, not a secret)
    grounds: dict[str, str] = {}
    figures: dict[str, str] = {}
    for index in range(cols * rows):
        x, y = index % cols * TILE, index // cols * TILE
        ground = chance.choice(("c1", "c4", "c1", "c2", "c1", "c4"))
        figure = chance.choice([colour for colour in ("c2", "c2", "c3", "c4", "c1") if colour != ground])
        shape, turn = chance.choice("qqqqhdbtw"), chance.randrange(4)
        if ground != "c1":  # c1 lies under everything
            grounds[ground] = f"{grounds.get(ground, '')}M{x} {y}h40.5v40.5h-40.5z"
        for outline, colour in zip(_SHAPES.get(shape, ()), (figure, _third(ground, figure)), strict=False):
            figures[colour] = figures.get(colour, "") + _turned(outline, turn, x + TILE // 2, y + TILE // 2)
    width, height = cols * TILE, rows * TILE
    layers = [*sorted(grounds.items()), *sorted(figures.items())]
    paths = "".join(f'<path class="{colour}" d="{outlines}"/>' for colour, outlines in layers)
    ground_hue = TILE_HUES[zlib.crc32(seed.encode()) % len(TILE_HUES)]
    return Markup(  # noqa: S704 (numbers and words of our own)
        f'<svg class="tiles" data-hue="{ground_hue}" viewBox="0 0 {width} {height}"'
        ' preserveAspectRatio="xMidYMid slice" aria-hidden="true">'
        f'<path class="c1" d="M0 0h{width}v{height}h-{width}z"/>{paths}</svg>'
    )


# Outlines around the middle of a tile: where they start, then relative commands. The b tile is bare.
_SHAPES: Final[dict[str, tuple[str, ...]]] = {
    "q": ("-20 -20 l40 0a40 40 0 0 1 -40 40z",),
    "h": ("-20 -20 l40 0a20 20 0 0 1 -40 0z",),
    "t": ("-20 -20 l40 0l-40 40z",),
    "d": ("-3 -10 l6 0a7 7 0 0 1 7 7l0 6a7 7 0 0 1 -7 7l-6 0a7 7 0 0 1 -7 -7l0 -6a7 7 0 0 1 7 -7z",),
    "w": ("-20 -20 l20 0a20 20 0 0 1 -20 20z", "20 20 l-20 0a20 20 0 0 1 20 -20z"),
}


def _third(ground: str, figure: str) -> str:
    """A colour that is neither of the two."""
    return next(colour for colour in ("c3", "c2", "c4") if colour not in (ground, figure))


@cache
def _turned(outline: str, turn: int, x: int, y: int) -> str:
    """The outline, turned by quarters and laid with its middle at x, y."""

    def turned(match: re.Match[str]) -> str:
        across, down = int(match[2]), int(match[3])
        for _ in range(turn):
            across, down = -down, across
        if not match[1]:
            return f"M{x + across} {y + down}"
        if match[1] == "l" and 0 in (across, down):
            return f"h{across}" if down == 0 else f"v{down}"
        return f"{match[1]}{across} {down}"

    return re.sub(r"(^|l|a\d+ \d+ 0 0 1 )(-?\d+) (-?\d+) ?", turned, outline)
