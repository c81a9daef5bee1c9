"""Forms with files (multipart/form-data): taken apart as they come in, files straight to disk, within limits."""

from __future__ import annotations

from collections.abc import AsyncIterator

import multipart
from litestar.exceptions import ClientException
from litestar.status_codes import HTTP_413_REQUEST_ENTITY_TOO_LARGE

from portal.files import MB
from portal.files.store import Upload
from portal.text.language import lazy

MOST_FILES = 10
#: Bytes of a whole form with files, whatever the settings say; a route that takes one names it as its limit.
LARGEST_FORM = (100 + 1) * MB
LARGEST_TEXT = 64 * 1024  # bytes of all its fields that are no files
#: Marks a route that takes files.
WITH_FILES = {"files": True}


async def receive(
    content_type: str, chunks: AsyncIterator[bytes], most_fields: int, largest: int
) -> tuple[list[tuple[str, str]], list[Upload]]:
    """The fields of a form, and its files: of one that has more than `largest` bytes nothing is kept. Raises a 400 for
    what is no such form, a 413 for too much text."""
    pairs: list[tuple[str, str]] = []
    files: list[Upload] = []
    text = bytearray()
    in_texts = 0
    segment: multipart.MultipartSegment | None = None
    try:
        _, options = multipart.parse_options_header(content_type)
        with multipart.PushMultipartParser(
            options.get("boundary", ""), max_segment_count=most_fields + MOST_FILES, strict=True
        ) as parser:
            async for chunk in chunks:
                if parser.closed:
                    continue
                for event in parser.parse(chunk):
                    if isinstance(event, multipart.MultipartSegment):
                        segment = event
                        text.clear()
                        if segment.filename is not None:
                            files.append(Upload(segment.name or "", segment.filename))
                    elif segment is None:
                        raise multipart.ParserError("a body without a head")
                    elif event is None:
                        if segment.filename is None:
                            pairs.append((segment.name or "", text.decode()))
                    elif segment.filename is not None:
                        files[-1].write(event, largest)
                    else:
                        text += event
                        if (in_texts := in_texts + len(event)) > LARGEST_TEXT:
                            raise ClientException(status_code=HTTP_413_REQUEST_ENTITY_TOO_LARGE)
    except (multipart.MultipartError, UnicodeDecodeError):
        raise ClientException(detail=lazy("The form that was sent is damaged."), status_code=400) from None
    return pairs, [file for file in files if file.name or file.size]
