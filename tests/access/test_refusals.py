"""What the database refuses is called by its name."""

from __future__ import annotations

import asyncpg

from tests.access.refusals import wrong_refusals


async def test_each_refusal_has_its_name(rollback: asyncpg.Connection):
    assert [line async for line in wrong_refusals()] == []
