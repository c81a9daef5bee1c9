"""Pools of one connection, for tests that are undone in the end."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import asyncpg

from portal import db

#: Of a connection that asks thousands of statements: each is planned once. Planning takes longer than any of them.
PLANNED_ONCE: dict[str, Any] = {
    "statement_cache_size": 1000,
    "max_cacheable_statement_size": 0,
    "server_settings": {"plan_cache_mode": "force_generic_plan"},
}


async def connect(dsn: str) -> asyncpg.Connection:
    """A connection for many tests, one after another."""
    return await asyncpg.connect(dsn, **PLANNED_ONCE)


class OneConnection:
    """A pool that always gives the same connection, whose transaction is undone in the end."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection

    async def acquire(self, timeout: float | None = None) -> asyncpg.Connection:
        return self.connection

    async def release(self, connection: asyncpg.Connection) -> None:
        """It stays."""


class OneConnectionAsGuests(OneConnection):
    """The same connection as guests' requests have it, by the rights of their role."""

    async def acquire(self, timeout: float | None = None) -> asyncpg.Connection:
        await self.connection.execute(f"SET ROLE {self.role}")
        return self.connection

    async def release(self, connection: asyncpg.Connection) -> None:
        with suppress(asyncpg.InFailedSQLTransactionError):  # undone together with the transaction that failed
            await connection.execute("RESET ROLE")
            await connection.fetch(db.TELL, "", "", "")

    def __init__(self, connection: asyncpg.Connection, role: str) -> None:
        super().__init__(connection)
        self.role = role
