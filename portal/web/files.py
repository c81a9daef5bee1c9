"""Sending a file that somebody sent us: as something to save, never as a page of ours."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import BinaryIO
from urllib.parse import quote

from litestar import Response
from litestar.exceptions import NotFoundException as NotFound
from litestar.response import Stream

from portal.db import rest_connection
from portal.files.store import path_of
from portal.web.request import Request

PIECE = 256 * 1024  # bytes
RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")
#: Whatever a file holds, a browser that opens it runs nothing.
SANDBOX = "default-src 'none'; sandbox"
IMMUTABLE = "private, max-age=31536000, immutable"


async def send_file(
    request: Request, file: str, media_type: str, name: str, *, small: bool = False, kept: bool = False
) -> Response[bytes] | Stream:
    """A file of the store, or the part of it that was asked for. Whoever calls has asked the scope first. `kept`: its
    address changes with it, so that the browser of who may see it may keep it."""
    try:
        opened = path_of(file, small).open("rb")
    except FileNotFoundError:
        raise NotFound from None
    size = os.fstat(opened.fileno()).st_size
    etag = f'"{file}{"-small" if small else ""}"'
    headers = {
        "Content-Disposition": disposition(name),
        "Content-Security-Policy": SANDBOX,
        "ETag": etag,
        "Accept-Ranges": "bytes",
        **({"Cache-Control": IMMUTABLE} if kept else {}),
    }
    if etag in request.headers.get("if-none-match", ""):
        opened.close()
        return Response(b"", status_code=304, headers=headers)
    wanted = asked_range(request, etag, size)
    if wanted is None:
        opened.close()
        return Response(
            b"", status_code=416, media_type=media_type, headers=headers | {"Content-Range": f"bytes */{size}"}
        )
    await rest_connection()
    start, end = wanted
    partial = (start, end) != (0, size)
    headers |= {"Content-Length": str(end - start)}
    if partial:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return Stream(
        _pieces(opened, start, end), status_code=206 if partial else 200, media_type=media_type, headers=headers
    )


def asked_range(request: Request, etag: str, size: int) -> tuple[int, int] | None:
    """Where to begin and where to end: the whole, unless one range of this very file is asked for. None when it lies
    outside."""
    match = RANGE.fullmatch(request.headers.get("range", ""))
    if not match or not any(match.groups()) or request.headers.get("if-range", etag) != etag:
        return 0, size
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last) + 1, size) if first and last else size
    return (start, end) if start < end else None


def disposition(name: str) -> str:
    """To be saved under its own name, in whatever letters."""
    plain = re.sub(r'[^ -~]|["\\]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _pieces(opened: BinaryIO, start: int, end: int) -> Iterator[bytes]:
    with opened:
        opened.seek(start)
        while start < end and (piece := opened.read(min(PIECE, end - start))):
            start += len(piece)
            yield piece
