"""Rule 7: who decides a case neither merges, splits nor doubts anything of it, nor names who decides."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.policy import Action, Forbidden
from portal.db import transaction
from portal.escalation.queries import CaseRow, Clustered
from portal.events.kinds import Kind
from portal.events.log import record

#: What moderators do to what others decide.
OF_OTHERS = frozenset(
    {Action.ESCALATION_TRIAGE, Action.ESCALATION_INVALIDATE, Action.ESCALATION_MERGE, Action.ESCALATION_SPLIT}
)


async def refuse_decider(actor: Actor, action: Action, thing: CaseRow | Clustered) -> None:
    """It is refused, and recorded, as in moderation."""
    if action in OF_OTHERS and thing.decides:
        item = thing.idea if isinstance(thing, CaseRow) else thing.id
        async with transaction():
            await record(Kind.MODERATION_REFUSED, actor=actor.id, space=thing.space, idea=item, action=action.value)
        raise Forbidden(action)
