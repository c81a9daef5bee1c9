"""In whose name everybody acts at each address, beside what the rules in words say."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg

from portal.access.actor import Actor
from portal.access.masks import masked

NAMED = "SELECT x.public_id, m.behind, m.person"
#: What hangs under an idea with which nobody goes on in her own name.
NOBODYS = "x.idea IN (SELECT id FROM idea WHERE anonymous)"
#: By how an address begins: what it may name, and in whose name somebody acts there, if not in her own.
PLACES = {
    "ideas": f"{NAMED} FROM idea x LEFT JOIN mask m ON m.idea = x.id AND x.anonymous",
    "posts": f"{NAMED} FROM idea x LEFT JOIN mask m ON m.idea = x.id AND x.anonymous",
    "comments": f"{NAMED} FROM comment x LEFT JOIN mask m ON m.idea = x.idea AND (x.author = m.person OR {NOBODYS})",
    "attachments": f"{NAMED} FROM attachment x LEFT JOIN mask m ON m.idea = x.idea AND (x.author = m.person OR {NOBODYS})",
    "cases": f"{NAMED} FROM escalation x LEFT JOIN mask m ON m.idea = x.idea AND {NOBODYS}",
    "receipts": f"{NAMED} FROM decision x LEFT JOIN mask m USING (person)",
}
#: Where everybody is herself, whatever is named there.
NOWHERE = ("/", "/ideas", "/home/{}", "/people/{}", "/moderation/items/{}", "/cases/{}/conflict")


async def wrong_masks(connection: asyncpg.Connection, actors: dict[str, Actor]) -> AsyncIterator[str]:
    """Who acts in her own name where she has none, or in another's."""
    for place, sql in PLACES.items():
        named = await connection.fetch(f"{sql} ORDER BY x.id")
        for actor in actors.values():
            # of the many that nobody wrote without her name, the first is enough, and the last, which was handed on
            plain = [row for row in named if row["behind"] is None]
            plain = [plain[0], plain[-1]]
            for row in [*plain, *(row for row in named if row["behind"] is not None)] if actor.masks else plain:
                right = row["person"] if row["behind"] == actor.id else actor.id
                here = f"/{place}/{row['public_id']}"
                for path in (here, f"{here}/edit"):
                    told = await masked(actor, path)
                    if told.id != right or (told.masks != [] if right != actor.id else told is not actor):
                        yield f"{actor.name} is {told.id} at {path}, not {right}"
    hidden = await connection.fetchval("SELECT i.public_id FROM idea i JOIN mask m ON m.idea = i.id LIMIT 1")
    for actor in actors.values():
        for path in NOWHERE:
            if await masked(actor, path.format(hidden)) is not actor:
                yield f"{actor.name} is somebody else at {path}"
