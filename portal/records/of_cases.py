"""Making the record of a case (rule 24): one dated file with the item, its thread, the case and its answers, and, for
who may have them, the notes, files and advice of the team. The same at the same moment, byte for byte."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
import zipfile
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from portal.access.actor import Actor, actor_of_person
from portal.access.eyes import as_plain_reader
from portal.access.policy import Action, can
from portal.db import execute, fetch_one
from portal.escalation.queries import CaseRow, get_case
from portal.files import store
from portal.records.case_parts import PARTS, TEAM_PARTS
from portal.records.jobs import DAYS, UNSAFE, shown, sum_of
from portal.records.queries import Data, everything_of_case, of_team
from portal.text.cases import STATES
from portal.text.language import Reader, gettext, reading
from portal.web.page import environment

#: Of every entry, so that what is the same inside is the same file.
NO_DATE = (1980, 1, 1, 0, 0, 0)


class RecordOrder(msgspec.Struct, frozen=True):
    """Who asked for the record of which case, and why; `label`: of its space, when it was asked for and now."""

    case: str
    person: int
    whole: bool
    language: str
    zone: str
    reason: str
    label: str
    title: str


ASKED = """
    SELECT x.public_id AS "case", r.person, r.whole, r.language, g.zone, r.reason, r.label, i.title
    FROM case_record r JOIN escalation x ON x.id = r.escalation JOIN idea i ON i.id = x.idea
    JOIN space s ON s.id = r.space AND s.label = r.label CROSS JOIN organisation g
    WHERE r.id = {} AND r.made_at IS NULL
"""
MADE = """
    UPDATE case_record SET file = {}, sha256 = {}, made_at = plein_now(),
        expires_at = plein_now() + make_interval(days => {}) WHERE id = {}
"""


def may_have_whole(case: CaseRow) -> bool:
    """Whether who may have a case's record may have what is its team's alone: on the team; or once the case is over,
    when nobody is any more."""
    return case.on_team or case.ended_at is not None


async def make_case_record(case_record: int) -> None:
    """Makes it, as a plain reader sees the item at this moment; nothing for who may not have it any more."""
    asked = await fetch_one(RecordOrder, ASKED, case_record)
    actor = await actor_of_person(asked.person) if asked else None
    case = await get_case(actor, asked.case) if actor and asked else None
    allowed = actor and case and can(actor, Action.ESCALATION_RECORD, case)
    if not (actor and asked and case and allowed) or (asked.whole and not may_have_whole(case)):
        await execute("DELETE FROM case_record WHERE id = {} AND made_at IS NULL", case_record)
        return
    data = await everything_of_case(as_plain_reader(actor, case.space), case)
    if asked.whole:
        data |= await of_team(actor, case)
    with reading(Reader(asked.language, asked.zone)):
        file = await asyncio.to_thread(store.keep_made, partial(write, actor, case, asked, data))
    await execute(MADE, file, await asyncio.to_thread(sum_of, store.path_of(file)), DAYS, case_record)


def write(actor: Actor, case: CaseRow, asked: RecordOrder, data: Data, path: Path) -> None:
    """A zip with the files, what was written twice (as JSON for machines, as a page for people), and checksums."""
    secret = asked.label == "secret"
    numbers = {key: len(rows) for key, rows in data.items()}
    sums: dict[str, str] = {}
    with zipfile.ZipFile(path, "w") as archive:
        for n, row in enumerate(data.get("files", []) + data.get("team_files", []), 1):
            source = store.path_of(row.pop("file"))
            if not secret and source.exists():
                row["address"] = f"files/{n}-{UNSAFE.sub('_', row['name'])}"
                row["sha256"] = sums[row["address"]] = sum_of(source).hex()
                with source.open("rb") as inside, archive.open(_entry(row["address"]), "w") as out:
                    shutil.copyfileobj(inside, out)
        about = _about(actor, case, asked, numbers)
        kept: Data = {} if secret else data
        titles = {part.key: part.title for part in PARTS} | {part.key: part.title for part in TEAM_PARTS}
        page = environment().get_template("records/case_file.html")
        texts = {
            "record.json": msgspec.json.format(msgspec.json.encode({"about": about, **kept}), indent=2),
            "record.html": page.render(
                about=about,
                parts=[(titles[key], rows) for key, rows in kept.items() if rows],
                counts=[(titles[key], number) for key, number in numbers.items()],
                stands=STATES[case.state].words,
                language=asked.language,
                shown=shown,
            ).encode(),
        }
        for name, text in texts.items():
            sums[name] = hashlib.sha256(text).hexdigest()
            archive.writestr(_entry(name), text)
        archive.writestr(_entry("SHA256SUMS"), "".join(f"{sums[name]}  {name}\n" for name in sorted(sums)))


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, NO_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _about(actor: Actor, case: CaseRow, asked: RecordOrder, numbers: dict[str, int]) -> dict[str, Any]:
    """What the record is of, who had it made and why, and what it leaves out for which reason."""
    secret = asked.label == "secret"
    left_out = [
        gettext("What moderators hid or removed, and who reported it: no reader of the space sees that."),
        gettext("Who supports it and who follows it: nobody but those people sees it."),
        gettext("Mail addresses."),
    ]
    if not asked.whole:
        left_out.insert(
            0, gettext("The notes, files and advice of the case team: who had this made is not on the team.")
        )
    if secret:
        left_out.insert(0, gettext("Every text, name and file: the space is secret, and what is secret is read there."))
    texts = {"statement_html": case.statement_html, "question": case.question, "reason": case.reason}
    return {
        "organisation": actor.organisation_name,
        "case": case.public_id,
        "title": case.public_id if secret else asked.title,
        "label": asked.label,
        "state": case.state,
        "level": case.level,
        "origin": case.origin,
        **(dict.fromkeys(texts, "") if secret else texts),
        "started_at": case.started_at,
        "due_at": case.due_at,
        "acknowledged_at": case.acknowledged_at,
        "promised_on": case.promised_on,
        "statement_at": case.statement_at,
        "answered_at": case.answered_at,
        "ended_at": case.ended_at,
        "made_at": actor.now,
        "made_by": actor.name,
        "made_for": asked.reason,
        "with_what_is_the_teams": asked.whole,
        "zone": asked.zone,
        "numbers": numbers,
        "left_out": left_out,
    }
