"""Waking the worker as soon as something happened: through Redis where there is one.

Nothing depends on it. Without Redis, or while it is gone or slow, the worker finds new events by looking.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import Context
from functools import lru_cache

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from portal.settings import settings

log = structlog.get_logger()

CHANNEL = "plein:events"
TIMEOUT = 1.0  # seconds for Redis to answer; nobody waits for it
PAUSE = 5.0  # seconds until a Redis that is gone is tried again
_under_way: set[asyncio.Task[None]] = set()


@lru_cache(maxsize=1)
def _redis() -> Redis:
    client: Redis = Redis.from_url(settings().redis_url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT)
    return client


def wake_worker() -> None:
    """Tells the worker that there is something new, and waits for nothing."""
    if settings().redis_url:
        task = asyncio.get_running_loop().create_task(_publish(), context=Context())
        _under_way.add(task)
        task.add_done_callback(_under_way.discard)


async def _publish() -> None:
    try:
        await _redis().publish(CHANNEL, b"new")
    except (RedisError, OSError) as error:
        log.warning("redis unreachable", error=type(error).__name__)


class Bell:
    """What the worker waits at between two looks."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Ends the wait."""
        self._rung.set()

    async def wait(self, at_most: float) -> None:
        """Waits for `at_most` seconds, or until there is something new."""
        try:
            await asyncio.wait_for(self._rung.wait(), at_most)
        except TimeoutError:
            return
        finally:
            self._rung.clear()


@asynccontextmanager
async def bell() -> AsyncIterator[Bell]:
    """A bell that Redis rings, where there is one."""
    made = Bell()
    listener = asyncio.create_task(_listen(made)) if settings().redis_url else None
    try:
        yield made
    finally:
        if listener:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)


async def _listen(to_ring: Bell) -> None:
    while True:
        try:
            async with _redis().pubsub() as channel:
                await channel.subscribe(CHANNEL)
                while True:
                    message = await channel.get_message(ignore_subscribe_messages=True, timeout=None)
                    if message:
                        to_ring.ring()
        except (RedisError, OSError) as error:
            log.warning("redis unreachable", error=type(error).__name__)
            await asyncio.sleep(PAUSE)
