"""Reading starting texts."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import fingerprint
from portal.access.scope import visible
from portal.db import Reading, fetch_one
from portal.tables import AnswerStart


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """What a starting text says."""

    name: str
    language: str
    kind: str
    summary: str
    reason: str
    next_step: str

    @property
    def seen(self) -> str:
        """What its form is filled from."""
        return fingerprint(*(getattr(self, name) for name in Words.__struct_fields__))


class Start(Words, frozen=True, kw_only=True):
    """A short text from which an answer may start."""

    public_id: str


START = """
    SELECT s.public_id, s.name, s.language, s.kind, s.summary, s.reason, s.next_step FROM answer_start s WHERE {}
"""
STARTS = START + " ORDER BY s.language = {} DESC, lower(s.name), s.id LIMIT 200"


def starts_to_choose(actor: Actor) -> Reading[Start]:
    """Those of the organisation, in her language first."""
    return Reading(Start, STARTS, visible(AnswerStart, actor, "s"), actor.language)


async def get_start(actor: Actor, public_id: str) -> Start | None:
    """One of them."""
    return await fetch_one(Start, START + " AND s.public_id = {}", visible(AnswerStart, actor, "s"), public_id)
