"""Why somebody may or may not see or do something; for the command line."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from portal.access.actor import Actor, actor_of_person
from portal.access.policy import Action, can
from portal.access.rules import RULES
from portal.accounts.queries import account_of_email
from portal.attachments.queries import get_attachment
from portal.campaigns.queries import get_campaign
from portal.comments.queries import get_comment
from portal.db import execute, fetch_value
from portal.escalation.queries import get_case
from portal.ideas.queries import get_idea
from portal.policies.queries import get_policy
from portal.spaces.queries import get_space

#: What an address can lead to, and how it is loaded through the scope.
KINDS: dict[str, Callable[[Actor, str], Awaitable[Any]]] = {
    "space": get_space,
    "campaign": get_campaign,
    "idea": get_idea,
    "attachment": get_attachment,
    "comment": get_comment,
    "escalation": get_case,
    "policy": get_policy,
}
CALLED = {"escalation": "case"}
#: Done to another kind of thing than their names begin with; where none is named, to nothing that is there already, or
#: to what is no longer in sight as one of these.
DONE_TO = {
    Action.SPACE_START: "",
    Action.CAMPAIGN_PROPOSE: "",
    Action.IDEA_ADOPT: "",
    Action.IDEA_PROPOSE: "campaign",
    Action.WORKSHOP_CAPTURE: "campaign",
    Action.POLICY_REGISTER: "",
    Action.ESCALATION_OPEN_UNASKED: "",
    Action.ESCALATION_MAKE_ACTIONABLE: "",
    Action.ESCALATION_MERGE: "",
    Action.ESCALATION_SPLIT: "",
    Action.ANSWER_CORRECT: "idea",
    Action.DIGEST_WRITE: "idea",
}
#: All that can be done to a kind of thing, in the order of the policy page.
ACTIONS = {kind: [a for a in Action if DONE_TO.get(a, a.value.partition(".")[0]) == kind] for kind in KINDS}
WHERE = """
    SELECT 'space' AS kind, s.public_id, s.id AS space, '' AS state FROM space s WHERE s.public_id = ANY({})
    UNION ALL SELECT 'campaign', c.public_id, c.space, '' FROM campaign c WHERE c.public_id = ANY({})
    UNION ALL SELECT 'idea', i.public_id, i.space, i.state FROM idea i WHERE i.public_id = ANY({})
    UNION ALL SELECT 'attachment', x.public_id, x.space, '' FROM attachment x WHERE x.public_id = ANY({})
    UNION ALL SELECT 'comment', k.public_id, k.space, k.state FROM comment k WHERE k.public_id = ANY({})
    UNION ALL SELECT 'escalation', e.public_id, e.space, e.state FROM escalation e WHERE e.public_id = ANY({})
    UNION ALL SELECT 'policy', y.public_id, y.space, '' FROM policy y WHERE y.public_id = ANY({})
"""
WHY = """
    SELECT s.name, s.open, s.sisters, s.kind, s.parent, ARRAY(
        SELECT m.role FROM membership m WHERE m.space = s.id AND m.person = {} ORDER BY 1) AS roles
    FROM space s WHERE s.id = {}
"""


async def explain(email: str, item: str) -> list[str] | None:  # access: the command line, by whoever runs the machine
    """The reasons, a line each; None when there is no such person."""
    account = await account_of_email(email)
    actor = await actor_of_person(account.person) if account else None
    if actor is None:
        known = await fetch_value("SELECT person FROM identity WHERE lower(email) = lower({})", email)
        return None if known is None else [f"{email} is deactivated: she can't sign in, and sees nothing."]
    parts = [part for part in item.split("?")[0].split("/") if part]
    rows = await execute(WHERE, *[parts] * len(KINDS))
    if not rows:
        return [f"There is nothing with the address {item}."]
    public_id = rows[0]["public_id"]
    kind, space, state = rows[0]["kind"], rows[0]["space"], rows[0]["state"]
    (place,) = await execute(WHY, actor.id, space)
    lines = [f"{actor.name} ({actor.kind}) and the {CALLED.get(kind, kind)} {public_id}", "", f"Space: {place['name']}"]
    lines += [f"  {reason}" for reason in _reasons(actor, space, place)]
    if state:
        lines.append(f"State: {state}")
    thing = await KINDS[kind](actor, public_id)
    lines += ["", "Sees it: " + ("yes" if thing is not None else "no, so every address of it answers 404")]
    if thing is not None:
        lines += [f"  {_allowed(actor, action, thing)}" for action in ACTIONS[kind]]
    return lines


def _reasons(actor: Actor, space: int, place: Any) -> list[str]:
    reasons = []
    if place["roles"]:
        reasons.append(f"belongs to it as {', '.join(place['roles'])}")
    if place["open"] and actor.employee:
        reasons.append("it is open: every active employee reads it")
    elif place["sisters"] and not actor.guest:
        reasons.append("it is open to sister organisations, too")
    elif place["parent"] and place["parent"] in actor.space_ids and not actor.guest:
        reasons.append("it is a section of a space that she reads")
    elif not place["open"]:
        reasons.append("it is closed: only its members read it")
    elif actor.guest:
        reasons.append("it is open to employees; a guest reads only what she was invited to")
    else:
        reasons.append("it is open to employees, and not to sister organisations")
    reasons.append(f"reads it: {'yes' if space in actor.space_ids else 'no'}")
    return reasons


def _allowed(actor: Actor, action: Action, thing: Any) -> str:
    verdict = "may" if can(actor, action, thing) else "may not"
    return f"{verdict:8} {action.value:20} allowed to: {(RULES[action].__doc__ or '').strip()}"
