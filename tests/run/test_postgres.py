"""The embedded PostgreSQL: no superuser inside, nobody from outside, and safe to start from several places."""

import asyncio
import os
import signal
import stat
import subprocess
import sys
import time

import asyncpg
import pytest

from portal.run.postgres import CannotStart, EmbeddedPostgres
from tests.servers import ROOT, run_sql


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A cluster of these tests."""
    postgres = EmbeddedPostgres(tmp_path_factory.mktemp("p") / "postgres")
    postgres.start()
    yield postgres
    postgres.stop()


async def test_the_application_is_no_superuser_and_owns_its_database(own):
    connection = await asyncpg.connect(own.dsn())
    row = await connection.fetchrow("SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user")
    assert (row["rolsuper"], row["rolcreaterole"]) == (False, False)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("COPY (SELECT 1) TO PROGRAM 'id'")
    await connection.close()


async def test_nothing_is_lost_for_speed(own):
    connection = await asyncpg.connect(own.dsn())
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        assert await connection.fetchval(f"SHOW {name}") == "on"
    assert await connection.fetchval("SHOW listen_addresses") == ""
    assert await connection.fetchval("SELECT datcollate FROM pg_database WHERE datname = 'plein'") == "C"
    await connection.close()


def test_only_this_user_reaches_it(own):
    assert stat.S_IMODE((own.sockets / ".s.PGSQL.5432").stat().st_mode) == 0o700
    assert stat.S_IMODE(own.cluster.stat().st_mode) == 0o700


def test_a_second_start_finds_the_first(own):
    again = EmbeddedPostgres(own.folder)
    assert again.start() == own.dsn()
    assert again.process is None
    again.stop()
    assert own.process.poll() is None


async def test_many_starts_at_once_make_one_server(tmp_path):
    program = (
        "import sys, time; from pathlib import Path; from portal.run.postgres import EmbeddedPostgres;"
        "p = EmbeddedPostgres(Path(sys.argv[1])); p.start(); print(p.process is not None, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "postgres")]
    started = [
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = [await asyncio.to_thread(process.stdout.readline) for process in started]
    assert sorted(said) == ["False\n", "False\n", "True\n"]
    for process in started:
        process.kill()
        process.communicate()
    assert await _ends(tmp_path / "postgres" / "cluster")


async def test_it_ends_with_whoever_started_it_and_keeps_what_was_committed(tmp_path):
    postgres = EmbeddedPostgres(tmp_path / "postgres")
    dsn = postgres.start()
    await run_sql(dsn, "CREATE TABLE kept (x int)", "INSERT INTO kept VALUES (7)")
    os.killpg(postgres.process.pid, signal.SIGKILL)  # the server and all its processes
    postgres.process.wait()
    began = time.monotonic()
    postgres.start()
    assert time.monotonic() - began < 20
    connection = await asyncpg.connect(dsn)
    assert await connection.fetchval("SELECT x FROM kept") == 7
    await connection.close()
    postgres.stop()
    assert await _ends(postgres.cluster)


def test_a_killed_first_start_leaves_no_half_cluster(tmp_path):
    folder = tmp_path / "postgres"
    (folder / "cluster.new").mkdir(parents=True)
    (folder / "cluster.new" / "PG_VERSION").write_text("half")
    postgres = EmbeddedPostgres(folder)
    postgres.start()
    postgres.stop()
    assert not (folder / "cluster.new").exists()


def test_a_long_path_gets_its_socket_elsewhere(tmp_path):
    postgres = EmbeddedPostgres(tmp_path / ("x" * 120) / "postgres")
    assert len(str(postgres.sockets)) < 90
    assert not postgres.sockets.is_relative_to(tmp_path)


def test_a_socket_folder_of_somebody_else_is_refused(tmp_path, monkeypatch):
    """Where the path is long the socket is in a folder that everybody can write into: whoever made it first owns it."""
    postgres = EmbeddedPostgres(tmp_path / ("x" * 120) / "postgres")
    postgres.sockets.mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    try:
        with pytest.raises(CannotStart, match="belongs to somebody else"):
            postgres.start()
    finally:
        postgres.sockets.rmdir()


def test_a_socket_folder_that_is_a_link_is_refused(tmp_path):
    postgres = EmbeddedPostgres(tmp_path / ("x" * 120) / "postgres")
    postgres.sockets.symlink_to(tmp_path)
    try:
        with pytest.raises(CannotStart, match="belongs to somebody else"):
            postgres.start()
    finally:
        postgres.sockets.unlink()


def test_another_major_version_is_left_alone(tmp_path):
    (tmp_path / "cluster").mkdir()
    (tmp_path / "cluster" / "PG_VERSION").write_text("16\n")
    with pytest.raises(CannotStart, match="was made by PostgreSQL 16"):
        EmbeddedPostgres(tmp_path).start()


def test_a_folder_that_is_no_database_is_left_alone(tmp_path):
    (tmp_path / "cluster").mkdir()
    (tmp_path / "cluster" / "letters.txt").write_text("mine")
    with pytest.raises(CannotStart, match="is no database of PostgreSQL"):
        EmbeddedPostgres(tmp_path).start()
    assert (tmp_path / "cluster" / "letters.txt").read_text() == "mine"


async def _ends(cluster, patience=5):
    """Whether the server of this cluster is gone within so many seconds."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if not (cluster / "postmaster.pid").exists():
            return True
        await asyncio.sleep(0.05)
    return False
