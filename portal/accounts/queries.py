"""Reading accounts: who an address belongs to, and a person's own sessions."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import beside_wall, fetch, fetch_one
from portal.tables import Session


class Account(msgspec.Struct, frozen=True):
    """What signing in needs to know of a person."""

    person: int
    name: str
    email: str
    language: str
    zone: str
    kind: str
    epoch: int
    password_hash: str | None
    mailbox_confirmed: bool


#: That an account may be let in: who is a guest has shown within 30 days that the mailbox is hers.
CONFIRMED = """(p.kind <> 'guest' OR EXISTS (SELECT FROM guest g
    WHERE g.person = p.id AND g.mailbox_confirmed_at > plein_now() - interval '30 days'))"""
ACCOUNT = f"""
    SELECT p.id AS person, n.name, n.email, n.language, n.zone, p.kind, p.epoch, c.password_hash,
        {CONFIRMED} AS mailbox_confirmed
    FROM identity n JOIN person p ON p.id = n.person AND p.active LEFT JOIN credential c ON c.person = p.id
"""


async def account_of_email(email: str) -> Account | None:  # access: nobody is signed in yet
    """The active account with this address, in whatever case it is written."""
    return await fetch_one(Account, ACCOUNT + " WHERE lower(n.email) = lower({})", email)


async def account_of_person(
    person: int,
) -> Account | None:  # access: of the actor herself, or the command line
    """The active account of a person."""
    return await fetch_one(Account, ACCOUNT + " WHERE p.id = {}", person)


async def own_account(actor: Actor) -> Account | None:  # access: the actor's own
    """The actor's own account. What one signs in with is out of a guest's reach: it is read beside the wall."""
    async with beside_wall():
        return await account_of_person(actor.id)


RESET = """
    SELECT r.person FROM password_reset r JOIN person p ON p.id = r.person AND p.active
    WHERE r.token_sha256 = {} AND r.used_at IS NULL AND r.expires_at > plein_now()
"""


class Reset(msgspec.Struct, frozen=True):
    """A link that still works: to choose a new password, or to sign in."""

    person: int


async def open_reset(token_sha256: bytes) -> Reset | None:  # access: whoever holds the link may use it
    """The reset behind a link, unless it was used or is out of date."""
    return await fetch_one(Reset, RESET, token_sha256)


SIGN_IN_LINK = """
    SELECT l.person FROM sign_in_link l JOIN person p ON p.id = l.person AND p.active AND p.kind = 'guest'
    WHERE l.token_sha256 = {} AND l.used_at IS NULL AND l.expires_at > plein_now()
"""


async def open_sign_in_link(token_sha256: bytes) -> Reset | None:  # access: whoever holds the link may use it
    """The guest whom a link signs in, unless it was used or is out of date."""
    return await fetch_one(Reset, SIGN_IN_LINK, token_sha256)


class OwnSession(msgspec.Struct, frozen=True):
    """A browser in which one is signed in."""

    id: int
    public_id: str
    person: int
    user_agent: str
    created_at: datetime
    last_seen_at: datetime


OWN_SESSIONS = """
    SELECT z.id, z.public_id, z.person, z.user_agent, z.created_at, z.last_seen_at
    FROM session z JOIN person p ON p.id = z.person AND p.epoch = z.epoch
    WHERE {} AND z.idle_until > plein_now() AND z.expires_at > plein_now()
"""


async def own_sessions(actor: Actor) -> list[OwnSession]:
    """Where the actor is signed in, latest first."""
    return await fetch(OwnSession, OWN_SESSIONS + " ORDER BY z.last_seen_at DESC", visible(Session, actor, "z"))


async def own_session(actor: Actor, public_id: str) -> OwnSession | None:
    """One of the actor's own sessions."""
    return await fetch_one(OwnSession, OWN_SESSIONS + " AND z.public_id = {}", visible(Session, actor, "z"), public_id)


class OwnSettings(msgspec.Struct, frozen=True):
    """What a person chose for herself."""

    language: str
    zone: str
    theme: str
    wants_mail: bool


OWN_SETTINGS = "SELECT language, zone, theme, wants_mail FROM identity WHERE person = {}"


async def own_settings(actor: Actor) -> OwnSettings | None:  # access: the actor's own row
    """The actor's settings."""
    return await fetch_one(OwnSettings, OWN_SETTINGS, actor.id)
