"""As whom everybody looks through a guest's eyes, beside what the rules in words say."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import msgspec

from portal.access.actor import Actor
from portal.access.eyes import as_guest, as_plain_reader
from tests.access.canary import INVITES

#: The spaces through whose guests' eyes somebody looks; $1 is she herself, $2 her spaces.
LOOKS = f"""SELECT s.id FROM space s, person p WHERE p.id = $1 AND p.kind <> 'guest' AND s.id = ANY($2)
    AND s.kind IN ('guest', 'section') AND s.id IN ({INVITES})"""
#: What is nobody's: who looks so has no past, no duty and no right of her own.
NOTHING = {
    "id": 0,
    "role_rows": [],
    "paused_in": [],
    "paused_until": [],
    "on_cases": [],
    "masks": [],
    "has_cases": False,
}


async def wrong_eyes(connection: asyncpg.Connection, actors: dict[str, Actor]) -> AsyncIterator[str]:
    """Who looks as a guest where she does not answer for it, or does not where she does; and as whom."""
    spaces = await connection.fetch("SELECT id, public_id FROM space")
    for name, actor in actors.items():
        typed = "WITH x AS (SELECT $1::bigint, $2::bigint[]) " + LOOKS
        right = {row["id"] for row in await connection.fetch(typed, actor.id, actor.space_ids)}
        for space in spaces:
            guest = await as_guest(actor, space["public_id"])
            if (guest is not None) != (space["id"] in right):
                yield f"{name} {'looks' if guest else 'does not look'} as a guest of {space['id']}"
            here, id_ = [space["id"]], space["id"]
            kept = {"kind": "guest", "eyes": space["public_id"], "space_ids": here, "with_guests": here, "unread": 0}
            if guest is not None and not _is(guest, NOTHING | kept | {"denied": [f"{id_}:write", f"{id_}:vote"]}):
                yield f"{name} looks as a guest as {guest}"
        if await as_guest(actor, "zzzzzzzzzzzz") is not None:
            yield f"{name} looks as a guest of a space that never was"
        if not _is(
            as_plain_reader(actor, 7), NOTHING | {"kind": "employee", "space_ids": [7], "denied": [], "day": None}
        ):
            yield f"{name} reads as {as_plain_reader(actor, 7)}"


def _is(actor: Actor, facts: dict[str, object]) -> bool:
    return {name: value for name, value in msgspec.structs.asdict(actor).items() if name in facts} == facts
