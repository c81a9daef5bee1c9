"""The crawl: every page of the application, as somebody, with everybody's addresses.

Every text in the database says where it stands (`canary.py`). Whoever finds one that she may not read has found a leak.
Routes come from the application itself, so that a new one is crawled without anybody's doing.
"""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import islice
from typing import NamedTuple
from urllib.parse import unquote, urlencode
from zlib import crc32

from litestar import Litestar
from litestar.routes import HTTPRoute

from portal.about import SLUGS
from tests.access.canary import Canary, canaries_in
from tests.access.stage import GUESTS, NOBODY, RESET_TOKEN, Stage
from tests.client import Answer
from tests.sitemap import NOT_THERE

#: Which table the public id in an address belongs to. An address that is missing here is tried with every table's.
TABLES = {
    "/campaigns/": "campaign",
    "/ideas/": "idea",
    "/cases/": "escalation",
    "/case-files/": "case_file",
    "/case-records/": "case_record",
    "/consultations/": "consultation",
    "/comments/": "comment",
    "/promises/": "promise",
    "/asked/": "crowd_question",
    "/attachments/": "attachment",
    "/file-wishes/": "file_wish",
    "/people/": "person",
    "/spaces/": "space",
    "/moderation/items/": "moderation_item",
    "/moderation/decisions/": "decision",
    "/receipts/": "decision",
    "/screenings/": "screening",
    "/settings/data/": "data_export",
    "/settings/sessions/": "session",
    "/settings/absences/": "absence",
    "/services/": "service",
    "/policies/": "policy",
    "/captures/": "capture",
    "/workshops/": "workshop",
    "/sent-invitations/": "invitation",
    "/wishes/": "colleague_wish",
    "/posts/": "idea",
    "/chapters/": "chapter",
    "/records/": "space_record",
    "/partners/": "partner",
    "/admin/imports/": "people_import",
    "/admin/mail/": "mail",
    "/admin/people/": "person",
    "/admin/roles/": "space",
    "/admin/units/": "org_unit",
    "/admin/topics/absences/": "absence",
    "/admin/answer-texts/": "answer_start",
    "/admin/topics/": "topic",
}
#: Whoever is no administrator is turned away here before anything is looked up.
ADMINISTRATORS_ONLY = ("/admin", "/about/")
#: What administrators read of everybody there, guests of closed groups and who is deactivated included; nowhere else.
MANAGED = {"person", "identity", "personnel", "org_unit"}
#: Pages of what an idea, a person or a space has, where it has such a thing.
WHERE_THERE_IS_ONE = (
    "/ideas/{public_id}/answer/versions",
    "/ideas/{public_id}/answer/correction",
    "/ideas/{public_id}/adoption",
    "/spaces/{public_id}/guests/{guest}/removal",
    "/admin/people/{public_id}/guest",
    "/admin/people/{public_id}/employee",
    "/spaces/{public_id}/chapters",
    "/spaces/{public_id}/chapters/new",
    "/spaces/{public_id}/guests/{guest}/first-day",
    "/answers/scoreboard/{number}",
)
#: What there is for colleagues alone: to a guest it is not there.
FOR_COLLEAGUES = ("/cases", "/cases/briefing")
BOTH_WAYS = 3
#: At how many other tables' addresses a route is tried, unless every question is asked.
OTHERS = 3
#: What may be an address: a word of so many letters as each of them has (`open_stage` sees to that).
WORD = re.compile(r"\b\w{12}\b")
#: What the crawl knows how to fill in. A route with another parameter stops it.
PARAMETERS = {"public_id", "person", "step", "name", "slug", "path", "token", "guest", "number", "category"}
#: Lead to where a comment stands, or stood: a thread stays whole.
OF_PLACES = ("/comments/{public_id}", "/comments/{public_id}/replies")
#: Where files are.
FILES = ("/attachments", "/case-files", "/case-records", "/settings/data/", "/records/")
#: An address that never was.
NEVER = "zzzzzzzzzzzz"
#: What differs from one answer to the next, whoever asks and whatever for.
TOKENS = re.compile(r"""(?:name="csrf_token" value=|name="form_key"[^>]*value=|"X-CSRF-Token": )"[^"]+\"""")
NEXT = re.compile(r'href="([^"#]+)[^"]*" rel="next"')
MOST_PAGES = 40


class Variant(NamedTuple):
    """One way to ask for an address. `{etag}` in a header is the mark of the copy that somebody else has."""

    name: str
    method: str = "GET"
    htmx: bool = False
    headers: dict[str, str] = {}  # noqa: RUF012


PAGE = Variant("page")
FRAGMENT = Variant("fragment", htmx=True)
COPY = {"If-None-Match": "{etag}", "If-Modified-Since": "Fri, 01 Jan 2038 00:00:00 GMT"}
VARIANTS = (PAGE, FRAGMENT, Variant("head", "HEAD"), Variant("piece of a copy", headers={"Range": "bytes=0-9", **COPY}))
#: Of files also the one without the other.
OF_FILES = (
    *VARIANTS,
    Variant("piece", headers={"Range": "bytes=0-99"}),
    Variant("copy", headers=COPY),
    Variant("piece if copy", headers={"Range": "bytes=0-99", "If-Range": "{etag}"}),
)


@dataclass
class Crawl:
    """What somebody came across."""

    reader: str | None
    leaks: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    seen: set[Canary] = field(default_factory=set)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    #: how many questions were asked, by the kind of question
    asked: Counter[str] = field(default_factory=Counter)

    @property
    def questions(self) -> int:
        """How many there were."""
        return self.asked.total()


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


#: The steps of a wizard, and the deeds, that addresses end with.
NAMED = {"/campaigns": ("question", "people"), "/cases": ("question",), "/promises": ("news",)}


def fillings(
    route: HTTPRoute, stage: Stage, reader: str | None, deep: bool = False, few: bool = False
) -> Iterator[tuple[str, bool]]:
    """The addresses that a route has, each with whether this reader may know that it exists; some of each kind, or all
    (`deep`), or a `few`."""
    unknown = set(route.path_parameters) - PARAMETERS
    assert not unknown, f"the crawl does not know what to ask for at {route.path}"
    pattern = route.path_format.replace("{person}", stage.world.person["moderator"])
    pattern = pattern.replace("{guest}", stage.world.person["guest_a"])
    pattern = pattern.replace("{number}", "cases").replace("{category}", "health")
    named = "{step}" in pattern or "{name}" in pattern
    for word in NAMED[pattern[: pattern.index("/", 1)]] if named else ("",):
        yield from _filled(pattern.replace("{step}", word).replace("{name}", word), stage, reader, deep, few)


def _filled(pattern: str, stage: Stage, reader: str | None, deep: bool, few: bool) -> Iterator[tuple[str, bool]]:
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
    others = set(stage.addresses if deep or own is None else _some_tables(pattern, sorted(stage.addresses)))
    for table, ids in stage.addresses.items():
        if table not in others | {own}:
            continue
        rows = stage.sights[reader].rows.get(table, set())
        if pattern in OF_PLACES and table == own:
            rows = rows | stage.sights[reader].rows.get("comment_place", set())
        if reader == "administrator" and table in MANAGED and pattern.startswith("/admin"):
            rows = set(ids.values()) - (stage.masks if table == "person" else set())
        if table == own:
            known = [public_id for public_id, row in ids.items() if row in rows]
            unknown = [public_id for public_id, row in ids.items() if row not in rows]
            if deep:
                unknown.append(NEVER)
            elif few:
                known, unknown = _spread(known, 3), _spread(unknown, 1)
            elif reader in NOBODY:
                known, unknown = _spread(known, 1), _spread(unknown, 1)
            elif not pattern.endswith("{public_id}"):  # what hangs under a thing is found by way of the thing
                known, unknown = _spread(known, 16), _spread(unknown, 3)
            else:
                known, unknown = _spread(known, 24), _spread(unknown, 12)
            for public_id in (*known, *unknown):
                yield pattern.format(public_id=public_id), public_id in known
        elif own is None:
            for public_id in ids:
                yield pattern.format(public_id=public_id), True
        else:  # an address of something else, which the reader may see elsewhere
            for public_id in islice((p for p, row in ids.items() if row in rows), 5 if deep else 1):
                yield pattern.format(public_id=public_id), False


def _some_tables(pattern: str, tables: list[str]) -> list[str]:
    """A few of all tables, for each route others."""
    first = crc32(pattern.encode()) % len(tables)
    return [*tables[first:], *tables[:first]][:: len(tables) // OTHERS][:OTHERS]


def _spread(ids: list[str], most: int) -> list[str]:
    """At most so many of them, from the first to the last."""
    step = max(1, (len(ids) - 1) / max(1, most - 1))
    return [ids[round(number * step)] for number in range(min(most, len(ids)))]


async def crawl(
    stage: Stage,
    reader: str | None,
    *,
    until: str = "",
    deep: bool = False,
    few: bool = False,
    only: str | tuple[str, ...] = "",
) -> Crawl:
    """Visits everything as somebody; or goes on until something of the table `until` leaks. `deep`: every address, in
    every way to ask for it; `few`: a few of each route. `only`: the routes that begin so."""
    result = Crawl(reader)
    for route in routes(stage.app, "GET"):
        if not route.path_format.startswith(only):
            continue
        await (_ask_everything(stage, result, route) if deep else _ask_some(stage, result, route, few))
        if until and any(f" {until}." in leak for leak in result.leaks):
            return result
    return result


async def _ask_some(stage: Stage, result: Crawl, route: HTTPRoute, few: bool) -> None:
    """A few addresses of a route, most of them in one way; and its questions, once it opens."""
    asked, nobody = False, result.reader in NOBODY
    for number, (path, may_know) in enumerate(fillings(route, stage, result.reader, few=few)):
        # the first few that open are visited both ways; the many others each in another way
        both = may_know and number < (1 if few else BOTH_WAYS) and not nobody
        rest = (PAGE, FRAGMENT) if may_know or nobody else VARIANTS
        for variant in (PAGE, FRAGMENT) if both else (rest[number % len(rest)],):
            response = await _visit(stage, result, route, path, variant)
            _judge(result, route, path, variant, response.status_code, may_know)
        if response.status_code == 200 and not asked and not nobody:
            asked = True
            strange = _addresses_out_of_sight(stage, result.reader, ("idea", "comment", "campaign", "space"), 2)
            for nth, query in enumerate(_queries(query_parameters(route), strange[:: 4 if few else 1])):
                response = await _visit(stage, result, route, f"{path}?{query}", (PAGE, FRAGMENT)[nth % 2])
                if response.status_code not in (200, 303, 404):  # about what is out of sight
                    result.wrong.append(f"{path}?{query}: {response.status_code}")


async def _ask_everything(stage: Stage, result: Crawl, route: HTTPRoute) -> None:
    """Every address of a route in every way, with every parameter; and each answer about what is out of sight must
    be the answer about what never was."""
    asked, nobody = False, result.reader in NOBODY
    about_nothing: dict[tuple[str, str], str] = {}
    is_file = route.path_format.startswith(FILES) or "/photo" in route.path_format
    for path, may_know in sorted(fillings(route, stage, result.reader, deep=True), key=lambda at: NEVER not in at[0]):
        for variant in OF_FILES if is_file else VARIANTS:
            response = await _visit(stage, result, route, path, variant)
            _judge(result, route, path, variant, response.status_code, may_know)
            public_id = next((part for part in path.split("/") if part in stage.owners or part == NEVER), "")
            if public_id and not may_know:
                told = whole(response)
                nothing = about_nothing.setdefault((path.replace(public_id, NEVER), variant.name), told)
                if told.replace(public_id, NEVER) != nothing.replace(public_id, NEVER):  # her own is in every answer
                    result.leaks.append(f"{result.reader} is told by {variant.name} that there is something at {path}")
        if response.status_code in (200, 206) and not asked and not nobody:
            asked = True
            strange = _addresses_out_of_sight(stage, result.reader, tuple(stage.addresses), 4)
            for nth, query in enumerate([*_queries(query_parameters(route), strange), *_odd(route, stage)]):
                await _ask_on(stage, result, route, f"{path}?{query}", (PAGE, FRAGMENT)[nth % 2])


async def _ask_on(stage: Stage, result: Crawl, route: HTTPRoute, path: str, variant: Variant) -> None:
    """One address with parameters, and the pages that follow on it."""
    for _ in range(MOST_PAGES):
        response = await _visit(stage, result, route, path, variant)
        if response.status_code not in (200, 303, 400, 404, 422):
            result.wrong.append(f"{path}: {response.status_code}")
        following = NEXT.search(response.text)
        if following is None:
            return
        path = unescape(following[1])


def whole(response: Answer) -> str:
    """All that an answer says, but for what differs each time: status, headers and body."""
    headers = "".join(f"{name}: {value}\n" for name, value in sorted(response.headers.items()) if name != "date")
    return f"{response.status_code}\n{headers}{TOKENS.sub('', response.text)}"


def _addresses_out_of_sight(stage: Stage, reader: str | None, tables: tuple[str, ...], most: int) -> list[str]:
    """A few public ids of each kind that the reader may not know of: of another space, and hidden."""
    found = []
    for table in tables:
        rows = stage.sights[reader].rows.get(table, set())
        found += _spread([public_id for public_id, row in stage.addresses[table].items() if row not in rows], most)
    return found


def _queries(parameters: list[str], strange: list[str]) -> Iterator[str]:
    for public_id in strange if parameters else ():
        yield urlencode(dict.fromkeys(parameters, public_id) | {"order": "newest"})
    for parameter in parameters:
        yield urlencode({"order": "supported", parameter: strange[-1]})


def _odd(route: HTTPRoute, stage: Stage) -> Iterator[str]:
    """Words that stand in every text, the text of one that is out of sight, and what no form sends."""
    for parameter in query_parameters(route):
        for value in ("canary", "Canary.idea.title.1.", "identity name", "\x00", "'", "-1", "9" * 30, "%"):
            yield urlencode({parameter: value})


async def ask(stage: Stage, reader: str | None, path: str, variant: Variant) -> Answer:
    """One question."""
    headers = {name: value.format(etag=stage.etags.get(path, '"x"')) for name, value in variant.headers.items()}
    return await stage.browsers[reader].ask_bare(variant.method, path, htmx=variant.htmx, **headers)


async def _visit(stage: Stage, result: Crawl, route: HTTPRoute, path: str, variant: Variant) -> Answer:
    response = await ask(stage, result.reader, path, variant)
    result.statuses[(route.path_format, response.status_code)] += 1
    result.asked[kind_of_question(route.path_format, path, variant)] += 1
    if stage.answers is not None:
        stage.answers[(path, variant.name)] = whole(response)
    told = response.text + "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    judge_text(stage, result, told, path, variant.name)
    return response


def kind_of_question(route: str, path: str, variant: Variant) -> str:
    """What a question is called in a report."""
    if variant.headers or variant.method == "HEAD":
        return "headers"
    if route.startswith(FILES) or "/photo" in route:
        return "files"
    if route.startswith("/search") or route.endswith("/mentions") or route == "/people":
        return "search"
    if "?" in path:
        return "parameters"
    return variant.name


def judge_text(
    stage: Stage, result: Crawl, told: str, where: str, how: str, own: frozenset[tuple[str, int]] = frozenset()
) -> None:
    """Whatever stands in an answer that its reader may not read is a leak, unless she asked for it by name, or it is of
    these rows of her `own`."""
    asked = unquote(where)
    for public_id in set(WORD.findall(told)) & stage.owners.keys():
        table, row = stage.owners[public_id]
        if _managed(result.reader, where, table) or (table, row) in own or _told_there(stage, where, table, row):
            continue
        rows = stage.sights[result.reader].rows
        kept = rows.get("comment_place", set()) if table == "comment" else set()
        if public_id not in asked and row not in rows.get(table, set()) | kept:
            result.leaks.append(f"{result.reader} reads the address of {table}. {row} at {where}")
    canaries = {c for c in canaries_in(told) - canaries_in(asked) if (c.table, c.row) not in own}
    canaries = {canary for canary in canaries if not _told_there(stage, where, canary.table, canary.row)}
    result.seen |= canaries
    for canary in sorted(canaries):
        if not _managed(result.reader, where, canary.table) and not stage.sights[result.reader].may_read(canary):
            result.leaks.append(
                f"{result.reader} reads {canary.table}.{canary.column} of row {canary.row} at {where} ({how})"
            )


def _told_there(stage: Stage, path: str, table: str, row: int) -> bool:
    """Whether whoever may open this page at all reads this on it: whoever holds the link of an invitation what it is
    about and who invites, and who screens a text the text."""
    return (table, row) in stage.told_at.get(path.partition("?")[0], ())


def _managed(reader: str | None, path: str, table: str) -> bool:
    """Whether an administrator reads this where she manages people."""
    return reader == "administrator" and path.startswith("/admin") and table in MANAGED


def _judge(result: Crawl, route: HTTPRoute, path: str, variant: Variant, status: int, may_know: bool) -> None:
    """Out of sight is 404; nobody is sent to sign in; the rest opens, leads on, or is refused."""
    if result.reader in NOBODY and not is_public(route):
        right = {401} if variant.htmx else {303}
    elif route.path_format in FOR_COLLEAGUES and result.reader in (*GUESTS, "former_guest"):
        right = {404}
    elif not may_know:
        right = {404}
        if result.reader != "administrator" and path.startswith(ADMINISTRATORS_ONLY):
            right = {403}
    else:
        right = {200, 303, 403} | ({404} if route.path_format in WHERE_THERE_IS_ONE else set())
        right |= {206, 304} if variant.headers else set()
    if "{token}" in route.path_format and not may_know:
        right |= {429}  # after twenty misses
    if status not in right:
        result.wrong.append(f"{result.reader} at {path} ({variant.name}): {status}, not {right}")


async def learn_etags(stage: Stage, *readers: str, only: str | tuple[str, ...] = "") -> None:
    """Notes the marks of the copies that these readers have, of whatever has one."""
    for route in routes(stage.app, "GET"):
        asked = "{public_id}" in route.path_format and route.path_format.startswith(only)
        for reader in readers if asked else ():
            for path, may_know in fillings(route, stage, reader, deep=True):
                if not may_know:
                    continue
                response = await stage.browsers[reader].ask("HEAD", path)
                if "ETag" not in response.headers and response.status_code == 200:
                    break  # pages have none
                stage.etags |= {path: response.headers["ETag"]} if "ETag" in response.headers else {}
