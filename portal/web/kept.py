"""What was made is kept for the next time that the same is asked for, within so many bytes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Made = TypeVar("Made", bound="str | tuple[bytes, ...]")
MB = 1024 * 1024
APIECE = 1000  # bytes that a thing takes beside what it says


class Kept(Generic[Made]):
    """What a function makes, kept by its arguments in at most so many MB: people choose how long their texts are. There
    is an older half and a younger one; what is asked for comes into the younger, and when that is full, it is the older
    one, and what was that is forgotten."""

    def __init__(self, make: Callable[..., Made], most: int) -> None:
        self.make = make
        self.half = most * MB // 2
        self.older: dict[tuple[Hashable, ...], Made] = {}
        self.younger: dict[tuple[Hashable, ...], Made] = {}
        self.size = self.hits = self.misses = 0

    def __call__(self, *given: Hashable) -> Made:
        """The same for the same arguments; made anew only where it is not there."""
        made = self.younger.get(given)
        if made is not None:
            self.hits += 1
            return made
        made = self.older.pop(given, None)
        self.hits += made is not None
        self.misses += made is None
        if made is None:
            made = self.make(*given)
        self._take(given, made)
        return made

    def _take(self, given: tuple[Hashable, ...], made: Made) -> None:
        size = _size(made)
        if size > self.half:
            return
        if self.size + size > self.half:
            self.older, self.younger, self.size = self.younger, {}, 0
        self.younger[given] = made
        self.size += size

    def forget(self) -> None:
        """Nothing is kept any more."""
        self.older, self.younger, self.size = {}, {}, 0


def _size(made: str | tuple[bytes, ...]) -> int:
    """How much it takes; what it was made of is kept with it, and takes about as much."""
    pieces = made if isinstance(made, tuple) else (made,)
    return 2 * sum(sys.getsizeof(piece) for piece in pieces) + APIECE
