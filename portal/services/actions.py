"""Keeping the list of services."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.conflicts import Taken, as_seen, fingerprint, told_apart
from portal.access.policy import Action, require
from portal.db import execute, fetch_value
from portal.events.kinds import Kind
from portal.events.log import record
from portal.services.queries import ServiceRow, get_service

NAMES = {"service_name": Taken}
ADD = """
    INSERT INTO service (name, description, form_key) VALUES ({}, {}, {})
    ON CONFLICT (form_key) DO NOTHING RETURNING public_id
"""
ADDED = "SELECT public_id FROM service WHERE form_key = {}"


async def add_service(actor: Actor, *, name: str, description: str, form_key: str) -> str:
    """A new one; gives its public id. The same form twice adds one. Raises Taken when there is one of that name."""
    require(actor, Action.SERVICE_EDIT)
    async with told_apart(NAMES):
        public_id = await fetch_value(ADD, name, description, form_key)
        if public_id is None:
            return str(await fetch_value(ADDED, form_key))
        await record(Kind.SERVICE_ADDED, actor=actor.id, service=public_id)
    return str(public_id)


HOLD = "SELECT id FROM service WHERE id = {} FOR NO KEY UPDATE"
EDIT = """
    UPDATE service SET name = {}, description = {},
        archived_at = CASE WHEN {} THEN coalesce(archived_at, plein_now()) END WHERE id = {}
"""


async def edit_service(
    actor: Actor, service: ServiceRow, *, name: str, description: str, archived: bool, seen: str
) -> None:
    """Its words; one that is no more is not offered any longer. Raises Taken when another has that name, and Changed
    when it is no longer as it was seen."""
    require(actor, Action.SERVICE_EDIT)
    said = (name, description, archived)
    async with told_apart(NAMES):
        await execute(HOLD, service.id)
        stands = await get_service(actor, service.public_id)
        if as_seen(seen, stands.seen if stands else "", fingerprint(*said)):
            await execute(EDIT, *said, service.id)
            await record(Kind.SERVICE_EDITED, actor=actor.id, service=service.public_id)
