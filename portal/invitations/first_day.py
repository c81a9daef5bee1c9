"""Somebody's one first day, which every space follows in which she is before it."""

from __future__ import annotations

from datetime import date

from portal.db import execute, fetch_value
from portal.events.kinds import Kind
from portal.events.log import record

HERE = "s.id = m.space AND s.preboarding AND m.role = 'member' AND (m.until IS NULL OR m.until > plein_now())"
OTHERS = f"""
    SELECT count(*) FROM membership m JOIN space s ON {HERE}
    WHERE m.person = {{}} AND m.space <> {{}} AND s.host IS DISTINCT FROM {{}}
"""


async def starts_with_others(
    person: int, space: int, host: int | None = None
) -> bool:  # access: asked before moving it
    """Whether she also starts in another space than this one, which is not this host's."""
    return bool(await fetch_value(OTHERS, person, space, host))


STARTS = "UPDATE person SET starts_on = {} WHERE id = {} AND kind = 'guest'"
STOOD = "SELECT starts_on FROM person WHERE id = {} FOR UPDATE"


async def start(person: int, space: int, day: date) -> bool:  # access: called by what an invitation opened
    """Somebody comes in who starts on this day; where she starts in another space too, the later one holds, so that
    nothing opens there before its host said. True where the two were not the same."""
    stood = await fetch_value(STOOD, person)
    shared = stood is not None and await starts_with_others(person, space)
    await execute(STARTS, max(day, stood) if shared else day, person)
    return bool(shared and day != stood)


FOLLOW = f"""
    UPDATE membership m SET until = (p.starts_on + s.no_show_days + 1)::timestamp AT TIME ZONE g.zone
    FROM space s, person p, organisation g WHERE {HERE} AND p.id = m.person AND p.kind = 'guest' AND p.id = {{}}
    RETURNING m.space
"""


async def follow(actor: int, person: int) -> None:  # access: called by what moved it, in its transaction
    """Until when she can come follows in all of her spaces, and each of their hosts hears of it."""
    for row in await execute(FOLLOW, person):
        await record(Kind.FIRST_DAY_MOVED, actor=actor, space=row["space"], member=person)


async def move(actor: int, person: int, day: date) -> None:  # access: called by what the policy allowed
    """She starts on this day."""
    await execute(STARTS, day, person)
    await follow(actor, person)
