"""Masks: whoever wrote something anonymous acts there as nobody, so that nothing that she does there carries her name.

Her request then has an actor with her sight and the id of her mask: texts, comments, events and versions are the
mask's, whichever code writes them.
"""

from __future__ import annotations

import re

import msgspec

from portal.access.actor import Actor
from portal.db import fetch_value

#: Where something anonymous may stand, with its address; whoever was named to decide it says as herself that she does
#: not, which tells no more than that somebody declared a conflict of interest.
PLACES = re.compile(r"(?!/cases/[^/]+/conflict$)/(?:ideas|posts|comments|attachments|receipts|cases)/([^/]+)")
# Once somebody else goes on with it, in her own name, whoever began it is nobody there no longer, but for what she
# wrote as nobody.
MASK = """
    SELECT m.person FROM mask m JOIN idea i ON i.id = m.idea CROSS JOIN (SELECT {}::text AS here) a
    WHERE m.behind = {} AND (i.anonymous AND i.public_id = a.here
        OR EXISTS (SELECT FROM comment k WHERE k.public_id = a.here AND k.idea = i.id
            AND (i.anonymous OR k.author = m.person))
        OR EXISTS (SELECT FROM attachment f WHERE f.public_id = a.here AND f.idea = i.id
            AND (i.anonymous OR f.author = m.person))
        OR i.anonymous AND EXISTS (SELECT FROM escalation e WHERE e.public_id = a.here AND e.idea = i.id)
        OR EXISTS (SELECT FROM decision d WHERE d.public_id = a.here AND d.person = m.person)) LIMIT 1
"""


async def masked(actor: Actor, path: str) -> Actor:
    """Herself; or, where something anonymous of hers stands, her mask."""
    place = PLACES.match(path) if actor.masks else None
    mask = await fetch_value(MASK, place.group(1), actor.id) if place else None
    return msgspec.structs.replace(actor, id=mask, masks=[]) if mask is not None else actor
