"""Signing in and out, sessions, and passwords."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.access.tokens import new_token, token_sha256
from portal.access.wall_rows import GUEST_IDLE_HOURS
from portal.accounts import throttle
from portal.accounts.passwords import hashed, matches, outdated
from portal.accounts.queries import CONFIRMED, Account, OwnSession, account_of_email, account_of_person
from portal.db import beside_wall, execute, fetch_value, transaction
from portal.events.jobs import queue
from portal.events.kinds import Kind
from portal.events.log import record

#: How long a session lasts unused, and at the most, in hours.
LIFETIME = {"employee": (8, 24), "sister": (8, 24), "guest": (GUEST_IDLE_HOURS, 12)}
RESET_MINUTES = 60
LINK_MINUTES = 30


class MailboxUnconfirmed(Exception):
    """The password is right, but for 30 days this guest has not shown that the mailbox is hers: she gets a link."""


START = f"""
    INSERT INTO session (token_sha256, person, epoch, user_agent, created_at, last_seen_at, idle_until, expires_at)
    SELECT {{}}, p.id, p.epoch, {{}}, now, now, now + make_interval(hours => {{}}), now + make_interval(hours => {{}})
    FROM person p, plein_now() AS now WHERE p.id = {{}} AND p.active AND p.epoch = {{}} AND {CONFIRMED} RETURNING id
"""


async def sign_in(  # access: the way in
    email: str, password: str, address: str, user_agent: str
) -> tuple[int, str] | None:
    """Who signed in and a fresh session's token, or None when address or password is wrong. Raises throttle.Wait, and
    MailboxUnconfirmed once the mail is queued."""
    await throttle.attempt(email, address)
    account = await account_of_email(email)
    if not await matches(password, account.password_hash if account else None) or account is None:
        return None
    await throttle.succeeded(email, address)
    if account.password_hash and outdated(account.password_hash):
        await execute(
            "UPDATE credential SET password_hash = {} WHERE person = {} AND password_hash = {}",
            await hashed(password),
            account.person,
            account.password_hash,
        )
    if not account.mailbox_confirmed:
        async with transaction():
            await queue("send_link", email=account.email)
        raise MailboxUnconfirmed
    token = await start_session(account, user_agent)
    return (account.person, token) if token else None


async def start_session(  # access: for whoever has just shown who she is
    account: Account, user_agent: str
) -> str | None:
    """None when the account's sessions were ended after the password was read, or a guest's mailbox is to be shown to
    be hers again: whatever else she knows, no session begins without that."""
    token = new_token()
    idle, longest = LIFETIME[account.kind]
    async with transaction():
        started = (token_sha256(token), user_agent[:300], idle, longest, account.person, account.epoch)
        if await fetch_value(START, *started) is None:
            return None
        await execute("UPDATE person SET last_signed_in_at = plein_now() WHERE id = {}", account.person)
        await record(Kind.SIGNED_IN, actor=account.person, person=account.person)
    return token


async def sign_out(actor: Actor) -> None:  # access: one's own session
    """Ends this session; a request that is still under way finds it gone."""
    async with transaction():
        await execute("DELETE FROM session WHERE id = {}", actor.session)
        await record(Kind.SIGNED_OUT, actor=actor.id, person=actor.id)


async def end_session(actor: Actor, session: OwnSession) -> None:
    """Ends one of the actor's sessions elsewhere."""
    require(actor, Action.SESSION_END, session)
    async with transaction():
        await execute("DELETE FROM session WHERE id = {}", session.id)
        await record(Kind.SESSIONS_ENDED, actor=actor.id, person=actor.id)


async def end_other_sessions(actor: Actor) -> None:  # access: one's own sessions
    """Ends all the actor's sessions but this one."""
    async with transaction():
        await execute("DELETE FROM session WHERE person = {} AND id <> {}", actor.id, actor.session)
        await record(Kind.SESSIONS_ENDED, actor=actor.id, person=actor.id)


SAVE_CREDENTIAL = """
    INSERT INTO credential (person, password_hash, changed_at) VALUES ({}, {}, plein_now())
    ON CONFLICT (person) DO UPDATE SET password_hash = excluded.password_hash, changed_at = excluded.changed_at
"""
#: Ends every session and every open link of a person, in the transaction that gives the reason.
END_ALL = "UPDATE person SET epoch = epoch + 1 WHERE id = {}"

#: Ends the links in their mailboxes, of several people.
END_LINKS = """
    WITH who AS (SELECT unnest({}::bigint[]) AS person), ended AS (
        UPDATE sign_in_link l SET used_at = plein_now() FROM who WHERE l.person = who.person AND l.used_at IS NULL)
    UPDATE password_reset r SET used_at = plein_now() FROM who WHERE r.person = who.person AND r.used_at IS NULL
"""


async def set_password(person: int, password: str) -> None:  # access: by reset link, owner or command line
    """A new password; every session of this person ends."""
    new = await hashed(password)
    async with transaction():
        await execute(SAVE_CREDENTIAL, person, new)
        await execute(END_ALL, person)
        await execute("DELETE FROM session WHERE person = {}", person)
        await execute(END_LINKS, [person])
        await record(Kind.PASSWORD_CHANGED, actor=person, person=person)


async def confirm_password(actor: Actor, account: Account, password: str, address: str) -> bool:
    """Whether this is the actor's present password; guessing it is braked like signing in. Raises throttle.Wait."""
    require(actor, Action.SETTINGS_CHANGE)
    await throttle.attempt(account.email, address)
    right = await matches(password, account.password_hash)
    if right:
        await throttle.succeeded(account.email, address)
    return right


async def change_password(actor: Actor, account: Account, password: str, user_agent: str) -> str | None:
    """A new password for oneself; gives the token of a fresh session, all others have ended. None when somebody else
    ended all of them at the same moment, or her mailbox is to be confirmed first. What one signs in with is out of a
    guest's reach: it is done beside the wall."""
    require(actor, Action.SETTINGS_CHANGE)
    async with beside_wall(), transaction():
        await set_password(actor.id, password)
        return await start_session(msgspec.structs.replace(account, epoch=account.epoch + 1), user_agent)


async def ask_for_reset(email: str, address: str) -> None:  # access: anybody may ask; only the mailbox hears of it
    """Sends a link to choose a new password, if there is such an account. Who it belongs to is looked up later, so that
    neither the answer nor its time tells. Raises throttle.Wait."""
    await throttle.attempt(f"reset {email}", address)
    async with transaction():
        await queue("send_reset", email=email)


async def new_reset_token(person: int) -> str:  # access: called while the mail to this very person is written
    """A fresh link's token; only its hash is stored, so the mail is the only place where it is."""
    token = new_token()
    await execute(
        "INSERT INTO password_reset (token_sha256, person, created_at, expires_at)"
        " VALUES ({}, {}, plein_now(), plein_now() + make_interval(mins => {}))",
        token_sha256(token),
        person,
        RESET_MINUTES,
    )
    return token


USE_RESET = """
    UPDATE password_reset SET used_at = plein_now()
    WHERE token_sha256 = {} AND used_at IS NULL AND expires_at > plein_now() RETURNING person
"""


async def use_reset(token: str, password: str) -> bool:  # access: whoever holds the link may use it, once
    """Sets a new password by a link; False when it was used meanwhile or is out of date."""
    async with transaction():
        person = await fetch_value(USE_RESET, token_sha256(token))
        if person is None:
            return False
        await set_password(person, password)
    return True


async def ask_for_link(email: str, address: str) -> None:  # access: anybody may ask; only the mailbox hears of it
    """Sends a guest a link to sign in with, if there is such a guest; neither the answer nor its time tells. Raises
    throttle.Wait."""
    await throttle.attempt(f"link {email}", address)
    async with transaction():
        await queue("send_link", email=email)


async def new_sign_in_token(person: int) -> str:  # access: called while the mail to this very person is written
    """A fresh link's token; only its hash is stored, so the mail is the only place where it is."""
    token = new_token()
    await execute(
        "INSERT INTO sign_in_link (token_sha256, person, created_at, expires_at)"
        " VALUES ({}, {}, plein_now(), plein_now() + make_interval(mins => {}))",
        token_sha256(token),
        person,
        LINK_MINUTES,
    )
    return token


USE_LINK = """
    UPDATE sign_in_link SET used_at = plein_now()
    WHERE token_sha256 = {} AND used_at IS NULL AND expires_at > plein_now() RETURNING person
"""
CONFIRM = """
    INSERT INTO guest (person, mailbox_confirmed_at) VALUES ({}, plein_now())
    ON CONFLICT (person) DO UPDATE SET mailbox_confirmed_at = excluded.mailbox_confirmed_at
"""


async def sign_in_by_link(  # access: whoever holds the link may use it, once
    token: str, user_agent: str
) -> tuple[int, str] | None:
    """The guest whom the link was sent to and a fresh session's token; it also shows that the mailbox is hers. None
    when it was used meanwhile, is out of date, or she is no guest any more."""
    async with transaction():
        person = await fetch_value(USE_LINK, token_sha256(token))
        account = await account_of_person(person) if person else None
        if account is None or account.kind != "guest":
            return None
        await confirm_mailbox(account.person)
        session = await start_session(account, user_agent)
    return (account.person, session) if session else None


async def confirm_mailbox(person: int) -> None:  # access: called by what a link into the mailbox opened
    """The mailbox is hers, for the next 30 days."""
    await execute(CONFIRM, person)


async def speak(person: int, language: str) -> None:  # access: for whoever has just shown who she is
    """The language that she chose before she signed in is hers from now on."""
    await execute("UPDATE identity SET language = {} WHERE person = {}", language, person)


async def save_preferences(actor: Actor, language: str, theme: str | None) -> None:
    """Language and theme, as the actor wants them everywhere."""
    require(actor, Action.SETTINGS_CHANGE)
    await execute(
        "UPDATE identity SET language = coalesce(nullif({}, ''), language), theme = coalesce({}, theme)"
        " WHERE person = {}",
        language,
        theme,
        actor.id,
    )


async def save_settings(actor: Actor, *, language: str, zone: str, theme: str, wants_mail: bool) -> None:
    """A person's own settings."""
    require(actor, Action.SETTINGS_CHANGE)
    await execute(
        "UPDATE identity SET language = {}, zone = {}, theme = {}, wants_mail = {} WHERE person = {}",
        language,
        zone,
        theme,
        wants_mail,
        actor.id,
    )


ACCEPT_RULES = """
    INSERT INTO rules_acceptance (person, page) SELECT {}, a.id FROM about_page a
    WHERE a.id = {} AND a.slug = 'house-rules' ON CONFLICT (person, page) DO NOTHING RETURNING id
"""


async def accept_rules(actor: Actor, page: int) -> None:  # access: one's own word
    """The actor has read these house rules, and keeps to them."""
    async with transaction():
        if await fetch_value(ACCEPT_RULES, actor.id, page):
            await record(Kind.RULES_ACCEPTED, actor=actor.id, person=actor.id, page=page)
