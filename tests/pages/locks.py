"""Making statements meet: waiting until one waits for another."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg

WAITING = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"


async def until_waiting(connection: asyncpg.Connection, *tasks: asyncio.Task[Any]) -> None:
    """Until each of these tasks waits for a lock, or is done because it waits for none."""
    while await connection.fetchval(WAITING) < sum(not task.done() for task in tasks):
        await asyncio.sleep(0.005)
