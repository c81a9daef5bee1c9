"""Making the file with somebody's own data, and sweeping out what expired."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

import msgspec

from portal.access.actor import Actor, actor_of_person
from portal.db import execute, fetch_value
from portal.mydata.parts import PARTS
from portal.mydata.queries import everything
from portal.text.language import Reader, reading
from portal.web.page import environment

DAYS = 7  # until the file goes
MADE = """
    UPDATE data_export SET content = {}, made_at = plein_now(), expires_at = plein_now() + make_interval(days => {})
    WHERE id = {}
"""


async def make_export(export: int) -> None:
    """Makes it, as its person sees things at this moment."""
    person = await fetch_value("SELECT person FROM data_export WHERE id = {} AND made_at IS NULL", export)
    actor = await actor_of_person(person) if person is not None else None
    if actor is None:
        return
    await execute(MADE, zipped(actor, await everything(actor)), DAYS, export)


def zipped(actor: Actor, data: dict[str, list[dict[str, Any]]]) -> bytes:
    """A zip with the data twice: as JSON for machines, as a page for people."""
    out = io.BytesIO()
    with reading(Reader(actor.language, actor.zone)), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", msgspec.json.format(msgspec.json.encode(data), indent=2))
        parts = [(part.title, data[part.key]) for part in PARTS if data[part.key]]
        page = (
            environment()
            .get_template("mydata/export.html")
            .render(
                name=actor.name,
                organisation=actor.organisation_name,
                language=actor.language,
                parts=parts,
                shown=_shown,
            )
        )
        archive.writestr("data.html", page)
    return out.getvalue()


def _shown(value: Any) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, dict):
        return str(value["name"])
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


async def sweep_exports() -> None:
    """Removes what expired."""
    await execute("DELETE FROM data_export WHERE expires_at < plein_now()")
