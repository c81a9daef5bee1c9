"""What the moderators' desk shows of decisions, in one statement."""

from __future__ import annotations

from typing import NamedTuple

from portal.access.actor import Actor
from portal.db import read_together
from portal.moderation.queries import DecisionRow, ItemRow, decisions_on, earlier_decisions, just_decided


class Decided(NamedTuple):
    """Decisions on an item, on other things of its author, and the actor's own last one that she may still undo."""

    decisions: list[DecisionRow]
    earlier: list[DecisionRow]
    undoable: DecisionRow | None


async def decided(actor: Actor, space: int, item: ItemRow | None) -> Decided:
    """The decisions around an item of a space, if there is one."""
    wanted = {"own": just_decided(actor, space)}
    if item:
        wanted |= {"decisions": decisions_on(actor, item), "earlier": earlier_decisions(actor, item)}
    found = await read_together(**wanted)
    undoable = next((row for row in found["own"][:1] if row.appeal is None), None)
    return Decided(found.get("decisions", []), found.get("earlier", []), undoable)
