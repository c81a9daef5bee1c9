"""The first run's one-time code, and what it is used up for; and the end of the demo."""

from __future__ import annotations

import secrets

import msgspec

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.access.tokens import token_sha256
from portal.accounts import throttle
from portal.admin.people import make_administrator
from portal.db import execute, fetch_one, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.install import install_improvements
from portal.tables.base import ALPHABET

MAKE_CODE = """
    INSERT INTO set_up (id, code_sha256) SELECT 1, {} WHERE NOT EXISTS (SELECT FROM organisation)
    ON CONFLICT (id) DO UPDATE SET code_sha256 = excluded.code_sha256, made_at = plein_now(), used_at = NULL
    RETURNING id
"""
FITS = "code_sha256 = {} AND used_at IS NULL AND NOT EXISTS (SELECT FROM organisation)"
USE_CODE = f"UPDATE set_up SET used_at = plein_now() WHERE {FITS} RETURNING id"
KNOWS_CODE = f"SELECT id FROM set_up WHERE {FITS}"


def plain(code: str) -> str:
    """A code without what people type between its groups."""
    return "".join(c for c in code if c.isalnum())


async def new_code() -> str | None:  # access: the command line, by whoever runs the machine
    """A fresh code for the set-up page, in groups of four; those before it stop working. None where everything is set
    up already."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(20))
    if await fetch_value(MAKE_CODE, token_sha256(code)) is None:
        return None
    return "-".join(code[n : n + 4] for n in range(0, 20, 4))


async def is_the_code(code: str, address: str) -> bool:  # access: whoever reads the terminal, braked like a password
    """Whether a code is the one of the terminal; it is not used up. Raises throttle.Wait."""
    await throttle.attempt("set up", address)
    right = await fetch_value(KNOWS_CODE, token_sha256(plain(code))) is not None
    if right:
        await throttle.succeeded("set up", address)
    return right


async def set_up(  # access: whoever reads the terminal; the code is used up with it
    code: str, address: str, *, organisation: str, language: str, zone: str, name: str, email: str, password: str
) -> bool:
    """The organisation and its first administrator; False when the code is wrong or used up. Raises throttle.Wait."""
    await throttle.attempt("set up", address)
    async with transaction():
        if await fetch_value(USE_CODE, token_sha256(plain(code))) is None:
            return False
        await make_administrator(email, name, password, organisation, language, zone)
        await record(Kind.PORTAL_SET_UP)
    await throttle.succeeded("set up", address)
    return True


# --- the end of the demo ---


class Lost(msgspec.Struct, frozen=True):
    """What real people wrote in the demo, and what would go with it."""

    ideas: int
    comments: int
    votes: int
    campaigns: int
    groups: int

    @property
    def anything(self) -> bool:
        """Whether there is any of it."""
        return any(msgspec.structs.astuple(self))


LOST = """
    SELECT (SELECT count(*) FROM idea x JOIN person p ON p.id = x.author AND NOT p.demo)::int AS ideas,
        (SELECT count(*) FROM comment x JOIN person p ON p.id = x.author AND NOT p.demo)::int AS comments,
        (SELECT count(*) FROM vote x JOIN person p ON p.id = x.person AND NOT p.demo)::int AS votes,
        (SELECT count(*) FROM campaign x JOIN person p ON p.id = x.author AND NOT p.demo
            WHERE NOT x.always_open)::int AS campaigns,
        (SELECT count(*) FROM space x JOIN person p ON p.id = x.created_by AND NOT p.demo)::int AS groups
"""


async def lost_with_demo(actor: Actor | None) -> Lost | None:
    """What would go with the demo; None where there is no demo."""
    if actor:
        require(actor, Action.DEMO_REMOVE)
    if not await fetch_value("SELECT demo_since FROM organisation"):
        return None
    return await fetch_one(Lost, LOST)


REAL_ADMINISTRATOR = """
    SELECT p.id FROM membership m JOIN space s ON s.id = m.space AND s.kind = 'organisation'
    JOIN person p ON p.id = m.person AND p.active AND NOT p.demo JOIN credential c ON c.person = p.id
    WHERE m.role = 'administrator' ORDER BY m.id LIMIT 1
"""


async def somebody_stays(actor: Actor) -> bool:
    """Whether an administrator is a real person who has a password, so that the demo can be removed."""
    require(actor, Action.DEMO_REMOVE)
    return await fetch_value(REAL_ADMINISTRATOR) is not None


STILL_HERE = "SELECT p.id FROM person p WHERE p.id = {}"


class NobodyLeft(Exception):
    """No administrator is a real person who has a password, so nobody could go on."""


async def remove_demo(actor: Actor | None, name: str, language: str, zone: str) -> None:
    """Empties the installation of the demo: its people, units and all that was written stay behind, the log included,
    which tells of nobody real. Real people stay with their accounts, settings and roles in the organisation, which gets
    its own name. Raises NobodyLeft."""
    if actor:
        require(actor, Action.DEMO_REMOVE)
    async with transaction():
        administrator = await fetch_value(REAL_ADMINISTRATOR)
        if administrator is None:
            raise NobodyLeft
        await execute("SET LOCAL statement_timeout = '10min'")
        await execute("SELECT plein_remove_demo({}, {}, {})", name, language, zone)
        await _begin_anew(administrator, language)
        by = await fetch_value(STILL_HERE, actor.id) if actor else None  # she may be of the demo herself
        await record(Kind.DEMO_REMOVED, actor=by)


async def _begin_anew(administrator: int, language: str) -> None:
    space = await fetch_value("SELECT id FROM space WHERE kind = 'organisation'")
    await install_improvements(space, administrator, language)
