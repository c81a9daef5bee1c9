"""What changed between two texts, at a price that is known."""

import difflib
import random

from portal.text.difference import ADDED, REMOVED, SAME, WORK, difference


def whole(pieces, but):
    """The text of all pieces but those of a kind."""
    return "".join(piece.text for piece in pieces if piece.kind != but)


def test_passages_are_compared_word_by_word_until_the_work_for_a_text_is_done(monkeypatch):
    steps = []
    real = difflib.SequenceMatcher.find_longest_match

    def counted(self, alo, ahi, blo, bhi):
        steps.append(sum(len(self.b2j.get(part, ())) + 1 for part in self.a[alo:ahi]))
        return real(self, alo, ahi, blo, bhi)

    monkeypatch.setattr(difflib.SequenceMatcher, "find_longest_match", counted)
    one = ["word " * n + "old, " + "word " * n + "\n" if n % 2 else f"line {n}\n" for n in range(1, 400)]
    pieces = difference("".join(one), "".join(one).replace("old", "new"))
    assert (whole(pieces, ADDED), whole(pieces, REMOVED)) == ("".join(one), "".join(one).replace("old", "new"))
    assert {piece.text for piece in pieces if piece.kind == REMOVED} == {"old"}
    for before, after in (  # what stays is spread over what comes, so that each stretch is searched for among all
        ("a\n" * 800, "".join(f"a\nb{n}\n" for n in range(400))),
        ("a " * 800, "".join(f"a b{n} " for n in range(400))),
        ("a. " * 800, "".join(f"a. b{n}. " for n in range(400))),
        ("".join(f"{n % 7} " for n in range(3000)), "".join(f"{n % 5} " for n in range(3000))),
    ):
        steps.clear()
        pieces = difference(before, after)
        assert (whole(pieces, ADDED), whole(pieces, REMOVED)) == (before, after)
        assert sum(steps) <= WORK


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
    assert shown(before, after) == f"[-{first}. ][+{second}. ]You hear of it within [-ten ][+five ]days."


def test_a_sentence_that_comes_between_others_is_all_that_is_new():
    assert (
        shown("One stays. Two stays.", "One stays. This is new. Two stays.") == "One stays. [+This is new. ]Two stays."
    )
