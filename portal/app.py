"""The only assembly of the web application."""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

import structlog
from litestar import Litestar

from portal.db import close_pool, is_gone, open_pool
from portal.routes import ROUTES
from portal.settings import settings
from portal.web.errors import HANDLERS
from portal.web.guards import entrance, with_one_connection
from portal.web.head import WithHead
from portal.web.headers import add_headers
from portal.web.request import Request

LARGEST_BODY = 64 * 1024  # bytes; a route that takes more says so itself
GARBAGE = 10_000  # objects made between two looks for cycles; Python's 700 is less than a page makes


def create_app(own_pool: bool = True) -> Litestar:
    """The application. `own_pool`: it opens and closes the pool itself; tests bring their own."""

    @asynccontextmanager
    async def pool(app: Litestar) -> AsyncIterator[None]:
        await open_pool(settings().database_url, guests=settings().guests_dsn(settings().database_url))
        try:
            yield
        finally:
            await close_pool()

    return WithHead(
        route_handlers=ROUTES,
        request_class=Request,
        guards=[entrance],
        middleware=[with_one_connection],
        exception_handlers=HANDLERS,
        before_send=[add_headers],
        lifespan=[pool] if own_pool else [],
        openapi_config=None,
        request_max_body_size=LARGEST_BODY,
        logging_config=None,
        debug=False,
    )


def in_short(logger: Any, level: str, said: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A line of the log; without the trace of a database that is gone, for where that was noticed tells nothing."""
    said["event"] = " ".join(str(said["event"]).split())
    trace = said.get("exc_info")
    error = trace[1] if isinstance(trace, tuple) else trace
    if isinstance(error, Exception) and is_gone(error):
        del said["exc_info"]
        said["error"] = type(error).__name__
    return said


def set_up_logs(level: str) -> None:
    """JSON lines on standard error; what libraries warn of, too."""
    numbers = {"debug": 10, "info": 20, "warning": 30, "error": 40}
    said: list[Any] = [
        in_short,
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
    ]
    theirs = logging.StreamHandler(sys.stderr)
    theirs.setFormatter(
        structlog.stdlib.ProcessorFormatter(processor=structlog.processors.JSONRenderer(), foreign_pre_chain=said)
    )
    logging.basicConfig(handlers=[theirs])
    structlog.configure(
        processors=[*said, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(numbers[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def spare_the_lasting() -> None:
    """What is loaded now stays until the process ends, so nobody looks through it for garbage again: a tenth of a
    second, every tenth page (docs/bench.md)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE, 10, 10)


def web() -> Litestar:
    """The application as the web server loads it."""
    set_up_logs(settings().log_level)
    app = create_app()
    spare_the_lasting()
    return app
