"""explain-access tells of everything that can be done to a thing."""

from __future__ import annotations

import pytest

from portal.access.policy import Action
from portal.admin.explain import ACTIONS, DONE_TO, explain
from tests.world import World

CALLED = {"escalation": "case"}
KINDS = ("space", "campaign", "idea", "attachment", "comment", "escalation", "policy")


@pytest.mark.parametrize("who", ["insider-a@world.example", "author@world.example"])
@pytest.mark.parametrize("kind", KINDS)
async def test_every_action_on_a_thing_is_told(rollback: None, world: World, kind: str, who: str):
    """Each of its rules can be asked of the row as it is loaded."""
    seen = 0
    for public_id in getattr(world, CALLED.get(kind, kind)).values():
        said = await explain(who, f"/{kind}s/{public_id}")
        assert said is not None
        told = [line.split("allowed to:")[0].split()[-1] for line in said if "allowed to:" in line]
        assert told == ([action.value for action in ACTIONS[kind]] if "Sees it: yes" in said else [])
        seen += bool(told)
    assert seen


def test_no_action_on_these_kinds_is_left_out():
    """What begins with a kind's name is told there, or said to be done to something else."""
    told = {action for actions in ACTIONS.values() for action in actions}
    elsewhere = {action for action, kind in DONE_TO.items() if not kind}
    assert {a for a in Action if a.value.split(".")[0] in KINDS} - told == elsewhere
    assert {Action.ANSWER_CORRECT, Action.DIGEST_WRITE} <= set(ACTIONS["idea"])
