"""Reading the organisations that guests come from."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import fingerprint
from portal.access.scope import visible
from portal.db import QueryString, fetch, fetch_one
from portal.tables import Membership, Partner, PartnerDomain


class PartnerRow(msgspec.Struct, frozen=True):
    """An organisation whose people are invited. `guests`: how many of them the actor shares a space with."""

    id: int
    public_id: str
    name: str
    domains: list[str]
    guests: int

    @property
    def seen(self) -> str:
        """What its form is filled from."""
        return fingerprint(self.name, sorted(self.domains))


PARTNERS = """
    SELECT o.id, o.public_id, o.name,
        ARRAY(SELECT d.domain FROM partner_domain d WHERE d.partner = o.id AND {} ORDER BY d.domain) AS domains,
        (SELECT count(DISTINCT m.person) FROM membership m WHERE m.partner = o.id AND {})::int AS guests
    FROM partner o WHERE {}
"""


def _partners(actor: Actor) -> tuple[QueryString, QueryString, QueryString]:
    return visible(PartnerDomain, actor, "d"), visible(Membership, actor, "m"), visible(Partner, actor, "o")


async def partners(actor: Actor) -> list[PartnerRow]:
    """All that the actor may know of, by name."""
    return await fetch(PartnerRow, PARTNERS + " ORDER BY lower(o.name), o.id", *_partners(actor))


async def get_partner(actor: Actor, public_id: str) -> PartnerRow | None:
    """One of them."""
    return await fetch_one(PartnerRow, PARTNERS + " AND o.public_id = {}", *_partners(actor), public_id)
