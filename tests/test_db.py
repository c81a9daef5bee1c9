"""How statements are put together."""

from __future__ import annotations

from portal.db import QueryString


def test_a_list_that_is_named_in_several_places_is_sent_once():
    spaces, others = [1, 2], [1, 2]
    inner = QueryString("b = ANY({}) AND c = {}", spaces, 7)
    sql, values = QueryString(
        "a = ANY({}) AND {} AND d = ANY({}) AND e = {}", spaces, inner, others, 7
    ).compile_string()
    assert sql == "a = ANY($1) AND b = ANY($1) AND c = $2 AND d = ANY($3) AND e = $4"
    assert values == [spaces, 7, others, 7], "what only looks the same may be of another type"
