"""What is known of whoever asks, beside what the rules in words say: the actor, out of her session."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg

from portal.access.actor import OF_PERSON, Actor, actor_of_person, actor_of_session
from portal.access.tokens import token_sha256
from portal.access.unread import unread
from portal.db import execute
from tests.access.canary import LASTS, ON_CASES, ROWS, SPACES, sight_of

PAUSED = """ended_at IS NULL AND until > plein_now()
    AND (person = $1 OR person IN (SELECT person FROM mask WHERE behind = $1))"""
#: Each field of the actor that rules ask for; $1 is she herself, $2 her spaces, $3 the ideas that she sees.
FACTS = {
    "id": "SELECT $1",
    "kind": "SELECT kind FROM person WHERE id = $1",
    "space_ids": SPACES,
    "role_rows": f"SELECT space || ':' || role FROM membership WHERE {LASTS} AND role NOT IN ('member')",
    "denied": """SELECT space || ':write' FROM membership WHERE person = $1 AND NOT may_write
        UNION ALL SELECT space || ':vote' FROM membership WHERE person = $1 AND NOT may_vote
        UNION ALL SELECT space || ':download' FROM membership WHERE person = $1 AND NOT may_download""",
    "still": """SELECT s.id FROM space s, organisation g WHERE s.id = ANY($2)
        AND (s.archived_at IS NOT NULL OR s.ends_on < (plein_now() AT TIME ZONE g.zone)::date)""",
    "with_guests": "SELECT id FROM space WHERE id = ANY($2) AND kind IN ('guest', 'section')",
    "paused_in": f"SELECT space FROM pause WHERE {PAUSED}",
    "paused_until": f"SELECT until FROM pause WHERE {PAUSED}",
    "on_cases": f"SELECT o.idea FROM ({ON_CASES}) o JOIN idea i ON i.id = o.idea WHERE i.space <> ALL($2)",
    "has_cases": f"""SELECT EXISTS (SELECT FROM case_role WHERE person = $1 AND until IS NULL) OR EXISTS (
        SELECT FROM escalation WHERE state IN ('qualifying', 'triage') AND space IN (
            SELECT space FROM membership WHERE {LASTS} AND role IN ('moderator', 'owner')))""",
    "masks": "SELECT person FROM mask WHERE behind = $1",
    "day": """SELECT (plein_now() AT TIME ZONE g.zone)::date - p.starts_on FROM person p, organisation g
        WHERE p.id = $1""",
    "rules": "SELECT CASE WHEN kind = 'guest' THEN plein_rules_to_accept(id) END FROM person WHERE id = $1",
    # of the first hundred bundles: from there on it says "99+"
    "unread": f"""SELECT count(DISTINCT bundle) FROM notice WHERE read_at IS NULL AND id IN ({ROWS["notice"]})
        AND bundle IN (SELECT DISTINCT bundle FROM notice WHERE person = $1 AND read_at IS NULL ORDER BY 1 LIMIT 100)""",
}
#: What is added to a good token in those of the sessions that are good no more (`variety.py`).
NO_GOOD = (".idle", ".expired", ".older")
Facts = dict[str, dict[str, list[str]]]


async def should_be_known(connection: asyncpg.Connection, people: dict[str, int]) -> Facts:
    """By name and field, as text."""
    found: Facts = {}
    for name, person in people.items():
        rows = (await sight_of(connection, person)).rows
        known = found[name] = {}
        for fact, sql in FACTS.items():
            typed = f"WITH x AS (SELECT $1::bigint, $2::bigint[], $3::bigint[]) {sql}"
            told = await connection.fetch(typed, person, sorted(rows["space"]), sorted(rows["idea"]))
            known[fact] = sorted(str(row[0]) for row in told)
    return found


async def wrong_facts(connection: asyncpg.Connection, people: dict[str, int], should: Facts) -> AsyncIterator[str]:
    """What is known wrongly of somebody, and who comes in and should not."""
    for name, person in people.items():
        token = await connection.fetchval("SELECT public_id FROM person WHERE id = $1", person)
        signed_in = await actor_of_session(token_sha256(token), unread())
        if signed_in is None:
            yield f"{name} is not known by her session"
            continue
        for fact, right in should[name].items():
            if (told := _as_text(getattr(signed_in, fact))) != right:
                yield f"of {name} {fact} is {told}, not {right}"
        if len(await execute(OF_PERSON, person)) != 1:
            yield f"{name} is known more than once"
        without = await actor_of_person(person)
        assert without is not None
        for fact in should[name].keys() - {"unread"}:
            if getattr(without, fact) != getattr(signed_in, fact):
                yield f"of {name} {fact} is another without her session"
        for ending in NO_GOOD:
            if await actor_of_session(token_sha256(token + ending), unread()):
                yield f"{name} comes in by a session that ended: {ending}"
    for row in await connection.fetch("SELECT id, public_id FROM person WHERE NOT active"):
        known: list[Actor | None] = [await actor_of_person(row["id"])]
        known.append(await actor_of_session(token_sha256(row["public_id"]), unread()))
        if any(known):
            yield f"{row['id']} is known, who is not active"


def _as_text(value: object) -> list[str]:
    return sorted(map(str, value)) if isinstance(value, list) else [str(value)]
