"""Everybody's name and address beside what she wrote, space by space, beside what the rules in words say."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg

from portal.access.of_people import ADDRESS, COMES_FROM, KNOWN_THERE, NAMED
from tests.access.canary import READERS

LEFT = "SELECT d.person, d.space FROM departure d"
FORMER = f"{LEFT} JOIN space s ON s.id = d.space AND s.leavers = 'former'"
#: How it is asked, of each person and space; and what is right.
PAIRS: dict[str, tuple[str, str]] = {
    "address": (
        f"SELECT p.id, s.id, {ADDRESS.format('s.id')} FROM person p, space s",
        f"""SELECT p.id, s.id, CASE WHEN (p.id, s.id) IN ({READERS}) THEN p.public_id ELSE '' END
            FROM person p, space s""",
    ),
    "name": (
        f"SELECT p.id, s.id, n.name FROM person p CROSS JOIN space s {NAMED.format('n', 'p.id', 's.id')}",
        f"""SELECT p.id, s.id, CASE WHEN (p.id, s.id) NOT IN ({FORMER}) THEN n.name END
            FROM person p JOIN identity n ON n.person = p.id, space s""",
    ),
    "organisation": (
        f"SELECT p.id, s.id, {COMES_FROM.format('p.id', 's.id')} FROM person p, space s",
        """SELECT p.id, s.id, (SELECT string_agg(o.name, ', ') FROM partner o WHERE o.id IN (SELECT m.partner
            FROM membership m WHERE m.person = p.id AND m.space = s.id AND coalesce(m.until > plein_now(), TRUE)))
            FROM person p, space s""",
    ),
    "sight": (
        f"SELECT mp.id, k.space, {KNOWN_THERE} FROM person mp, (SELECT id AS space FROM space) k",
        f"SELECT p.id, s.id, (p.id, s.id) IN ({READERS} UNION {LEFT}) FROM person p, space s",
    ),
}


async def wrong_names(connection: asyncpg.Connection) -> AsyncIterator[str]:
    """Who is named, leads somewhere or is known where she should not be, or is not where she should."""
    for what, statements in PAIRS.items():
        asked, right = [{tuple(row) for row in await connection.fetch(sql)} for sql in statements]
        for person, space, told in sorted(asked ^ right, key=str):
            side = "is" if (person, space, told) in asked else "should be"
            yield f"the {what} of {person} in space {space} {side} {told!r}"
