"""Waking the worker as soon as something happened: through Redis where there is one.

Nothing depends on it. Without Redis, or while it is gone or slow, the worker finds new events by looking.
"""

from __future__ import annotations

import asyncio
from contextvars import Context
from functools import lru_cache

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from portal.settings import settings

log = structlog.get_logger()

CHANNEL = "plein:events"
TIMEOUT = 1.0  # seconds for Redis to answer; nobody waits for it
_under_way: set[asyncio.Task[None]] = set()


@lru_cache(maxsize=1)
def _redis() -> Redis:
    client: Redis = Redis.from_url(
        settings().redis_url, socket_timeout=TIMEOUT, socket_connect_timeout=TIMEOUT, health_check_interval=0
    )
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


async def sleep_until_woken(at_most: float) -> None:
    """Sleeps for `at_most` seconds, or until there is something new."""
    if not settings().redis_url:
        await asyncio.sleep(at_most)
        return
    try:
        async with asyncio.timeout(at_most), _redis().pubsub() as channel:
            await channel.subscribe(CHANNEL)
            async for message in channel.listen():
                if message["type"] == "message":
                    return
    except TimeoutError:
        return
    except (RedisError, OSError):
        await asyncio.sleep(at_most)
