"""A space of 25 people besides those who answer: T1 is 8, T2 14."""

from typing import Any

import pytest

from tests.escalation.stage import Stage, make_office, make_stage
from tests.world import World


@pytest.fixture
async def stage(rollback: Any, world: World) -> Stage:
    """The space, and those who answer for its topic."""
    made = await make_stage(world, 25)
    await make_office(made)
    return made
