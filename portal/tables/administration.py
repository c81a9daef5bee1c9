"""What administrators work with: imports, the first run, and what somebody asked for of her own data."""

from piccolo.columns import JSONB, BigInt, Boolean, Bytea, Integer, SmallInt, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, Table, reference


class Personnel(Table, db=DB):
    """What the personnel system calls a person."""

    id = None  # type: ignore[assignment]
    person = BigInt(primary_key=True)
    number = Text()


class PeopleImport(PublicTable, db=DB):
    """A list of people or units that was handed in: how it was read, what it would do, and how far it is."""

    started_by = reference(null=True)
    kind = Text()
    state = Text()
    file_name = Text()
    sha256 = Bytea()
    encoding = Text()
    separator = Text()
    make_units = Boolean(default=False)
    deactivate_missing = Boolean(default=False)
    problem = Text()
    tallies = JSONB()
    lines = Integer(default=0)
    done = Integer(default=0)
    created_at = Timestamptz()
    finished_at = Timestamptz(null=True, default=None)


class ImportFile(Table, db=DB):
    """The file itself, until the import is done or thrown away."""

    id = None  # type: ignore[assignment]
    people_import = BigInt(primary_key=True)
    content = Bytea()


class ImportLine(Table, db=DB):
    """A line that could be read. What the file does not say is NULL and changes nothing."""

    people_import = reference()
    line = Integer()
    number = Text(null=True)
    email = Text(null=True)
    name = Text(null=True)
    title = Text(null=True)
    language = Text(null=True)
    zone = Text(null=True)
    unit = Text(null=True)
    parent = Text(null=True)
    head = Text(null=True)
    org_unit = reference(null=True)
    active = Boolean(null=True, default=None)
    person = reference(null=True)
    sister = Text(null=True)
    home = reference(null=True)
    outcome = Text()
    done = Boolean(default=False)


class ImportProblem(Table, db=DB):
    """What is wrong with a line, by its key; the words are made for the reader."""

    people_import = reference()
    line = Integer()
    field = Text()
    problem = Text()
    value = Text()


class SetUp(Table, db=DB):
    """The one-time code that the first run prints (at most one row)."""

    id = SmallInt(primary_key=True, default=1)
    code_sha256 = Bytea()
    made_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)


class DataExport(PublicTable, db=DB):
    """Somebody's own data, made for her to fetch: a `file` by its name on disk; it goes when it expires."""

    person = reference()
    asked_at = Timestamptz()
    made_at = Timestamptz(null=True, default=None)
    expires_at = Timestamptz(null=True, default=None)
    file = Text(null=True, default=None, unique=True)
