"""The larger parts of the command line, and how a command comes to the database."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from zoneinfo import available_timezones

import click

from portal.db import close_pool, open_pool
from portal.run.postgres import EmbeddedPostgres
from portal.settings import settings
from portal.text.address import is_address, what_is_wrong_with

Result = TypeVar("Result")


@contextmanager
def database() -> Iterator[EmbeddedPostgres | None]:
    """The database of the settings, or the embedded one: used when it runs, else started for as long as needed."""
    if settings().database_url:
        yield None
        return
    postgres = EmbeddedPostgres(settings().data_dir / "postgres")
    os.environ["DATABASE_URL"] = postgres.start()
    settings.cache_clear()
    try:
        yield postgres
    finally:
        postgres.stop()


def in_database(work: Callable[[], Awaitable[Result]]) -> Result:
    """Runs a coroutine with a pool of its own."""

    async def run() -> Result:
        await open_pool(settings().database_url, size=2)
        try:
            return await work()
        finally:
            await close_pool()

    return asyncio.run(run())


class AnAddress(click.ParamType[str]):
    """An e-mail address to which mail could be sent; what is none is refused before anything else is asked."""

    name = "email"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The address, as it was typed."""
        return str(value) if is_address(value) else self.fail(f"{value}: {what_is_wrong_with(value)}", param, ctx)


class AZone(click.ParamType[str]):
    """A time zone by its name, such as Europe/Amsterdam."""

    name = "zone"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Its name."""
        return str(value) if value in available_timezones() else self.fail(f"{value!r} is no time zone.", param, ctx)
