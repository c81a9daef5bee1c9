"""What stands on a page beside what it is about: of several features, in one statement."""

from __future__ import annotations

from typing import Any

from portal.access.actor import Actor
from portal.access.policy import Action, can
from portal.answers.queries import answer_to
from portal.attachments.queries import attachments_of
from portal.cases.clustered import cluster_of
from portal.cases.opening import opens_case
from portal.cases.queries import case_of, timeline_of_item
from portal.crowd.after import gathered, readings
from portal.crowd.queries import adoptable
from portal.db import Reading, read_together
from portal.escalation.queries import actionable
from portal.follows.queries import follow_of_idea
from portal.ideas.queries import IdeaRow
from portal.text.cases import lines_on_item
from portal.threads.queries import latest_digest, overview
from portal.together.queries import around
from portal.votes.queries import standing_of


async def beside(actor: Actor, row: IdeaRow) -> dict[str, Any]:
    """Answer, files, what several people added, the thread from above, its case, and how the actor stands to it."""
    wanted: dict[str, Reading[Any]] = {
        "around": around(actor, row),
        "files": attachments_of(actor, row),
        "follow": follow_of_idea(actor, row.id),
        "seen": overview(actor, row),
        **readings(actor, row.id, asked=row.had_case, promised=row.promised, objected=row.objected),
    }
    if row.digested:
        wanted["digest"] = latest_digest(actor, row)
    if row.clustered:
        wanted["together"] = cluster_of(actor, row.id)
    if row.had_case:
        wanted["case"] = case_of(actor, row.id)
        wanted["happened"] = timeline_of_item(actor, row.id)
        wanted["adoptable"] = adoptable(actor, row.public_id)
    if row.answered:
        wanted["answer"] = answer_to(actor, row)
    elif row.idea_state == "published" and not actor.guest:
        wanted["actionable"] = actionable(actor, row.public_id, row.space)
    if row.vote_method == "budget":
        wanted["standing"] = standing_of(actor, row.public_id)
    found = await read_together(**wanted)
    return {
        "around": found["around"][0],
        "files": tuple(found["files"]),  # parts of pages are kept by it
        "following": bool(found["follow"]),
        "seen": found["seen"][0],
        "digest": next(iter(found.get("digest", ())), None),
        "case": next(iter(found.get("case", ())), None),
        "lines": lines_on_item(found.get("happened", [])),
        "together": found.get("together", []),
        "puts_together": any(can(actor, Action.ESCALATION_MERGE, item) for item in found.get("actionable", ())),
        "opens_case": any(opens_case(actor, item) for item in found.get("actionable", ())),
        "adoptable": next(iter(found.get("adoptable", ())), None),
        "after": gathered(actor, found),
        "answer": next(iter(found.get("answer", ())), None),
        "standing": next(iter(found.get("standing", ())), row),
    }
