"""What is new is told of in its author's name, or in nobody's."""

from __future__ import annotations

from portal.db import execute, fetch_value
from portal.events.kinds import Kind
from portal.events.log import record

# Who is nobody gets a person of her own, who is called a colleague in the language of the post; then all that is there
# of it already is hers.
MASK = """
    WITH i AS (
        SELECT x.* FROM idea x WHERE x.id = {} AND x.anonymous AND x.kind IN ('discussion', 'idea')
            AND NOT EXISTS (SELECT FROM mask m WHERE m.idea = x.id)),
    made AS (INSERT INTO person (kind, active, demo)
        SELECT 'mask', FALSE, p.demo FROM i JOIN person p ON p.id = i.author RETURNING id),
    called AS (INSERT INTO identity (person, name, email, language, zone)
        SELECT made.id, CASE i.language WHEN 'nl' THEN 'Een collega' ELSE 'A colleague' END,
            'mask-' || made.id || '@invalid', i.language, o.zone FROM i, made, organisation o)
    INSERT INTO mask (person, behind, idea, space) SELECT made.id, i.author, i.id, i.space FROM i, made
    RETURNING person
"""
ANONYMOUS = "SELECT anonymous FROM idea WHERE id = {}"
SIGN = """
    WITH files AS (UPDATE attachment SET author = {} WHERE idea = {})
    UPDATE idea SET author = {}, edited_by = NULL WHERE id = {}
"""


async def announce(idea: int, space: int, author: int) -> None:
    """It is there, in its author's name, or in nobody's; in the caller's transaction."""
    # Guests are never anonymous, and their requests make no persons.
    mask = await fetch_value(MASK, idea) if await fetch_value(ANONYMOUS, idea) else None
    if mask is not None:
        await execute(SIGN, mask, idea, mask, idea)
    await record(Kind.IDEA_PROPOSED, actor=mask or author, space=space, idea=idea)
