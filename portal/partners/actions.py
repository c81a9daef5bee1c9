"""Adding and changing the organisations that guests come from."""

from __future__ import annotations

import asyncpg

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.partners.queries import PartnerRow


class Taken(Exception):
    """There is an organisation of this name already."""


ADD_PARTNER = "INSERT INTO partner (name, created_by) VALUES ({}, {}) RETURNING id"
ADD_DOMAINS = "INSERT INTO partner_domain (partner, domain) SELECT {}, unnest({}::text[])"


async def add_partner(actor: Actor, name: str, domains: list[str]) -> None:
    """An organisation whose people can be invited from now on. Raises Taken."""
    require(actor, Action.PARTNER_EDIT)
    try:
        async with transaction():
            partner = await fetch_value(ADD_PARTNER, name, actor.id)
            await execute(ADD_DOMAINS, partner, domains)
            await record(Kind.PARTNER_SAVED, actor=actor.id, partner=partner)
    except asyncpg.UniqueViolationError:
        raise Taken from None


async def edit_partner(actor: Actor, partner: PartnerRow, name: str, domains: list[str]) -> None:
    """Another name, other domains; who is a guest already stays. Raises Taken."""
    require(actor, Action.PARTNER_EDIT)
    try:
        async with transaction():
            await execute("UPDATE partner SET name = {} WHERE id = {}", name, partner.id)
            await execute("DELETE FROM partner_domain WHERE partner = {}", partner.id)
            await execute(ADD_DOMAINS, partner.id, domains)
            await record(Kind.PARTNER_SAVED, actor=actor.id, partner=partner.id)
    except asyncpg.UniqueViolationError:
        raise Taken from None
