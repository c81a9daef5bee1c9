"""Who owns a space: never nobody, whoever takes that role from somebody, and however many at once."""

from __future__ import annotations

from portal.db import execute, fetch_value

# Those who take owners away take turns. Writing goes on meanwhile.
HOLD = "SELECT id FROM space WHERE id = {} FOR NO KEY UPDATE"
HOLD_OWNED = """
    SELECT s.id FROM space s WHERE s.id IN (
        SELECT m.space FROM membership m WHERE m.person = ANY({}) AND m.role = 'owner')
    ORDER BY s.id FOR NO KEY UPDATE
"""
OTHER = """
    SELECT EXISTS (SELECT FROM membership m JOIN person p ON p.id = m.person AND p.active
        WHERE m.space = {} AND m.role = 'owner' AND m.person <> {} AND (m.until IS NULL OR m.until > plein_now()))
"""


class WithoutOwner(Exception):
    """Nobody would own the space any more."""


async def keep_an_owner(space: int, person: int) -> None:
    """Before this person owns a space no longer, in the caller's transaction. Raises WithoutOwner."""
    await execute(HOLD, space)
    if not await fetch_value(OTHER, space, person):
        raise WithoutOwner


async def hold_owned(people: list[int]) -> None:
    """Before these people leave, in the caller's transaction: what they own alone stays what it is seen to be."""
    await execute(HOLD_OWNED, people)
