"""Adding and changing the organisations that guests come from."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.conflicts import Taken, as_seen, fingerprint, told_apart
from portal.access.policy import Action, require
from portal.db import execute, fetch_value
from portal.events.kinds import Kind
from portal.events.log import record
from portal.partners.queries import PartnerRow, get_partner

NAMES = {"partner_name": Taken}
ADD_PARTNER = "INSERT INTO partner (name, created_by) VALUES ({}, {}) RETURNING id"
ADD_DOMAINS = "INSERT INTO partner_domain (partner, domain) SELECT {}, unnest({}::text[])"


async def add_partner(actor: Actor, name: str, domains: list[str]) -> None:
    """An organisation whose people can be invited from now on. Raises Taken."""
    require(actor, Action.PARTNER_EDIT)
    async with told_apart(NAMES):
        partner = await fetch_value(ADD_PARTNER, name, actor.id)
        await execute(ADD_DOMAINS, partner, domains)
        await record(Kind.PARTNER_SAVED, actor=actor.id, partner=partner)


HOLD = "SELECT id FROM partner WHERE id = {} FOR NO KEY UPDATE"


async def edit_partner(actor: Actor, partner: PartnerRow, name: str, domains: list[str], *, seen: str) -> None:
    """Another name, other domains; who is a guest already stays. Raises Taken, and Changed when it is no longer as it
    was seen."""
    require(actor, Action.PARTNER_EDIT)
    async with told_apart(NAMES):
        await execute(HOLD, partner.id)
        stands = await get_partner(actor, partner.public_id)
        if not as_seen(seen, stands.seen if stands else "", fingerprint(name, sorted(domains))):
            return
        await execute("UPDATE partner SET name = {} WHERE id = {}", name, partner.id)
        await execute("DELETE FROM partner_domain WHERE partner = {}", partner.id)
        await execute(ADD_DOMAINS, partner.id, domains)
        await record(Kind.PARTNER_SAVED, actor=actor.id, partner=partner.id)
