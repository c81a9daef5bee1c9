"""Starting, joining and leaving groups."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.colleagues.queries import Colleague
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.spaces.queries import SpaceRow
from portal.tables.base import new_public_id

START = """
    INSERT INTO space (public_id, kind, name, purpose, language, open, created_by, form_key)
    VALUES ({}, 'group', {}, {}, {}, {}, {}, {}) ON CONFLICT (created_by, form_key) DO NOTHING RETURNING id
"""
BEFORE = "SELECT public_id FROM space WHERE created_by = {} AND form_key = {}"
JOIN = """
    INSERT INTO membership (space, person, role, added_by) VALUES ({}, {}, {}, {})
    ON CONFLICT (space, person, role) DO NOTHING RETURNING id
"""


async def start_group(actor: Actor, *, name: str, purpose: str, language: str, open: bool, form_key: str) -> str:
    """A new group, with the actor as its owner; gives its public id. The same form twice starts one."""
    require(actor, Action.SPACE_START)
    public_id = new_public_id()
    async with transaction():
        space = await fetch_value(START, public_id, name, purpose, language, open, actor.id, form_key)
        if space is None:
            return str(await fetch_value(BEFORE, actor.id, form_key))
        for role in ("owner", "member"):
            await execute(JOIN, space, actor.id, role, actor.id)
        await record(Kind.SPACE_STARTED, actor=actor.id, space=space)
    return public_id


async def join(actor: Actor, space: SpaceRow) -> None:
    """The actor belongs to an open group from now on."""
    require(actor, Action.SPACE_JOIN, space)
    async with transaction():
        if await fetch_value(JOIN, space.id, actor.id, "member", actor.id):
            await record(Kind.SPACE_JOINED, actor=actor.id, space=space.id)


async def leave(actor: Actor, space: SpaceRow) -> None:
    """The actor leaves a group; what she wrote there stays."""
    require(actor, Action.SPACE_LEAVE, space)
    async with transaction():
        await execute("DELETE FROM membership WHERE space = {} AND person = {}", space.id, actor.id)
        await record(Kind.SPACE_LEFT, actor=actor.id, space=space.id)


async def add_member(actor: Actor, space: SpaceRow, colleague: Colleague) -> None:
    """An owner takes a colleague into the group."""
    require(actor, Action.SPACE_ADD_MEMBER, space)
    async with transaction():
        if await fetch_value(JOIN, space.id, colleague.id, "member", actor.id):
            await record(Kind.MEMBER_ADDED, actor=actor.id, space=space.id, member=colleague.id)
