"""Destroying what is over, once a day: a line in the log first, without the contents; then the things."""

from __future__ import annotations

from portal.db import execute, fetch_value, transaction
from portal.files import store
from portal.retention.queries import OVER, Over, due

HOLD = "SELECT id FROM escalation WHERE id = {} FOR UPDATE"
LOG = (
    "INSERT INTO retention_log (list, kind, escalation, things, ended_at)"
    " SELECT o.list, o.kind, o.escalation, o.things, o.ended_at FROM ("
    + OVER
    + ") o WHERE o.escalation = {} AND o.kind = {} RETURNING id"
)
#: By kind: what goes, and the names of its files on disk.
DESTROY: dict[str, tuple[str, ...]] = {
    "notes": ("DELETE FROM case_note WHERE escalation = {}",),
    "files": ("DELETE FROM case_file WHERE escalation = {} RETURNING file",),
    "consultations": ("DELETE FROM consultation WHERE escalation = {}",),
    "case": (
        "UPDATE escalation SET reason = '', statement = '', statement_html = '', question = '', extension_reason = '',"
        " fraud_reason = '', fraud_agreed_reason = '' WHERE id = {}",
        "DELETE FROM handover WHERE escalation = {}",
        "DELETE FROM answer_draft WHERE escalation = {}",
        "DELETE FROM case_conflict WHERE escalation = {}",
        "DELETE FROM case_role WHERE escalation = {}",
    ),
}
#: Copies that hold it, too.
COPIES = "DELETE FROM case_record WHERE escalation = {} RETURNING file"


async def destroy_what_is_over() -> None:
    """Everything that the list that holds lets go by now."""
    for over in await due():
        await _destroy(over)


async def _destroy(over: Over) -> None:
    files: list[str] = []
    async with transaction():
        await execute(HOLD, over.escalation)
        if await fetch_value(LOG, over.escalation, over.kind) is None:
            return
        for statement in (*DESTROY[over.kind], COPIES):
            files += [row["file"] for row in await execute(statement, over.escalation) if row["file"]]
    for file in files:
        store.remove(file)
