"""Redis wakes the worker, and nobody waits for Redis."""

import asyncio

from portal.db import fetch_value
from portal.events import wake
from portal.settings import settings
from tests.client import Browser


async def test_a_redis_that_says_nothing_holds_nobody_up(fresh_db, app, world, monkeypatch):
    asked, over = asyncio.Event(), asyncio.Event()

    async def say_nothing(reader, writer):
        await reader.read(1)
        asked.set()
        await over.wait()
        writer.close()

    silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    monkeypatch.setattr(wake, "TIMEOUT", 3600.0)
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{silent.sockets[0].getsockname()[1]}/0")
    settings.cache_clear()
    wake._redis.cache_clear()
    browser = Browser(app, world.person_id["employee"])
    await browser.start_session()
    try:
        sent = browser.post(f"/ideas/{world.idea['vote']}/comments", {"body": "Nobody waits"})
        assert (await asyncio.wait_for(sent, 60)).status_code == 303
        await asyncio.wait_for(asked.wait(), 60)  # the control: it was asked, and still says nothing
        assert await fetch_value("SELECT count(*) FROM comment WHERE body = 'Nobody waits'") == 1
    finally:
        waiting = list(wake._under_way)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        await browser.http.aclose()
        await wake._redis().aclose()
        over.set()
        silent.close()
        monkeypatch.undo()
        wake._redis.cache_clear()
        settings.cache_clear()
