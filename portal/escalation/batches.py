"""The same for many, in transactions: what fails on one stops no other, and comes again with the next tick."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from portal.db import UNREACHABLE, transaction

log = structlog.get_logger()

AT_ONCE = 200  # in one transaction


async def in_batches(ids: list[int], handle: Callable[[list[int]], Awaitable[None]]) -> None:
    """Many in one transaction; where it fails, one by one."""
    for start in range(0, len(ids), AT_ONCE):
        batch = ids[start : start + AT_ONCE]
        if not await done(batch, handle) and len(batch) > 1:
            await _one_by_one(batch, handle)


async def one_by_one(ids: list[int], handle: Callable[[int], Awaitable[None]]) -> None:
    """Each in a transaction of its own."""

    async def one(of: list[int]) -> None:
        await handle(of[0])

    await _one_by_one(ids, one)


async def _one_by_one(ids: list[int], handle: Callable[[list[int]], Awaitable[None]]) -> None:
    for one in ids:
        await done([one], handle)


async def done(ids: list[int], handle: Callable[[list[int]], Awaitable[None]]) -> bool:
    """All of it or nothing; whether it could be done."""
    try:
        async with transaction():
            await handle(ids)
    except UNREACHABLE:
        raise
    except Exception as error:
        if len(ids) == 1:
            log.error("step not taken", id=ids[0], exc_info=error)
        return False
    return True
