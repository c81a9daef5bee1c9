"""The worker: passes new events to their subscribers, and runs the jobs and the timetable."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from typing import Any

import procrastinate
import structlog
from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException

from portal.db import UNREACHABLE, close_pool, execute, open_pool, transaction
from portal.events.kinds import Kind
from portal.events.wake import bell
from portal.subscribers import SUBSCRIBERS
from portal.timetable import JOBS, TIMETABLE

log = structlog.get_logger()

BATCH = 100
PAUSE = 0.5  # seconds between looks at the event queue
LONGEST_END = 5  # seconds to finish in when told to end
STALLED_AFTER = 30  # seconds without a sign of life of a job's worker
GONE: tuple[type[Exception], ...] = (*UNREACHABLE, OSError, ConnectorException)
RETRY = procrastinate.RetryStrategy(max_attempts=10, exponential_wait=3)

# Claimed, passed on and removed in one transaction: a kill in between repeats it whole.
NEW_EVENTS = """
    SELECT q.event, e.kind FROM event_queue q JOIN event e ON e.id = q.event WHERE q.due_at <= plein_now()
    ORDER BY q.event LIMIT {} FOR UPDATE OF q SKIP LOCKED
"""
PASSED_ON = "DELETE FROM event_queue WHERE event = ANY({})"
# One that nobody can digest does not stop the others: it comes again after 2, 4, 8 … minutes, at last once a day.
LATER = """
    UPDATE event_queue SET attempts = attempts + 1,
        due_at = plein_now() + make_interval(mins => least(1440, 2 ^ least(attempts + 1, 20))::int)
    WHERE event = {}
"""


async def pass_on_events() -> int:
    """Gives the next events, in their order, to whoever subscribed; says how many there were."""
    async with transaction():
        claimed = await execute(NEW_EVENTS, BATCH)
        passed_on = [row["event"] for row in claimed if await _pass_on(row["event"], row["kind"])]
        if passed_on:
            await execute(PASSED_ON, passed_on)
    return len(claimed)


async def _pass_on(event: int, kind: str) -> bool:
    """Whether every subscriber took the event; else none of them did, and it comes again later."""
    try:
        async with transaction():
            for react in SUBSCRIBERS.get(Kind(kind), ()):
                await react(event)
    except UNREACHABLE:
        raise
    except Exception as error:
        log.error("event not passed on", id=event, kind=kind, exc_info=error)
        await execute(LATER, event)
        return False
    return True


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
        try:
            await job(**arguments)
        except Exception as error:
            log.warning("job failed", job=name, exc_info=error)  # it comes again, and says no more of it
            raise

    task = app.task(name=name, retry=RETRY)(run)
    if cron:
        app.periodic(cron=cron)(task)


async def run(dsn: str) -> None:
    """Works until it is told to stop. PostgreSQL gone: waits for it."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end() -> None:
        stop.set()
        loop.call_later(LONGEST_END, os._exit, 1)  # where the database is gone too; the next worker takes over

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, end)
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
    async with bell() as news:
        while True:
            if not await pass_on_events():
                await news.wait(PAUSE)
