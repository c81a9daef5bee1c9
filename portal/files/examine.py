"""Looks at a file that somebody sent, in a process of its own with little memory and time; for `portal.files.store`.

    python -I examine.py KIND OUT [THUMB]        the file comes on standard input

Writes to OUT what may be kept: an image made anew from its pixels, without place and camera; anything else as it came,
once its content is of the kind that its name says. THUMB becomes a small picture. KIND `photo` cuts a square.
Says on standard output, as JSON, the size in pixels, or `refused` with a word of `store.REASONS`.

It knows nothing of the rest: it starts fast, and what breaks here breaks nothing else.
"""

from __future__ import annotations

import codecs
import json
import resource
import shutil
import sys
import zipfile
from itertools import pairwise
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from PIL import Image

MEMORY = 1024 * 1024 * 1024  # bytes of address space: 25 megapixels twice, Python and the decoders
MEMORY_BY_ROWS = MEMORY // 2  # for a JPEG that should be read row by row: its colours may come one after the other
SECONDS = 20
LARGEST_OUTPUT = 256 * 1024 * 1024
MOST_PIXELS = 25_000_000  # that are decoded
MOST_PIXELS_BY_ROWS = 200_000_000  # of a JPEG as cameras write it: it is decoded at a half, a quarter or an eighth
LONGEST_SIDE = 4000
SMALL = 480
PHOTO, SMALL_PHOTO = 512, 96
FORMATS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP"}
#: The part that each office document has, or the type that it says first.
MAIN_PART = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
OPEN_TYPE = {"odt": "text", "ods": "spreadsheet", "odp": "presentation"}
MOST_PARTS = 3000
LARGEST_UNPACKED = 300 * 1024 * 1024
MOST_TIMES = 200  # how much larger a part of an office document may unpack than it is packed
WORTH_A_LOOK = 1024 * 1024  # bytes; what unpacks to less is no bomb
LIKE_A_PAGE = (b"<!doctype", b"<html", b"<script", b"<svg", b"<?xml", b"<head", b"<body", b"<iframe", b"#!")
LATIN = "cp1252"


class NotTaken(Exception):
    """Why a file is not kept, in a word."""


def image(source: BinaryIO, kind: str, out: str, small: str) -> dict[str, int]:
    """Makes an image anew from its pixels; gives its size."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # the limit is ours, below, and no warning
    formats = list(FORMATS.values()) if kind == "photo" else [FORMATS[kind]]
    try:
        picture: Image.Image = Image.open(source, formats=formats)
        whole = picture.size
        bound(picture)
        if picture.size != whole:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BY_ROWS, MEMORY))
        ImageOps.exif_transpose(picture, in_place=True)
        clean = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    except (UnidentifiedImageError, Image.DecompressionBombError):
        raise NotTaken("kind") from None
    clean.info.clear()  # where it was taken, by which camera, and whatever else it carried along
    if kind == "photo":
        square = ImageOps.fit(_on_white(clean), (PHOTO, PHOTO), Image.Resampling.LANCZOS)
        square.save(out, "WEBP", quality=82)
        square.resize((SMALL_PHOTO, SMALL_PHOTO), Image.Resampling.LANCZOS).save(small, "WEBP", quality=82)
        return {"width": PHOTO, "height": PHOTO}
    clean.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    kept = _on_white(clean) if kind == "jpg" else clean
    kept.save(out, FORMATS[kind], quality=88)
    size = {"width": kept.width, "height": kept.height}
    kept.thumbnail((SMALL, SMALL), Image.Resampling.LANCZOS)
    kept.save(small, "WEBP", quality=80)
    return size


def bound(picture: Image.Image) -> None:
    """Before any pixel is decoded: what is too large is decoded smaller, where that takes no more memory. A progressive
    JPEG needs all of it at once."""
    width, height = picture.size
    by_rows = picture.format == "JPEG" and "progressive" not in picture.info
    if by_rows and MOST_PIXELS < width * height <= MOST_PIXELS_BY_ROWS:
        part = next(n for n in (2, 4, 8) if (width // n) * (height // n) <= 0.9 * MOST_PIXELS)
        picture.draft(None, (max(1, width // part), max(1, height // part)))
    if picture.width * picture.height > MOST_PIXELS:
        raise NotTaken("pixels")


def _on_white(picture: Image.Image) -> Image.Image:
    """Without transparency."""
    if picture.mode == "RGB":
        return picture
    from PIL import Image

    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def pdf(source: BinaryIO) -> None:
    """A PDF begins as one and ends as one, and is nothing else beside."""
    head = source.read(8)
    source.seek(-min(1024, source.seek(0, 2)), 2)
    if not head.startswith((b"%PDF-1.", b"%PDF-2.")) or b"%%EOF" not in source.read():
        raise NotTaken("kind")
    source.seek(0)
    if zipfile.is_zipfile(source):
        raise NotTaken("two kinds")


def office(source: BinaryIO, kind: str) -> None:
    """A document of an office program: a ZIP with the parts that one has, that unpacks to something reasonable."""
    if source.read(4) != b"PK\x03\x04":
        raise NotTaken("kind")
    try:
        with zipfile.ZipFile(source) as parts:
            _check_parts(parts, source)
            _check_main_part(parts, kind)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, EOFError, OSError):
        raise NotTaken("damaged") from None


def _check_parts(parts: zipfile.ZipFile, source: BinaryIO) -> None:
    infos = sorted(parts.infolist(), key=lambda part: part.header_offset)
    end = source.seek(0, 2)
    if parts.comment or not infos or infos[0].header_offset != 0:
        raise NotTaken("two kinds")
    unpacked = sum(part.file_size for part in infos)
    packed = sum(part.compress_size for part in infos)
    too_dense = any(p.file_size > max(WORTH_A_LOOK, MOST_TIMES * p.compress_size) for p in infos)
    overlap = any(a.header_offset + a.compress_size > b.header_offset for a, b in pairwise(infos))
    if len(infos) > MOST_PARTS or unpacked > LARGEST_UNPACKED or too_dense or overlap or packed > end:
        raise NotTaken("bomb")
    for part in infos:
        if part.flag_bits & 1:
            raise NotTaken("locked")
        if part.filename.startswith("/") or ".." in part.filename.split("/") or "\\" in part.filename:
            raise NotTaken("damaged")
        if part.filename.lower().endswith((".bin", ".exe", ".js", ".vbs")) and "vba" in part.filename.lower():
            raise NotTaken("macros")


def _check_main_part(parts: zipfile.ZipFile, kind: str) -> None:
    names = set(parts.namelist())
    if kind in MAIN_PART:
        if not {"[Content_Types].xml", MAIN_PART[kind]} <= names:
            raise NotTaken("kind")
        return
    said = f"application/vnd.oasis.opendocument.{OPEN_TYPE[kind]}".encode()
    if "mimetype" not in names or parts.getinfo("mimetype").file_size > 100 or parts.read("mimetype") != said:
        raise NotTaken("kind")
    if any(name.startswith("Basic/") for name in names):
        raise NotTaken("macros")


def text(source: BinaryIO) -> None:
    """Text is text all through, and no page in disguise."""
    content = source.read()
    if content.lstrip(codecs.BOM_UTF8 + b" \t\r\n").lower().startswith(LIKE_A_PAGE):
        raise NotTaken("kind")
    try:
        encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
        said = content.decode(encoding)
    except UnicodeDecodeError:
        said = content.decode(LATIN, "replace")
    if not said.strip():
        raise NotTaken("empty")
    if any((c < " " and c not in "\t\n\r\f") or c in "\x7f\ufffd" for c in said):
        raise NotTaken("kind")


def examine(source: BinaryIO, kind: str, out: str, small: str) -> dict[str, int]:
    """Writes what may be kept to `out`. Raises NotTaken, and whatever a decoder raises at a damaged file."""
    if kind == "photo" or kind in FORMATS:
        return image(source, kind, out, small)
    if kind == "pdf":
        pdf(source)
    elif kind in MAIN_PART or kind in OPEN_TYPE:
        office(source, kind)
    else:
        text(source)
    source.seek(0)
    with open(out, "wb") as file:
        shutil.copyfileobj(source, file, 1024 * 1024)
    return {}


def main(kind: str, out: str, small: str = "") -> None:
    """With little memory and time; a decoder that fails says that the file is damaged."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_OUTPUT, LARGEST_OUTPUT))
    try:
        answer: dict[str, int | str] = {**examine(sys.stdin.buffer, kind, out, small)}
    except NotTaken as reason:
        answer = {"refused": str(reason)}
    except (MemoryError, RecursionError):
        answer = {"refused": "bomb"}
    except OSError as error:  # no room on the disk is nobody's fault; a decoder's is without a number
        answer = {"refused": "damaged"} if error.errno is None else {"errno": error.errno}
    except Exception:  # noqa: BLE001  whatever a decoder raises, the file is not taken
        answer = {"refused": "damaged"}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
