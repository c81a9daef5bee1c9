"""Asking who is behind something anonymous: two people in two roles sign for it, and its author is told."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.access.scope import visible
from portal.db import execute, fetch, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.ideas.queries import IdeaRow
from portal.tables import Unmasking


class Signature(msgspec.Struct, frozen=True):
    """Who asked, as what, and why."""

    person: int
    name: str
    role: str
    reason: str
    created_at: datetime


SIGNATURES = """
    SELECT u.person, coalesce(n.name, '') AS name, u.role, u.reason, u.created_at FROM unmasking u
    LEFT JOIN identity n ON n.person = u.person WHERE u.idea = {} AND {} ORDER BY u.id
"""
BEHIND = """
    SELECT n.name FROM mask m JOIN identity n ON n.person = m.behind
    WHERE m.idea = {} AND (SELECT count(*) FROM unmasking u WHERE u.idea = m.idea) = 2
        AND {} IN (SELECT u.person FROM unmasking u WHERE u.idea = m.idea)
"""


async def signatures(actor: Actor, post: IdeaRow) -> list[Signature]:
    """Who asked so far."""
    return await fetch(Signature, SIGNATURES, post.id, visible(Unmasking, actor, "u"))


async def behind(actor: Actor, post: IdeaRow) -> str | None:  # access: its own statement tells the two who signed
    """Who wrote it, for the two who signed, once both have."""
    name: str | None = await fetch_value(BEHIND, post.id, actor.id)
    return name


#: Two of the same role, or one in both, open nothing: the table holds one signature a person, and one a role.
SIGN = """
    INSERT INTO unmasking (idea, space, person, role, reason)
    SELECT i.id, i.space, {}, r.role, {} FROM idea i, unnest({}::text[]) WITH ORDINALITY r (role, place)
    WHERE i.id = {} AND NOT EXISTS (SELECT FROM unmasking u WHERE u.idea = i.id AND (u.role = r.role OR u.person = {}))
    ORDER BY r.place LIMIT 1 ON CONFLICT DO NOTHING RETURNING id
"""
COUNT = "SELECT count(*) FROM unmasking WHERE idea = {}"
HOLD = "SELECT 1 FROM mask WHERE idea = {} FOR UPDATE"


async def sign(actor: Actor, post: IdeaRow, reason: str) -> bool:
    """Signs in a role of hers that has not signed yet; whether there was one. With the second, its author is told."""
    require(actor, Action.IDEA_UNMASK, post)
    roles = ["moderator"] * (post.space in actor.moderates) + ["administrator"] * actor.administrator
    async with transaction():
        await execute(HOLD, post.id)
        if await fetch_value(SIGN, actor.id, reason, roles, post.id, actor.id) is None:
            return False
        if await fetch_value(COUNT, post.id) == 2:
            await record(Kind.IDEA_UNMASKED, space=post.space, idea=post.id)
    return True
