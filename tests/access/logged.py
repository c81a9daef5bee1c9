"""What a guest's own SQL may write into the event log, kind by kind, beside what the rules in words say."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg

from portal.db import execute, fetch_value, leave_connection, stand_behind_wall, transaction
from portal.events.kinds import Kind

#: Each way to name what happened: to herself, to what she writes, to somebody besides, to what she reads, and to
#: nothing at all.
WAYS = {
    "herself": "(kind, actor, person) VALUES ('{kind}', {guest}, {guest})",
    "hers": "(kind, actor, space, idea) VALUES ('{kind}', {guest}, {space}, {hers})",
    "people": "(kind, actor, space, person) VALUES ('{kind}', {guest}, {space}, {insider})",
    "there": "(kind, actor, space, idea) VALUES ('{kind}', {guest}, {space}, {theirs})",
    "nothing": "(kind, actor) VALUES ('{kind}', {guest})",
}
#: What guests do, by the ways in which it is told.
DONE = {
    ("herself",): {
        *("person.signed_out", "person.sessions_ended", "person.rules_accepted", "person.edited", "person.data_asked"),
        "screening.settled",
    },
    ("hers",): {
        *("idea.proposed", "idea.edited", "idea.withdrawn", "idea.put_back", "idea.corrected"),
        "idea.question_answered",
    },
    ("people",): {"idea.co_author_invited", "idea.co_author_joined", "idea.co_author_left"},
    ("hers", "there"): {
        *("idea.help_offered", "idea.help_taken_back", "idea.claimed", "idea.capture_refused", "idea.handed_over"),
        *("attachment.added", "attachment.removed", "attachment.asked", "guest.wished", "space.left"),
        *("comment.added", "comment.edited", "comment.removed"),
        *("moderation.reported", "moderation.appealed", "moderation.put_back", "moderation.action_asked"),
    },
}
#: What she could do, told of a place where it is not, or with more than belongs to it. She reads both places.
MISTOLD = (
    "(kind, actor, space, idea) VALUES ('idea.help_offered', {guest}, {space}, {elsewhere})",
    *(
        f"(kind, actor, space, {what}) SELECT 'comment.added', {{guest}}, {{space}}, min(id) FROM {what} o"
        " WHERE o.space <> {space}"
        for what in ("campaign", "comment", "escalation")
    ),
    "(kind, actor, space, answer) SELECT 'comment.added', {guest}, {space}, min(id) FROM answer",
    "(kind, actor, space, person) VALUES ('person.edited', {guest}, {space}, {guest})",
)


async def wrong_log(ids: dict[str, int]) -> AsyncIterator[str]:
    """What she writes there and should not, or should and does not. The transaction is the caller's to undo."""
    done = set[str]().union(*DONE.values())
    for kind in Kind:
        for way, row in (WAYS if kind in done else {"there": WAYS["there"]}).items():
            written = await _writes(row.format(kind=kind, **ids), ids["guest"], ids["space"])
            if written != any(kind in kinds for ways, kinds in DONE.items() if way in ways):
                yield f"a guest {'writes' if written else 'does not write'} {kind} of {way}"
    there = await fetch_value("SELECT space FROM idea WHERE id = {}", ids["elsewhere"])
    for row in (row.format(**ids) for row in MISTOLD):
        if await _writes(row, ids["guest"], ids["space"], there):
            yield f"a guest writes {row}"


async def _writes(row: str, guest: int, *spaces: int) -> bool:
    await stand_behind_wall(guest, list(spaces))
    try:
        async with transaction():
            return bool(await execute(f"INSERT INTO event {row} RETURNING 1"))
    except asyncpg.InsufficientPrivilegeError:
        return False
    finally:
        await leave_connection()
