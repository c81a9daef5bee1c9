"""A process of the proofs: votes as the page does, all at once, or the clock, again and again. Started as

python -m tests.escalation.crowd vote DSN IDEA PERSON…
python -m tests.escalation.crowd tick DSN
python -m tests.escalation.crowd work DSN        passes events on and ticks, until it is killed
"""

from __future__ import annotations

import asyncio
import sys

from msgspec.structs import replace

from portal import db
from portal.access.actor import actor_of_person
from portal.timetable import tick_cases
from portal.votes.actions import give_support
from portal.votes.queries import standing
from portal.worker import pass_on_events


async def vote(idea: str, people: list[int]) -> None:
    """Each of them supports it, as many at once as there are connections."""

    first = await actor_of_person(people[0])
    assert first is not None
    row = await standing(first, idea)
    assert row is not None

    async def one(person: int) -> None:
        assert await give_support(replace(first, id=person), row) is not None

    for start in range(0, len(people), 10):
        await asyncio.gather(*(one(person) for person in people[start : start + 10]))


async def tick() -> None:
    """The clock of one worker, five times."""
    for _ in range(5):
        await tick_cases()


async def work() -> None:
    """What a worker does, until somebody ends it."""
    while True:
        await pass_on_events()
        await tick_cases()


async def main(what: str, dsn: str, *rest: str) -> None:
    """Opens a pool and does it; says when it begins."""
    await db.open_pool(dsn, size=10)
    print("ready", flush=True)
    if what == "vote":
        sys.stdin.readline()
        await vote(rest[0], [int(person) for person in rest[1:]])
    elif what == "tick":
        sys.stdin.readline()
        await tick()
    else:
        await work()
    await db.close_pool()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
