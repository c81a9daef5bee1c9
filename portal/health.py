"""Whether this process is up and PostgreSQL answers."""

from typing import Any

from litestar import Response, get

from portal.db import TOO_SLOW, UNREACHABLE, fetch_value
from portal.web.guards import PLAIN


@get("/health", opt=PLAIN)
async def health() -> Response[dict[str, Any]]:
    """200 or 503, for the load balancer and the person who wonders."""
    try:
        await fetch_value("SELECT 1")
    except (*UNREACHABLE, *TOO_SLOW):
        return Response({"status": "database unreachable"}, status_code=503)
    return Response({"status": "ok"})
