"""Work by the clock: whose time is over is let go, and personal data go some days later, after the host was told."""

from __future__ import annotations

import msgspec

from portal.db import execute, fetch, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.leaving.deactivation import LEAVE
from portal.leaving.erasure import erase
from portal.leaving.removal import let_go

NOTICE = 7  # days before the data go, as far as there are so many
AT_ONCE = 500  # people in one transaction


class Left(msgspec.Struct, frozen=True):
    """Somebody who left a space; `no_show`: she was to start, and is no employee."""

    person: int
    space: int
    no_show: bool = False


# Her membership stays, so that it can be renewed; whoever renews it makes this undone.
ENDED = """
    INSERT INTO departure (person, space, at)
    SELECT m.person, m.space, max(m.until) FROM membership m JOIN person p ON p.id = m.person AND p.kind = 'guest'
    WHERE m.until <= plein_now() AND NOT EXISTS (
        SELECT FROM departure d WHERE d.person = m.person AND d.space = m.space)
    GROUP BY 1, 2 ORDER BY 1, 2 LIMIT {}
    ON CONFLICT DO NOTHING RETURNING person, space, EXISTS (SELECT FROM space s JOIN person p ON p.id = departure.person
        WHERE s.id = departure.space AND s.preboarding AND p.starts_on IS NOT NULL) AS no_show
"""


async def let_guests_go() -> None:
    """Whose time in a space is over reads it no longer anyway; now it is written down, and what is left ends."""
    async with transaction():
        ended = await fetch(Left, ENDED, AT_ONCE)
        await let_go([left.person for left in ended])
        for left in ended:
            kind = Kind.GUEST_NO_SHOW if left.no_show else Kind.GUEST_LEFT
            await record(kind, space=left.space, member=left.person)


#: When the data of guests go who belong nowhere any more: the longest time that one of their spaces keeps them.
GOING = """
    SELECT d.person, max(d.at + make_interval(days => s.keep_days)) AS goes_at, max(d.announced_at) AS announced_at
    FROM departure d JOIN space s ON s.id = d.space
    JOIN person p ON p.id = d.person AND p.kind = 'guest' AND p.erased_at IS NULL
    WHERE NOT EXISTS (SELECT FROM membership m WHERE m.person = d.person
        AND (m.until IS NULL OR m.until > plein_now()))
    GROUP BY d.person
"""
ANNOUNCE = f"""
    UPDATE departure d SET announced_at = plein_now() FROM ({GOING}) g
    WHERE d.person = g.person AND d.announced_at IS NULL AND g.goes_at < plein_now() + make_interval(days => {{}})
    RETURNING d.person, d.space
"""
# Never before somebody had a day to say no: by then a new invitation has made her departure undone.
DUE = f"""
    SELECT g.person AS id FROM ({GOING}) g
    WHERE g.goes_at < plein_now() AND g.announced_at < plein_now() - interval '1 day' ORDER BY 1 LIMIT {{}}
"""


async def erase_guests() -> None:
    """Tells hosts whose data go within a week, and erases those whose time has come. What they wrote stays."""
    async with transaction():
        for left in await fetch(Left, ANNOUNCE, NOTICE):
            await record(Kind.GUEST_DATA_ENDING, space=left.space, member=left.person)
    for row in await execute(DUE, AT_ONCE):
        async with transaction():
            await execute(LEAVE, row["id"])
            await let_go([row["id"]])
            await erase(None, row["id"])
