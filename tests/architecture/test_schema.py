"""The schema that migrations make is the one that the tables name, and two who migrate at once do not collide."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import asyncpg
from piccolo.columns import Array

from portal import tables
from portal.db import close_pool, execute, open_pool
from portal.migrate import LOCK, migrate
from portal.run.postgres import EmbeddedPostgres
from portal.settings import ROOT
from tests.servers import drop_database, new_database

#: Tables that belong to the job queue, to the migrations and to the tests' clock.
OF_OTHERS = "^(procrastinate_.*|migration|test_clock)$"
COLUMNS = """
    SELECT c.table_name, c.column_name, c.udt_name, c.is_nullable
    FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.table_name !~ $1
        AND c.udt_name <> 'tsvector' -- which Piccolo does not know
"""
#: What PostgreSQL calls Piccolo's types.
TYPES = {
    "BIGINT": "int8",
    "BIGSERIAL": "int8",
    "INTEGER": "int4",
    "SMALLINT": "int2",
    "TEXT": "text",
    "BOOLEAN": "bool",
    "TIMESTAMPTZ": "timestamptz",
    "DATE": "date",
    "TIME": "time",
    "BYTEA": "bytea",
    "JSONB": "jsonb",
    "NUMERIC": "numeric",
}

Columns = set[tuple[str, str, str, str]]


async def in_database(connection: asyncpg.Connection) -> Columns:
    """What there is: table, column, type, nullable."""
    return {tuple(row) for row in await connection.fetch(COLUMNS, OF_OTHERS)}


def in_tables() -> Columns:
    """What portal/tables says."""
    return {
        (table._meta.tablename, column._meta.name, _type(column), "YES" if column._meta.null else "NO")
        for table in (getattr(tables, name) for name in tables.__all__)
        for column in table._meta.columns
    }


def _type(column: Any) -> str:
    if isinstance(column, Array):
        return f"_{TYPES[column.base_column.column_type]}"
    return TYPES[column.column_type]


async def test_migrations_match_tables(rollback: asyncpg.Connection):
    there, named = await in_database(rollback), in_tables()
    assert sorted(there - named) == [], "in the database and not in portal/tables"
    assert sorted(named - there) == [], "in portal/tables and not in the database"


async def test_a_column_too_much_a_lost_one_and_another_type_would_be_found(rollback: asyncpg.Connection):
    """The control."""
    await rollback.execute("ALTER TABLE idea ADD extra text, DROP form_key, ALTER body DROP NOT NULL")
    there, named = await in_database(rollback), in_tables()
    assert {column for _, column, _, _ in there ^ named} == {"extra", "form_key", "body"}


async def test_every_table_of_a_space_refers_to_its_parent_with_the_space(rollback: asyncpg.Connection):
    """What has a parent and a space has a foreign key over both, which moves along."""
    rows = await rollback.fetch(
        "SELECT conrelid::regclass::text AS t, confrelid::regclass::text AS parent, confupdtype FROM pg_constraint"
        " WHERE contype = 'f' AND conkey @> (SELECT array_agg(attnum) FROM pg_attribute"
        " WHERE attrelid = conrelid AND attname = 'space') AND cardinality(conkey) = 2"
    )
    assert {(row["t"], row["parent"]) for row in rows} == {
        ("idea", "campaign"),
        ("question", "campaign"),
        ("campaign_notice", "campaign"),
        ("follow", "campaign"),
        ("follow", "idea"),
        ("follow", "policy"),
        ("idea_version", "idea"),
        ("answer", "idea"),
        ("policy_version", "policy"),
        ("vote", "idea"),
        ("notice", "campaign"),
        ("notice", "idea"),
        ("notice", "comment"),
        ("notice", "answer"),
        ("mute", "campaign"),
        ("mute", "idea"),
        ("budget", "campaign"),
        ("moderation_item", "campaign"),
        ("moderation_item", "idea"),
        ("moderation_item", "comment"),
        ("moderation_item", "attachment"),
        ("report", "moderation_item"),
        ("decision", "moderation_item"),
        ("appeal", "decision"),
        ("comment", "idea"),
        ("comment_day", "idea"),
        ("comment_version", "comment"),
        ("digest", "idea"),
        ("mention", "comment"),
        ("reaction", "comment"),
        ("read_mark", "idea"),
        ("workshop", "campaign"),
        ("capture", "idea"),
        ("capture", "workshop"),
        ("co_author", "idea"),
        ("correction", "idea"),
        ("help_offer", "idea"),
        ("idea_reply", "idea"),
        ("idea_reply", "question"),
        ("status_change", "idea"),
        ("answer_version", "answer"),
        ("search_document", "idea"),
        ("search_document", "comment"),
        ("search_document", "answer"),
        ("search_document", "campaign"),
        ("attachment", "idea"),
        ("invitation", "colleague_wish"),
        ("charter_acceptance", "charter"),
        ("highlight", "idea"),
        ("file_wish", "attachment"),
        ("action_request", "idea"),
        ("action_request", "comment"),
        ("mentorship", "mentor"),
        ("escalation", "idea"),
        ("case_step", "escalation"),
        ("case_role", "escalation"),
        ("case_conflict", "escalation"),
        ("case_note", "escalation"),
        ("case_file", "escalation"),
        ("consultation", "escalation"),
        ("handover", "escalation"),
        ("case_record", "escalation"),
        ("answer_draft", "escalation"),
        ("cluster_item", "idea"),
        ("promise", "idea"),
        ("promise_news", "promise"),
        ("crowd_question", "idea"),
        ("crowd_reply", "crowd_question"),
        ("screening", "idea"),
        ("screening", "comment"),
        ("mask", "idea"),
        ("unmasking", "idea"),
    }
    assert {row["confupdtype"] for row in rows} == {b"c"}, "ON UPDATE CASCADE"


async def test_two_who_migrate_an_empty_database_at_once_both_succeed(cluster: EmbeddedPostgres):
    name = await new_database(cluster)
    try:
        environment = os.environ | {"DATABASE_URL": cluster.dsn(name), "PICCOLO_CONF": "piccolo_conf"}
        both = [
            await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "portal.cli",
                "migrate",
                cwd=ROOT,
                env=environment,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            for _ in range(2)
        ]
        said = [(await process.communicate())[0].decode() for process in both]
        assert [process.returncode for process in both] == [0, 0], said
        connection = await asyncpg.connect(cluster.dsn(name))
        try:
            assert await in_database(connection) == in_tables()
            assert await connection.fetchval("SELECT count(*) = count(DISTINCT name) FROM migration")
        finally:
            await connection.close()
    finally:
        await drop_database(cluster, name)


async def test_who_migrates_waits_for_as_long_as_it_takes(fresh_db):
    await close_pool()
    await open_pool(fresh_db, size=1)
    await execute("SET statement_timeout = '200ms'")
    other = await asyncpg.connect(fresh_db)
    try:
        await other.execute("SELECT pg_advisory_lock($1)", LOCK)
        waiting = asyncio.create_task(migrate())
        await asyncio.sleep(0.6)
        await other.execute("SELECT pg_advisory_unlock($1)", LOCK)
        await waiting
    finally:
        await other.close()
