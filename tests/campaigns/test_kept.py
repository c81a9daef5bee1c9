"""The cards of the list of campaigns are made once for all who read the same ones, and reach nobody who reads others."""

from __future__ import annotations

import re

import pytest

from tests.world import World

#: Who reads which campaigns; of the guests each her own group's alone.
READS = {
    "insider_a": ("closed_a", "vote"),
    "guest_a": ("closed_a",),
    "employee": ("vote",),
    "guest_b": ("closed_b",),
    "insider_b": ("closed_b", "vote"),
}
ADDRESS = re.compile(r'href="/campaigns/([\w]{12})')


@pytest.mark.parametrize("order", ["now", "new"])
async def test_whoever_asks_after_whom_each_is_given_what_she_reads(as_, world: World, order: str):
    pages: dict[str, set[str]] = {}
    for who in [*READS, *reversed(READS)]:
        page = (await (await as_(who)).get(f"/campaigns?order={order}")).text
        shown = set(ADDRESS.findall(page))
        for name in ("closed_a", "closed_b", "vote"):
            assert (world.campaign[name] in shown) == (name in READS[who]), (who, name)
            assert (f"Campaign {name}" in page) == (name in READS[who]), (who, name)
        assert shown == pages.setdefault(who, shown), who
