"""What the product sends: to the database, by running it in this process; to the browser, by asking the real server."""

from __future__ import annotations

import gzip
import http.client
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import httpx

from portal import db
from portal.access.tokens import token_sha256
from portal.app import create_app
from tests.bench.bare import Given, Step, found_id

#: What the server and the framework add by themselves.
OF_THE_SERVER = ("server", "date", "content-length")
AGENT = {"Accept-Encoding": "gzip", "Sec-Fetch-Site": "same-origin"}
Sent = list[tuple[str, list[Any], list[Any]]]


@dataclass(frozen=True)
class Answer:
    """A response as it travels; `size` in bytes, head and all."""

    headers: dict[str, str]
    body: bytes
    size: int


def ask(port: int, method: str, path: str, headers: dict[str, str]) -> Answer:
    """One request to a server of this machine. Raises RuntimeError on any answer but 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, headers=AGENT | headers)
        response = connection.getresponse()
        body = response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise RuntimeError(f"{method} {path}: {response.status}\n{body[:2000].decode(errors='replace')}")
    head = sum(len(name) + len(value) + 4 for name, value in response.getheaders())
    kept = {name: value for name, value in response.getheaders() if name not in OF_THE_SERVER}
    return Answer(kept, body, head + len(body) + len("HTTP/1.1 200 OK\r\n\r\n"))


class Capture:
    """Asks the product twice for the same: here, to see its statements, and at its real server."""

    def __init__(self, http: httpx.AsyncClient, sent: Sent, port: int) -> None:
        self.http = http
        self.sent = sent
        self.port = port
        self.sizes: dict[str, int] = {}

    async def page(self, path: str, headers: dict[str, str], token: str, person: int) -> Step:
        """A page; in its statements, who asks is marked. They are those of a second visit, which writes nothing: a first
        one keeps how far one has read, and the bare handler would write that again and again."""
        who: dict[str | int, Any] = {"token": token_sha256(token), "person": person}
        await self._step("GET", path, headers, who)
        return await self._step("GET", path, headers, who)

    async def vote(self, path: str, headers: dict[str, str], token: str, idea: str) -> Step:
        """A vote; in its statements, what differs from vote to vote is marked."""
        return await self._step("POST", path, headers, {"token": token_sha256(token), "idea": idea})

    async def _step(self, method: str, path: str, headers: dict[str, str], given: dict[str | int, Any]) -> Step:
        self.sent.clear()
        follows = "idea" in given
        response = await self.http.request(method, path, headers=AGENT | headers)
        assert response.status_code == 200, response.text
        statements = []
        for number, (sql, arguments, records) in enumerate(self.sent):
            statements.append((sql, [_marked(argument, given) for argument in arguments]))
            if follows and (found := found_id(records)) is not None:
                given[number] = found
        answer = ask(self.port, method, path, headers)
        self.sizes[path] = answer.size
        packed = "content-encoding" in answer.headers
        return Step(statements, answer.headers, gzip.decompress(answer.body) if packed else answer.body)


def _marked(argument: Any, given: dict[str | int, Any]) -> Any:
    if type(argument) is list:
        return [_marked(one, given) for one in argument]
    return next(
        (Given(what) for what, value in given.items() if type(value) is type(argument) and value == argument), argument
    )


@asynccontextmanager
async def capturing(database_url: str, port: int) -> AsyncIterator[Capture]:
    """The product in this process, every statement of which is noted with its arguments and records."""
    sent: Sent = []
    original = db.DB._run_in_pool

    async def noted(query: str, args: Any = None) -> Any:
        records = await original(query, args)
        sent.append((query, list(args or ()), records))
        return records

    await db.open_pool(database_url, size=1)
    db.DB._run_in_pool = noted  # type: ignore[method-assign]
    transport = httpx.ASGITransport(app=create_app(own_pool=False))  # type: ignore[arg-type]
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
            yield Capture(browser, sent, port)
    finally:
        del db.DB._run_in_pool
        await db.close_pool()


LOADED = re.compile(r'(?:<link[^>]* href|src|<use href)="(/static/[^"#]+)')
IN_STYLES = re.compile(r"@font-face\{([^}]*)\}")


def first_visit(port: int, path: str, headers: dict[str, str]) -> dict[str, int]:
    """The bytes of a first visit, by file: the page and what it loads. Fonts: those for Dutch and English."""
    page = ask(port, "GET", path, headers | {"Accept-Encoding": "identity"})
    sizes = {"page": ask(port, "GET", path, headers).size}
    files = set(LOADED.findall(page.body.decode()))
    for sheet in [file for file in files if file.endswith(".css")]:
        styles = ask(port, "GET", sheet, {"Accept-Encoding": "identity"}).body.decode()
        faces = [face for face in IN_STYLES.findall(styles) if "U+100" not in face]
        files.update(urljoin(sheet, name) for face in faces for name in re.findall(r'url\("([^"]+)"', face))
    return sizes | {file.removeprefix("/static/"): ask(port, "GET", file, {}).size for file in sorted(files)}
