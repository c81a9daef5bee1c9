"""In whose name everybody acts at each address, beside what the rules in words say."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg

from portal.access.actor import Actor
from portal.access.masks import masked

#: By how an address begins: what it may name, and in whose name somebody acts there, if not in her own.
PLACES = {
    "ideas": "SELECT x.public_id, m.behind, m.person FROM idea x LEFT JOIN mask m ON m.idea = x.id",
    "posts": "SELECT x.public_id, m.behind, m.person FROM idea x LEFT JOIN mask m ON m.idea = x.id",
    "comments": "SELECT x.public_id, m.behind, m.person FROM comment x LEFT JOIN mask m USING (idea)",
    "attachments": "SELECT x.public_id, m.behind, m.person FROM attachment x LEFT JOIN mask m USING (idea)",
    "cases": "SELECT x.public_id, m.behind, m.person FROM escalation x LEFT JOIN mask m USING (idea)",
    "receipts": "SELECT x.public_id, m.behind, m.person FROM decision x LEFT JOIN mask m USING (person)",
}
#: Where everybody is herself, whatever is named there.
NOWHERE = ("/", "/ideas", "/home/{}", "/people/{}", "/moderation/items/{}", "/cases/{}/conflict")


async def wrong_masks(connection: asyncpg.Connection, actors: dict[str, Actor]) -> AsyncIterator[str]:
    """Who acts in her own name where she has none, or in another's."""
    for place, sql in PLACES.items():
        named = await connection.fetch(sql)
        for actor in actors.values():
            # of the many that nobody wrote without her name, two are enough
            plain = [row for row in named if row["behind"] is None][:2]
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
