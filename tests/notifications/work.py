"""The worker's work, done within a test's own transaction."""

import json

from portal.db import execute
from portal.timetable import JOBS
from portal.worker import pass_on_events

TAKE = """
    DELETE FROM procrastinate_jobs WHERE status = 'todo' AND ({}::text IS NULL OR task_name = {})
    RETURNING task_name, args::text
"""


async def work(only: str | None = None) -> None:
    """What the worker does until nothing is left: events, then jobs."""
    while await pass_on_events():
        pass
    while jobs := await execute(TAKE, only, only):
        for job in jobs:
            await JOBS[job["task_name"]](**json.loads(job["args"]))


async def tell_all() -> None:
    """Everybody is told; no mail goes out yet."""
    await work("tell_of")
