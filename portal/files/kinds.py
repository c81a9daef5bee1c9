"""Which files are taken, and under which names."""

from __future__ import annotations

import unicodedata

import msgspec

from portal.text.language import gettext, lazy

LONGEST_NAME = 120


class FileKind(msgspec.Struct, frozen=True):
    """A kind of file: what browsers call it, what people call it, and its icon; `plain`: nothing is in it but what is
    seen, while others hold the names of those who worked on them."""

    media_type: str
    words: str
    icon: str
    image: bool = False
    plain: bool = False


_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."
#: By the ending of the name, which is also what a row of `attachment` says.
KINDS: dict[str, FileKind] = {
    "pdf": FileKind("application/pdf", lazy("PDF"), "file-pdf"),
    "png": FileKind("image/png", lazy("Image"), "image", True, True),
    "jpg": FileKind("image/jpeg", lazy("Image"), "image", True, True),
    "webp": FileKind("image/webp", lazy("Image"), "image", True, True),
    "docx": FileKind(_OFFICE + "wordprocessingml.document", lazy("Document"), "file-text"),
    "odt": FileKind(_OPEN + "text", lazy("Document"), "file-text"),
    "xlsx": FileKind(_OFFICE + "spreadsheetml.sheet", lazy("Spreadsheet"), "table"),
    "ods": FileKind(_OPEN + "spreadsheet", lazy("Spreadsheet"), "table"),
    "csv": FileKind("text/csv", lazy("Spreadsheet"), "table", plain=True),
    "pptx": FileKind(_OFFICE + "presentationml.presentation", lazy("Presentation"), "presentation"),
    "odp": FileKind(_OPEN + "presentation", lazy("Presentation"), "presentation"),
    "txt": FileKind("text/plain", lazy("Text"), "file-text", plain=True),
}
IMAGES = tuple(kind for kind, known in KINDS.items() if known.image)
SAME = {"jpeg": "jpg"}
#: What can go along with what stands without a name.
PLAIN = tuple(kind for kind, known in KINDS.items() if known.plain)
#: For the attribute `accept` of a file field.
ACCEPT = ",".join(f".{ending}" for ending in (*KINDS, *SAME))
ACCEPT_PLAIN = ",".join(f".{ending}" for ending in (*PLAIN, *SAME))
ACCEPT_IMAGES = ",".join(f".{ending}" for ending in (*IMAGES, *SAME))


class Refused(Exception):
    """A file that is not taken; its text says why, and what to do, in the reader's language."""


def kind_of(name: str) -> str:
    """The kind that a file's name says. Raises Refused for another kind, and for a name that could deceive."""
    shown = "".join(c if c.isprintable() else "�" for c in name[:40])
    if len(name) > LONGEST_NAME:
        raise Refused(
            gettext("“%(name)s…” has too long a name: keep it to %(n)s characters.")
            % {"name": shown, "n": LONGEST_NAME}
        )
    if any(c in "/\\" or (unicodedata.category(c)[0] in "CZ" and c != " ") for c in name) or name[:1] in (".", " "):
        raise Refused(
            gettext("“%(name)s”: give the file a plain name, without slashes and invisible characters.")
            % {"name": shown}
        )
    stem, _, ending = name.rpartition(".")
    kind = SAME.get(ending.lower(), ending.lower())
    if not stem.strip() or kind not in KINDS:
        raise Refused(
            gettext("“%(name)s” is of a kind that is not taken. Take one of these: %(kinds)s.")
            % {"name": shown, "kinds": ", ".join(KINDS)}
        )
    return kind
