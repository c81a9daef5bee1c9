"""Reading imports: how far they are, and what is wrong with their lines."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import QueryString, fetch, fetch_one
from portal.tables import ImportProblem, PeopleImport

MOST_PROBLEMS = 200  # on one page; the file to download holds all


class ImportRow(msgspec.Struct, frozen=True):
    """A list that was handed in. `seen` marks what its trial run says."""

    id: int
    public_id: str
    kind: str
    state: str
    file_name: str
    encoding: str
    separator: str
    make_units: bool
    deactivate_missing: bool
    problem: str
    tallies: str
    lines: int
    done: int
    left: int
    created_at: datetime
    finished_at: datetime | None
    seen: str

    @property
    def tally(self) -> dict[str, int]:
        """How many lines there are of each outcome."""
        return msgspec.json.decode(self.tallies, type=dict[str, int])

    @property
    def work(self) -> int:
        """How many lines there are to be done in all."""
        return self.done + self.left

    @property
    def share(self) -> int:
        """How much of it is done, in percent."""
        return 100 * self.done // self.work if self.work else 100


IMPORTS = """
    SELECT i.id, i.public_id, i.kind, i.state, i.file_name, i.encoding, i.separator, i.make_units, i.deactivate_missing,
        i.problem, i.tallies::text AS tallies, i.lines, i.done, i.created_at, i.finished_at,
        (SELECT count(*) FROM import_line l WHERE l.people_import = i.id AND NOT l.done)::int AS left,
        md5(i.tallies::text) AS seen
    FROM people_import i WHERE {}
"""


async def imports(actor: Actor) -> list[ImportRow]:
    """The latest ones."""
    return await fetch(ImportRow, IMPORTS + " ORDER BY i.id DESC LIMIT 20", visible(PeopleImport, actor, "i"))


async def get_import(actor: Actor | None, public_id: str) -> ImportRow | None:
    """One of them. None: the command line, by whoever runs the machine."""
    seen = visible(PeopleImport, actor, "i") if actor else QueryString("TRUE")
    return await fetch_one(ImportRow, IMPORTS + " AND i.public_id = {}", seen, public_id)


class Problem(msgspec.Struct, frozen=True):
    """What is wrong with a line, by key."""

    line: int
    field: str
    problem: str
    value: str


PROBLEMS = """
    SELECT p.line, p.field, p.problem, p.value FROM import_problem p WHERE p.people_import = {} AND {}
    ORDER BY p.line, p.id LIMIT {}
"""


async def problems(actor: Actor | None, row: ImportRow, most: int | None = MOST_PROBLEMS) -> list[Problem]:
    """What is wrong, line by line, `most` of it."""
    seen = visible(ImportProblem, actor, "p") if actor else QueryString("TRUE")
    return await fetch(Problem, PROBLEMS, row.id, seen, most)


UNFINISHED = (
    " AND i.sha256 = {} AND i.started_by IS NULL AND i.state IN ('running', 'stopped') ORDER BY i.id DESC LIMIT 1"
)


async def unfinished_import(sha256: bytes) -> ImportRow | None:  # access: the command line, by whoever runs the machine
    """An import of this very file that the command line began and did not finish."""
    return await fetch_one(ImportRow, IMPORTS + UNFINISHED, QueryString("TRUE"), sha256)
