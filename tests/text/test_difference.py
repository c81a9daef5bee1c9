"""What changed between two texts, at a price that is known."""

import random

from portal.text.difference import ADDED, REMOVED, SAME, WORK, difference


def passages(end):
    """Passages of a thousand words each, and a line between that stays."""
    return ["word " * 499 + f"{end}\n" if n % 2 else f"line {n}\n" for n in range(12)]


def test_passages_are_compared_word_by_word_until_the_work_for_a_text_is_done():
    before, after = passages("old"), passages("new")
    pieces = difference("".join(before), "".join(after))
    for gone, text in ((ADDED, before), (REMOVED, after)):
        assert "".join(piece.text for piece in pieces if piece.kind != gone) == "".join(text)
    removed = [piece.text for piece in pieces if piece.kind == REMOVED]
    by_word = [text for text in removed if "word" not in text]
    assert 0 < len(by_word) * 999 * 999 <= WORK
    assert [text for text in removed if text not in by_word] == before[1 + 2 * len(by_word) :: 2]


def test_what_is_long_costs_little_where_little_of_it_changed():
    lines = [f"line {n} {random.Random(n).random()}\n" for n in range(1000)]
    changed = [*lines[:500], "another\n", *lines[501:]]
    kept = [piece for piece in difference("".join(lines), "".join(changed)) if piece.kind == SAME]
    assert sum(len(piece.text) for piece in kept) > len("".join(lines)) - 60
