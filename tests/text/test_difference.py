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


def shown(before, after):
    """The pieces, as one reads them."""
    marks = {SAME: "%s", REMOVED: "[-%s]", ADDED: "[+%s]"}
    return "".join(marks[piece.kind] % piece.text for piece in difference(before, after))


def test_a_sentence_of_which_little_is_left_goes_as_a_whole():
    before = "The head of department approves it in writing before it begins. You hear of it within ten days."
    after = "You decide, and note it in the night roster. You hear of it within five days."
    first, second = before.split(". ")[0], after.split(". ")[0]
    assert shown(before, after) == f"[-{first}. ][+{second}. ]You hear of it within [-ten][+five] days."


def test_a_sentence_that_comes_between_others_is_all_that_is_new():
    assert (
        shown("One stays. Two stays.", "One stays. This is new. Two stays.") == "One stays. [+This is new. ]Two stays."
    )
