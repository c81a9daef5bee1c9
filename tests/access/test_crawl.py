"""The canary crawl: every page of the application, as everybody, with everybody's addresses."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator

import pytest
from litestar import Litestar

from portal import db
from portal.access.scope import NEVER_SHOWN
from portal.run.postgres import EmbeddedPostgres
from portal.settings import ROOT
from tests.access.crawl import Crawl, crawl, query_parameters, routes
from tests.access.stage import GUESTS, NOBODY, READERS, Stage, staged
from tests.connections import OneConnection, OneConnectionAsGuests, connect
from tests.servers import drop_database, new_database
from tests.sitemap import NOT_THERE
from tests.world import World


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
