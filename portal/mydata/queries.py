"""Reading what is stored about oneself. Rows are a person's own; the idea, campaign or group that they are in is named
only where she may still see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import execute, fetch, fetch_one
from portal.mydata.parts import PARTS, Part
from portal.tables import Campaign, DataExport, Idea, Space

#: How what a row stands in is named.
IDEAS = "SELECT x.id, x.title AS name, '/ideas/' || x.public_id AS address FROM idea x WHERE x.id = ANY({}) AND {}"
CAMPAIGNS = """
    SELECT x.id, x.title AS name, '/campaigns/' || x.public_id AS address FROM campaign x WHERE x.id = ANY({}) AND {}
"""
SPACES = "SELECT x.id, x.name, '/spaces/' || x.public_id AS address FROM space x WHERE x.id = ANY({}) AND {}"


async def own_rows(actor: Actor, part: Part) -> list[dict[str, Any]]:
    """The actor's own rows of one part, oldest first."""
    table = part.table
    columns = [table._meta.get_column_by_name(name) for name in part.columns]
    mine = table._meta.get_column_by_name(part.own) == actor.id
    rows: list[dict[str, Any]] = await table.select(*columns).where(mine).order_by(table._meta.primary_key)
    if ids := _ids(rows, "idea"):
        _name(rows, "idea", await execute(IDEAS, ids, visible(Idea, actor, "x")))
    if ids := _ids(rows, "campaign"):
        _name(rows, "campaign", await execute(CAMPAIGNS, ids, visible(Campaign, actor, "x")))
    if ids := _ids(rows, "space"):
        _name(rows, "space", await execute(SPACES, ids, visible(Space, actor, "x")))
    return rows


def _ids(rows: list[dict[str, Any]], column: str) -> list[int]:
    return list({row[column] for row in rows if row.get(column)})


def _name(rows: list[dict[str, Any]], column: str, places: list[Any]) -> None:
    """Puts name and address in the place of an id; nothing where she doesn't see it."""
    known = {place["id"]: {"name": place["name"], "address": place["address"]} for place in places}
    for row in rows:
        row[column] = known.get(row[column])


async def everything(actor: Actor) -> dict[str, list[dict[str, Any]]]:
    """All that is stored about the actor, by part."""
    return {part.key: await own_rows(actor, part) for part in PARTS}


class ExportRow(msgspec.Struct, frozen=True):
    """A download that was asked for."""

    id: int
    public_id: str
    asked_at: datetime
    made_at: datetime | None
    expires_at: datetime | None


EXPORTS = "SELECT e.id, e.public_id, e.asked_at, e.made_at, e.expires_at FROM data_export e WHERE {}"
FRESH = " AND (e.expires_at IS NULL OR e.expires_at > plein_now())"


async def latest_export(actor: Actor) -> ExportRow | None:
    """The last download that the actor asked for, while it is there."""
    found = await fetch(ExportRow, EXPORTS + FRESH + " ORDER BY e.id DESC LIMIT 1", visible(DataExport, actor, "e"))
    return found[0] if found else None


class Content(msgspec.Struct, frozen=True):
    """The file itself."""

    content: bytes


CONTENT = "SELECT e.content FROM data_export e WHERE {} AND e.public_id = {} AND e.content IS NOT NULL"


async def export_file(actor: Actor, public_id: str) -> Content | None:
    """The actor's own download, as long as it has not expired."""
    return await fetch_one(Content, CONTENT + FRESH, visible(DataExport, actor, "e"), public_id)
