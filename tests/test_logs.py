"""The log is JSON lines, whoever writes them."""

import json
import subprocess
import sys

from tests.servers import ROOT

WRITES = """
import logging
from portal.app import set_up_logs
set_up_logs("warning")
try:
    raise OSError("gone")
except OSError:
    logging.getLogger("asyncpg.pool").warning("Failed to %s", "connect", exc_info=True)
"""


GONE = """
import logging, psycopg
from procrastinate.exceptions import ConnectorException
from portal.app import set_up_logs
set_up_logs("warning")
for why in (psycopg.errors.AdminShutdown(), psycopg.OperationalError(), psycopg.errors.DiskFull()):
    try:
        raise ConnectorException from why
    except ConnectorException:
        logging.getLogger("procrastinate").error("Job\\n ended", exc_info=True)
"""


FAILS = """
import asyncio, procrastinate, procrastinate.testing
from portal.app import set_up_logs
from portal.worker import _register
set_up_logs("warning")
async def job():
    raise ZeroDivisionError("by nothing")
app = procrastinate.App(connector=procrastinate.testing.InMemoryConnector())
_register(app, "divide", job, None)
try:
    asyncio.run(app.tasks["divide"]())
except ZeroDivisionError:
    print("raised")
"""


def test_a_job_that_fails_says_so_each_time():
    done = subprocess.run([sys.executable, "-c", FAILS], cwd=ROOT, capture_output=True, text=True, check=True)
    said = json.loads(done.stderr.splitlines()[-1])
    assert (said["event"], said["job"], said["level"]) == ("job failed", "divide", "warning")
    assert "by nothing" in said["exception"]
    assert done.stdout == "raised\n", "so that it comes again"


def test_a_database_that_is_gone_is_told_without_a_trace_and_what_it_refuses_with_one():
    done = subprocess.run([sys.executable, "-c", GONE], cwd=ROOT, capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines] == ["Job ended"] * 3
    assert [line.get("error") for line in lines] == ["ConnectorException", "ConnectorException", None]
    assert ["exception" in line for line in lines] == [False, False, True]


def test_what_a_library_warns_of_is_a_line_of_json_too():
    done = subprocess.run([sys.executable, "-c", WRITES], cwd=ROOT, capture_output=True, text=True, check=True)
    (line,) = done.stderr.splitlines()
    said = json.loads(line)
    assert (said["event"], said["level"]) == ("Failed to connect", "warning")
    assert "OSError: gone" in said["exception"]
