"""What may be told of groups beside their total: nothing of few, also not by subtraction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain, combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.text.counts import FEW, told

MEASURES = st.integers(1, 2).flatmap(
    lambda n: st.dictionaries(st.integers(0, 9), st.tuples(*[st.integers(0, 12)] * n), max_size=7)
)


def given_away(groups: Mapping[int, Sequence[int]], named: set[int]) -> set[int]:
    """The sizes between nothing and FEW that can be worked out: of a group by itself, or of the total less any groups
    that are told."""
    measures = len(next(iter(groups.values()), ()))
    totals = [sum(sizes[n] for sizes in groups.values()) for n in range(measures)]
    some = chain.from_iterable(combinations(sorted(named), size) for size in range(len(named) + 1))
    differences = [totals[n] - sum(groups[key][n] for key in keys) for keys in some for n in range(measures)]
    own = [size for key in named for size in groups[key]]
    every = own if not named else own + differences
    return {size for size in every if 0 < size < FEW}


@settings(derandomize=True, deadline=None, database=None, max_examples=300)
@given(MEASURES)
def test_nothing_few_is_told_or_can_be_worked_out_and_no_more_is_kept_back_than_one_group(groups):
    named = told(groups)
    assert given_away(groups, named) == set()
    large = {key for key, sizes in groups.items() if min(sizes) >= FEW}
    assert named <= large
    assert len(large - named) <= 1
    if large == set(groups):
        assert named == large


def test_telling_every_large_group_would_give_a_small_one_away():
    groups = {1: (9,), 2: (6,), 3: (4,)}
    assert given_away(groups, {1, 2}) == {4}
    assert told(groups) == {1}


def test_a_unit_of_4_people_is_kept_back_however_many_cases_it_has():
    assert told({"small": (20, 4), "middle": (6, 8), "large": (9, 90)}) == {"large"}
