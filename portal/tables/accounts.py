"""How people get in: passwords, sessions, resets, and the brake on guessing."""

from piccolo.columns import BigInt, Bytea, Integer, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, Table, reference


class Credential(Table, db=DB):
    """A person's password, as argon2id."""

    id = None  # type: ignore[assignment]
    person = BigInt(primary_key=True)
    password_hash = Text()
    changed_at = Timestamptz()


class Session(PublicTable, db=DB):
    """One signed-in browser. Only the SHA-256 of its token is stored."""

    token_sha256 = Bytea()
    person = reference()
    epoch = Integer()
    user_agent = Text()
    created_at = Timestamptz()
    last_seen_at = Timestamptz()
    idle_until = Timestamptz()
    expires_at = Timestamptz()


class PasswordReset(Table, db=DB):
    """A link to choose a new password, usable once."""

    token_sha256 = Bytea()
    person = reference()
    created_at = Timestamptz()
    expires_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)


class Throttle(Table, db=DB):
    """Failed attempts by account or address, and until when the next one has to wait."""

    id = None  # type: ignore[assignment]
    key = Text(primary_key=True)
    failures = Integer()
    last_failure_at = Timestamptz()
    blocked_until = Timestamptz()
