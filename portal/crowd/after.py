"""All that comes after an answer, as the pages of a case and of an item show it: read with what else is there, in one
statement."""

from __future__ import annotations

from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.access.policy import Action, allowed
from portal.crowd import queries
from portal.db import Reading


class Kept(msgspec.Struct, frozen=True):
    """A promise with what was told of it, what supporters say of it, and what the reader may do to it."""

    promise: queries.PromiseRow
    told: list[queries.Told]
    asked: queries.QuestionRow | None
    may: tuple[str, ...]

    @property
    def dates_before(self) -> list[queries.Told]:
        """When its date was another, the first one first."""
        return [one for one in reversed(self.told) if one.was_due_on]


class After(msgspec.Struct, frozen=True):
    """What supporters are asked of the answer, the promises, and the objections with the first of them."""

    asked: queries.QuestionRow | None
    promises: list[Kept]
    objections: queries.Objections
    first: list[queries.Objection]


def readings(
    actor: Actor, idea: int, *, asked: bool = True, promised: bool = True, objected: bool = True
) -> dict[str, Reading[Any]]:
    """What is to be read for it; without those of which it is known that there are none."""
    wanted: dict[str, Reading[Any]] = {}
    if asked:
        wanted["crowd_questions"] = queries.questions_of(actor, idea)
    if promised:
        wanted["crowd_promises"] = queries.promises_of(actor, idea)
        wanted["crowd_told"] = queries.told_of(actor, idea)
    if objected:
        wanted["crowd_objections"] = queries.objections_of(actor, idea)
        wanted["crowd_first"] = queries.first_objections(actor, idea)
    return wanted


def gathered(actor: Actor, found: dict[str, list[Any]]) -> After:
    """What was read, put together."""
    asked: list[queries.QuestionRow] = found.get("crowd_questions", [])
    told: list[queries.Told] = found.get("crowd_told", [])
    return After(
        next((one for one in asked if one.promise is None), None),
        [
            Kept(
                row,
                [one for one in told if one.promise == row.id],
                next((one for one in asked if one.promise == row.id), None),
                allowed(actor, row, Action.PROMISE_TELL, Action.PROMISE_MOVE),
            )
            for row in found.get("crowd_promises", ())
        ],
        next(iter(found.get("crowd_objections", ())), queries.Objections(0, mine=False)),
        found.get("crowd_first", []),
    )
