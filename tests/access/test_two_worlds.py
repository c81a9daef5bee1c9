"""Two worlds of the demo's size that differ only in what a guest may not see: she can't tell which one she is in.

The second is a copy of the first, public ids and sessions included. Then every text out of her sight becomes another one,
and much is added there; the same questions must have the same answers, byte for byte, but for CSRF token and Date.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
from litestar import Litestar

from portal import db
from portal import tables as t
from portal.access import scope, sight
from portal.db import execute, transaction
from portal.run.postgres import EmbeddedPostgres
from tests.access.canary import plant_out_of_sight, sight_of
from tests.access.crawl import VARIANTS, ask, crawl, whole
from tests.access.stage import READERS, Stage, open_stage, things_that_could_leak, told_by_a_link
from tests.client import new_session
from tests.isolation.demo import make_demo, open_database
from tests.servers import drop_database, new_database
from tests.world import World, add_attachment, add_case, add_comment, add_idea, add_person, add_report

GUEST = "guest_a"
BY_NAME = {variant.name: variant for variant in VARIANTS}


class Worlds:
    """Both databases, and what is the same in both."""

    def __init__(self, cluster: EmbeddedPostgres, names: tuple[str, str], world: World, sessions: dict[str, str]):
        self.cluster = cluster
        self.names = names
        self.world = world
        self.sessions = sessions

    async def enter(self, number: int, app: Litestar) -> tuple[asyncpg.Connection, Stage]:
        """Connects to one of them."""
        await db.close_pool()
        await open_database(self.cluster, self.names[number])
        connection = await asyncpg.connect(self.cluster.dsn(self.names[number]))
        return connection, await open_stage(connection, self.world, app, self.sessions)


@pytest.fixture(scope="module")
async def worlds(cluster: EmbeddedPostgres) -> AsyncIterator[Worlds]:
    """The demo twice; in the second one everything that the guest does not see is different, and there is more of it."""
    first, world = await make_demo(cluster)
    await open_database(cluster, first)
    async with transaction():
        await things_that_could_leak(world)
    sessions = {reader: await new_session(world.person_id[reader]) for reader in READERS if reader}
    await db.close_pool()
    second = await new_database(cluster, first)
    await open_database(cluster, second)
    connection = await asyncpg.connect(cluster.dsn(second))
    await _more_out_of_sight(world)
    sight = await sight_of(connection, world.person_id[GUEST])
    await plant_out_of_sight(connection, sight, await told_by_a_link(connection, world))
    await connection.close()
    await db.close_pool()
    yield Worlds(cluster, (first, second), world, sessions)
    await db.close_pool()
    for name in (second, first):  # what the wall grants to the first one's guests, the second one's have
        await drop_database(cluster, name)


async def _more_out_of_sight(world: World) -> None:
    """More of everything in other spaces; and in the guest's own, what is a draft, hidden, or somebody else's alone."""
    async with transaction():
        for number in range(40):
            await add_person(world, f"new_{number}", {"name": f"New colleague {number}", "language": "nl"})
        for number in range(12):
            for campaign, author in (("collect", f"new_{number}"), ("closed_b", "guest_b")):
                await add_idea(world, f"new_{campaign}_{number}", campaign=campaign, author=author)
                await add_report(world, f"new_{campaign}_{number}", idea=f"new_{campaign}_{number}", reporter="author")
                await add_attachment(world, f"new_{campaign}_{number}", idea=f"new_{campaign}_{number}")
        for state in ("draft", "hidden"):
            name = f"new_{state}_closed_a"
            await add_idea(
                world, name, campaign="closed_a", author="insider_a", state=state, comments=state == "hidden"
            )
        await add_comment(world, "new_hidden", idea="closed_a", author="insider_a", state="hidden")
        await _more_of_cases(world)
    idea, space, insider = world.idea_id["closed_a"], world.space_id["closed_a"], world.person_id["insider_a"]
    await execute("UPDATE profile SET photo_change = photo_change + 1 WHERE person = {}", world.person_id["guest_b"])
    await execute("UPDATE organisation SET photo_changes = photo_changes + 1")
    await execute("INSERT INTO follow (person, space, idea) VALUES ({}, {}, {})", insider, space, idea)
    await execute("INSERT INTO mail (kind, recipient) SELECT 'answer', id FROM person WHERE kind = 'employee'")


async def _more_of_cases(world: World) -> None:
    """Cases elsewhere, with a promise; on the case in her own space what is its team's alone; and there, too, a post
    that is screened, and a record."""
    for number in range(6):
        await add_case(world, f"new_{number}", idea=f"new_collect_{number}", state="acknowledged", owner="sponsor")
    await execute(
        "INSERT INTO promise (idea, space, answer, escalation, author, body, language, owner, due_on)"
        " SELECT idea, space, answer, escalation, author, 'New', language, owner, due_on FROM promise LIMIT 1"
    )
    insider, space = world.person_id["insider_a"], world.space_id["closed_a"]
    for sql in (
        "INSERT INTO case_note (escalation, space, author, body, body_html) SELECT id, space, owner, 'N', 'N'",
        "INSERT INTO case_file (escalation, space, author, kind, name, file, size)"
        " SELECT id, space, owner, 'png', 'new.png', 'f', 100",
        "INSERT INTO handover (escalation, space, person, body, asked_by) SELECT id, space, owner, 'H', owner",
        "INSERT INTO consultation (escalation, space, kind, person, body, asked_by, due_on, due_at)"
        " SELECT id, space, 'legal', owner, 'Q', owner, '2026-07-01', '2026-07-02'",
        "INSERT INTO case_record (escalation, space, person, label, whole, language, reason)"
        " SELECT id, space, owner, 'internal', TRUE, 'en', 'R'",
    ):
        await execute(sql + " FROM escalation WHERE id = {}", world.case_id["post_a"])
    await add_idea(world, "new_screened", stream="closed_a", author="insider_a", state="draft", comments=False)
    await execute(
        "INSERT INTO screening (space, idea, person, category, found, was, due_at)"
        " SELECT space, id, author, 'health', 'words', 'draft', plein_now() + interval '4 hours' FROM idea WHERE id = {}",
        world.idea_id["new_screened"],
    )
    await execute("INSERT INTO space_record (space, label, asked_by) VALUES ({}, 'internal', {})", space, insider)


async def _differences(worlds: Worlds, app: Litestar, *, only: str = "") -> tuple[int, list[str]]:
    """How many questions were asked in both worlds, and those that were answered otherwise in the second."""
    connection, stage = await worlds.enter(0, app)
    answers = stage.answers = {}
    await crawl(stage, GUEST, few=True, only=only)
    await connection.close()
    connection, stage = await worlds.enter(1, app)
    different = []
    for (path, name), answer in answers.items():
        told = whole(await ask(stage, GUEST, path, BY_NAME[name]))
        if told != answer:
            different.append(f"{name} of {path}: {_first_difference(answer, told)}")
    await connection.close()
    return len(answers), different


def _first_difference(one: str, other: str) -> str:
    for mine, theirs in zip(one.splitlines(), other.splitlines(), strict=False):
        if mine != theirs:
            return f"\n    {mine.strip()[:200]}\n    {theirs.strip()[:200]}"
    return "one says more"


async def test_a_guest_cannot_tell_in_which_of_two_worlds_she_is(worlds: Worlds, app: Litestar):
    asked, different = await _differences(worlds, app)
    assert asked > 200
    assert not different, f"{len(different)} answers differ:\n" + "\n".join(different[:20])


async def test_with_one_rule_gone_she_can(worlds: Worlds, app: Litestar, monkeypatch: pytest.MonkeyPatch):
    """The control: a hidden comment in her own space comes into sight, which no second wall hides."""
    monkeypatch.setitem(scope.VISIBILITY, t.Comment, sight.in_space)  # type: ignore[misc]
    _, different = await _differences(worlds, app, only="/ideas/{public_id}")
    assert different
