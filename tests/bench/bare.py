"""What the product is measured beside: the same statements for the same people, the same bytes, and nothing else.

A Litestar application on the same server that knows nothing of the portal. Its plan, a file named by BENCH_PLAN,
holds what the product was seen to send for each address.
"""

from __future__ import annotations

import gc
import json
import os
import pickle
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg
from isal import isal_zlib
from litestar import Litestar, Request, Response, get, post
from litestar.params import FromPath


@dataclass(frozen=True)
class Given:
    """Stands in arguments for what differs from request to request: "token", "person", "idea", or the id that a vote's
    statement of this number gave."""

    what: str | int


@dataclass(frozen=True)
class Step:
    """What one request makes the product do: statements with their arguments, and the answer as a browser reads it."""

    statements: list[tuple[str, list[Any]]]
    headers: dict[str, str]
    body: bytes

    def answer(self) -> Response[bytes]:
        """The answer as it travels. Whoever sends a page to one person has to compress it: each has a token of its own."""
        body = self.body
        if "content-encoding" in self.headers:
            packer = isal_zlib.compressobj(level=1, wbits=31)
            body = packer.compress(body) + packer.flush()
        return Response(body, headers=self.headers, status_code=200)


@dataclass(frozen=True)
class Plan:
    """`pages` by address; the two votes apply to every idea."""

    pages: dict[str, Step]
    give: Step
    take_back: Step


def found_id(records: list[Any]) -> Any:
    """The id in the first of these: a column, or in the rows that several readings in one statement give as JSON."""
    first = records[0] if records else {}
    rows = next((value for name, value in first.items() if name.startswith("json_agg") and value), None)
    return first.get("id") if rows is None else json.loads(rows)[0].get("id")


def _as_known(argument: Any, known: dict[str | int, Any]) -> Any:
    if type(argument) is list:
        return [_as_known(one, known) for one in argument]
    return known[argument.what] if type(argument) is Given else argument


async def _keep(connection: Any) -> None:
    """As the product: no round trip to reset a connection."""


#: Statements are planned as seldom as there (portal/db.py): else it is the bare handler that is slow.
AS_THE_PRODUCT: dict[str, Any] = {
    "min_size": 1,
    "max_size": 10,
    "reset": _keep,
    "server_settings": {"jit": "off"},
    "max_cacheable_statement_size": 0,
    "max_cached_statement_lifetime": 0,
}


def web() -> Litestar:
    """The application as the web server loads it."""
    plan: Plan = pickle.loads(Path(os.environ["BENCH_PLAN"]).read_bytes())

    @asynccontextmanager
    async def pool(app: Litestar) -> AsyncIterator[None]:
        async with asyncpg.create_pool(os.environ["DATABASE_URL"], **AS_THE_PRODUCT) as opened:
            app.state.pool = opened
            yield

    @get("/health")
    async def health() -> None:
        """It is up."""

    @get(["/", "/campaigns", "/campaigns/{public_id:str}", "/ideas/{public_id:str}", "/search", "/search/suggestions"])
    async def show(request: Request[Any, Any, Any]) -> Response[bytes]:
        query = request.scope["query_string"].decode()
        step = plan.pages[request.scope["path"] + (f"?{query}" if query else "")]
        known: dict[str | int, Any] = {"token": sha256(request.cookies["sid"].encode()).digest()}
        async with request.app.state.pool.acquire() as connection:
            for sql, arguments in step.statements:
                records = await connection.fetch(sql, *_as_known(arguments, known))
                if "person" not in known:  # the first asks who it is
                    known["person"] = records[0]["id"]
        return step.answer()

    async def vote(request: Request[Any, Any, Any], step: Step, idea: str) -> Response[bytes]:
        known: dict[str | int, Any] = {"token": sha256(request.cookies["sid"].encode()).digest(), "idea": idea}
        async with request.app.state.pool.acquire() as connection:
            for number, (sql, arguments) in enumerate(step.statements):
                records = await connection.fetch(sql, *(_as_known(argument, known) for argument in arguments))
                known[number] = found_id(records)
        if not records:
            raise RuntimeError("a vote that changed nothing is no measure")
        return step.answer()

    @post("/ideas/{public_id:str}/vote")
    async def give(request: Request[Any, Any, Any], public_id: FromPath[str]) -> Response[bytes]:
        return await vote(request, plan.give, public_id)

    @post("/ideas/{public_id:str}/vote/withdrawal")
    async def take_back(request: Request[Any, Any, Any], public_id: FromPath[str]) -> Response[bytes]:
        return await vote(request, plan.take_back, public_id)

    app = Litestar([health, show, give, take_back], lifespan=[pool], openapi_config=None, logging_config=None)
    gc.collect()  # as the product (portal/app.py)
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    return app
