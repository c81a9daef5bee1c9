"""Making the record of a space, and sweeping out what expired."""

from __future__ import annotations

import asyncio
import hashlib
import re
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from portal.access.actor import Actor, actor_of_person
from portal.access.eyes import as_plain_reader
from portal.access.policy import Action, can
from portal.db import execute, fetch_one
from portal.files import store
from portal.records.parts import PARTS
from portal.records.queries import Data, everything
from portal.spaces.queries import SpaceRow, get_space
from portal.text.language import Reader, gettext, reading
from portal.web.page import environment

DAYS = 7  # until the file goes
UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*\x7f]')


class RecordOrder(msgspec.Struct, frozen=True):
    """Who asked for the record of which space, and how confidential that was."""

    space: str
    label: str
    asked_by: int
    language: str
    zone: str


ASKED = """
    SELECT s.public_id AS space, r.label, r.asked_by, s.language, g.zone
    FROM space_record r JOIN space s ON s.id = r.space AND s.label = r.label CROSS JOIN organisation g
    WHERE r.id = {} AND r.made_at IS NULL
"""
MADE = """
    UPDATE space_record SET file = {}, sha256 = {}, made_at = plein_now(),
        expires_at = plein_now() + make_interval(days => {}) WHERE id = {}
"""


async def make_record(space_record: int) -> None:
    """Makes it, as a plain reader sees the space at this moment; nothing for who keeps it no longer."""
    asked = await fetch_one(RecordOrder, ASKED, space_record)
    actor = await actor_of_person(asked.asked_by) if asked else None
    space = await get_space(actor, asked.space) if actor and asked else None
    if actor is None or asked is None or space is None or not can(actor, Action.SPACE_RECORD, space):
        await execute("DELETE FROM space_record WHERE id = {} AND made_at IS NULL", space_record)
        return
    data = await everything(as_plain_reader(actor, space.id), space)
    with reading(Reader(asked.language, asked.zone)):
        file = await asyncio.to_thread(store.keep_made, partial(write, actor, space, data, asked.zone))
    sha256 = await asyncio.to_thread(sum_of, store.path_of(file))
    await execute(MADE, file, sha256, DAYS, space_record)


def write(actor: Actor, space: SpaceRow, data: Data, zone: str, path: Path) -> None:
    """A zip with the files, and what was written twice: as JSON for machines, as a page for people."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        secret = space.label == "secret"
        _add_files(archive, data, secret)
        about = _about(actor, space, data, zone)
        kept: Data = {} if secret else data
        text = msgspec.json.format(msgspec.json.encode({"about": about, **kept}), indent=2)
        archive.writestr("record.json", text)
        parts = [(part.title, kept[part.key]) for part in PARTS if kept.get(part.key)]
        counts = [(part.title, len(data[part.key])) for part in PARTS]
        page = environment().get_template("records/file.html")
        archive.writestr(
            "record.html",
            page.render(about=about, parts=parts, counts=counts, language=space.language, shown=shown),
        )


def _add_files(archive: zipfile.ZipFile, data: Data, secret: bool) -> None:
    """The files themselves with their checksums; of what is secret neither."""
    for n, row in enumerate(data["files"], 1):
        path = store.path_of(row.pop("file"))
        if secret or not path.exists():
            continue
        row["address"] = f"files/{n}-{UNSAFE.sub('_', row['name'])}"
        row["sha256"] = sum_of(path).hex()
        archive.write(path, row["address"])


def _about(actor: Actor, space: SpaceRow, data: Data, zone: str) -> dict[str, Any]:
    """What the record is of, who had it made, and what it leaves out for which reason."""
    secret = space.label == "secret"
    left_out = [
        gettext("Drafts, and what moderators hid or removed: no reader of the space sees them."),
        gettext("Who voted for what, who follows and who read what: nobody but those people sees it."),
        gettext("Reports, receipts and what moderators noted: they are between those people and the moderators."),
        gettext("Mail addresses, and the names of guests who left where the space keeps none."),
    ]
    if secret:
        left_out.insert(0, gettext("Every text, name and file: the space is secret, and what is secret is read there."))
    return {
        "organisation": actor.organisation_name,
        "space": space.public_id if secret else space.name,
        "purpose": "" if secret else space.purpose,
        "kind": space.kind,
        "label": space.label,
        "began": space.created_at,
        "ends_on": space.ends_on,
        "archived_at": space.archived_at,
        "made_at": actor.now,
        "made_by": actor.name,
        "zone": zone,
        "numbers": {part.key: len(data[part.key]) for part in PARTS},
        "left_out": left_out,
    }


def shown(value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if hasattr(value, "isoformat"):
        return str(value.isoformat(" ", "minutes") if hasattr(value, "hour") else value.isoformat())
    return "–" if value is None or value == "" else str(value)


def sum_of(path: Path) -> bytes:
    """A file's checksum."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


EXPIRED = """
    WITH of_spaces AS (DELETE FROM space_record WHERE expires_at < plein_now() RETURNING file),
    of_cases AS (DELETE FROM case_record WHERE expires_at < plein_now() RETURNING file)
    SELECT file FROM of_spaces UNION ALL SELECT file FROM of_cases
"""


async def sweep_records() -> None:
    """Removes what expired."""
    for row in await execute(EXPIRED):
        if row["file"]:
            store.remove(row["file"])
