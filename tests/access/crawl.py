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
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from litestar import Litestar
from litestar.routes import HTTPRoute

from portal.about import SLUGS
from tests.access.canary import Canary, canaries_in
from tests.access.stage import NOBODY, RESET_TOKEN, Stage
from tests.sitemap import NOT_THERE

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
    "/sent-invitations/": "invitation",
    "/wishes/": "colleague_wish",
    "/partners/": "partner",
    "/admin/imports/": "people_import",
    "/admin/mail/": "mail",
    "/admin/people/": "person",
    "/admin/roles/": "space",
    "/admin/units/": "org_unit",
}
#: Whoever is no administrator is turned away here before anything is looked up.
ADMINISTRATORS_ONLY = ("/admin", "/about/", "/partners")
#: What administrators read of everybody there, guests of closed groups and who is deactivated included; nowhere else.
MANAGED = {"person", "identity", "personnel", "org_unit"}
#: Pages of what hangs under an idea, where it has such a thing.
WHERE_THERE_IS_ONE = ("/ideas/{public_id}/answer/versions", "/ideas/{public_id}/answer/correction")
BOTH_WAYS = 8
WORD = re.compile(r"\w+")


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
        if _managed(result.reader, path, table) or _held(stage, path, table, row):
            continue
        if public_id not in path and row not in stage.sights[result.reader].rows.get(table, set()):
            result.leaks.append(f"{result.reader} reads the address of {table}. {row} at {path}")
    canaries = {canary for canary in canaries_in(told) if not _held(stage, path, canary.table, canary.row)}
    result.seen |= canaries
    for canary in sorted(canaries):
        if not _managed(result.reader, path, canary.table) and not stage.sights[result.reader].may_read(canary):
            how = " (htmx)" if htmx else ""
            result.leaks.append(
                f"{result.reader} reads {canary.table}.{canary.column} of row {canary.row} at {path}{how}"
            )
    return response


def _held(stage: Stage, path: str, table: str, row: int) -> bool:
    """Whether whoever holds the link of an invitation reads this there: what it is about, and who invites."""
    return path.partition("?")[0] == f"/invitations/{RESET_TOKEN}" and (table, row) in stage.held


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
