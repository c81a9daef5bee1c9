"""The draft of an answer: one for each case, which its owner and her advisers write together."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.access.scope import visible
from portal.answers.actions import Decision
from portal.db import Reading, fetch_value, transaction
from portal.escalation.moving import hold, move, possible
from portal.escalation.queries import CaseRow
from portal.events.kinds import Kind
from portal.tables import AnswerDraft, Identity

#: What is typed, line by line of the form, whether or not it could be published so.
COLUMNS = (
    *("kind", "summary", "reason", "from_when", "next_step", "next_owner_called", "next_date", "whose", "category"),
    *("review_on", "approver_called", "policy", "replies_to"),
)
NAMES = ", ".join(COLUMNS).replace("replies_to", "asked")
PLACES = ", ".join(["{}"] * len(COLUMNS))
READ = ", ".join(f"d.{name}" for name in COLUMNS).replace("d.replies_to", "d.asked AS replies_to")


class Typed(msgspec.Struct, frozen=True):
    """An answer as it stands in its form."""

    fields: dict[str, str]
    replies: list[str]

    @property
    def columns(self) -> list[Any]:
        """In the order of the statements."""
        return [*(self.fields[name] for name in COLUMNS), self.replies]

    @property
    def words(self) -> dict[str, str]:
        """What people read of it, by name, to be compared with another text."""
        shown = [name for name in COLUMNS if name not in ("replies_to", "policy", "category")]
        return {name: str(self.fields[name]) for name in shown} | {"replies": "\n\n".join(self.replies)}


class Draft(msgspec.Struct, frozen=True):
    """The draft of a case, with who changed it last. `decision`: what waits for the yes of `approver`, by name in
    `approver_name`, with who sees to what comes next in `next_owner_name`; `sent_back`: why it was not given."""

    version: int
    kind: str
    summary: str
    reason: str
    from_when: str
    next_step: str
    next_owner_called: str
    next_date: str
    whose: str
    category: str
    review_on: str
    approver_called: str
    policy: str
    replies_to: str
    replies: list[str]
    edited_by: int
    edited_name: str
    edited_at: datetime
    decision: Decision | None
    approver: int | None
    approver_name: str
    next_owner_name: str
    sent_back: str
    sent_back_name: str

    @property
    def typed(self) -> Typed:
        """What was typed."""
        return Typed({name: getattr(self, name) for name in COLUMNS}, self.replies)


DRAFT = f"""
    SELECT d.version, {READ},
        d.replies, d.edited_by, coalesce(n.name, '') AS edited_name, d.edited_at, d.decision, d.approver,
        coalesce(g.name, '') AS approver_name, coalesce(o.name, '') AS next_owner_name, d.sent_back,
        coalesce(b.name, '') AS sent_back_name
    FROM answer_draft d LEFT JOIN identity n ON n.person = d.edited_by AND {{}}
    LEFT JOIN identity g ON g.person = d.approver AND {{}} LEFT JOIN identity b ON b.person = d.sent_back_by AND {{}}
    LEFT JOIN identity o ON o.person = (d.decision ->> 'next_owner')::bigint AND {{}}
    WHERE d.escalation = {{}} AND {{}}
"""


def draft_of(actor: Actor, case: CaseRow) -> Reading[Draft]:
    """The draft of a case, if one was begun."""
    names = visible(Identity, actor, "n"), visible(Identity, actor, "g"), visible(Identity, actor, "b")
    next_one = visible(Identity, actor, "o")
    return Reading(Draft, DRAFT, *names, next_one, case.id, visible(AnswerDraft, actor, "d"))


BEGIN = f"""
    INSERT INTO answer_draft ({NAMES}, replies, escalation, space, edited_by)
    SELECT {PLACES}, {{}}, e.id, e.space, {{}} FROM escalation e WHERE e.id = {{}}
    ON CONFLICT (escalation) DO NOTHING RETURNING version
"""
# A new text takes back what waits for somebody's yes.
CHANGE = f"""
    UPDATE answer_draft d SET ({NAMES}, replies) = ROW({PLACES}, {{}}::text[]), version = d.version + 1,
        edited_by = {{}}, edited_at = plein_now(), decision = NULL, submitted_by = NULL, approver = NULL,
        approver_joined = FALSE
    WHERE d.escalation = {{}} AND d.version = {{}} RETURNING d.version
"""
# Sent again because the answer got lost: the text is there already.
THE_SAME = f"""
    SELECT d.version FROM answer_draft d
    WHERE ({NAMES}, d.replies) = ROW({PLACES}, {{}}::text[]) AND d.edited_by = {{}} AND d.escalation = {{}}
"""


async def save_draft(actor: Actor, case: CaseRow, typed: Typed, version: int) -> int:
    """Keeps what is being written, of that version (0: there was none), and gives the new one; with the first, the
    timeline says that the answer is being written. Raises Changed where somebody else saved it meanwhile."""
    require(actor, Action.ESCALATION_DRAFT, case)
    async with transaction():
        held = await hold(case.id)
        if possible(held, Kind.CASE_DRAFTING):
            await move(case.id, Kind.CASE_DRAFTING, actor=actor.id)
        return await save(actor, case.id, typed, version)


async def save(  # access: called by what asked, for a case that is held
    actor: Actor, case: int, typed: Typed, version: int
) -> int:
    """The same of a case that is held."""
    if version:
        saved = await fetch_value(CHANGE, *typed.columns, actor.id, case, version)
    else:
        saved = await fetch_value(BEGIN, *typed.columns, actor.id, case)
    saved = saved or await fetch_value(THE_SAME, *typed.columns, actor.id, case)
    if saved is None:
        raise Changed
    return int(saved)


# Nobody who was released or has a part in it writes there, nor over what another wrote or what waits for a yes.
MAY_KEEP = """
    SELECT {}::bigint <> ALL (plein_barred(e)) AND EXISTS (SELECT FROM case_role r WHERE r.escalation = e.id
            AND r.person = {} AND (r.role = 'owner' OR r.role = 'adviser' AND r.until IS NULL))
        AND NOT EXISTS (SELECT FROM answer_draft d
            WHERE d.escalation = e.id AND (d.edited_by <> {} OR d.decision IS NOT NULL))
    FROM escalation e WHERE e.id = {}
"""


async def keep_what_came_late(  # access: its own statement says who may, since the policy says nothing any more
    actor: Actor, case: CaseRow, typed: Typed, version: int
) -> None:
    """Somebody else answered, or owns the case by now: what she would have said is kept where she finds it, unless
    somebody else wrote there."""
    async with transaction():
        await hold(case.id)
        if not await fetch_value(MAY_KEEP, actor.id, actor.id, actor.id, case.id):
            return
        try:
            await save(actor, case.id, typed, version)
        except Changed:
            return
