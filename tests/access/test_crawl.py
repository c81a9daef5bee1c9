"""The canary crawl: every page of the application, as everybody, with everybody's addresses.

Every text in the database says where it stands (`canary.py`). Whoever finds one that she may not read has found a leak.
Routes come from the application itself, so that a new one is crawled without anybody's doing.
"""

from __future__ import annotations

import copy
import hashlib
import inspect
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from urllib.parse import urlencode

import asyncpg
import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from piccolo.table import Table

from portal import db
from portal import tables as t
from portal.about import SLUGS
from portal.access import scope
from portal.access.fields import FIELDS
from portal.access.scope import NEVER_SHOWN, VISIBILITY
from portal.access.tokens import token_sha256
from portal.db import execute, fetch_value
from portal.settings import ROOT
from tests.access.canary import Canary, Sight, addresses, canaries_in, plant, rows_elsewhere, sight_of
from tests.client import Browser
from tests.conftest import OneConnection, OneConnectionAsGuests
from tests.sitemap import FILES, NOT_THERE, POSTS
from tests.world import (
    World,
    add_appeal,
    add_attachment,
    add_comment,
    add_decision,
    add_idea,
    add_import,
    add_report,
    email_of,
    stored_picture,
)

#: Who crawls. `deactivated` shows the cookie of a session that was open when she left.
READERS: tuple[str | None, ...] = (
    "guest_a",
    "guest_b",
    "insider_a",
    "employee",
    "administrator",
    "deactivated",
    None,
)
NOBODY = ("deactivated", None)
GUESTS = ("guest_a", "guest_b")
#: Which table the public id in an address belongs to. An address that is missing here is tried with every table's.
TABLES = {
    "/campaigns/": "campaign",
    "/ideas/": "idea",
    "/comments/": "comment",
    "/attachments/": "attachment",
    "/people/": "person",
    "/spaces/": "space",
    "/moderation/items/": "moderation_item",
    "/moderation/decisions/": "decision",
    "/receipts/": "decision",
    "/settings/data/": "data_export",
    "/settings/sessions/": "session",
    "/services/": "service",
    "/captures/": "capture",
    "/workshops/": "workshop",
    "/admin/imports/": "people_import",
    "/admin/mail/": "mail",
    "/admin/people/": "person",
    "/admin/roles/": "space",
    "/admin/units/": "org_unit",
}
#: Whoever is no administrator is turned away here before anything is looked up.
ADMINISTRATORS_ONLY = ("/admin", "/about/")
#: What administrators read of everybody there, guests of closed groups and who is deactivated included; nowhere else.
MANAGED = {"person", "identity", "personnel", "org_unit"}
#: Pages of what hangs under an idea, where it has such a thing.
WHERE_THERE_IS_ONE = ("/ideas/{public_id}/answer/versions", "/ideas/{public_id}/answer/correction")
BOTH_WAYS = 8
RESET_TOKEN = "the-token-of-a-reset-link"
WORD = re.compile(r"\w+")
ASSET = re.compile(r'href="/static/([^"]+\.css)"')


@dataclass
class Stage:
    """The world with canaries in it, and a browser for each reader."""

    connection: asyncpg.Connection
    world: World
    app: Litestar
    browsers: dict[str | None, Browser] = field(default_factory=dict)
    sights: dict[str | None, Sight] = field(default_factory=dict)
    addresses: dict[str, dict[str, int]] = field(default_factory=dict)
    #: whose each address is: table and row
    owners: dict[str, tuple[str, int]] = field(default_factory=dict)


@dataclass
class Crawl:
    """What somebody came across."""

    reader: str | None
    leaks: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    seen: set[Canary] = field(default_factory=set)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)


def routes(app: Litestar, method: str) -> list[HTTPRoute]:
    """Every route that answers this method."""
    return [route for route in app.routes if isinstance(route, HTTPRoute) and method in route.methods]


def is_public(route: HTTPRoute) -> bool:
    """Whether it answers people who are not signed in."""
    return any(handler.opt.get("public") for handler in route.route_handlers if "GET" in handler.http_methods)


def query_parameters(route: HTTPRoute) -> list[str]:
    """The query parameters that the route's module reads, or what it hands them to."""
    asks = re.compile(r"""(?:query_params|asked)(?:\.get\(|\.getall\(|\[)"(\w+)\"""")
    own = {inspect.getmodule(handler.fn) for handler in route.route_handlers if "GET" in handler.http_methods}
    handed = {inspect.getmodule(thing) for module in own for thing in vars(module).values() if hasattr(thing, "read")}
    return sorted({name for module in own | handed if module for name in asks.findall(inspect.getsource(module))})


def fillings(route: HTTPRoute, stage: Stage, reader: str | None) -> Iterator[tuple[str, bool]]:
    """The addresses that a route has, each with whether this reader may know that it exists."""
    pattern = route.path_format.replace("{person}", stage.world.person["moderator"])
    if "{step}" in pattern:
        for step in ("question", "people"):
            yield from _filled(pattern.replace("{step}", step), stage, reader)
    else:
        yield from _filled(pattern, stage, reader)


def _filled(pattern: str, stage: Stage, reader: str | None) -> Iterator[tuple[str, bool]]:
    if "{" not in pattern:
        yield pattern, pattern not in NOT_THERE
    for slug in SLUGS if "{slug}" in pattern else ():
        yield pattern.format(slug=slug), True
    if "{path}" in pattern:
        yield pattern.format(path=stage.browsers["asset"]), True
    if "{token}" in pattern:
        yield pattern.format(token=RESET_TOKEN), True
        yield pattern.format(token="another-token"), False
    if "{public_id}" not in pattern:
        return
    own = next((table for start, table in TABLES.items() if pattern.startswith(start)), None)
    for table, ids in stage.addresses.items():
        rows = stage.sights[reader].rows.get(table, set())
        if reader == "administrator" and table in MANAGED and pattern.startswith("/admin"):
            rows = set(ids.values())
        if table == own:
            known = [public_id for public_id, row in ids.items() if row in rows]
            unknown = [public_id for public_id, row in ids.items() if row not in rows]
            if reader in NOBODY:
                known, unknown = _spread(known, 1), _spread(unknown, 1)
            elif not pattern.endswith("{public_id}"):  # what hangs under a thing is found by way of the thing
                known, unknown = _spread(known, 16), _spread(unknown, 4)
            for public_id in (*known, *unknown):
                yield pattern.format(public_id=public_id), public_id in known
        elif own is None:
            for public_id in ids:
                yield pattern.format(public_id=public_id), True
        else:  # an address of something else, which the reader may see elsewhere
            for public_id in islice((p for p, row in ids.items() if row in rows), 1):
                yield pattern.format(public_id=public_id), False


def _spread(ids: list[str], most: int) -> list[str]:
    """At most so many of them, from the first to the last."""
    step = max(1, (len(ids) - 1) / max(1, most - 1))
    return [ids[round(number * step)] for number in range(min(most, len(ids)))]


@asynccontextmanager
async def staged(connection: asyncpg.Connection, world: World, app: Litestar) -> AsyncIterator[Stage]:
    """Adds to the world whatever could leak, signs everybody in, and puts the canaries in."""
    stage = Stage(connection, world, app)
    async with db.transaction():
        await _things_that_could_leak(world)
    for reader in READERS:
        browser = Browser(app, world.person_id[reader] if reader else None)
        if reader:
            await browser.start_session()
        browser.http.headers["Accept-Encoding"] = "identity"  # packing and unpacking would take half of the time
        stage.browsers[reader] = browser
    await plant(connection)
    for reader in READERS:
        stage.sights[reader] = await sight_of(connection, stage.browsers[reader].person)
    stage.addresses = await addresses(connection)
    stage.owners = {
        public_id: ("identity" if table == "person" else table, row)
        for table, ids in stage.addresses.items()
        for public_id, row in ids.items()
    }
    sign_in = await stage.browsers[None].get("/sign-in")
    stage.browsers["asset"] = ASSET.search(sign_in.text)[1]  # type: ignore[assignment]
    yield stage
    for reader in READERS:
        await stage.browsers[reader].http.aclose()


async def _things_that_could_leak(world: World) -> None:
    ids = world.person_id
    await execute(
        "INSERT INTO vote (person, idea, space, guest) SELECT {}, id, space, FALSE FROM idea WHERE id = {}",
        ids["employee"],
        world.idea_id["vote"],
    )
    await execute("UPDATE idea SET supporters = 1 WHERE id = {}", world.idea_id["vote"])
    await add_import(world, "running")
    await execute(
        "INSERT INTO data_export (person, made_at, expires_at, file)"
        " SELECT {}, plein_now(), plein_now() + interval '1 day', {}",
        ids["employee"],
        stored_picture("export"),
    )
    unit = await fetch_value("INSERT INTO org_unit (name) VALUES ('Unit') RETURNING id")
    await execute("UPDATE person SET org_unit = {}", unit)
    for reader, campaign in (("employee", "collect"), ("guest_a", "closed_a"), ("guest_b", "closed_b")):
        await add_idea(world, f"of_{reader}", campaign=campaign, author=reader)
        for state in ("published", "hidden", "removed"):
            await add_comment(world, f"{state}_of_{reader}", idea=campaign, author=reader, state=state)
        await add_attachment(world, f"of_{reader}", idea=f"of_{reader}")
    await add_idea(world, "of_employee_voted_on", campaign="vote", author="employee")
    # each field of each profile for whoever may read it at the most, and a few for fewer
    await execute("UPDATE profile SET status_for = 'everyone', hours_for = 'everyone'")
    for reader, level in (("insider_a", "me"), ("administrator", "circle"), ("guest_b", "me")):
        for name in FIELDS:
            await execute(f"UPDATE profile SET {name}_for = {{}} WHERE person = {{}}", level, ids[reader])
    # hidden and removed things in spaces that the readers do read
    for campaign, author in (("collect", "author"), ("closed_a", "insider_a"), ("closed_b", "insider_b")):
        for state in ("hidden", "removed", "draft", "withdrawn"):
            comments = state != "draft"
            await add_idea(
                world, f"{state}_{campaign}", campaign=campaign, author=author, state=state, comments=comments
            )
        for state in ("hidden", "removed"):
            await add_comment(world, f"{state}_{campaign}", idea=campaign, author=author, state=state)
            await add_comment(
                world, f"{state}_{campaign}_reply", idea=campaign, author=author, state=state, root=campaign
            )
    # somebody who is in the group no longer, and somebody who never was, named in its answer
    await add_comment(world, "former", idea="closed_a", author="colleague")
    await execute("UPDATE campaign SET always_open = TRUE WHERE title LIKE 'Campaign closed_%'")
    # the last answer is not to be shown yet, because voting goes on
    for idea, decider in (
        ("closed_a", "insider_a"),
        ("closed_b", "insider_b"),
        ("decide", "sponsor"),
        ("vote", "sponsor"),
    ):
        await execute(
            "INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, from_when, next_step,"
            " next_owner, language) SELECT id, space, {}, 'declined', 'S', 'R', 'R', 'F', 'N', {}, 'en' FROM idea WHERE id = {}",
            ids[decider],
            ids["moderator"],
            world.idea_id[idea],
        )
        await execute(
            "INSERT INTO idea_version (idea, space, version, title, body, tags, author, created_at)"
            " SELECT id, space, version, title, body, tags, author, created_at FROM idea WHERE id = {}",
            world.idea_id[idea],
        )
        await under_an_idea(world.idea_id[idea], ids[decider], ids["moderator"])
    for campaign, author in (("collect", "author"), ("closed_a", "insider_a"), ("closed_b", "insider_b")):
        for state in ("hidden", "removed", "draft", "withdrawn"):
            await under_an_idea(world.idea_id[f"{state}_{campaign}"], ids[author], ids["moderator"])
    await execute("INSERT INTO service (name) VALUES ('Roads')")
    await _things_that_were_moderated(world)
    # the employee has something of everything, so that every page opens for somebody
    await execute(
        "UPDATE campaign SET author = {}, sponsor = {} WHERE id = {}",
        ids["employee"],
        ids["employee"],
        world.campaign_id["done"],
    )
    for name, role in (("collect", "decision_owner"), ("proposed", "decision_owner"), ("draft", "author")):
        await execute(f"UPDATE campaign SET {role} = {{}} WHERE id = {{}}", ids["employee"], world.campaign_id[name])
    await execute(
        "INSERT INTO follow (person, space, campaign, idea)"
        " SELECT {}::bigint, space, id, NULL::bigint FROM campaign WHERE id = {}"
        " UNION ALL SELECT {}::bigint, space, NULL, id FROM idea WHERE id = {}",
        ids["employee"],
        world.campaign_id["vote"],
        ids["employee"],
        world.idea_id["vote"],
    )
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'owner')",
        world.space_id["open"],
        ids["employee"],
    )
    for recipient in ("guest_a", "employee"):
        await execute(
            "INSERT INTO mail (kind, recipient, dropped_at, last_error) VALUES ('answer', {}, plein_now(), 'refused')",
            ids[recipient],
        )
    await execute(
        "INSERT INTO password_reset (token_sha256, person, created_at, expires_at)"
        " VALUES ({}, {}, plein_now(), plein_now() + interval '1 hour')",
        token_sha256(RESET_TOKEN),
        ids["colleague"],
    )


async def _things_that_were_moderated(world: World) -> None:
    """In the closed groups, where insiders moderate what guests wrote: reported, sent back, appealed, decided."""
    for space in ("a", "b"):
        guest, insider, former = f"guest_{space}", f"insider_{space}", "colleague"
        for name in ("reported", "sent back", "appealed", "decided"):
            await add_comment(world, f"{name}_{space}", idea=f"closed_{space}", author=guest)
            reporter = former if name == "appealed" else insider  # who reported it decides no appeal
            await add_report(world, f"{name}_{space}", comment=f"{name}_{space}", reporter=reporter)
        for name, action, judge in (
            ("sent back", "send back", former),
            ("appealed", "remove", former),
            ("decided", "warn", insider),
        ):
            await add_decision(world, f"{name}_{space}", f"{name}_{space}", moderator=judge, action=action)
        await add_appeal(world, f"appealed_{space}")


UNDER_AN_IDEA = (
    "INSERT INTO status_change (idea, space, author, status, body, body_html, language)"
    " SELECT id, space, {}, unnest(ARRAY['shortlisted', 'withdrawn']), 'S', 'S', 'en' FROM idea WHERE id = {}",
    "INSERT INTO correction (idea, space, author, body, body_html, language)"
    " SELECT id, space, {}, 'C', 'C', 'en' FROM idea WHERE id = {}",
    "INSERT INTO help_offer (idea, space, person, body) SELECT id, space, {}, 'H' FROM idea WHERE id = {}",
    "INSERT INTO answer_version (answer, space, version, author, kind, summary, reason, from_when, next_step,"
    " created_at) SELECT id, space, 1, {}, kind, summary, reason, from_when, next_step, created_at"
    " FROM answer WHERE idea = {}",
    "WITH made AS (INSERT INTO workshop (campaign, space, author, name, held_on)"
    " SELECT campaign, space, author, 'W', '2026-06-01' FROM idea WHERE id = {} RETURNING id)"
    " INSERT INTO capture (idea, space, workshop, author, name)"
    " SELECT i.id, i.space, made.id, {}, 'Somebody' FROM idea i, made WHERE i.id = {}",
    "INSERT INTO co_author (idea, space, person, invited_by) SELECT id, space, {}, {} FROM idea WHERE id = {}",
)


async def under_an_idea(idea: int, author: int, invited: int) -> None:
    """A row of each kind that hangs under an idea; `invited` was asked to write along and has not answered."""
    status, correction, offer, version, capture, co_author = UNDER_AN_IDEA
    for sql in (status, correction, offer, version):
        await execute(sql, author, idea)
    await execute(capture, idea, author, idea)
    await execute(co_author, invited, author, idea)


async def crawl(stage: Stage, reader: str | None, *, until: str = "") -> Crawl:
    """Visits everything as somebody; or goes on until something of the table `until` leaks."""
    result = Crawl(reader)
    strange = _addresses_out_of_sight(stage, reader)
    for route in routes(stage.app, "GET"):
        asked = False
        for number, (path, may_know) in enumerate(fillings(route, stage, reader)):
            # the first few that open are visited both ways; of the many others, every other one by htmx
            both = may_know and number < BOTH_WAYS and reader not in NOBODY
            for htmx in (False, True) if both else (number % 2 == 1,):
                response = await _visit(stage, result, route, path, htmx)
                _judge(result, route, path, htmx, response.status_code, may_know)
                if until and any(f" {until}." in leak for leak in result.leaks):
                    return result
            if response.status_code == 200 and not asked and reader not in NOBODY:
                asked = True
                for nth, query in enumerate(_queries(query_parameters(route), strange)):
                    response = await _visit(stage, result, route, f"{path}?{query}", htmx=nth % 2 == 1)
                    if response.status_code not in (200, 303):
                        result.wrong.append(f"{path}?{query}: {response.status_code}")
    return result


def _addresses_out_of_sight(stage: Stage, reader: str | None) -> list[str]:
    """A few public ids of each kind that the reader may not know of: of another space, and hidden."""
    found = []
    for table in ("idea", "comment", "campaign", "space"):
        rows = stage.sights[reader].rows.get(table, set())
        strange = [public_id for public_id, row in stage.addresses[table].items() if row not in rows]
        found += [*strange[:1], *strange[-1:]]
    return found


def _queries(parameters: list[str], strange: list[str]) -> Iterator[str]:
    for public_id in strange if parameters else ():
        yield urlencode(dict.fromkeys(parameters, public_id) | {"order": "newest"})
    for parameter in parameters:
        yield urlencode({"order": "supported", parameter: strange[-1]})


async def _visit(stage: Stage, result: Crawl, route: HTTPRoute, path: str, htmx: bool) -> Any:
    response = await stage.browsers[result.reader].get(path, htmx=htmx)
    result.statuses[(route.path_format, response.status_code)] += 1
    told = response.text + "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    for public_id in set(WORD.findall(told)) & stage.owners.keys():
        table, row = stage.owners[public_id]
        if _managed(result.reader, path, table):
            continue
        if public_id not in path and row not in stage.sights[result.reader].rows.get(table, set()):
            result.leaks.append(f"{result.reader} reads the address of {table}. {row} at {path}")
    canaries = canaries_in(told)
    result.seen |= canaries
    for canary in sorted(canaries):
        if not _managed(result.reader, path, canary.table) and not stage.sights[result.reader].may_read(canary):
            how = " (htmx)" if htmx else ""
            result.leaks.append(
                f"{result.reader} reads {canary.table}.{canary.column} of row {canary.row} at {path}{how}"
            )
    return response


def _managed(reader: str | None, path: str, table: str) -> bool:
    """Whether an administrator reads this where she manages people."""
    return reader == "administrator" and path.startswith("/admin") and table in MANAGED


def _judge(result: Crawl, route: HTTPRoute, path: str, htmx: bool, status: int, may_know: bool) -> None:
    """Out of sight is 404; nobody is sent to sign in; the rest opens, leads on, or is refused."""
    if result.reader in NOBODY and not is_public(route):
        right = {401} if htmx else {303}
    elif not may_know:
        right = {404}
        if result.reader != "administrator" and path.startswith(ADMINISTRATORS_ONLY):
            right = {403}
    else:
        right = {200, 303, 403} | ({404} if route.path_format in WHERE_THERE_IS_ONE else set())
    if status not in right:
        result.wrong.append(f"{result.reader} at {path}{' (htmx)' if htmx else ''}: {status}, not {right}")


Crawls = dict[str | None, Crawl]


@pytest.fixture(scope="module")
async def crawls(app: Litestar, shared_database: str, template: tuple[str, World]) -> tuple[Crawls, Crawls]:
    """Everybody's crawl by the first wall alone, and that of guests behind both; once for all tests of this file."""
    connection = await asyncpg.connect(shared_database)
    undone = connection.transaction()
    await undone.start()
    db.DB.pool = db.DB.guest_pool = OneConnection(connection)
    try:
        async with staged(connection, copy.deepcopy(template[1]), app) as stage:
            first = {reader: await crawl(stage, reader) for reader in READERS}
            db.DB.guest_pool = OneConnectionAsGuests(connection, f"{template[0]}_guest")
            both = {reader: await crawl(stage, reader) for reader in GUESTS}
    finally:
        db.DB.pool = db.DB.guest_pool = None
        await undone.rollback()
        await connection.close()
    return first, both


@pytest.fixture
def crawled(crawls: tuple[Crawls, Crawls]) -> Crawls:
    """What the first wall alone lets through."""
    return crawls[0]


@pytest.mark.parametrize("reader", GUESTS)
def test_behind_the_second_wall_guests_find_the_same(crawls: tuple[Crawls, Crawls], reader: str):
    first, both = crawls[0][reader], crawls[1][reader]
    assert not both.wrong, f"{len(both.wrong)} wrong:\n" + "\n".join(both.wrong[:30])
    assert both.statuses == first.statuses
    assert both.seen == first.seen


@pytest.mark.parametrize("reader", READERS)
def test_nobody_reads_what_is_not_for_her(crawled: dict[str | None, Crawl], reader: str | None):
    leaks = crawled[reader].leaks
    assert not leaks, f"{len(leaks)} leaks:\n" + "\n".join(leaks[:30])


@pytest.mark.parametrize("reader", READERS)
def test_out_of_sight_is_404_and_nobody_has_to_sign_in(crawled: dict[str | None, Crawl], reader: str | None):
    wrong = crawled[reader].wrong
    assert not wrong, f"{len(wrong)} wrong:\n" + "\n".join(wrong[:30])


@pytest.mark.parametrize("reader", NOBODY)
def test_who_is_not_signed_in_reads_no_text_of_anybody(crawled: dict[str | None, Crawl], reader: str | None):
    assert not crawled[reader].seen


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


def test_the_crawl_reads_what_everybody_may_read(crawled: dict[str | None, Crawl]):
    seen = {f"{canary.table}.{canary.column}" for result in crawled.values() for canary in result.seen}
    assert seen >= SHOWN
    hidden = {f"{table._meta.tablename}.{column._meta.name}" for table in NEVER_SHOWN for column in table._meta.columns}
    assert not seen & hidden


@pytest.mark.parametrize("reader", ["guest_a", "guest_b", "employee", "administrator"])
def test_the_crawl_reads_what_this_reader_may_read(crawled: dict[str | None, Crawl], reader: str):
    seen = {f"{canary.table}.{canary.column}" for canary in crawled[reader].seen}
    assert {"campaign.title", "idea.title", "idea.body_html", "idea.excerpt", "comment.body_html"} <= seen
    assert {"space.name", "answer.summary", "identity.name"} <= seen


#: Addresses that lead on to the page that they stand for.
LEAD_ON = {
    "/campaigns/{public_id}/edit",
    "/settings/photo",
    "/comments/{public_id}",
    "/campaigns/{public_id}/ideas",
    "/ideas/{public_id}/comments",
}


def test_every_page_opens_for_somebody(crawled: dict[str | None, Crawl], app: Litestar):
    opened = {
        pattern
        for result in crawled.values()
        for (pattern, status) in result.statuses
        if status == 200 or (status == 303 and pattern in LEAD_ON)
    }
    assert opened == {route.path_format for route in routes(app, "GET")} - NOT_THERE


def test_the_query_parameters_are_found(app: Litestar):
    found = {route.path_format: query_parameters(route) for route in routes(app, "GET")}
    assert {"after", "start", "reply", "order", "tag"} <= set(found["/ideas/{public_id}"])
    assert found["/sign-in"] == ["next"]
    assert found["/health"] == []
    # and nobody reads them in a way that the crawl does not see
    readers = {path for path in (ROOT / "portal").rglob("*.py") if "query_params" in path.read_text()}
    assert readers <= {*(ROOT / "portal").glob("*/routes.py"), ROOT / "portal" / "ideas" / "desk.py"}


@pytest.mark.parametrize("table", [t.Idea, t.Comment, t.Campaign, t.Space], ids=lambda table: table.__name__)
async def test_the_crawl_finds_the_leak_when_a_rule_is_gone(
    rollback: asyncpg.Connection, world: World, app: Litestar, monkeypatch: pytest.MonkeyPatch, table: type[Table]
):
    monkeypatch.setattr(db.DB, "guest_pool", OneConnection(rollback))  # the second wall would hide it
    async with staged(rollback, world, app) as stage:
        monkeypatch.setitem(scope.VISIBILITY, table, scope.everybody)
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
            monkeypatch.setitem(scope.VISIBILITY, table, scope.everybody)
        result = await crawl(stage, "guest_a", until="" if second_wall else "idea")
        elsewhere = await rows_elsewhere(rollback, world.person_id["guest_a"])
    assert bool([canary for canary in result.seen if (canary.table, canary.row) in elsewhere]) is not second_wall


# --- the twin for writes ---

#: Answers to every field of every form, so that each would be valid where it is allowed.
ANSWERS = {
    "title": "A forged title",
    "body": "A forged body",
    "description": "A forged description",
    "tags": "forged",
    "language": "en",
    "version": "1",
    "kind": "declined",
    "summary": "Forged",
    "reason": "Forged",
    "next_step": "Forged",
    "next_owner_email": email_of("insider_a"),
    "lead": "Forged",
    "brief": "Forged",
    "sponsor_email": email_of("insider_a"),
    "collect_from": "2026-01-01T09:00",
    "discuss_from": "2026-12-01T09:00",
    "vote_from": "2026-12-02T09:00",
    "decide_from": "2026-12-03T09:00",
    "done_from": "2026-12-04T09:00",
    "rule": "addresses",
    "words": "Forged",
    "action": "warn",
    "days": "1",
    "outcome": "upheld",
    "email": email_of("insider_b"),
    "name": "Forged",
    "role": "moderator",
    "give": "helpful",
    "how": "Forged",
    "seen": hashlib.md5(b'{"new": 1, "wrong": 1}', usedforsecurity=False).hexdigest(),
    "into": "Unit water",
    "title_0": "A forged row",
    "whom_0": "Forged",
    "held_on": "2026-06-01",
    "step": "under review",
    "service": "",
    "password": "a forged long lantern",
}

FINGERPRINT = " UNION ALL ".join(
    f"SELECT '{name}' AS t, count(*) AS n, md5(string_agg(x::text, ',' ORDER BY x::text)) AS h FROM {name} x"
    for name in sorted({*(table._meta.tablename for table in [*VISIBILITY, *NEVER_SHOWN]), "procrastinate_jobs"})
)


async def fingerprint(connection: asyncpg.Connection) -> dict[str, tuple[int, str]]:
    """Of every table, so that the slightest change shows. The tests' clock stands, so not even `last_seen_at` moves."""
    return {row["t"]: (row["n"], row["h"]) for row in await connection.fetch(FINGERPRINT)}


async def _send(stage: Stage, reader: str | None, path: str, number: int) -> int:
    routes_with_files = (route for route in FILES if re.fullmatch(route.replace("{public_id:str}", r"\w+"), path))
    files = FILES.get(next(routes_with_files, ""))
    response = await stage.browsers[reader].post(path, ANSWERS | {"form_key": f"forged{number}"}, files=files)
    return int(response.status_code)


async def test_no_form_reaches_what_is_out_of_sight(rollback: asyncpg.Connection, world: World, app: Litestar):
    async with staged(rollback, world, app) as stage:
        before = await fingerprint(rollback)
        wrong, sent = [], 0
        for reader in READERS:
            for route in routes(app, "POST"):
                for path, may_know in fillings(route, stage, reader):
                    if may_know or "{public_id}" not in route.path_format:
                        continue
                    status = await _send(stage, reader, path, sent := sent + 1)
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
        for name in ("insider_a", "insider_b"):
            await execute("UPDATE identity SET email = {} WHERE person = {}", email_of(name), world.person_id[name])
        await execute("UPDATE org_unit SET name = 'Unit water' WHERE id = {}", world.unit_id["water"])
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
                for path, may_know in fillings(route, stage, reader):
                    if route.path_format not in unchanged or not may_know:
                        continue
                    undone = rollback.transaction()
                    await undone.start()
                    if await _send(stage, reader, path, 0) == 303 and await fingerprint(rollback) != before:
                        unchanged.remove(route.path_format)
                    await undone.rollback()
        assert not unchanged
