"""Spaces, the unit of isolation, and who belongs to them in which role."""

from piccolo.columns import Boolean, Date, Integer, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, Table, reference


class Space(PublicTable, db=DB):
    """A place with readers. `open`: every active employee reads it; else only its members do. `sisters`: so do those of
    sister organisations. `label`: how confidential it is. `checks`: what is checked before others see it. `leavers`:
    whether what people wrote keeps their name when they leave. `keep_days`: how long guests' data stay after the end;
    `guest_days`: how long a guest stays unless renewed. `preboarding`: its guests start at the organisation, and leave
    if they are no employees `no_show_days` after their first day. `anonymous`: its colleagues may post without their
    name. `host`: who answers for its guests. `colleagues`,
    `guests`: who belong to it with no end set, and of the organisation's own `employees`: how many there are, kept by
    the database."""

    kind = Text()
    name = Text()
    purpose = Text()
    language = Text()
    open = Boolean()
    created_by = reference(null=True)
    created_at = Timestamptz()
    archived_at = Timestamptz(null=True, default=None)
    form_key = Text(null=True, default=None)
    nature = Text(default="")
    parent = reference(null=True)
    ends_on = Date(null=True, default=None)
    label = Text(default="internal")
    sisters = Boolean(default=False)
    host = reference(null=True)
    checks = Text(default="none")
    leavers = Text(default="name")
    keep_days = Integer(default=30)
    guest_days = Integer(default=90)
    preboarding = Boolean(default=False)
    no_show_days = Integer(default=14)
    anonymous = Boolean(default=False)
    idle_asked_at = Timestamptz(null=True, default=None)
    colleagues = Integer(default=0)
    guests = Integer(default=0)
    employees = Integer(default=0)


class Membership(Table, db=DB):
    """A person's role in a space; one row a role. It holds in this very space, `until` its end."""

    space = reference()
    person = reference()
    role = Text()
    created_at = Timestamptz()
    added_by = reference(null=True)
    partner = reference(null=True)
    reminded_for = Timestamptz(null=True, default=None)
    may_write = Boolean(default=True)
    may_vote = Boolean(default=True)
    may_download = Boolean(default=True)
    until = Timestamptz(null=True, default=None)
    sponsor = reference(null=True)


class Charter(Table, db=DB):
    """What holds in a space, as whoever joins accepts it; each version is kept."""

    space = reference()
    version = Integer()
    preset = Text()
    text = Text()
    text_html = Text()
    author = reference(null=True)
    created_at = Timestamptz()


class CharterAcceptance(Table, db=DB):
    """Somebody accepted this version of a space's charter."""

    space = reference()
    person = reference()
    version = Integer()
    accepted_at = Timestamptz()


class SpaceUnit(Table, db=DB):
    """A unit of the organisation that owns a project space."""

    space = reference()
    unit = reference()


class CommunityCard(Table, db=DB):
    """When and where a space's community manager is to be found, in her own words."""

    space = reference()
    person = reference()
    office_hours = Text(default="")
    whereabouts = Text(default="")
    updated_at = Timestamptz()


class Highlight(Table, db=DB):
    """An idea that the community manager put at the top of its space, or in its light."""

    idea = reference()
    space = reference()
    kind = Text()
    author = reference()
    created_at = Timestamptz()
