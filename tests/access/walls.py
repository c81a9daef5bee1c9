"""What the second wall lets a guest's own SQL read and write, row by row, beside what the rules in words say."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
from piccolo.table import Table

from portal.access.actor import Actor
from portal.access.wall import GATES
from portal.access.wall_build import TOO_MIGHTY
from portal.db import TELL, QueryString, sealed
from tests.access.canary import READERS
from tests.access.sights import Sights, what_is_asked, wrong_sights

#: Who stands behind it: in a space each, and in none any more.
GUESTS = ("guest_a", "guest_b", "former_guest")
#: Read by every guest, whole.
OPEN = {"about_page", "calendar_day", "escalation_setting", "event_queue", "organisation", "working_hours"}
OPEN |= {"sensitive_door", "sensitive_rule", "sensitive_words"}
#: Where a guest's statement fails; and where it finds nothing, because pages ask the same of everybody.
CLOSED = {"case_step", "import_file", "import_line", "import_problem", "invitation_link", "people_import"}
CLOSED |= {"retention_list", "retention_log", "retention_rule", "sealed_record", "search_fresh", "set_up"}
CLOSED |= {
    "credential",
    "password_reset",
    "sign_in_link",
    "throttle",
    "topic_rule",
}
EMPTY = {"absence", "answer_draft", "answer_start", "case_conflict", "case_file", "case_note", "case_record"}
EMPTY |= {
    "handover",
    "consultation",
    "delegate",
    "invitation",
    "mail",
    "org_unit",
    "partner_domain",
    "personnel",
    "policy",
}
EMPTY |= {"policy_version", "screener", "service", "space_record", "space_unit", "topic", "unmasking"}
#: Her own, wherever it stands; and her own in her spaces.
HERS = {"data_export", "guest", "rules_acceptance", "session"}
HERS_THERE = {"action_request", "budget", "charter_acceptance", "colleague_wish", "crowd_reply", "file_wish"}
HERS_THERE |= {"follow", "mentorship", "mute", "pause", "reaction", "read_mark", "screening", "vote"}
#: Who is in her spaces, and who wrote there; $1 is she herself, $2 her spaces.
THERE = f"SELECT r.person FROM ({READERS}) r WHERE r.space = ANY($2)"
KNOWN = f"""SELECT $1 UNION {THERE} UNION SELECT author FROM idea WHERE space = ANY($2)
    UNION SELECT speaks_for FROM idea WHERE space = ANY($2) UNION SELECT author FROM comment WHERE space = ANY($2)"""
#: Of other tables she reads the rows of her spaces, but of these.
ELSE = {
    **dict.fromkeys(OPEN, "TRUE"),
    **dict.fromkeys(EMPTY, "FALSE"),
    **dict.fromkeys(HERS, "person = $1"),
    **dict.fromkeys(HERS_THERE, "person = $1 AND space = ANY($2)"),
    **dict.fromkeys(("identity", "profile"), f"person IN ({KNOWN})"),
    "person": f"id IN ({KNOWN})",
    "space": "id = ANY($2)",
    "mask": "behind = $1",
    "report": "reporter = $1 AND space = ANY($2)",
    "attachment": "space = ANY($2) AND (state = 'shown' OR author = $1)",
    "notice": "person = $1 AND (space IS NULL OR space = ANY($2))",
    "event": "(space IS NULL OR space = ANY($2)) AND (person IS NULL OR person = $1 OR actor = $1)",
    "chapter": """space = ANY($2) AND opens <= (SELECT (plein_now() AT TIME ZONE g.zone)::date - p.starts_on
        FROM person p, organisation g WHERE p.id = $1)""",
    "partner": "id IN (SELECT partner FROM membership WHERE space = ANY($2))",
    "sealed_text": "screening IN (SELECT id FROM screening WHERE person = $1)",
    "search_document": f"(space = ANY($2) OR person IN ({THERE}))",
}
#: What a guest puts, changes or takes away stands in her spaces. It is hers by this column; where there is none here,
#: by what stands above it, which test_wall_writes tries.
WHOSE = {
    **dict.fromkeys(HERS | HERS_THERE | {"decision", "identity", "membership", "notice", "profile"}, "person"),
    **dict.fromkeys(("attachment", "comment", "correction", "status_change"), "author"),
    "event": "actor",
    "person": "id",
    "report": "reporter",
}
#: These hang under comments, of which she sees those of her spaces.
OF_HER_COMMENTS = ("comment_version", "mention")
#: The ideas that she writes, each with whether she put it back; $1 is she herself, $2 her spaces.
WRITES = """
    SELECT i.id, coalesce((SELECT d.put_back_at IS NOT NULL FROM decision d WHERE d.undone_at IS NULL AND d.item IN (
        SELECT m.id FROM moderation_item m WHERE m.idea = i.id) ORDER BY d.id DESC LIMIT 1), FALSE)
    FROM idea i WHERE i.space = ANY($2) AND ($1 = i.author
        OR $1 IN (SELECT c.person FROM co_author c WHERE c.idea = i.id AND c.accepted_at IS NOT NULL)
        OR $1 IN (SELECT c.claimant FROM capture c WHERE c.idea = i.id AND c.state = 'settled'))
"""
#: No guest changes whose a row is, or where it stands.
FIXED = (
    "id",
    "public_id",
    "space",
    "author",
    "person",
    "idea",
    "comment",
    "campaign",
    "created_at",
    "kind",
    "decision",
)
#: An idea is adopted, a post becomes one, and both are dated when they appear: `wall_writes` says whose they may become.
CHANGING = {("idea", "author"), ("idea", "kind"), ("idea", "created_at")}
#: Campaigns are held while something is written there, and by that right nothing of them is changed.
HELD = ("campaign",)
#: But of these the rows are hers alone, whatever she makes of them.
HERS_ALONE = ("profile", "read_mark")
POLICIES = "SELECT tablename, cmd, qual, with_check FROM pg_policies WHERE policyname LIKE 'wall_%' AND cmd <> 'SELECT'"


async def wrong_walls(
    connection: asyncpg.Connection, role: str, guests: dict[str, Actor], should: Sights
) -> AsyncIterator[str]:
    """What each guest reaches and should not, or should and does not. The transaction is the caller's to undo."""
    for name, actor in guests.items():
        person, spaces = actor.id, actor.space_ids
        await connection.fetch(TELL, *sealed(connection, person, spaces))
        for table in GATES:
            async for wrong in _wrong_reading(connection, role, table, person, spaces):
                yield f"{name} {wrong}"
        for policy in await connection.fetch(POLICIES):
            async for wrong in _wrong_writing(connection, policy, person, spaces):
                yield f"{name} {wrong}"
        async for wrong in _wrong_writers(connection, person, spaces):
            yield f"{name} {wrong}"
        if not spaces:  # who is in none finds not even herself
            continue
        await connection.execute(f'SET LOCAL ROLE "{role}"')
        hers = [one for one in what_is_asked({name: actor}) if one.told not in CLOSED | EMPTY]
        async for wrong in wrong_sights(hers, should):
            yield f"behind the wall {wrong}"
        await connection.execute("RESET ROLE")
    async for wrong in _wrong_columns(connection, role):
        yield wrong


async def _wrong_reading(
    connection: asyncpg.Connection, role: str, table: type[Table], person: int, spaces: list[int]
) -> AsyncIterator[str]:
    name, key = table._meta.tablename, table._meta.primary_key._meta.name
    open_to_her = await connection.fetchval("SELECT has_any_column_privilege($1, $2, 'SELECT')", role, name)
    if open_to_her == (name in CLOSED):
        yield f"{'asks' if open_to_her else 'asks not'} {name}"
    if name in CLOSED or not open_to_her:
        return
    typed = f"WITH x AS (SELECT $1::bigint, $2::bigint[]) SELECT {key} FROM {name} WHERE "
    right = {row[0] for row in await connection.fetch(typed + ELSE.get(name, "space = ANY($2)"), person, spaces)}
    await connection.execute(f'SET LOCAL ROLE "{role}"')
    seen = {row[0] for row in await connection.fetch(f"SELECT {key} FROM {name}")}
    await connection.execute("RESET ROLE")
    if seen != right:
        yield f"reads of {name} {sorted(seen - right)} too much and {sorted(right - seen)} too little"


async def _wrong_writing(
    connection: asyncpg.Connection, policy: asyncpg.Record, person: int, spaces: list[int]
) -> AsyncIterator[str]:
    """Which rows of others a policy would let her put, change or take away."""
    name = policy["tablename"]
    columns = {
        row[0] for row in await connection.fetch("SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass", name)
    }
    hers = []
    if name in WHOSE:
        hers.append(f"coalesce({WHOSE[name]}, $1) = $1")
    if "space" in columns and name not in OF_HER_COMMENTS:
        hers.append("(space IS NULL OR space = ANY($2))")
    for rows in (policy["qual"], policy["with_check"]):
        if not rows or not hers:
            continue
        typed = f"WITH x AS (SELECT $1::bigint, $2::bigint[]) SELECT count(*) FROM {name}"
        if found := await connection.fetchval(f"{typed} WHERE {rows} AND NOT ({' AND '.join(hers)})", person, spaces):
            yield f"may {policy['cmd']} {found} rows of {name} that are not hers"


async def _wrong_writers(connection: asyncpg.Connection, person: int, spaces: list[int]) -> AsyncIterator[str]:
    """Which ideas she writes for the wall's own view, and which she writes."""
    written = {tuple(row) for row in await connection.fetch("SELECT idea, put_back FROM wall_writes")}
    right = {tuple(row) for row in await connection.fetch(WRITES, person, spaces)}
    for idea, put_back in sorted(written ^ right):
        yield f"{'writes' if (idea, put_back) in written else 'should write'} {idea}, put back: {put_back}"


async def _wrong_columns(connection: asyncpg.Connection, role: str) -> AsyncIterator[str]:
    """Which keys she may change."""
    for table in GATES:
        name = table._meta.tablename
        for column in table._meta.columns:
            fixed = column._meta.name in FIXED and name not in (*HERS_ALONE, *HELD)
            if (name, column._meta.name) in CHANGING:
                continue
            may = "SELECT has_column_privilege($1, $2, $3, 'UPDATE')"
            if fixed and await connection.fetchval(may, role, name, column._meta.name):
                yield f"a guest may change {name}.{column._meta.name}"


async def wrong_roles(superuser: asyncpg.Connection, role: str) -> AsyncIterator[str]:
    """Which role would serve guests and passes by the wall, or would not serve and could. The transaction is the caller's
    to undo."""
    owner = await superuser.fetchval("SELECT datdba::regrole::text FROM pg_database WHERE datname = current_database()")
    await superuser.execute(f'CREATE ROLE passes_by BYPASSRLS; CREATE ROLE is_owner; GRANT "{owner}" TO is_owner')
    await superuser.execute(f'SET LOCAL ROLE "{owner}"')
    for name, mighty in (("postgres", True), ("passes_by", True), ("is_owner", True), (owner, True), (role, False)):
        sql, values = QueryString(TOO_MIGHTY, name).compile_string()
        told = [row[0] for row in await superuser.fetch(sql, *values)]
        if told != [mighty]:
            yield f"of {name} it is said: {told}"
