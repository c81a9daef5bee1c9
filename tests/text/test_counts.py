"""Counts in words: guests apart from colleagues, and the number big where a page wants it so."""

from __future__ import annotations

import pytest

from portal.text.counts import comments, supporters
from portal.text.language import Reader, reading


@pytest.mark.parametrize(
    ("colleagues", "guests", "said"),
    [
        (0, 0, ["0 people"]),
        (1, 0, ["1 person"]),
        (1200, 0, ["1,200 people"]),
        (0, 1, ["0 colleagues", "1 guest"]),
        (1, 2, ["1 colleague", "2 guests"]),
    ],
)
def test_supporters_are_counted_by_colleagues_and_by_guests(colleagues: int, guests: int, said: list[str]):
    assert supporters(colleagues, guests) == said


@pytest.mark.parametrize(
    ("colleagues", "guests", "said"),
    [(1, 0, ["1 comment"]), (0, 1, ["0 comments by colleagues", "1 by a guest"])],
)
def test_comments_are_counted_by_colleagues_and_by_guests(colleagues: int, guests: int, said: list[str]):
    assert comments(colleagues, guests) == said


def test_the_first_number_can_be_big():
    assert supporters(2, 1, "figure") == ['<b class="figure">2</b> colleagues', "1 guest"]
    assert comments(2, 0, "") == ["<b>2</b> comments"]


def test_counts_are_told_in_dutch_for_who_reads_dutch():
    with reading(Reader("nl")):
        assert supporters(1200, 0) == ["1.200 mensen"]
