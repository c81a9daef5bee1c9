"""The worker as a process of its own: it does what was queued, and whatever dies, the work goes on."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from urllib.parse import urlsplit

import asyncpg
import pytest

from portal.app import create_app
from portal.db import Unreachable, execute, fetch_value, transaction
from portal.events.jobs import queue
from tests.client import Browser
from tests.notifications.smtp import mail_server
from tests.servers import ROOT
from tests.sitemap import ANSWER
from tests.world import NOW, email_of, set_clock

PATIENCE = 20  # seconds
# Two who took part hear the answer, and one of them what she has to do; who screens hears of something else.
TOLD = [email_of("author"), email_of("author"), email_of("colleague")]


def told(sink):
    """Who was sent mail about the idea that was answered."""
    mails = zip(sink.recipients, sink.messages, strict=False)
    return sorted(who for who, mail in mails if mail["subject"].endswith("Idea decide"))


@pytest.fixture
async def sink():
    async with mail_server() as server:
        yield server


@pytest.fixture
async def start_worker(fresh_db, sink, tmp_path):
    """Starts a worker on the test's database; what is left of them ends with the test."""
    started = []

    def start():
        env = os.environ | {"DATABASE_URL": fresh_db, "SMTP_URL": sink.url, "DATA_DIR": str(tmp_path)}
        with open(tmp_path / "worker.log", "ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "portal.cli", "worker"], env=env, cwd=ROOT, stdout=log, stderr=log
            )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


async def until(true, patience=PATIENCE):
    """Waits until `true()` gives something, and gives that."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        result = true()
        if asyncio.iscoroutine(result):
            result = await result
        if result:
            return result
        await asyncio.sleep(0.05)
    raise AssertionError("waited in vain")


async def queue_mail(world, name="employee"):
    async with transaction():
        await execute("INSERT INTO mail (kind, recipient) VALUES ('password_reset', {})", world.person_id[name])
        await queue("deliver_mail")


async def test_an_answer_becomes_mail(start_worker, sink, world):
    start_worker()
    browser = Browser(create_app(own_pool=False), world.person_id["sponsor"])
    await browser.start_session()
    assert (await browser.post(f"/ideas/{world.idea['decide']}/answer", ANSWER)).status_code == 303
    await until(lambda: told(sink) == TOLD)
    await until(lambda: fetch_value("SELECT NOT EXISTS (SELECT FROM event_queue)"))
    await until(lambda: fetch_value("SELECT NOT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'doing')"))
    await browser.http.aclose()


# The timetable may have queued another one since.
QUEUED_FIRST = "SELECT status::text FROM procrastinate_jobs WHERE task_name = 'deliver_mail' ORDER BY id LIMIT 1"


async def test_another_worker_takes_over_what_a_killed_one_was_doing(start_worker, sink, world):
    first = start_worker()
    sink.stall = "END"  # the mail is under way, and the server never says that it has it
    await queue_mail(world)
    await asyncio.wait_for(sink.stalled.wait(), PATIENCE)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert await fetch_value(QUEUED_FIRST) == "doing"
    sink.stall = ""
    # half a minute passes
    await execute("UPDATE procrastinate_workers SET last_heartbeat = last_heartbeat - interval '1 minute'")
    start_worker()
    await set_clock(NOW + timedelta(minutes=2))
    await queue("retry_stalled", timestamp=0)
    await until(lambda: len(sink.messages) == 1)
    await until(lambda: fetch_value("SELECT sent_at FROM mail"))
    assert sink.recipients.count(email_of("employee")) == 2  # one attempt was cut off, one arrived


async def test_events_that_were_being_passed_on_when_it_died_are_passed_on(start_worker, sink, world):
    process = start_worker()
    await until(lambda: fetch_value("SELECT NOT EXISTS (SELECT FROM event_queue)"))
    process.kill()
    process.wait()
    browser = Browser(create_app(own_pool=False), world.person_id["sponsor"])
    await browser.start_session()
    await browser.post(f"/ideas/{world.idea['decide']}/answer", ANSWER)
    start_worker()
    await until(lambda: told(sink) == TOLD)
    await browser.http.aclose()


async def test_it_comes_back_by_itself_when_the_database_does(start_worker, sink, world, fresh_db, cluster):
    process = start_worker()
    await queue_mail(world)
    await until(lambda: len(sink.messages) == 1)
    admin = await asyncpg.connect(cluster.dsn("postgres", "postgres"))
    name = urlsplit(fresh_db).path[1:]
    await admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name)
    await admin.close()
    await until(lambda: _ignoring_lost_connections(queue_mail(world, "colleague")))
    await until(lambda: len(sink.messages) == 2)
    assert process.poll() is None


async def _ignoring_lost_connections(work):
    try:
        await work
    except (Unreachable, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return False
    return True


async def test_it_ends_when_it_is_told_to(start_worker, sink, world):
    process = start_worker()
    await queue_mail(world)
    await until(lambda: len(sink.messages) == 1)
    process.terminate()
    assert await asyncio.to_thread(process.wait, 10) == 0


async def test_the_timetable_runs_what_it_says(fresh_db):
    from portal.timetable import JOBS, TIMETABLE
    from portal.worker import make_app

    app = make_app(fresh_db)
    periodic = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert periodic == TIMETABLE | {"retry_stalled": "* * * * *"}
    assert set(JOBS) <= set(app.tasks)
