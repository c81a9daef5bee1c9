"""Rule 7 of escalation: who decides a case moderates nothing of its item."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.policy import Action, Forbidden
from portal.db import transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.moderation.queries import ItemRow


async def refuse_decider(actor: Actor, action: Action, item: ItemRow) -> None:
    """It is refused, and recorded."""
    if actor.id in item.deciders:
        async with transaction():
            await record(
                Kind.MODERATION_REFUSED, actor=actor.id, space=item.space, item=item.public_id, action=action.value
            )
        raise Forbidden(action)
