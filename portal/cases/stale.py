"""A page of a case that lay open while something happened: what that was is shown before anything is done."""

from __future__ import annotations

from typing import Any, NamedTuple

from portal.access.actor import Actor
from portal.access.of_cases import looks_after_case
from portal.access.policy import Action, can, require
from portal.access.scope import visible
from portal.cases.queries import Happening, timeline
from portal.db import fetch_value
from portal.escalation.queries import CaseRow
from portal.escalation.refusing import refuse_decider
from portal.tables import CaseRole
from portal.text.cases import CHANGED, Told, told
from portal.web.request import Request


class Since(NamedTuple):
    """How many lines of a case's timeline there are (`read`), and those which the page did not have that was sent."""

    read: int
    lines: list[tuple[Told, Happening]]


WAS_ON = "SELECT EXISTS (SELECT FROM case_role r WHERE r.escalation = {} AND r.person = {} AND {})"


async def _was_hers(actor: Actor, case: CaseRow) -> bool:
    """Whether she had to do with it: then she is told why it is hers no longer."""
    if looks_after_case(actor, case):
        return True
    return bool(await fetch_value(WAS_ON, case.id, actor.id, visible(CaseRole, actor, "r")))


async def since_read(request: Request, case: CaseRow, action: Action) -> Since:
    """What happened since the page was opened whose form is sent. Raises Forbidden where she may not do this, unless
    that is because of what happened."""
    actor, rows = request.actor, await timeline(request.actor, case)
    typed = ""
    if request.method == "POST":
        await refuse_decider(actor, action, case)
        typed = (await request.typed()).get("read", "")
    read = int(typed) if typed.isdecimal() and len(typed) < 6 else len(rows)
    lines = [
        (line, one) for one in rows[read:] if (line := told(one.kind, one.owner_name, one.about, one.on)) is not None
    ]
    if not can(actor, action, case) and not (lines and await _was_hers(actor, case)):
        require(actor, action, case)
    return Since(len(rows), lines)


def refuse_stale(form: Any, since: Since) -> None:
    """The form says that something happened meanwhile, with all that was typed."""
    if since.lines:
        form.refuse("form_key", CHANGED)
