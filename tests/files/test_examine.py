"""What is taken and what is not: files that lie, bombs, pictures that tell too much, names that deceive."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from portal.files import examine, store
from portal.files.kinds import KINDS, Refused, kind_of
from portal.files.store import Upload, keep, path_of
from portal.settings import settings
from tests.world import picture

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}
SHEET = {"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}


def zipped(parts: dict[str, bytes], **options: Any) -> bytes:
    """An archive with these parts."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
        archive.comment = options.get("comment", b"")
    return out.getvalue()


def giant(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is as large as this."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def stretched(width: int, height: int, **options: Any) -> bytes:
    """A JPEG of a few bytes that says it is as large as this."""
    small = bytearray(picture("jpg", **options))
    at = small.index(b"\xff\xc2" if options else b"\xff\xc0") + 5
    small[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(small)


def overlapping() -> bytes:
    """An archive in which many parts are the same few bytes, as the densest bombs are."""
    one = bytearray(zipped(WORD | {"a": b"x" * 5000}))
    end = one.rindex(b"PK\x05\x06")
    directory = bytes(one[struct.unpack("<I", one[end + 16 : end + 20])[0] : end])
    entries = directory + directory[directory.rindex(b"PK\x01\x02") :].replace(b"a", b"b") * 3
    tail = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 6, 6, len(entries), end - len(directory), 0)
    return bytes(one[: end - len(directory)]) + entries + tail


async def kept(name: str, content: bytes, **options: Any) -> store.Kept:
    """What becomes of a file."""
    upload = Upload("files", name)
    upload.write(content, 20_000_000)
    return await keep(upload, **options)


TAKEN = {
    "report.pdf": PDF,
    "Verslag nachtdienst.PDF": PDF,
    "letter.docx": zipped(WORD),
    "counts.ods": zipped(SHEET),
    "counts.csv": "dépôt;nächte\n".encode("latin-1"),
    "notes.txt": "Ünïcode ✓".encode(),
    "שלום.txt": b"hello",
}


@pytest.mark.parametrize("name", TAKEN)
async def test_what_is_what_it_says_is_kept_as_it_came(name: str):
    made = await kept(name, TAKEN[name])
    assert path_of(made.file).read_bytes() == TAKEN[name]
    assert made.size == len(TAKEN[name])
    assert path_of(made.file).stat().st_mode & 0o077 == 0
    store.remove(made.file)
    assert not path_of(made.file).exists()


LIES = {
    "a program.pdf": (b"MZ\x90\0", "not what its name says"),
    "page.pdf": (b"<html><script>alert(1)</script>%PDF-1.7 %%EOF", "not what its name says"),
    "half.pdf": (b"%PDF-1.7\n", "not what its name says"),
    "archive.pdf": (PDF + zipped({"x": b"y"}) + b"%%EOF"[:0], "not what its name says|two kinds"),
    "both.pdf": (b"%PDF-1.7 %%EOF " + zipped({"x": b"y"}), "two kinds"),
    "page.txt": (b"  <!DOCTYPE html><p>", "not what its name says"),
    "drawing.txt": (b'<svg onload="x()">', "not what its name says"),
    "binary.csv": (b"a,b\n\0\1\2", "not what its name says"),
    "empty.txt": (b"", "is empty"),
    "archive.docx": (zipped({"x": b"y"}), "not what its name says"),
    "sheet.docx": (zipped(SHEET), "not what its name says"),
    "text.ods": (zipped(SHEET | {"mimetype": b"application/vnd.oasis.opendocument.text"}), "not what its name says"),
    "picture.docx": (picture("png"), "not what its name says"),
    "hidden.docx": (b"#!/bin/sh\n" + zipped(WORD), "not what its name says"),
    "more.docx": (zipped(WORD, comment=b"<script>"), "two kinds"),
    "cut.docx": (zipped(WORD)[:-30], "damaged"),
    "macro.docx": (zipped(WORD | {"word/vbaProject.bin": b"x"}), "macros"),
    "outside.docx": (zipped(WORD | {"../../etc/passwd": b"x"}), "damaged"),
    "dense.docx": (zipped(WORD | {"word/a.xml": b"\0" * 5_000_000}), "unpacks to more"),
    "overlap.docx": (overlapping(), "unpacks to more"),
    "picture.jpg": (picture("png"), "not what its name says"),
    "picture.png": (picture("jpg"), "not what its name says"),
    "cut.png": (picture("png")[:60], "damaged"),
    "cut.jpg": (picture("jpg", 400, 400)[:900], "damaged"),
    "giant.png": (giant(12_000, 12_000), "25 million"),
    "liar.png": (giant(4000, 4000), "damaged"),
    "giant.jpg": (stretched(16_000, 13_000), "200 million"),
    "at once.jpg": (stretched(6000, 5000, progressive=True), "200 million"),
    "page.png": (b"<html>", "not what its name says"),
}


@pytest.mark.parametrize("name", LIES)
async def test_what_lies_is_damaged_or_a_bomb_is_refused_with_the_reason(name: str):
    content, reason = LIES[name]
    with pytest.raises(Refused, match=reason) as refused:
        await kept(name, content)
    assert name in str(refused.value)
    assert list((settings().files_folder / "incoming").iterdir()) == []


@pytest.mark.parametrize("kind", ["png", "jpg", "webp"])
async def test_a_picture_is_made_anew_and_tells_nothing_of_where_it_was_taken(kind: str):
    exif = Image.Exif()
    exif[0x0110] = "Camera of Noor"
    exif[0x0112] = 6  # lying on its side
    source = picture(kind, 600, 400, exif=exif) + b"<script>and something behind it</script>"
    made = await kept(f"a.{kind}", source)
    stored = path_of(made.file).read_bytes()
    assert b"Camera" not in stored
    assert b"script" not in stored
    with Image.open(path_of(made.file)) as now:
        assert (now.format, now.size, dict(now.getexif())) == ({"jpg": "JPEG"}.get(kind, kind.upper()), (400, 600), {})
    assert (made.width, made.height) == (400, 600)
    with Image.open(path_of(made.file, small=True)) as thumbnail:
        assert (thumbnail.format, max(thumbnail.size)) == ("WEBP", 480)
    store.remove(made.file)


async def test_a_photo_becomes_a_square():
    made = await kept("me.png", picture("png", 900, 300), photo=True)
    with Image.open(path_of(made.file)) as large, Image.open(path_of(made.file, small=True)) as small:
        assert (large.size, small.size, large.format) == ((512, 512), (96, 96), "WEBP")
    store.remove(made.file)
    with pytest.raises(Refused, match="no picture"):
        await kept("me.pdf", PDF, photo=True)


async def test_the_largest_picture_that_is_taken_fits_into_the_memory():
    made = await kept("large.png", picture("png", 5000, 5000))
    assert (made.width, made.height) == (4000, 4000)
    store.remove(made.file)


def colour_by_colour(side: int) -> bytes:
    """A black JPEG whose three colours come in a scan each, so that a decoder keeps all of it until the last is read."""

    def segment(marker: int, content: bytes) -> bytes:
        return struct.pack(">BBH", 255, marker, len(content) + 2) + content

    blocks = (side // 8) ** 2, *[(side // 16) ** 2] * 2
    one_code = bytes([1] + [0] * 16)
    frame = struct.pack(">BHHB", 8, side, side, 3) + bytes([1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0])
    tables = segment(0xC4, b"\0" + one_code) + segment(0xC4, b"\x10" + one_code)
    scans = [segment(0xDA, bytes([1, n + 1, 0, 0, 63, 0])) + bytes(blocks[n] // 4) for n in range(3)]
    return (
        b"\xff\xd8"
        + segment(0xDB, bytes(1) + b"\x10" * 64)
        + segment(0xC0, frame)
        + tables
        + b"".join(scans)
        + b"\xff\xd9"
    )


async def test_a_large_jpeg_that_has_to_be_kept_whole_while_it_is_read_is_not_taken():
    assert (await kept("small.jpg", colour_by_colour(1600))).width == 1600, "the control"
    with pytest.raises(Refused, match="damaged"):
        await kept("large.jpg", colour_by_colour(14_000))


async def test_the_picture_of_a_phone_is_taken():
    made = await kept("phone.jpg", picture("jpg", 8064, 6048))
    assert (made.width, made.height) == (4000, 3000)
    store.remove(made.file)


@pytest.mark.parametrize("size", [(5001, 5000), (8064, 6048), (12_000, 9000), (16_320, 12_240), (65_000, 3000)])
def test_of_a_large_jpeg_no_more_is_decoded_than_of_others(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", None)  # as `examine.image` does in its process
    with Image.open(BytesIO(stretched(*size))) as opened:
        assert opened.size == size
        examine.bound(opened)
        assert 2_000_000 < opened.width * opened.height <= examine.MOST_PIXELS


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd.txt",
        "C:\\notes.txt",
        "invoice\u202efdp.txt",
        "two\nlines.txt",
        "zero\u200bwidth.txt",
        "\ufeffmark.txt",
        ".htaccess.txt",
        " .txt",
        ".txt",
        "x" * 300 + ".txt",
        "no ending",
        "page.html",
        "drawing.svg",
        "macro.docm",
        "program.pdf.exe",
        "\ud800.txt",
    ],
)
def test_a_name_that_could_deceive_and_another_kind_are_refused(name: str):
    with pytest.raises(Refused) as refused:
        kind_of(name)
    assert str(refused.value).encode()  # it can be shown


def test_every_kind_is_known_by_its_own_ending():
    assert {kind_of(f"a.{kind}") for kind in KINDS} == set(KINDS)
    assert kind_of("a.JPEG") == "jpg"


async def test_of_what_is_too_large_nothing_is_kept():
    upload = Upload("files", "a.txt")
    for _ in range(3):
        upload.write(b"x" * 10, 20)
    assert upload.too_large
    with pytest.raises(Refused, match="too large"):
        await keep(upload)
