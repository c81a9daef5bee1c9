"""The command line, as it is typed: every command on a database of its own."""

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import asyncpg
import click
import pytest

from portal import db
from portal.accounts.passwords import matches
from portal.cli import _in_postgres, cli
from portal.db import execute, fetch_value
from portal.files.store import path_of
from portal.settings import settings
from tests.servers import ROOT, drop_database, new_database
from tests.world import stored_picture

GOOD = "seven otters under ice"


@pytest.fixture
async def empty(cluster):
    """An empty database, with a pool open on it."""
    name = await new_database(cluster)
    await db.open_pool(cluster.dsn(name), size=2)
    yield cluster.dsn(name)
    await db.close_pool()
    await drop_database(cluster, name)


async def portal(dsn, *arguments, **env):
    """Runs a command; gives its exit code and all it said."""

    def run():
        done = subprocess.run(
            [sys.executable, "-m", "portal.cli", *arguments],
            env=os.environ | {"DATABASE_URL": dsn} | env,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return await asyncio.to_thread(run)


async def test_migrating_is_safe_however_often_and_however_many_at_once(empty):
    done = await asyncio.gather(*(portal(empty, "migrate") for _ in range(3)))
    assert done == [(0, "The schema is up to date.\n")] * 3
    assert await portal(empty, "migrate") == (0, "The schema is up to date.\n")


async def test_the_installed_command_works_from_any_folder(empty, tmp_path):
    command = [str(Path(sys.executable).parent / "portal"), "migrate"]
    env = os.environ | {"DATABASE_URL": empty}
    done = await asyncio.to_thread(
        subprocess.run, command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "The schema is up to date.\n"), done.stderr


async def test_no_list_of_processes_shows_the_databases_password(tmp_path, monkeypatch):
    said = tmp_path / "said"
    (tmp_path / "pg_dump").write_text(f'#!/bin/sh\necho "$@" >{said}\necho "$PGPASSWORD" >>{said}\n')
    (tmp_path / "pg_dump").chmod(0o700)
    monkeypatch.setattr("portal.run.postgres.binaries", lambda: tmp_path)
    monkeypatch.setenv("DATABASE_URL", "postgresql://plein:a%20secret@db.example:5433/plein")
    settings.cache_clear()
    _in_postgres("pg_dump", "--format=custom")
    settings.cache_clear()
    assert said.read_text() == "--dbname=postgresql://plein@db.example:5433/plein --format=custom\na secret\n"


async def test_the_first_administrator(empty):
    assert (await portal(empty, "create-admin", "boss@x.example", "Bo Ss", "--language", "en", ADMIN_PASSWORD="short"))[
        0
    ] == 1
    arguments = ("create-admin", "boss@x.example", "Bo Ss", "--organisation", "X Works", "--language", "en")
    code, said = await portal(empty, *arguments, ADMIN_PASSWORD=GOOD)
    assert (code, said) == (0, "boss@x.example can sign in as an administrator.\n")
    assert await matches(GOOD, await fetch_value("SELECT password_hash FROM credential"))
    assert await fetch_value("SELECT name FROM organisation") == "X Works"
    assert await fetch_value("SELECT count(*) FROM campaign WHERE kind = 'campaign' AND always_open") == 1
    assert await fetch_value("SELECT role FROM membership") == "administrator"
    code, said = await portal(empty, *arguments, ADMIN_PASSWORD="eight otters under ice")
    assert (code, said) == (0, "boss@x.example is an administrator now.\n")
    assert await fetch_value("SELECT count(*) FROM person") == 1
    assert (await portal(empty, *arguments, "--password", "Bo Ss boss boss boss"))[0] == 1  # her own name


async def test_the_password_never_shows(empty):
    _, said = await portal(empty, "create-admin", "boss@x.example", "Bo", ADMIN_PASSWORD=GOOD)
    assert GOOD not in said


async def test_a_backup_can_be_restored(fresh_db, tmp_path, cluster, world):
    here, there = tmp_path / "here", tmp_path / "there"
    picture = path_of(stored_picture("vote"))
    (here / "files" / "incoming").mkdir(parents=True)
    (here / "files" / picture.parent.name).mkdir()
    shutil.copy(picture, here / "files" / picture.parent.name)
    code, said = await portal(fresh_db, "backup", str(tmp_path / "plein.dump"), DATA_DIR=str(here))
    assert code == 0, said
    assert (tmp_path / "plein.dump").stat().st_mode & 0o077 == 0  # everything that people wrote is in it
    name = await new_database(cluster)
    other = cluster.dsn(name)
    restored = await portal(other, "restore", str(tmp_path / "plein.dump"), DATA_DIR=str(there))
    assert restored == (0, "The backup is restored.\n")
    assert (there / "files" / picture.parent.name / picture.name).read_bytes() == picture.read_bytes()
    assert [path.name for path in there.glob("files/*")] == [picture.parent.name]
    (tmp_path / "other.tar").write_bytes(b"no tar")
    assert "is no backup of Plein" in (await portal(other, "restore", str(tmp_path / "other.tar")))[1]
    connection = await asyncpg.connect(other)
    title = await connection.fetchval("SELECT title FROM idea WHERE id = $1", world.idea_id["vote"])
    await connection.close()
    assert title == "Idea vote"
    assert await portal(other, "migrate") == (0, "The schema is up to date.\n")
    code, said = await portal(other, "restore", str(tmp_path / "plein.dump"), DATA_DIR=str(tmp_path / "new"))
    assert (code, said) == (1, "Error: A backup goes into an empty database and DATA_DIR: nothing was changed.\n")
    await drop_database(cluster, name)


async def test_why_somebody_may_see_something(fresh_db, world):
    said = (await portal(fresh_db, "explain-access", "employee@world.example", f"/ideas/{world.idea['closed_a']}"))[1]
    assert "it is closed: only its members read it" in said
    assert "Sees it: no" in said
    said = (await portal(fresh_db, "explain-access", "insider-a@world.example", world.idea["closed_a"]))[1]
    assert "Sees it: yes" in said
    assert "may not idea.support" in " ".join(said.split())
    assert (await portal(fresh_db, "explain-access", "nobody@world.example", "x"))[0] == 1
    assert "nothing with the address" in (await portal(fresh_db, "explain-access", "employee@world.example", "x"))[1]


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["migrate", "--nonsense"],
        ["backup"],
        ["create-admin", "x"],
        ["create-admin", "boss", "Bo Ss"],
        ["create-admin", "boss@x.example", "Bo Ss", "--zone", "Mars/Olympus"],
        ["people", "add", "boss", "Bo Ss"],
    ],
)
async def test_a_wrong_command_says_so_before_it_asks_the_database(arguments):
    code, said = await portal("postgresql://plein@127.0.0.1:1/nobody_asks", *arguments)
    assert code == 2
    assert "Traceback" not in said
    assert "can't be reached" not in said


@pytest.mark.parametrize("arguments", [["create-admin"], ["people", "add"]])
async def test_letters_that_no_mailbox_has_are_named(arguments):
    code, said = await portal("", *arguments, "zoë@x.example", "Zoë")
    assert code == 2
    assert "zoë@x.example: Before the @ stand plain letters only" in " ".join(said.split())


async def test_help_names_every_command():
    code, said = await portal("", "--help")
    assert code == 0
    for command in cli.list_commands(click.Context(cli)):
        assert command in said


async def test_seeding_needs_an_empty_installation(fresh_db):
    people = await fetch_value("SELECT count(*) FROM person")
    assert (await portal(fresh_db, "seed"))[1] == "There is an organisation already: nothing was changed.\n"
    assert await fetch_value("SELECT count(*) FROM person") == people
    assert await execute("SELECT demo_since FROM organisation WHERE demo_since IS NOT NULL") == []
