"""The engine of `make prove-isolation`, on a few routes: every address in every way, and it can fail."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path

import asyncpg
import pytest
from litestar import Litestar, get
from litestar.params import FromPath
from litestar.routes import HTTPRoute

from portal import db
from portal import tables as t
from portal.access import scope, sight
from tests.access.crawl import OF_FILES, Crawl, crawl, fillings, learn_etags, routes
from tests.access.stage import staged
from tests.connections import OneConnection
from tests.isolation.report import HERE, LANGUAGES, Findings, write_report
from tests.world import World

FILES = "/attachments/"


async def _asked(connection: asyncpg.Connection, world: World, app: Litestar, until: str = "") -> Crawl:
    async with staged(connection, world, app) as stage:
        await learn_etags(stage, "insider_a", "guest_b", only=FILES)
        assert len(stage.etags) >= 4
        return await crawl(stage, "guest_a", deep=True, only=FILES, until=until)


async def test_every_file_is_asked_for_in_every_way(rollback: asyncpg.Connection, world: World, app: Litestar):
    result = await _asked(rollback, world, app)
    assert not result.leaks + result.wrong
    files = [route for route in routes(app, "GET") if route.path_format.startswith(FILES)]
    attachments = await rollback.fetchval("SELECT count(*) FROM attachment")
    assert result.questions >= len(files) * attachments * len(OF_FILES)
    assert {200, 206, 304, 404} <= {status for _, status in result.statuses}


async def test_with_one_rule_gone_the_same_run_finds_leaks(
    rollback: asyncpg.Connection, world: World, app: Litestar, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(db.DB, "guest_pool", OneConnection(rollback))  # the second wall would hide it
    monkeypatch.setitem(scope.VISIBILITY, t.Attachment, sight.everybody)  # type: ignore[misc]
    result = await _asked(rollback, world, app, until="attachment")
    assert result.leaks
    assert [wrong for wrong in result.wrong if "304, not {404}" in wrong], "another's copy is still good"
    assert [wrong for wrong in result.wrong if "206, not {404}" in wrong]


def test_a_route_with_a_parameter_that_it_does_not_know_stops_it():
    @get("/things/{colour:str}")
    async def thing(colour: FromPath[str]) -> None: ...

    (route,) = (route for route in Litestar([thing], openapi_config=None).routes if isinstance(route, HTTPRoute))
    with pytest.raises(AssertionError, match="does not know what to ask for at /things"):
        list(fillings(route, None, None))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_says_what_was_found_in_words(language: str, tmp_path: Path):
    leaks = [
        "guest_a reads idea.title of row 7 at /ideas/abc (page)",
        "None reads the address of comment. 7 at /search?q=x",
        "former_guest is told by head that there is something at /partners/abc",
    ]
    findings = Findings({"idea": (3, 9)}, {("guest_a", False): Counter(page=3)}, leaks)
    told = write_report(findings, tmp_path, language, 60).read_text()
    words = tomllib.loads((HERE / "words.toml").read_text())[language]
    for who in ("guest_a", "nobody", "former_guest"):
        assert f"<li>{words['people'][who]}: " in told
    assert not any(leak in told for leak in leaks)
