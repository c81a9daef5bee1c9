"""Guests: the organisations that they come from, who is invited where, and their ways in."""

from piccolo.columns import BigInt, Boolean, Bytea, Date, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, Table, reference


class Partner(PublicTable, db=DB):
    """An organisation whose people are invited."""

    name = Text()
    created_by = reference(null=True)
    created_at = Timestamptz()


class PartnerDomain(Table, db=DB):
    """What stands behind the @ of its addresses, in ASCII."""

    partner = reference()
    domain = Text()


class Guest(Table, db=DB):
    """When a guest last showed that the mailbox is hers."""

    id = None  # type: ignore[assignment]
    person = BigInt(primary_key=True)
    mailbox_confirmed_at = Timestamptz()
    created_at = Timestamptz()


class SignInLink(Table, db=DB):
    """A link to sign in with, usable once."""

    token_sha256 = Bytea()
    person = reference()
    created_at = Timestamptz()
    expires_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)


class ColleagueWish(PublicTable, db=DB):
    """A guest asks that a colleague of hers is invited; the host decides."""

    space = reference()
    person = reference()
    name = Text()
    email = Text()
    words = Text()
    state = Text()
    reason = Text()
    created_at = Timestamptz()
    decided_at = Timestamptz(null=True, default=None)
    decided_by = reference(null=True)


class Invitation(PublicTable, db=DB):
    """Somebody is invited to a space, with these rights and until then; and what she agreed to when she came in."""

    space = reference()
    partner = reference()
    email = Text()
    name = Text()
    words = Text()
    language = Text()
    may_write = Boolean()
    may_vote = Boolean()
    may_download = Boolean()
    until = Timestamptz()
    invited_by = reference()
    wish = reference(null=True)
    state = Text()
    created_at = Timestamptz()
    sent_at = Timestamptz()
    expires_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)
    accepted_by = reference(null=True)
    house_rules = reference(null=True)
    privacy = reference(null=True)
    starts_on = Date(null=True, default=None)


class InvitationLink(Table, db=DB):
    """The link in a mail: the SHA-256 of its token."""

    token_sha256 = Bytea()
    invitation = reference()
    created_at = Timestamptz()
