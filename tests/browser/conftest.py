"""A real server and a real browser over a copy of the world."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from portal.run.postgres import EmbeddedPostgres
from tests.browser.chromium import launch_options
from tests.browser.signing_in import sign_in
from tests.servers import drop_database, new_database
from tests.world import World

PATIENCE = 30  # seconds for the server to come up


@dataclass
class Site:
    """A running Plein."""

    base: str
    dsn: str
    world: World


def free_port() -> int:
    """A port that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
async def site(cluster: EmbeddedPostgres, template: tuple[str, World]) -> AsyncIterator[Site]:
    """The web server as production runs it, with the world in its database."""
    name = await new_database(cluster, template[0])
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    environment = os.environ | {"DATABASE_URL": cluster.dsn(name), "BASE_URL": base, "PORT": str(port)}
    command = [sys.executable, "-m", "granian", "portal.app:web", "--factory", "--interface", "asgi"]
    process = subprocess.Popen([*command, "--port", str(port), "--log-level", "warning"], env=environment)
    deadline = time.monotonic() + PATIENCE
    while not _answers(base):
        assert process.poll() is None, "the server ended"
        assert time.monotonic() < deadline, "the server did not come up"
        time.sleep(0.1)
    yield Site(base, cluster.dsn(name), template[1])
    process.terminate()
    process.wait(15)
    await drop_database(cluster, name)


def _answers(base: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base}/health", timeout=1) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for all tests."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options())
        yield browser
        await browser.close()


@pytest.fixture
async def open_page(chromium: Browser, site: Site) -> AsyncIterator[Callable[..., Awaitable[Page]]]:
    """`await open_page("employee", javascript=False, width=390)`: a page in which she is signed in by the form.

    What goes wrong on a page (console errors, a blocked script, a failed request) fails the test.
    """
    contexts: list[Any] = []
    wrong: list[str] = []

    async def opened(name: str | None, *, width: int = 1280, height: int = 900, **options: Any) -> Page:
        javascript = options.pop("javascript", True)
        context = await chromium.new_context(
            base_url=site.base,
            java_script_enabled=javascript,
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error.stack}"))
        page.on("console", lambda message: wrong.append(message.text) if _alarming(message) else None)
        if name:
            await sign_in(page, name)
        return page

    yield opened
    for context in contexts:
        await context.close()
    assert not wrong, wrong


def _alarming(message: Any) -> bool:
    """An error in the console, but for what a test asks for: answers such as 404 and 422, or a network that is away."""
    asked_for = ("the server responded with a status of 4", "net::ERR_INTERNET_DISCONNECTED")
    return message.type == "error" and not any(words in message.text for words in asked_for)
