"""Every form, filled in so that it would be valid, and what shows the slightest change that it makes."""

from __future__ import annotations

import re
from collections.abc import Iterable

import asyncpg

from portal.access.scope import NEVER_SHOWN, VISIBILITY
from portal.files.lists import mark
from tests.access.stage import Stage
from tests.pages.forms import forms_of
from tests.sitemap import FILES, GUEST_LIST, POSTS, form
from tests.world import email_of

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
    "next_owner_called": email_of("insider_a"),
    "lead": "Forged",
    "brief": "Forged",
    "sponsor_called": email_of("insider_a"),
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
    "colleague": email_of("insider_b"),
    "name": "Forged",
    "role": "moderator",
    "give": "helpful",
    "how": "Forged",
    "into": "Unit water",
    "title_0": "A forged row",
    "whom_0": "Forged",
    "held_on": "2026-06-01",
    "answer": "give",
    "step": "under review",
    "service": "",
    "password": "a forged long lantern",
    "decision_owner_called": email_of("insider_a"),
    "guest_email": "forged@overwater.example",
    "partner": "partnerwater",
    "domains": "forged.example",
    "until": "2026-08-01",
    "starts_on": "2026-08-01",
    "when": "0",
    "most": "3",
    "list": GUEST_LIST,
    "tried": mark(GUEST_LIST, "partnerwater", "2026-08-01"),
}

#: Forms that say which questions of the author they reply to, and the page on which each stands.
REPLYING = {
    "/cases/{public_id:str}/answer": "/answer",
    "/ideas/{public_id:str}/answer": "",
    "/ideas/{public_id:str}/answer/correction": "",
}
ANSWERS |= {f"reply_{number}": "Forged" for number in range(3)}

PARAMETER = re.compile(r"\{\w+:\w+\}")
TABLES = sorted({*(table._meta.tablename for table in [*VISIBILITY, *NEVER_SHOWN]), "procrastinate_jobs"})
WRITTEN = "SELECT relname, n_tup_ins + n_tup_upd + n_tup_del AS rows FROM pg_stat_xact_user_tables"
Fingerprint = dict[str, tuple[int, str]]


async def fingerprint(connection: asyncpg.Connection, of: Iterable[str] = TABLES) -> Fingerprint:
    """Of every table, so that the slightest change shows. The tests' clock stands, so not even `last_seen_at` moves."""
    one = "SELECT '{0}' AS t, count(*) AS n, md5(string_agg(x::text, ',' ORDER BY x::text)) AS h FROM {0} x"
    rows = await connection.fetch(" UNION ALL ".join(one.format(table) for table in of)) if of else []
    return {row["t"]: (row["n"], row["h"]) for row in rows}


async def written(connection: asyncpg.Connection) -> dict[str, int]:
    """How many rows of each table the transaction has written so far, those that were undone among them."""
    return {row["relname"]: row["rows"] for row in await connection.fetch(WRITTEN)}


async def changed(connection: asyncpg.Connection, before: Fingerprint, since: dict[str, int]) -> set[str]:
    """The tables that are not as they were `before`; looks only at those that were written to `since`."""
    now = await written(connection)
    after = await fingerprint(connection, [table for table in TABLES if now.get(table) != since.get(table)])
    return {table for table, mark in after.items() if mark != before[table]}


async def send(stage: Stage, reader: str | None, path: str, number: int, *, own: bool = True) -> int:
    """Sends the form of an address, with every answer there is; `own`: as the site map fills this very form in."""
    taking = [route for route in POSTS if re.fullmatch(PARAMETER.sub(r"\\w+", route), path)]
    route = min(taking, key=lambda route: route.count("{"), default="")  # its own before one with any step
    fields = ANSWERS | (form(route, stage.world) if own and route else {}) | {"form_key": f"forged{number}"}
    if own and route in REPLYING:
        shown = await stage.browsers[reader].get(path.removesuffix(REPLYING[route]))
        offered = forms_of(shown).get(path, {})
        fields |= {name: offered[name] for name in ("replies_to", "version") if name in offered}
    response = await stage.browsers[reader].post(path, fields, files=FILES.get(route))
    return int(response.status_code)
