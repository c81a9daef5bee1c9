"""A browser without a screen: keeps cookies, sends forms as browsers do, over the application itself."""

from __future__ import annotations

import asyncio
import re
import secrets
from html import unescape
from typing import Any
from urllib.parse import quote, unquote

import httpx

from portal.access.tokens import token_sha256
from portal.db import execute

HOST = "127.0.0.1:8000"
BASE = f"http://{HOST}"
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')
WRONG = re.compile(r'<li><a href="#([^"]+)">[^<]+ – ')
FORM_KEY = re.compile(r'name="form_key"[^>]*value="([^"]+)"')


class Client(httpx.AsyncClient):
    """httpx, but for what goes straight to the application: what it does besides (redirects, passwords, proxies, whose
    cookie goes where) took longer than many a page. Nothing is followed."""

    async def request(self, method: str, url: Any, **given: Any) -> httpx.Response:
        """Sends this, and reads what comes back."""
        if str(self.base_url) != BASE:  # over TLS some cookies do not come back
            return await super().request(method, url, **given)
        body = {name: given[name] for name in ("content", "data", "files", "json", "params") if given.get(name)}
        sent = dict(self.headers) | {"host": HOST} | ({"cookie": cookies} if (cookies := kept(self.cookies)) else {})
        sent |= {name.lower(): value for name, value in (given.get("headers") or {}).items()}
        request = httpx.Request(method, url if url.startswith("http") else BASE + url, headers=sent, **body)
        response = await self._transport.handle_async_request(request)
        response.request = request
        if "set-cookie" in response.headers:
            self.cookies.extract_cookies(response)
        await response.aread()
        return response


def kept(cookies: httpx.Cookies) -> str:
    """Every cookie, as it goes into the header."""
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in cookies.jar)


class Browser:
    """Somebody at a browser. `get` and `post` follow no redirects; `htmx=True` asks as htmx does."""

    def __init__(self, app: Any, person: int | None = None, base: str = BASE) -> None:
        self.person = person
        self.app = app
        self.http: httpx.AsyncClient = Client(transport=httpx.ASGITransport(app=app), base_url=base)
        self.http.headers["Accept-Encoding"] = "identity"  # packing and unpacking took a tenth of the time

    async def start_session(self) -> None:
        """Signs the person in without the form."""
        assert self.person is not None
        self.keep_session(await new_session(self.person))

    def keep_session(self, token: str) -> None:
        """Has the cookie of a session."""
        self.http.cookies.set("sid", token, domain="127.0.0.1")

    async def get(self, path: str, htmx: bool = False, **headers: str) -> httpx.Response:
        """Opens a page."""
        return await self.ask("GET", path, htmx, **headers)

    async def ask(self, method: str, path: str, htmx: bool = False, **headers: str) -> httpx.Response:
        """Opens a page, or asks for its head."""
        return await self.http.request(method, path, headers=_headers(headers, htmx, "none"))

    async def ask_bare(self, method: str, path: str, htmx: bool = False, **headers: str) -> Answer:
        """The same without a client in between, for whoever asks a hundred thousand times."""
        sent = {"Host": HOST, "Accept": "*/*", "Accept-Encoding": "identity", "Cookie": kept(self.http.cookies)}
        sent |= _headers(headers, htmx, "none")
        raw = quote(path, safe="/?&=%:@!$'()*+,;~-._").encode()
        way, _, query = raw.partition(b"?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(way.decode()),
            "raw_path": way,
            "query_string": query,
            "root_path": "",
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items() if value],
            "client": ("127.0.0.1", 123),
            "server": ("127.0.0.1", 8000),
        }
        answer = Answer()
        await self.app(scope, answer.asked, answer.take)
        for cookie in answer.headers.get_list("set-cookie"):
            name, _, value = cookie.partition(";")[0].partition("=")
            self.http.cookies.set(name, value.strip('"'), domain="127.0.0.1")
        return answer

    async def post(
        self,
        path: str,
        data: dict[str, Any] | None = None,
        htmx: bool = False,
        csrf: bool = True,
        files: Any = None,
        **headers: str,
    ) -> httpx.Response:
        """Sends a form from a page of ours, with its token; with `files` as browsers send those."""
        fields = dict(data or {})
        if csrf and "csrf_token" not in fields:
            fields["csrf_token"] = self.csrf_token()
        answer = await self.http.post(path, data=fields, files=files, headers=_headers(headers, htmx, "same-origin"))
        told = [answer.text.find(f'id="{name}"') for name in WRONG.findall(answer.text)] if answer.is_error else []
        assert told == sorted(told), f"what is wrong stands in another order than its fields: {path}"
        return answer

    def csrf_token(self) -> str:
        """A token such as the pages of this session carry."""
        from portal.web.request import Request

        scope: Any = {
            "type": "http",
            "headers": [(b"cookie", kept(self.http.cookies).encode())],
            "path": "/",
            "query_string": b"",
        }
        return Request(scope).csrf


class Answer:
    """What came back: status, headers and body."""

    def __init__(self) -> None:
        self.status_code = 0
        self.headers = httpx.Headers()
        self.content = b""
        self.sent = False
        self.complete = asyncio.Event()

    async def asked(self) -> dict[str, Any]:
        """A request without a body, whose sender stays until all is answered."""
        if not self.sent:
            self.sent = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.complete.wait()
        return {"type": "http.disconnect"}

    async def take(self, message: Any) -> None:
        """One message of the application."""
        if message["type"] == "http.response.start":
            self.status_code, self.headers = message["status"], httpx.Headers(list(message["headers"]))
        elif message["type"] == "http.response.body":
            self.content += message.get("body", b"")
            if not message.get("more_body"):
                self.complete.set()

    @property
    def text(self) -> str:
        """The body, read as UTF-8."""
        return self.content.decode(errors="replace")


async def new_session(person: int) -> str:
    """A session of somebody, which lasts unused as long as those of her kind do; gives its token."""
    token = secrets.token_urlsafe(32)
    await execute(
        "INSERT INTO session (token_sha256, person, epoch, created_at, last_seen_at, idle_until, expires_at)"
        " SELECT {}, id, epoch, plein_now(), plein_now(),"
        " plein_now() + CASE kind WHEN 'guest' THEN interval '1 hour' ELSE interval '8 hours' END,"
        " plein_now() + interval '24 hours' FROM person WHERE id = {}",
        token_sha256(token),
        person,
    )
    return token


def _headers(given: dict[str, str], htmx: bool, site: str) -> dict[str, str]:
    headers = {"Sec-Fetch-Site": site} | {name.replace("_", "-"): value for name, value in given.items()}
    return headers | ({"HX-Request": "true"} if htmx else {})


def text_of(response: httpx.Response) -> str:
    """What a page says, entities resolved."""
    return unescape(response.text)
