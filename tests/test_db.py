"""How statements are put together."""

from __future__ import annotations

import msgspec
import pytest

from portal.db import QueryString, fetch


def test_a_list_that_is_named_in_several_places_is_sent_once():
    spaces, others = [1, 2], [1, 2]
    inner = QueryString("b = ANY({}) AND c = {}", spaces, 7)
    sql, values = QueryString(
        "a = ANY({}) AND {} AND d = ANY({}) AND e = {}", spaces, inner, others, 7
    ).compile_string()
    assert sql == "a = ANY($1) AND b = ANY($1) AND c = $2 AND d = ANY($3) AND e = $4"
    assert values == [spaces, 7, others, 7], "what only looks the same may be of another type"


def test_a_condition_may_stand_in_several_statements_and_in_one_twice():
    inner = QueryString("x -> '{{}}' = {} OR y", 1)
    twice = QueryString("{} AND {} AND z = {}", inner, inner, 2)
    assert twice.compile_string() == ("x -> '{}' = $1 OR y AND x -> '{}' = $2 OR y AND z = $3", [1, 1, 2])
    assert QueryString("NOT ({})", inner).compile_string() == ("NOT (x -> '{}' = $1 OR y)", [1])


def test_what_is_put_together_once_serves_other_values():
    one, other = [1], [2]
    template = "a = ANY({}) AND b = ANY({})"
    assert QueryString(template, one, one).compile_string() == ("a = ANY($1) AND b = ANY($1)", [one])
    assert QueryString(template, one, other).compile_string() == ("a = ANY($1) AND b = ANY($2)", [one, other])
    assert QueryString(template, 3, QueryString("4")).compile_string() == ("a = ANY($1) AND b = ANY(4)", [3])
    assert QueryString(template, QueryString("4"), 3).compile_string() == ("a = ANY(4) AND b = ANY($1)", [3])


@pytest.mark.parametrize("given", [(), (1, 2, 3)])
def test_a_template_takes_as_many_values_as_it_has_places(given):
    with pytest.raises(ValueError, match="zip"):
        QueryString("a = {} AND b = {}", *given)


class Pair(msgspec.Struct, frozen=True):
    one: int
    other: str
    third: int = 3


@pytest.mark.parametrize(
    ("columns", "pair"),
    [
        ("1 AS one, 'x' AS other, 5 AS third", Pair(1, "x", 5)),
        ("5 AS third, 'x' AS other, 1 AS one", Pair(1, "x", 5)),
        ("'x' AS other, 1 AS one", Pair(1, "x")),
    ],
)
async def test_what_a_record_holds_goes_to_the_field_of_that_name(rollback, columns, pair):
    assert await fetch(Pair, f"SELECT {columns}") == [pair]
    with pytest.raises(TypeError):
        await fetch(Pair, f"SELECT {columns}, 7 AS fourth")
