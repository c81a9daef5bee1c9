"""What is kept of what was made: the same for the same, within so many bytes."""

from __future__ import annotations

import sys

from portal.web.kept import MB, Kept

LONG = "x" * (MB // 10)


def text(n: int) -> str:
    """A long one, another for each number."""
    return f"{n}{LONG}"


def test_the_same_is_made_once():
    kept = Kept(text, most=2)
    assert kept(1) is kept(1)
    assert (kept.hits, kept.misses) == (1, 1)


def test_however_much_is_asked_for_no_more_is_kept_than_there_is_room():
    kept = Kept(text, most=2)
    for n in range(200):
        kept(n)
        held = [*kept.older.values(), *kept.younger.values()]
        assert 2 * sum(map(sys.getsizeof, held)) <= 2 * MB


def test_what_is_asked_for_again_and_again_stays():
    kept = Kept(text, most=2)
    for n in range(100):
        kept(n)
        kept(-1)
    assert kept.misses == 101


def test_what_is_larger_than_the_room_is_made_each_time_and_takes_nothing_out():
    kept = Kept(lambda n: LONG * 10 if n < 0 else text(n), most=1)
    kept(1)
    assert kept(-1) == kept(-1)
    assert (kept.misses, kept(1) is kept(1), kept.misses) == (3, True, 3)
