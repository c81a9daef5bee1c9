"""Reading what is stored about oneself. Rows are a person's own; the idea, campaign or group that they are in is named
only where she may still see it, and so is who is mentioned."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from piccolo.columns.combination import WhereRaw

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.colleagues.names import names_in
from portal.db import QueryString, execute, fetch, fetch_one
from portal.mydata.part import Part
from portal.mydata.parts import ONLY_SEEN, PARTS, SHARED
from portal.tables import Campaign, DataExport, Idea, OrgUnit, Policy, Question, Space, Topic
from portal.text.mentions import plain

PLACE = "of_space"  # the space of a row, whether that is told or not
#: How what a row stands in is named.
IDEAS = """
    SELECT x.id, x.title AS name, CASE x.kind WHEN 'idea' THEN '/ideas/' ELSE '/posts/' END || x.public_id AS address
    FROM idea x WHERE x.id = ANY({}) AND {}
"""
CAMPAIGNS = """
    SELECT x.id, x.title AS name, '/campaigns/' || x.public_id AS address FROM campaign x WHERE x.id = ANY({}) AND {}
"""
QUESTIONS = """
    SELECT x.id, x.label AS name, '/campaigns/' || c.public_id AS address
    FROM question x JOIN campaign c ON c.id = x.campaign WHERE x.id = ANY({}) AND {}
"""
LABELS = "SELECT s.id, s.label FROM space s WHERE s.id = ANY({}) AND s.label <> 'internal'"
POLICIES = (
    "SELECT x.id, x.title AS name, '/policies/' || x.public_id AS address FROM policy x WHERE x.id = ANY({}) AND {}"
)
SPACES = "SELECT x.id, x.name, '/spaces/' || x.public_id AS address FROM space x WHERE x.id = ANY({}) AND {}"

UNITS = "SELECT x.id, x.name FROM org_unit x WHERE x.id = ANY({}) AND {}"
TOPICS = "SELECT x.id, x.name FROM topic x WHERE x.id = ANY({}) AND {}"


async def own_rows(actor: Actor, part: Part) -> list[dict[str, Any]]:
    """The actor's own rows of one part, oldest first."""
    rows = await _rows(part, actor.id)
    labels = {row["id"]: row["label"] for row in await execute(LABELS, _ids(rows, PLACE))}
    for row in rows:
        _keep_back(row, labels.get(row[PLACE]) if row.get(PLACE) else None)
    if part.key in ONLY_SEEN | SHARED:
        rows = await _in_sight(actor, part, rows)
    if ids := _ids(rows, "idea"):
        _name(rows, "idea", await execute(IDEAS, ids, visible(Idea, actor, "x")))
    if ids := _ids(rows, "campaign"):
        _name(rows, "campaign", await execute(CAMPAIGNS, ids, visible(Campaign, actor, "x")))
    if ids := _ids(rows, "question"):
        _name(rows, "question", await execute(QUESTIONS, ids, visible(Question, actor, "x")))
    if ids := _ids(rows, "policy"):
        _name(rows, "policy", await execute(POLICIES, ids, visible(Policy, actor, "x")))
    if ids := _ids(rows, "space"):
        _name(rows, "space", await execute(SPACES, ids, visible(Space, actor, "x")))
    if ids := _ids(rows, "topic"):
        _call(rows, "topic", await execute(TOPICS, ids, visible(Topic, actor, "x")))
    if ids := _ids(rows, "unit"):
        _call(rows, "unit", await execute(UNITS, ids, visible(OrgUnit, actor, "x")))
    if bodies := [row["body"] for row in rows if row.get("body")]:
        names = await names_in(actor, bodies)
        for row in rows:
            row["body"] = plain(row["body"] or "", names)
    return [{name: row[name] for name in part.columns} for row in rows]


def _keep_back(row: dict[str, Any], label: str | None) -> None:
    """Of what stands in a confidential space it is not said in what; of a secret one nothing that was written, either:
    it is read there, and does not leave the portal."""
    if label is not None:
        row.update(dict.fromkeys({"idea", "campaign", "question"} & set(row)))
    if label == "secret":
        row.update({k: None for k, v in row.items() if isinstance(v, str | list) and k != "state"})


async def _in_sight(actor: Actor, part: Part, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that she may see; of what others can change, also the rest, without its texts. An idea that nobody writes
    along on is hers alone."""
    sight = visible(part.table, actor)
    if part.table is Idea:
        sight = QueryString("({} OR NOT EXISTS (SELECT FROM co_author k WHERE k.idea = idea.id))", sight)
    key = part.table._meta.primary_key
    found = part.table.select(key).where(key.is_in([row["id"] for row in rows] or [0]))
    seen = set(await found.where(WhereRaw("{}", sight.for_piccolo())).output(as_list=True))
    if part.key in ONLY_SEEN:
        return [row for row in rows if row["id"] in seen]
    return [
        row
        if row["id"] in seen
        else {k: None if isinstance(v, str | list) and k != "state" else v for k, v in row.items()}
        for row in rows
    ]


async def _rows(part: Part, person: int) -> list[dict[str, Any]]:
    columns = [part.table._meta.primary_key, *map(part.table._meta.get_column_by_name, part.columns)]
    through, _, own = part.own.rpartition(".")
    if through:
        parent = next(each.table for each in PARTS if each.table._meta.tablename == through)
        key = parent._meta.primary_key
        things = await parent.select(key).where(parent._meta.get_column_by_name(own) == person).output(as_list=True)
        if not things:
            return []
        mine = part.table._meta.get_column_by_name(through).is_in(things)
    else:
        mine = part.table._meta.get_column_by_name(own) == person
    if "space" in {column._meta.name for column in part.table._meta.columns}:
        columns.append(part.table._meta.get_column_by_name("space").as_alias(PLACE))
    elif part.table is Space:
        columns.append(part.table._meta.primary_key.as_alias(PLACE))
    rows: list[dict[str, Any]] = await part.table.select(*columns).where(mine).order_by(part.table._meta.primary_key)
    return rows


def _ids(rows: list[dict[str, Any]], column: str) -> list[int]:
    return list({row[column] for row in rows if row.get(column)})


def _name(rows: list[dict[str, Any]], column: str, places: list[Any]) -> None:
    """Puts name and address in the place of an id; nothing where she doesn't see it."""
    known = {place["id"]: {"name": place["name"], "address": place["address"]} for place in places}
    for row in rows:
        row[column] = known.get(row[column])


def _call(rows: list[dict[str, Any]], column: str, things: list[Any]) -> None:
    """Puts the name in the place of an id, of what has no page of its own."""
    names = {thing["id"]: thing["name"] for thing in things}
    for row in rows:
        row[column] = names.get(row[column])


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


class ExportFile(msgspec.Struct, frozen=True):
    """Where the download stands on disk."""

    file: str


FILE = "SELECT e.file FROM data_export e WHERE {} AND e.public_id = {} AND e.file IS NOT NULL"


async def export_file(actor: Actor, public_id: str) -> ExportFile | None:
    """The actor's own download, as long as it has not expired."""
    return await fetch_one(ExportFile, FILE + FRESH, visible(DataExport, actor, "e"), public_id)
