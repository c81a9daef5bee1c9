"""The worker: passes new events to their subscribers, and runs the jobs and the timetable."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import Any

import procrastinate
import structlog
from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException

from portal.db import UNREACHABLE, close_pool, execute, open_pool, transaction
from portal.events.kinds import Kind
from portal.events.wake import sleep_until_woken
from portal.subscribers import SUBSCRIBERS
from portal.timetable import JOBS, TIMETABLE

log = structlog.get_logger()

BATCH = 100
PAUSE = 0.5  # seconds between looks at the event queue
STALLED_AFTER = 30  # seconds without a sign of life of a job's worker
GONE: tuple[type[Exception], ...] = (*UNREACHABLE, OSError, ConnectorException)
RETRY = procrastinate.RetryStrategy(max_attempts=10, exponential_wait=3)

# Claimed, passed on and removed in one transaction: a kill in between repeats it whole.
NEW_EVENTS = """
    DELETE FROM event_queue WHERE event IN (
        SELECT event FROM event_queue ORDER BY event LIMIT {} FOR UPDATE SKIP LOCKED) RETURNING event
"""


async def pass_on_events() -> int:
    """Gives the next events, in their order, to whoever subscribed; says how many there were."""
    async with transaction():
        claimed = sorted(row["event"] for row in await execute(NEW_EVENTS, BATCH))
        if claimed:
            for row in await execute("SELECT id, kind FROM event WHERE id = ANY({}) ORDER BY id", claimed):
                for react in SUBSCRIBERS.get(Kind(row["kind"]), ()):
                    await react(row["id"])
    return len(claimed)


def make_app(dsn: str) -> procrastinate.App:
    """The job runner, with every job and the timetable."""
    app = procrastinate.App(connector=PsycopgConnector(conninfo=dsn, min_size=1, max_size=4))
    for name, job in JOBS.items():
        _register(app, name, job, TIMETABLE.get(name))

    @app.periodic(cron="* * * * *")
    @app.task(name="retry_stalled", queueing_lock="retry_stalled", pass_context=True)
    async def retry_stalled(context: procrastinate.JobContext, timestamp: int) -> None:
        """Takes over the jobs of a worker that died."""
        manager = context.app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
            await manager.retry_job(job)

    return app


def _register(app: procrastinate.App, name: str, job: Callable[..., Awaitable[Any]], cron: str | None) -> None:
    async def run(timestamp: int | None = None, **arguments: Any) -> None:
        await job(**arguments)

    task = app.task(name=name, retry=RETRY)(run)
    if cron:
        app.periodic(cron=cron)(task)


async def run(dsn: str) -> None:
    """Works until it is told to stop. PostgreSQL gone: waits for it."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    stopping = asyncio.create_task(stop.wait())
    while not stop.is_set():
        try:
            await open_pool(dsn, size=4)
            async with make_app(dsn).open_async() as app:
                jobs = asyncio.create_task(
                    app.run_worker_async(install_signal_handlers=False, delete_jobs="successful", concurrency=2)
                )
                events = asyncio.create_task(_pass_on_for_ever())
                done, _ = await asyncio.wait({jobs, events, stopping}, return_when=asyncio.FIRST_COMPLETED)
                jobs.cancel()
                events.cancel()
                await asyncio.gather(jobs, events, return_exceptions=True)
                if stopping not in done:
                    await asyncio.gather(*done)
        except GONE as error:
            log.warning("database unreachable", error=type(error).__name__)
            await asyncio.wait({stopping}, timeout=2)
        finally:
            await close_pool()


async def _pass_on_for_ever() -> None:
    while True:
        if not await pass_on_events():
            await sleep_until_woken(PAUSE)
