"""Names for the people to whom texts refer: one way for every page, mail and file."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import fetch
from portal.tables import Departure, Identity
from portal.text.mentions import mentioned


class Called(msgspec.Struct, frozen=True):
    """Somebody, as `text.mentions` takes her: the public id, and behind it the name."""

    entry: str


NAMES = """
    SELECT p.public_id || n.name AS entry FROM person p JOIN identity n ON n.person = p.id
    WHERE p.public_id = ANY({}) AND p.active AND {}
    UNION SELECT p.public_id FROM person p JOIN departure d ON d.person = p.id WHERE p.public_id = ANY({}) AND {}
        AND NOT EXISTS (SELECT FROM reading r WHERE r.person = p.id AND r.space = ANY({})) ORDER BY 1
"""


def _asked(actor: Actor, ids: list[str]) -> tuple[object, ...]:
    return ids, visible(Identity, actor, "n"), ids, visible(Departure, actor, "d"), actor.space_ids


async def names_in(actor: Actor, texts: Iterable[str]) -> tuple[str, ...]:
    """The names of those who are mentioned in texts, as far as the actor knows them; guests who left have none."""
    ids = sorted({each for text in texts if "@{" in text for each in mentioned(text)})
    if not ids:
        return ()
    return tuple(row.entry for row in await fetch(Called, NAMES, *_asked(actor, ids)))
