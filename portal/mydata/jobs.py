"""Making the file with somebody's own data, and sweeping out what expired."""

from __future__ import annotations

import asyncio
import re
import zipfile
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from markupsafe import Markup

from portal.access.actor import Actor, actor_of_person
from portal.db import execute, fetch_value
from portal.files import store
from portal.mydata.parts import PARTS
from portal.mydata.queries import everything
from portal.mydata.words import called, meant
from portal.settings import settings
from portal.text.language import Reader, gettext, reader, reading
from portal.web.page import environment

DAYS = 7  # until the file goes
MADE = """
    UPDATE data_export SET file = {}, made_at = plein_now(), expires_at = plein_now() + make_interval(days => {})
    WHERE id = {}
"""
UNSAFE = re.compile(r'[\x00-\x1f<>:"/\\|?*\x7f]')

Data = dict[str, list[dict[str, Any]]]


async def make_export(export: int) -> None:
    """Makes it, as its person sees things at this moment."""
    person = await fetch_value("SELECT person FROM data_export WHERE id = {} AND made_at IS NULL", export)
    actor = await actor_of_person(person) if person is not None else None
    if actor is None:
        return
    file = await asyncio.to_thread(store.keep_made, partial(write, actor, await everything(actor)))
    await execute(MADE, file, DAYS, export)


def write(actor: Actor, data: Data, path: Path) -> None:
    """A zip with the files, and the data twice: as JSON for machines, as a page for people."""
    with (
        reading(Reader.at(actor.now, actor.language, actor.zone)),
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        _add_files(archive, data)
        archive.writestr("data.json", msgspec.json.format(msgspec.json.encode(data), indent=2))
        parts = [(part.title, data[part.key]) for part in PARTS if data[part.key]]
        page = (
            environment()
            .get_template("mydata/export.html")
            .render(
                name=actor.name,
                organisation=actor.organisation_name,
                language=actor.language,
                zone=actor.zone,
                parts=parts,
                called=called,
                shown=_shown,
            )
        )
        archive.writestr("data.html", page)


def _add_files(archive: zipfile.ZipFile, data: Data) -> None:
    """Puts the files themselves into the archive, and where they are there in the place of their names on disk."""
    for part in PARTS:
        for n, row in enumerate(data[part.key] if part.file else [], 1):
            path, name = store.path_of(row[part.file]) if row[part.file] else None, row.get("name", "photo.webp")
            place = f"files/{part.key}-{n}-{UNSAFE.sub('_', name)}"
            row[part.file] = None
            if path and path.exists():
                archive.write(path, place)
                row[part.file] = {"name": name, "address": place}


def _shown(column: str, value: Any) -> str:
    """A value as people read it."""
    value = meant(column, value)
    if value is None or value == "":
        return "–"
    if isinstance(value, dict):
        address = value["address"]
        whole = settings().base_url + address if address.startswith("/") else address
        return Markup('<a href="{}">{}</a>').format(whole, value["name"])
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        return value.astimezone(reader().tz).strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


async def sweep_exports() -> None:
    """Removes what expired."""
    for row in await execute("DELETE FROM data_export WHERE expires_at < plein_now() RETURNING file"):
        if row["file"]:
            store.remove(row["file"])
