"""Reading what is a case team's alone, through the scope: whoever is on the case, and nobody else."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.access.of_people import ADDRESS, NAMED
from portal.access.scope import visible
from portal.db import Reading, fetch_one, fetch_value, read_together
from portal.tables import CaseFile, CaseNote, CaseRole, Consultation, RetentionRule

MOST_NOTES = 500


class NoteRow(msgspec.Struct, frozen=True):
    """A private note. `role`: what its author is on the case now; empty for who is on it no more."""

    id: int
    by: str
    by_public_id: str | None
    role: str
    body_html: str
    created_at: datetime


NOTES = (
    f"""
    SELECT x.* FROM (
        SELECT c.id, coalesce(n.name, '') AS by, {ADDRESS.format("c.space")} AS by_public_id,
            coalesce((SELECT r.role FROM case_role r WHERE r.escalation = c.escalation AND r.person = c.author
                AND r.until IS NULL ORDER BY r.role = 'chain', r.id LIMIT 1), '') AS role,
            c.body_html, c.created_at
        FROM case_note c JOIN person p ON p.id = c.author """
    + NAMED.format("n", "c.author", "c.space")
    + """ WHERE c.escalation = {} AND {} ORDER BY c.id DESC LIMIT {}) x ORDER BY x.id
"""
)


def notes_of(actor: Actor, case: int, most: int = MOST_NOTES) -> Reading[NoteRow]:
    """The last notes of a team, the oldest of them first."""
    return Reading(NoteRow, NOTES, case, visible(CaseNote, actor, "c"), most)


class FileRow(msgspec.Struct, frozen=True):
    """A file of the team."""

    public_id: str
    note: int | None
    kind: str
    name: str
    size: int


FILES = """
    SELECT f.public_id, f.note, f.kind, f.name, f.size FROM case_file f WHERE f.escalation = {} AND {} ORDER BY f.id
"""


def files_of(actor: Actor, case: int) -> Reading[FileRow]:
    """The files of a team, in the order in which they came."""
    return Reading(FileRow, FILES, case, visible(CaseFile, actor, "f"))


class OpenedFile(msgspec.Struct, frozen=True):
    """A file of the team, as it stands on disk."""

    kind: str
    name: str
    file: str


FILE = "SELECT f.kind, f.name, f.file FROM case_file f WHERE f.public_id = {} AND {}"


async def get_case_file(actor: Actor, public_id: str) -> OpenedFile | None:
    """One file, for the team."""
    return await fetch_one(OpenedFile, FILE, public_id, visible(CaseFile, actor, "f"))


class ConsultationRow(msgspec.Struct, frozen=True):
    """Somebody's advice is asked. `open`: the case is not over; `asked`: she is still on the team."""

    id: int
    public_id: str
    escalation: int
    case_public_id: str
    idea_public_id: str
    kind: str
    person: int
    name: str
    by: str
    body: str
    asked_at: datetime
    due_on: date
    late: bool
    asked: bool
    open: bool
    outcome: str | None
    answer_html: str
    answered_at: datetime | None


CONSULTATIONS = (
    """
    SELECT c.id, c.public_id, c.escalation, e.public_id AS case_public_id, i.public_id AS idea_public_id, c.kind,
        c.person, coalesce(n.name, '') AS name, coalesce(b.name, '') AS by, c.body, c.asked_at, c.due_on,
        c.answered_at IS NULL AND c.due_at <= {} AS late,
        EXISTS (SELECT FROM case_role r WHERE r.escalation = e.id AND r.person = c.person AND r.until IS NULL) AS asked,
        e.ended_at IS NULL AS open, c.outcome, c.answer_html, c.answered_at
    FROM consultation c JOIN escalation e ON e.id = c.escalation JOIN idea i ON i.id = e.idea """
    + NAMED.format("n", "c.person", "c.space")
    + NAMED.format("b", "c.asked_by", "c.space")
    + " WHERE {} "
)


def consultations_of(actor: Actor, case: int) -> Reading[ConsultationRow]:
    """Whose advice is asked in a case, the oldest first."""
    seen = visible(Consultation, actor, "c")
    return Reading(ConsultationRow, CONSULTATIONS + "AND c.escalation = {} ORDER BY c.id", actor.now, seen, case)


async def get_consultation(actor: Actor, public_id: str) -> ConsultationRow | None:
    """One of them."""
    seen = visible(Consultation, actor, "c")
    return await fetch_one(ConsultationRow, CONSULTATIONS + "AND c.public_id = {}", actor.now, seen, public_id)


class Member(msgspec.Struct, frozen=True):
    """Somebody whom the owner took onto the team."""

    public_id: str
    name: str
    role: str


MEMBERS = (
    "SELECT p.public_id, coalesce(n.name, '') AS name, r.role FROM case_role r JOIN person p ON p.id = r.person "
    + NAMED.format("n", "p.id", "r.space")
    + " WHERE r.escalation = {} AND r.until IS NULL AND r.role IN ('adviser', 'counsel') AND {} ORDER BY r.id"
)


def members_of(actor: Actor, case: int) -> Reading[Member]:
    """Advisers and counsel, in the order in which they came."""
    return Reading(Member, MEMBERS, case, visible(CaseRole, actor, "r"))


async def room_of(actor: Actor, case: int) -> dict[str, Any]:
    """All of it, in one statement."""
    return await read_together(
        notes=notes_of(actor, case),
        files=files_of(actor, case),
        consultations=consultations_of(actor, case),
        members=members_of(actor, case),
    )


KEPT = """
    SELECT r.years FROM retention_rule r WHERE r.kind = 'notes' AND {}
        AND r.list = (SELECT max(l.id) FROM retention_list l)
"""


async def years_of_notes(actor: Actor) -> int | None:
    """How many years after a case its notes are kept; None: for good."""
    years: int | None = await fetch_value(KEPT, visible(RetentionRule, actor, "r"))
    return years
