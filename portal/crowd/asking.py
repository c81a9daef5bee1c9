"""Asking the supporters of a case: whether its answer answers the question (rule 13), and whether a promise is done
(rule 14)."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.db import execute, fetch_one
from portal.escalation.moving import Case
from portal.tables.base import new_public_id

FEWEST = 10  # replies, below which nothing follows from them
NEED = 10  # percent of the supporters who have to rate an answer
LEAST_FOR_ANSWER = 40  # percent of yes, below which it is reviewed
LEAST_FOR_PROMISE = 50  # percent of yes, below which the case is opened again

_ASK = """
    INSERT INTO crowd_question (public_id, idea, space, escalation, round, promise, until)
    SELECT {}, e.idea, e.space, e.id, e.round, {}, plein_working_days_after(plein_now(), s.rating_days)
    FROM escalation e JOIN escalation_setting s ON s.id = e.setting WHERE e.id = {}
"""
ASK_ABOUT_ANSWER = _ASK + " ON CONFLICT DO NOTHING RETURNING id, until"
# Where they are asked already, they have as long from now on.
ASK_ABOUT_PROMISE = (
    _ASK
    + """ ON CONFLICT (promise) WHERE promise IS NOT NULL AND ended_at IS NULL DO UPDATE SET until = excluded.until
    RETURNING id, until
"""
)
SCHEDULE = """
    INSERT INTO case_step (escalation, space, kind, nth, due_at) VALUES ({}, {}, {}, {}, {})
    ON CONFLICT ON CONSTRAINT case_step_once DO UPDATE SET due_at = excluded.due_at WHERE case_step.done_at IS NULL
"""


class Asked(msgspec.Struct, frozen=True):
    """A question to the supporters, and until when it is open."""

    id: int
    until: datetime


async def ask(case: Case, promise: int | None = None) -> int | None:
    """They have ten working days, and the clock looks at what they said; gives the question. None where it was asked
    already."""
    asked = await fetch_one(
        Asked, ASK_ABOUT_ANSWER if promise is None else ASK_ABOUT_PROMISE, new_public_id(), promise, case.id
    )
    if asked is None:
        return None
    await execute(SCHEDULE, case.id, case.space, "crowd_asked", asked.id, asked.until)
    return asked.id


def needed(promise: int | None, supporters: int) -> int:
    """How many have to reply for something to follow."""
    return FEWEST if promise is not None else max(FEWEST, -(-supporters * NEED // 100))


def least(promise: int | None) -> int:
    """Under so many percent of yes something follows."""
    return LEAST_FOR_ANSWER if promise is None else LEAST_FOR_PROMISE


class Said(msgspec.Struct, frozen=True):
    """What the supporters said when their time was over."""

    promise: int | None
    replied: int
    yes: int
    supporters: int

    @property
    def outcome(self) -> str:
        """Yes, no, or too few to say."""
        if self.replied < needed(self.promise, self.supporters):
            return "too few"
        return "no" if 100 * self.yes < least(self.promise) * self.replied else "yes"


# Held by a statement of its own, so that nobody replies any more and the next one counts every reply.
HOLD = "SELECT id FROM crowd_question WHERE id = {} FOR UPDATE"
SAID = """
    SELECT q.promise, r.replied, r.yes, plein_union(i) AS supporters
    FROM crowd_question q JOIN idea i ON i.id = q.idea CROSS JOIN LATERAL plein_replies(q.id) r
    WHERE q.id = {} AND q.ended_at IS NULL
"""
END = "UPDATE crowd_question SET outcome = {}, ended_at = plein_now() WHERE id = {}"


async def end(question: int) -> Said | None:
    """What came of it, from now on fixed; None where that is so already."""
    await execute(HOLD, question)
    said = await fetch_one(Said, SAID, question)
    if said is not None:
        await execute(END, said.outcome, question)
    return said
