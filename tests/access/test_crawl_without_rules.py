"""The crawl finds a leak where a rule is gone, and the second wall holds where the first one is."""

from __future__ import annotations

import asyncpg
import pytest
from litestar import Litestar
from piccolo.table import Table

from portal import db
from portal import tables as t
from portal.access import scope, sight
from portal.access.scope import VISIBILITY
from tests.access.canary import rows_elsewhere
from tests.access.crawl import crawl
from tests.access.stage import staged
from tests.connections import OneConnection
from tests.world import World


@pytest.mark.parametrize("table", [t.Idea, t.Comment, t.Campaign, t.Space], ids=lambda table: table.__name__)
async def test_the_crawl_finds_the_leak_when_a_rule_is_gone(
    rollback: asyncpg.Connection, world: World, app: Litestar, monkeypatch: pytest.MonkeyPatch, table: type[Table]
):
    monkeypatch.setattr(db.DB, "guest_pool", OneConnection(rollback))  # the second wall would hide it
    async with staged(rollback, world, app) as stage:
        monkeypatch.setitem(scope.VISIBILITY, table, sight.everybody)
        result = await crawl(stage, "guest_a", until=table._meta.tablename)
    assert [leak for leak in result.leaks if f" {table._meta.tablename}." in leak]


@pytest.mark.parametrize("second_wall", [True, False])
async def test_the_second_wall_holds_where_the_first_is_gone(
    rollback: asyncpg.Connection, world: World, app: Litestar, monkeypatch: pytest.MonkeyPatch, second_wall: bool
):
    """Every rule says that everybody may see everything; without the second wall that is what a guest then reads."""
    if not second_wall:
        monkeypatch.setattr(db.DB, "guest_pool", OneConnection(rollback))
    async with staged(rollback, world, app) as stage:
        for table in VISIBILITY:
            monkeypatch.setitem(scope.VISIBILITY, table, sight.everybody)
        result = await crawl(stage, "guest_a", until="" if second_wall else "idea")
        elsewhere = await rows_elsewhere(rollback, world.person_id["guest_a"])
    assert bool([canary for canary in result.seen if (canary.table, canary.row) in elsewhere]) is not second_wall
