"""Finding a mentor for everybody who starts."""

from __future__ import annotations

import msgspec

from portal.db import execute, fetch, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.preboarding.queries import TAKES_A_PLACE

# Of those who look for mentors at the same time, each waits for the one before: no mentor gets more than she offered.
HOLD = "SELECT id FROM space WHERE id = {} AND preboarding FOR NO KEY UPDATE"
GONE = """
    DELETE FROM mentor m WHERE m.space = {} AND NOT EXISTS (
        SELECT FROM readership r JOIN person p ON p.id = r.person AND p.kind = 'employee'
        WHERE r.person = m.person AND r.space = m.space)
"""
LEFT = """
    DELETE FROM mentorship x WHERE x.space = {} AND NOT EXISTS (
        SELECT FROM readership r WHERE r.person = x.person AND r.space = x.space)
"""
ALONE = f"""
    SELECT xp.id FROM person xp WHERE {TAKES_A_PLACE}
        AND EXISTS (SELECT FROM readership r WHERE r.person = xp.id AND r.space = {{}})
        AND EXISTS (SELECT FROM membership b WHERE b.person = xp.id AND b.space = {{}})
        AND NOT EXISTS (SELECT FROM mentorship y WHERE y.person = xp.id AND y.space = {{}})
    ORDER BY xp.starts_on, xp.id
"""
# Whoever looks after the fewest, of those who have a place left.
MATCH = f"""
    INSERT INTO mentorship (space, person, mentor)
    SELECT m.space, {{}}, m.person FROM mentor m CROSS JOIN LATERAL (
        SELECT count(*) AS taken FROM mentorship x JOIN person xp ON xp.id = x.person
        WHERE x.space = m.space AND x.mentor = m.person AND {TAKES_A_PLACE}) t
    WHERE m.space = {{}} AND m.person <> {{}} AND t.taken < m.most ORDER BY t.taken, m.id LIMIT 1
    ON CONFLICT (space, person) DO NOTHING RETURNING mentor
"""


class Alone(msgspec.Struct, frozen=True):
    """Somebody who starts and has no mentor yet."""

    id: int


async def find_mentors(space: int) -> None:
    """Everybody who starts in a space gets somebody who looks after her, as long as there are places."""
    async with transaction():
        if await fetch_value(HOLD, space) is None:
            return
        await execute(GONE, space)
        await execute(LEFT, space)
        for starter in await fetch(Alone, ALONE, space, space, space):
            mentor = await fetch_value(MATCH, starter.id, space, starter.id)
            if mentor is None:
                return
            await record(Kind.MENTOR_FOUND, space=space, member=starter.id, mentor=mentor)


async def find_all_mentors() -> None:
    """In every space: who left makes room, and whoever was left alone is looked after again."""
    for row in await execute("SELECT id FROM space WHERE preboarding AND archived_at IS NULL ORDER BY id"):
        await find_mentors(row["id"])
