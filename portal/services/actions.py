"""Keeping the list of services."""

from __future__ import annotations

import asyncpg

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.services.queries import ServiceRow

ADD = """
    INSERT INTO service (name, description, form_key) VALUES ({}, {}, {})
    ON CONFLICT (form_key) DO NOTHING RETURNING public_id
"""
ADDED = "SELECT public_id FROM service WHERE form_key = {}"


async def add_service(actor: Actor, *, name: str, description: str, form_key: str) -> str:
    """A new one; gives its public id. The same form twice adds one. Raises Changed when there is one of that name."""
    require(actor, Action.SERVICE_EDIT)
    try:
        async with transaction():
            public_id = await fetch_value(ADD, name, description, form_key)
            if public_id is None:
                return str(await fetch_value(ADDED, form_key))
            await record(Kind.SERVICE_ADDED, actor=actor.id, service=public_id)
    except asyncpg.UniqueViolationError:
        raise Changed from None
    return str(public_id)


EDIT = """
    UPDATE service SET name = {}, description = {},
        archived_at = CASE WHEN {} THEN coalesce(archived_at, plein_now()) END WHERE id = {}
"""


async def edit_service(actor: Actor, service: ServiceRow, *, name: str, description: str, archived: bool) -> None:
    """Its words; one that is no more is not offered any longer. Raises Changed when another has that name."""
    require(actor, Action.SERVICE_EDIT)
    try:
        async with transaction():
            await execute(EDIT, name, description, archived, service.id)
            await record(Kind.SERVICE_EDITED, actor=actor.id, service=service.public_id)
    except asyncpg.UniqueViolationError:
        raise Changed from None
