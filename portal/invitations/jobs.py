"""Work by the clock: whose time ends is told, who answers for guests is replaced, what led nowhere is forgotten."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from portal.db import execute, fetch, transaction
from portal.events.kinds import Kind
from portal.events.log import record

# Four weeks before the end, but not before half of the time is over; once for each end. Who starts soon leaves by her
# first day, of which her host is told.
ENDING = """
    UPDATE membership m SET reminded_for = m.until FROM person p
    WHERE p.id = m.person AND p.active AND p.kind = 'guest' AND m.until > plein_now()
        AND m.until - least(interval '28 days', (m.until - m.created_at) / 2) < plein_now()
        AND m.reminded_for IS DISTINCT FROM m.until
        AND NOT EXISTS (SELECT FROM space s WHERE s.id = m.space AND s.preboarding AND p.starts_on IS NOT NULL)
    RETURNING m.space, m.person, m.sponsor
"""
# Guests whose sponsor is deactivated get the owner of the space who has been it for longest; where there is none, who
# has the right to host in a unit of the space, or else in that of the one who left.
ORPHANED = """
    SELECT DISTINCT m.space, m.sponsor AS former, coalesce(
        (SELECT o.person FROM membership o JOIN person op ON op.id = o.person AND op.active
            WHERE o.space = m.space AND o.role = 'owner' AND (o.until IS NULL OR o.until > plein_now())
            ORDER BY o.id LIMIT 1),
        (SELECT h.person FROM membership h JOIN person hp ON hp.id = h.person AND hp.active
            WHERE h.role = 'host' AND (hp.org_unit = sp.org_unit
                OR hp.org_unit IN (SELECT x.unit FROM space_unit x WHERE x.space = m.space))
            ORDER BY hp.org_unit = sp.org_unit, h.id LIMIT 1)) AS heir
    FROM membership m JOIN person p ON p.id = m.person AND p.active AND p.kind = 'guest'
    JOIN person sp ON sp.id = m.sponsor AND NOT sp.active
    WHERE m.until IS NULL OR m.until > plein_now() ORDER BY 1, 2
"""
HAND_OVER = "UPDATE membership SET sponsor = {} WHERE space = {} AND sponsor = {} RETURNING id"
NEW_HOST = "UPDATE space SET host = {} WHERE id = {} AND host = {}"
LEAD = """
    INSERT INTO membership (space, person, role) SELECT {}, {}, r FROM unnest(ARRAY['owner', 'member']) r
    WHERE NOT EXISTS (SELECT FROM membership o WHERE o.space = {} AND o.person = {} AND o.role = 'owner')
    ON CONFLICT (space, person, role) DO NOTHING RETURNING role
"""
# Whose address was kept for an invitation that led nowhere, or for a wish that is decided.
FORGET_REFUSED = """
    DELETE FROM invitation WHERE state IN ('refused', 'revoked') AND ended_at < plein_now() - interval '7 days'
        OR state = 'open' AND expires_at < plein_now() - interval '30 days'
"""
FORGET_WHO_ASKED = """
    UPDATE invitation SET wish = NULL
    WHERE wish IS NOT NULL AND state = 'accepted' AND ended_at < plein_now() - interval '30 days'
"""
FORGET_WISHES = """
    DELETE FROM colleague_wish w WHERE w.decided_at < plein_now() - interval '30 days'
        AND NOT EXISTS (SELECT FROM invitation i WHERE i.wish = w.id)
"""


class Ending(msgspec.Struct, frozen=True):
    """A guest whose time ends, and who answers for her."""

    space: int
    person: int
    sponsor: int | None


class Orphaned(msgspec.Struct, frozen=True):
    """A space with guests for whom nobody answers any more, and who is to."""

    space: int
    former: int
    heir: int | None


async def look_after_guests() -> None:
    """All of it; what was done is not done again."""
    async with transaction():
        for row in await fetch(Orphaned, ORPHANED):
            await _hand_over(row)
    async with transaction():
        together: dict[tuple[int, int | None], list[int]] = defaultdict(list)
        for ending in await fetch(Ending, ENDING):
            together[ending.space, ending.sponsor].append(ending.person)
        for (space, sponsor), people in sorted(together.items(), key=str):
            members = ",".join(map(str, sorted(people)))
            await record(Kind.GUESTS_ENDING, space=space, sponsor=sponsor, members=members)
    await execute(FORGET_REFUSED)
    await execute(FORGET_WHO_ASKED)
    await execute(FORGET_WISHES)


async def _hand_over(row: Orphaned) -> None:
    if not await execute(HAND_OVER, row.heir, row.space, row.former):
        return
    if row.heir is not None:
        await execute(NEW_HOST, row.heir, row.space, row.former)
        if await execute(LEAD, row.space, row.heir, row.space, row.heir):
            await record(Kind.ROLE_GIVEN, space=row.space, member=row.heir, role="owner")
    await record(Kind.SPONSOR_LEFT, space=row.space, sponsor=row.heir, former=row.former)
