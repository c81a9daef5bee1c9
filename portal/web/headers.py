"""The headers that every response carries, errors and files included."""

from litestar.types import Message, Scope

from portal.settings import settings

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
ALWAYS: list[tuple[bytes, bytes]] = [
    (b"content-security-policy", CSP.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
]
OVER_HTTPS = [(b"strict-transport-security", b"max-age=63072000; includeSubDomains")]
KEPT_BY_NOBODY = (b"cache-control", b"private, no-store")


async def add_headers(message: Message, scope: Scope) -> None:
    """Adds them just before the response starts."""
    if message["type"] != "http.response.start":
        return
    given = {name.lower() for name, _ in message["headers"]}
    added = [*ALWAYS, KEPT_BY_NOBODY, *(OVER_HTTPS if settings().secure else [])]
    message["headers"] = [*message["headers"], *(header for header in added if header[0] not in given)]
