"""Reading a space for its record, and the records that were made."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.colleagues.names import names_in
from portal.db import execute, fetch_one
from portal.escalation.queries import CaseRow
from portal.records.case_parts import OF_CASE, OF_ITEM, TEAM_PARTS
from portal.records.parts import PARTS
from portal.spaces.queries import SpaceRow
from portal.tables import CaseRecord, SpaceRecord
from portal.text.mentions import plain

Data = dict[str, list[dict[str, Any]]]


async def everything(reader: Actor, space: SpaceRow) -> Data:
    """All that this reader sees in a space, by part; people whom texts mention are called by their names."""
    data: Data = {}
    for key, _, table, statement in PARTS:
        data[key] = [dict(row) for row in await execute(statement, visible(table, reader, "x"), space.id)]
    return await _named(reader, data)


async def _named(reader: Actor, data: Data) -> Data:
    """Whom the texts mention, by their names."""
    rows = [row for part in data.values() for row in part if row.get("body")]
    names = await names_in(reader, [row["body"] for row in rows])
    for row in rows:
        row["body"] = plain(row["body"], names)
    return data


async def everything_of_case(reader: Actor, case: CaseRow) -> Data:
    """All that this reader sees of a case's item and of the case, by part."""
    data: Data = {}
    for parts, thing in ((OF_ITEM, case.idea), (OF_CASE, case.id)):
        for key, _, table, statement in parts:
            data[key] = [dict(row) for row in await execute(statement, visible(table, reader, "x"), thing)]
    for row in data["timeline"]:
        row["particulars"] = msgspec.json.decode(row["particulars"])
    return await _named(reader, data)


async def of_team(  # access: of a case's record, which goes to who is on the team or, once it is over, to who keeps it
    reader: Actor, case: CaseRow
) -> Data:
    """What is the team's alone."""
    data: Data = {}
    for key, _, statement in TEAM_PARTS:
        data[key] = [dict(row) for row in await execute(statement, case.id)]
    return await _named(reader, data)


class RecordRow(msgspec.Struct, frozen=True):
    """A record that was asked for."""

    id: int
    public_id: str
    asked_at: datetime
    made_at: datetime | None
    expires_at: datetime | None
    sha256: bytes | None
    by: str


LATEST = """
    SELECT r.id, r.public_id, r.asked_at, r.made_at, r.expires_at, r.sha256, coalesce(n.name, '') AS by
    FROM space_record r LEFT JOIN identity n ON n.person = r.asked_by
    WHERE {} AND r.space = {} AND (r.expires_at IS NULL OR r.expires_at > plein_now()) ORDER BY r.id DESC LIMIT 1
"""


async def latest_record(actor: Actor, space: SpaceRow) -> RecordRow | None:
    """The last one of a space, while it is there."""
    return await fetch_one(RecordRow, LATEST, visible(SpaceRecord, actor, "r"), space.id)


class RecordFile(msgspec.Struct, frozen=True):
    """Where a record stands on disk, and of which day it is."""

    file: str
    made_at: datetime


FILE = """
    SELECT r.file, r.made_at FROM space_record r
    WHERE {} AND r.public_id = {} AND r.file IS NOT NULL AND r.expires_at > plein_now()
"""


async def record_file(actor: Actor, public_id: str) -> RecordFile | None:
    """A record's file, for who keeps its space."""
    return await fetch_one(RecordFile, FILE, visible(SpaceRecord, actor, "r"), public_id)


class CaseRecordRow(msgspec.Struct, frozen=True):
    """A record of a case that was asked for; while it is made, nothing but that."""

    public_id: str
    made_at: datetime | None
    expires_at: datetime | None
    sha256: bytes | None


LATEST_OF_CASE = """
    SELECT r.public_id, r.made_at, r.expires_at, r.sha256 FROM case_record r
    WHERE {} AND r.escalation = {} AND (r.expires_at IS NULL OR r.expires_at > plein_now()) ORDER BY r.id DESC LIMIT 1
"""


async def latest_case_record(actor: Actor, case: CaseRow) -> CaseRecordRow | None:
    """The last one that the actor had made of a case, while it is there."""
    return await fetch_one(CaseRecordRow, LATEST_OF_CASE, visible(CaseRecord, actor, "r"), case.id)


FILE_OF_CASE = FILE.replace("space_record", "case_record")


async def case_record_file(actor: Actor, public_id: str) -> RecordFile | None:
    """Its file, for who had it made and may have it still."""
    return await fetch_one(RecordFile, FILE_OF_CASE, visible(CaseRecord, actor, "r"), public_id)
