"""The worker's work, done within a test's own transaction."""

import json

from portal.db import execute
from portal.timetable import JOBS
from portal.worker import pass_on_events


async def work() -> None:
    """What the worker does until nothing is left: events, then jobs."""
    while await pass_on_events():
        pass
    while jobs := await execute("DELETE FROM procrastinate_jobs WHERE status = 'todo' RETURNING task_name, args::text"):
        for job in jobs:
            await JOBS[job["task_name"]](**json.loads(job["args"]))
