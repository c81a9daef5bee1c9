"""The canary crawl: every page of the application, as everybody, with everybody's addresses."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator

import asyncpg
import pytest
from litestar import Litestar
from piccolo.table import Table

from portal import db
from portal import tables as t
from portal.access import scope, sight
from portal.access.scope import NEVER_SHOWN, VISIBILITY
from portal.db import execute
from portal.run.postgres import EmbeddedPostgres
from portal.settings import ROOT
from tests.access.canary import rows_elsewhere
from tests.access.crawl import ADMINISTRATORS_ONLY, Crawl, crawl, fillings, query_parameters, routes
from tests.access.forms import changed, fingerprint, send, written
from tests.access.stage import GUESTS, NOBODY, READERS, Stage, staged
from tests.connections import OneConnection, OneConnectionAsGuests, connect
from tests.servers import drop_database, new_database
from tests.sitemap import NOT_THERE, POSTS
from tests.world import World, email_of


class Crawls:
    """Everybody's crawl, each made once, when the first test asks for it."""

    def __init__(self, stage: Stage, guests: str) -> None:
        self.stage = stage
        self.pool = OneConnection(stage.connection)
        self.behind = OneConnectionAsGuests(stage.connection, guests)
        self.made: dict[tuple[str | None, bool], Crawl] = {}

    async def of(self, reader: str | None, *, behind: bool = False) -> Crawl:
        """By the first wall alone, or behind both."""
        if (reader, behind) not in self.made:
            db.DB.pool, db.DB.guest_pool = self.pool, self.behind if behind else self.pool
            self.made[(reader, behind)] = await crawl(self.stage, reader)
            db.DB.pool = db.DB.guest_pool = None
        return self.made[(reader, behind)]

    async def all(self) -> list[Crawl]:
        """Everybody's, by the first wall alone."""
        return [await self.of(reader) for reader in READERS]


@pytest.fixture(scope="module")
async def crawls(app: Litestar, cluster: EmbeddedPostgres, template: tuple[str, World]) -> AsyncIterator[Crawls]:
    """On one stage for all tests of this file, in a database of its own: it stays open while others are asked."""
    name = await new_database(cluster, template[0])
    connection = await connect(cluster.dsn(name))
    db.DB.pool = db.DB.guest_pool = OneConnection(connection)
    try:
        async with staged(connection, copy.deepcopy(template[1]), app) as stage:
            db.DB.pool = db.DB.guest_pool = None
            yield Crawls(stage, f"{template[0]}_guest")
    finally:
        db.DB.pool = db.DB.guest_pool = None
        await connection.close()
        await drop_database(cluster, name)


@pytest.mark.parametrize("reader", READERS)
async def test_nobody_reads_what_is_not_for_her(crawls: Crawls, reader: str | None):
    leaks = (await crawls.of(reader)).leaks
    assert not leaks, f"{len(leaks)} leaks:\n" + "\n".join(leaks[:30])


@pytest.mark.parametrize("reader", READERS)
async def test_out_of_sight_is_404_and_nobody_has_to_sign_in(crawls: Crawls, reader: str | None):
    wrong = (await crawls.of(reader)).wrong
    assert not wrong, f"{len(wrong)} wrong:\n" + "\n".join(wrong[:30])


@pytest.mark.parametrize("reader", GUESTS)
async def test_behind_the_second_wall_guests_find_the_same(crawls: Crawls, reader: str):
    first, both = await crawls.of(reader), await crawls.of(reader, behind=True)
    assert not both.wrong, f"{len(both.wrong)} wrong:\n" + "\n".join(both.wrong[:30])
    assert both.statuses == first.statuses
    assert both.seen == first.seen


@pytest.mark.parametrize("reader", NOBODY)
async def test_who_is_not_signed_in_reads_no_text_of_anybody(crawls: Crawls, reader: str | None):
    assert not (await crawls.of(reader)).seen


# --- controls: the crawl looks at real pages, and can fail ---

#: What the pages show of what one may read. What is missing here is shown nowhere yet.
SHOWN = set(
    """
    space.name space.purpose campaign.title campaign.lead campaign.brief campaign.brief_html campaign.promise
    idea.title idea.body idea.body_html idea.excerpt idea.tags comment.body comment.body_html
    answer.summary answer.reason_html answer.from_when answer.next_step
    attachment.name attachment.description
    report.words report.body_html decision.words decision.title decision.body_html appeal.words
    profile.phone profile.place profile.skills profile.about profile.hours profile.status
    identity.name identity.title identity.email org_unit.name mail.last_error
    """.split()  # noqa: SIM905
)


async def test_the_crawl_reads_what_everybody_may_read(crawls: Crawls):
    seen = {f"{canary.table}.{canary.column}" for result in await crawls.all() for canary in result.seen}
    assert seen >= SHOWN
    hidden = {f"{table._meta.tablename}.{column._meta.name}" for table in NEVER_SHOWN for column in table._meta.columns}
    assert not seen & hidden


@pytest.mark.parametrize("reader", ["guest_a", "guest_b", "employee", "administrator"])
async def test_the_crawl_reads_what_this_reader_may_read(crawls: Crawls, reader: str):
    seen = {f"{canary.table}.{canary.column}" for canary in (await crawls.of(reader)).seen}
    assert {"campaign.title", "idea.title", "idea.body_html", "idea.excerpt", "comment.body_html"} <= seen
    assert {"space.name", "answer.summary", "identity.name"} <= seen


#: Addresses that lead on to the page that they stand for.
LEAD_ON = {
    "/campaigns/{public_id}/edit",
    "/settings/photo",
    "/comments/{public_id}",
    "/campaigns/{public_id}/ideas",
    "/ideas/{public_id}/comments",
    "/cases/{public_id}/answer",
    "/cases/{public_id}/approval",
}


async def test_every_page_opens_for_somebody(crawls: Crawls, app: Litestar):
    opened = {
        pattern
        for result in await crawls.all()
        for (pattern, status) in result.statuses
        if status == 200 or (status == 303 and pattern in LEAD_ON)
    }
    not_there = {path.replace(":str}", "}") for path in NOT_THERE}
    assert opened == {route.path_format for route in routes(app, "GET")} - not_there


def test_the_query_parameters_are_found(app: Litestar):
    found = {route.path_format: query_parameters(route) for route in routes(app, "GET")}
    assert {"after", "start", "reply", "order", "tag"} <= set(found["/ideas/{public_id}"])
    assert found["/sign-in"] == ["next"]
    assert found["/health"] == []
    # and nobody reads them in a way that the crawl does not see
    readers = {path for path in (ROOT / "portal").rglob("*.py") if "query_params" in path.read_text()}
    others = {ROOT / "portal" / name for name in ("ideas/desk.py", "cases/clusters.py")}
    assert found["/ideas/{public_id}/cluster"] == ["with"]
    assert readers <= {*(ROOT / "portal").glob("*/routes.py"), *others}


@pytest.mark.parametrize("table", [t.Idea, t.Comment, t.Campaign, t.Space], ids=lambda table: table.__name__)
async def test_the_crawl_finds_the_leak_when_a_rule_is_gone(
    rollback: asyncpg.Connection, world: World, app: Litestar, monkeypatch: pytest.MonkeyPatch, table: type[Table]
):
    monkeypatch.setattr(db.DB, "guest_pool", OneConnection(rollback))  # the second wall would hide it
    async with staged(rollback, world, app) as stage:
        monkeypatch.setitem(scope.VISIBILITY, table, sight.everybody)
        result = await crawl(stage, "guest_a", until=table._meta.tablename)
    assert [leak for leak in result.leaks if f" {table._meta.tablename}." in leak]


@pytest.mark.parametrize("second_wall", [True, False])
async def test_the_second_wall_holds_where_the_first_is_gone(
    rollback: asyncpg.Connection, world: World, app: Litestar, monkeypatch: pytest.MonkeyPatch, second_wall: bool
):
    """Every rule says that everybody may see everything; without the second wall that is what a guest then reads."""
    if not second_wall:
        monkeypatch.setattr(db.DB, "guest_pool", OneConnection(rollback))
    async with staged(rollback, world, app) as stage:
        for table in VISIBILITY:
            monkeypatch.setitem(scope.VISIBILITY, table, sight.everybody)
        result = await crawl(stage, "guest_a", until="" if second_wall else "idea")
        elsewhere = await rows_elsewhere(rollback, world.person_id["guest_a"])
    assert bool([canary for canary in result.seen if (canary.table, canary.row) in elsewhere]) is not second_wall


# --- the twin for writes ---


async def test_no_form_reaches_what_is_out_of_sight(rollback: asyncpg.Connection, world: World, app: Litestar):
    async with staged(rollback, world, app) as stage:
        before = await fingerprint(rollback)
        wrong, sent = [], 0
        for reader in READERS:
            for route in routes(app, "POST"):
                for path, may_know in fillings(route, stage, reader):
                    if may_know or "{public_id}" not in route.path_format:
                        continue
                    status = await send(stage, reader, path, sent := sent + 1)
                    right = 401 if reader in NOBODY else 404
                    if path.startswith(ADMINISTRATORS_ONLY) and reader not in ("administrator", *NOBODY):
                        right = 403
                    if status != right:
                        wrong.append(f"{reader} sends to {path}: {status}, not {right}")
            after = await fingerprint(rollback)
            wrong += [f"{reader} changed {table}" for table in before if before[table] != after[table]]
            before = after
        assert not wrong, "\n".join(wrong[:30])
        assert sent > 500


async def test_the_same_forms_do_change_what_is_in_sight_and_allowed(
    rollback: asyncpg.Connection, world: World, app: Litestar
):
    """The control: these forms are complete, so that only the scope can have refused them."""
    async with staged(rollback, world, app) as stage:
        # the canaries have taken the addresses of people away: they are what the forms name
        for name in world.person_id:
            await execute("UPDATE identity SET email = {} WHERE person = {}", email_of(name), world.person_id[name])
        left = "UPDATE identity SET name = 'Owen Pritchard' WHERE person = {}"  # typed to confirm that she is erased
        await execute(left, world.person_id["deactivated"])
        for name in ("water", "roads"):
            await execute("UPDATE org_unit SET name = {} WHERE id = {}", f"Unit {name}", world.unit_id[name])
        await execute(  # so that there is a role to take away
            "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator')",
            world.space_id["open"],
            world.person_id["insider_b"],
        )
        before = await fingerprint(rollback)
        # a button without fields has nothing that could be incomplete; tests/web/test_request.py presses each
        unchanged = {route.path_format for route in routes(app, "POST") if "{public_id}" in route.path_format}
        unchanged &= {path.replace(":str}", "}") for path, (_, _, fields) in POSTS.items() if fields}
        for route in routes(app, "POST"):
            for reader in ("employee", "insider_a", "guest_a", "administrator"):
                for path, may_know in fillings(route, stage, reader, deep=True):
                    if route.path_format not in unchanged or not may_know:
                        continue
                    for own in (True, False):
                        undone, since = rollback.transaction(), await written(rollback)
                        await undone.start()
                        if await send(stage, reader, path, 0, own=own) == 303 and await changed(
                            rollback, before, since
                        ):
                            unchanged.discard(route.path_format)
                        await undone.rollback()
        assert not unchanged, sorted(unchanged)


async def test_what_a_guest_may_do_the_second_wall_lets_her_do(
    rollback: asyncpg.Connection, world: World, app: Litestar, template: tuple[str, World]
):
    """Every form to everything in her sight, by the first wall alone and behind both: one answer, the same tables
    changed."""
    pools = {"first": OneConnection(rollback), "both": OneConnectionAsGuests(rollback, f"{template[0]}_guest")}
    async with staged(rollback, world, app) as stage:
        before = await fingerprint(rollback)
        paths = [
            path
            for route in routes(app, "POST")
            for path, may_know in fillings(route, stage, "guest_a", few=True)
            if may_know
        ]
        paths.remove("/sign-out")  # which is the same for everybody
        guest = stage.browsers["guest_a"]
        session = guest.http.cookies["sid"]
        found: dict[str, dict[str, tuple[int, set[str]]]] = {path: {} for path in paths}
        for wall, pool in pools.items():  # one after the other: what is planned for a role is not planned for another
            db.DB.guest_pool = pool
            for path in paths:
                undone, since = rollback.transaction(), await written(rollback)
                await undone.start()
                guest.keep_session(session)  # some forms end it
                status = await send(stage, "guest_a", path, 0)
                found[path][wall] = (status, await changed(rollback, before, since))
                await undone.rollback()
        different = [
            f"{path}: {of['first']} by the first wall alone, {of['both']} behind both"
            for path, of in found.items()
            if of["first"] != of["both"]
        ]
        assert not different, "\n".join(different)
        assert sum(bool(of["first"][1]) for of in found.values()) > 20
