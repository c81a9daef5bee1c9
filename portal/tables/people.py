"""The organisation, its units, and its people: a pseudonymous person, and apart from it who that is."""

from piccolo.columns import BigInt, Boolean, Date, Integer, SmallInt, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, Table, reference


class Organisation(Table, db=DB):
    """The one organisation that this installation serves (exactly one row)."""

    id = SmallInt(primary_key=True, default=1)
    name = Text()
    language = Text()
    zone = Text()
    demo_since = Timestamptz(null=True, default=None)
    photo_changes = Integer(default=0)
    country = Text(default="")


class OrgUnit(PublicTable, db=DB):
    """A unit of the organisation's tree."""

    name = Text()
    parent = reference(null=True)
    code = Text(null=True, default=None, unique=True)
    demo = Boolean(default=False)
    head = reference(null=True)


class Person(PublicTable, db=DB):
    """Who wrote and voted, without a name. Raising `epoch` ends all of a person's sessions at once. `home`: the
    space of the sister organisation that she is from. `starts_on`: her first day, of who came in before it."""

    kind = Text()
    org_unit = reference(null=True)
    active = Boolean(default=True)
    epoch = Integer(default=0)
    created_at = Timestamptz()
    last_signed_in_at = Timestamptz(null=True, default=None)
    deactivated_at = Timestamptz(null=True, default=None)
    erased_at = Timestamptz(null=True, default=None)
    demo = Boolean(default=False)
    home = reference(null=True)
    starts_on = Date(null=True, default=None)


class Identity(Table, db=DB):
    """Who a person is. Erasing someone removes this row; what they wrote stays with the person. `folded`: the name
    without capitals and accents, as it is looked for; `folded_title` likewise. The database keeps them."""

    id = None  # type: ignore[assignment]
    person = BigInt(primary_key=True)
    name = Text()
    email = Text()
    title = Text()
    language = Text()
    zone = Text()
    theme = Text()
    wants_mail = Boolean(default=True)
    folded = Text(default="")
    folded_title = Text(default="")
