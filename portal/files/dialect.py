"""CSV as spreadsheets and personnel systems write it: which encoding, which separator, which heading means what."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator

import msgspec

SEPARATORS = ",;\t|"
LONGEST_CELL = 20_000  # characters; what is longer is a quotation mark that was never closed
MOST_BROKEN = 500  # lines with broken quotation marks, after which the rest is not looked at

#: Column -> what it is called, in letters and digits only.
HEADINGS: dict[str, dict[str, set[str]]] = {
    "people": {
        "email": {"email", "mail", "emailaddress", "emailadres", "mailadres", "mailaddress", "epost"},
        "number": {"number", "nummer", "personnelnumber", "personeelsnummer", "personeelsnr", "employeeid"}
        | {"employeenumber", "staffnumber", "medewerkernummer", "medewerkersnummer", "id"},
        "name": {"name", "naam", "fullname", "volledigenaam", "displayname", "weergavenaam"},
        "first": {"firstname", "givenname", "voornaam", "roepnaam"},
        "infix": {"infix", "tussenvoegsel", "tussenvoegsels", "voorvoegsel"},
        "last": {"lastname", "surname", "familyname", "achternaam", "familienaam"},
        "title": {"title", "jobtitle", "titel", "functie", "function", "position", "functietitel", "functienaam"},
        "unit": {"unit", "orgunit", "unitpath", "department", "afdeling", "onderdeel", "organisatieonderdeel"}
        | {"organisationalunit", "organizationalunit", "eenheid", "dienst", "team"},
        "language": {"language", "taal", "voorkeurstaal"},
        "zone": {"zone", "timezone", "tijdzone"},
        "sister": {"sister", "sisterorganisation", "sisterorganization", "zusterorganisatie"},
        "active": {"active", "actief", "status", "enabled", "indienst"},
    },
    "units": {
        "name": {"name", "naam", "unit", "onderdeel", "afdeling", "department", "eenheid"},
        "number": {"code", "unitcode", "afdelingscode", "afkorting", "abbreviation", "id"},
        "parent": {"parent", "parentunit", "under", "liesunder", "onder", "ligtonder", "bovenliggend", "hoortbij"}
        | {"bovenliggendonderdeel", "hoofdafdeling", "parentcode"},
        "head": {"head", "hoofd", "leader", "manager", "leidinggevende", "afdelingshoofd", "hoofdemail", "heademail"},
    },
    "guests": {
        "email": {"email", "mail", "emailaddress", "emailadres", "mailadres", "mailaddress", "epost"},
        "name": {"name", "naam", "fullname", "volledigenaam"},
        "first": {"firstname", "givenname", "voornaam", "roepnaam"},
        "infix": {"infix", "tussenvoegsel", "tussenvoegsels", "voorvoegsel"},
        "last": {"lastname", "surname", "familyname", "achternaam", "familienaam"},
        "partner": {"organisation", "organization", "organisatie", "company", "bedrijf", "partner", "firma"},
        "starts": {"startson", "start", "startdate", "firstday", "startdatum", "begintop", "eerstedag", "indienstop"},
        "until": {"until", "tot", "totenmet", "einddatum", "enddate"},
        "language": {"language", "taal", "voorkeurstaal"},
    },
    "days": {
        "day": {"day", "date", "dag", "datum"},
        "name": {"name", "naam", "description", "omschrijving", "holiday", "feestdag", "what", "wat"},
        "working": {"working", "worked", "workingday", "werkdag", "werken", "gewerkt"},
    },
}
#: The column that a list can't do without.
NEEDED = {"people": "email", "units": "name", "guests": "email", "days": "day"}


#: How files begin that are no list: pictures, PDF, and spreadsheets or anything else in a zip.
NO_LIST = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"%PDF", b"PK\x03\x04")


class Unreadable(Exception):
    """Why nothing of a file can be used: a key of problems.OF_FILES."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Sheet(msgspec.Struct):
    """A file that was taken apart: how it was read, which column stands where, and its records with their lines."""

    encoding: str
    separator: str
    columns: dict[str, int]
    width: int
    records: Iterator[tuple[int, list[str] | None]]


def decoded(content: bytes) -> tuple[str, str]:
    """The text of a file and the name of its encoding: by its mark, else UTF-8 if it is that, else Windows-1252."""
    for mark, encoding, name in (
        (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
        (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
        (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
    ):
        if content.startswith(mark):
            return content.decode(encoding, "replace"), name
    start = content[:1000]
    if start.count(0) > len(start) // 4:  # every other byte of Latin text, without a mark
        order = "utf-16-be" if start[:1] == b"\0" else "utf-16-le"
        return content.decode(order, "replace"), "UTF-16"
    try:
        return content.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), "Windows-1252"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "Latin-1"


def taken_apart(content: bytes, kind: str) -> Sheet:
    """The records of a file below its heading line. Raises Unreadable."""
    if content.startswith(NO_LIST):
        raise Unreadable("no list")
    text, encoding = decoded(content)
    lines = list(io.StringIO(text, newline=""))
    first = 0
    told = re.fullmatch(r"sep=(.)\s*", lines[0]) if lines else None
    if told:  # Excel's way to say it
        first = 1
    while first < len(lines) and not lines[first].strip(" \t\r\n,;|"):
        first += 1
    if first >= len(lines):
        raise Unreadable("empty")
    separators = told[1] if told else SEPARATORS
    best = max(separators, key=lambda separator: len(_columns(_cells(lines[first], separator), kind)))
    cells = _cells(lines[first], best)
    columns = _columns(cells, kind)
    if NEEDED[kind] not in columns:
        raise Unreadable("no heading")
    return Sheet(encoding, best, columns, len(cells), _records(lines, first + 1, best))


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def _columns(cells: list[str], kind: str) -> dict[str, int]:
    """Which heading stands where; of two that mean the same the first counts."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        bare = "".join(c for c in cell.casefold() if c.isalnum())
        for column, names in HEADINGS[kind].items():
            if bare in names:
                found.setdefault(column, place)
    return found


def _records(lines: list[str], start: int, separator: str) -> Iterator[tuple[int, list[str] | None]]:
    """Each record with the line on which it begins, from 1; None where its quotation marks are broken: then reading
    goes on with the next line."""
    csv.field_size_limit(LONGEST_CELL)
    broken = 0
    while start < len(lines) and broken < MOST_BROKEN:
        reader = csv.reader(lines[start:] if start else lines, delimiter=separator, strict=True)
        read = 0
        try:
            for cells in reader:
                at, read = start + read + 1, reader.line_num
                if any(cell.strip() for cell in cells):
                    yield at, cells
            return
        except csv.Error:
            yield start + read + 1, None
            broken += 1
            start += read + 1
