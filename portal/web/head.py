"""HEAD, wherever there is a GET: the same answer, without its body."""

from __future__ import annotations

from typing import Any

from litestar import Litestar
from litestar.types import Message, Send


class WithHead(Litestar):
    """The application; handlers need to know of GET only."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers HEAD with what GET would say about the body."""
        if scope.get("method") == "HEAD":
            scope["method"] = "GET"
            send = _without_body(send)
        await super().__call__(scope, receive, send)


def _without_body(send: Send) -> Send:
    async def head(message: Message) -> None:
        if message["type"] == "http.response.body":
            message["body"] = b""
        await send(message)

    return head
