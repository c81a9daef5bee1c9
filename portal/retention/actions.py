"""Setting the retention list: a new version, with who consented to it."""

from __future__ import annotations

from datetime import date

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record

#: The newest list is found after whoever writes one has finished.
ONE_AT_A_TIME = "LOCK TABLE retention_list IN SHARE ROW EXCLUSIVE MODE"
SET = """
    INSERT INTO retention_list (author, reason, consent_by, consent_on)
    SELECT {}, {}, {}, {} WHERE coalesce((SELECT max(id) FROM retention_list), 0) = {} RETURNING id
"""
RULE = "INSERT INTO retention_rule (list, kind, years, ground) VALUES ({}, {}, {}, {})"


async def set_list(
    actor: Actor,
    rules: dict[str, tuple[int | None, str]],
    *,
    reason: str,
    consent_by: str,
    consent_on: date,
    read: int,
) -> None:
    """Another version, which holds for every case that has ended. `rules`: by kind, the years and the ground; `read`:
    the version that it was made from. Raises Changed."""
    require(actor, Action.RETENTION_SET)
    async with transaction():
        await execute(ONE_AT_A_TIME)
        made = await fetch_value(SET, actor.id, reason, consent_by, consent_on, read)
        if made is None:
            raise Changed
        for kind, (years, ground) in rules.items():
            await execute(RULE, made, kind, years, ground)
        await record(Kind.RETENTION_SET, actor=actor.id, space=actor.organisation_space, list=made)
