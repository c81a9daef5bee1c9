"""Inviting, coming in, staying longer, and wishing for a colleague."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.access.tokens import new_token, token_sha256
from portal.accounts.actions import confirm_mailbox, start_session
from portal.accounts.queries import account_of_person
from portal.db import execute, fetch, fetch_one, fetch_value, transaction
from portal.events.jobs import queue
from portal.events.kinds import Kind
from portal.events.log import record
from portal.invitations import first_day
from portal.invitations.queries import STANDING, GuestSpace, InvitationRow, Welcome, Wish
from portal.tables.base import new_public_id

#: How long an invitation can be accepted.
DAYS = 7


class Rights(msgspec.Struct, frozen=True):
    """What a guest may do beside reading."""

    write: bool
    vote: bool
    download: bool


class Invited(msgspec.Struct, frozen=True):
    """Somebody to invite."""

    email: str
    name: str
    partner: int
    until: datetime
    language: str
    starts_on: date | None = None


INVITE = """
    INSERT INTO invitation (public_id, space, partner, email, name, words, language, may_write, may_vote, may_download,
        until, starts_on, invited_by, wish, expires_at)
    VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, plein_now() + make_interval(days => {}))
    ON CONFLICT (space, lower(email)) WHERE state = 'open' DO NOTHING RETURNING id
"""
WISH_GRANTED = """
    UPDATE colleague_wish SET state = 'invited', decided_at = plein_now(), decided_by = {}
    WHERE id = {} AND state = 'waiting' RETURNING id
"""


async def invite(
    actor: Actor, space: GuestSpace, people: list[Invited], *, words: str, rights: Rights, wish: Wish | None = None
) -> int:
    """Invites them by mail, and says how many were not invited already. `wish`: which of a guest's wishes it grants."""
    require(actor, Action.GUEST_INVITE, space)
    made = 0
    async with transaction():
        for who in people:
            public_id = new_public_id()
            given = (space.id, who.partner, who.email, who.name, words, who.language)
            allowed = (rights.write, rights.vote, rights.download, who.until, who.starts_on)
            invitation = await fetch_value(
                INVITE, public_id, *given, *allowed, actor.id, wish.id if wish else None, DAYS
            )
            if invitation is None:
                continue
            made += 1
            await _send(invitation)
            await record(Kind.GUEST_INVITED, actor=actor.id, space=space.id, invitation=invitation)
        if wish and await fetch_value(WISH_GRANTED, actor.id, wish.id):
            await record(Kind.WISH_GRANTED, actor=actor.id, space=space.id, wish=wish.id)
    return made


async def _send(invitation: int) -> None:
    await execute("INSERT INTO mail (kind, invitation) VALUES ('invitation', {})", invitation)
    await queue("deliver_mail")


async def new_invitation_token(invitation: int) -> str:  # access: called while the mail to this very mailbox is written
    """A fresh link's token; only its hash is stored, so the mail is the only place where it is."""
    token = new_token()
    await execute(
        "INSERT INTO invitation_link (token_sha256, invitation) VALUES ({}, {})", token_sha256(token), invitation
    )
    return token


SEND_AGAIN = """
    UPDATE invitation SET sent_at = plein_now(), expires_at = plein_now() + make_interval(days => {}), invited_by = {}
    WHERE id = {} AND state = 'open' RETURNING id
"""


async def send_again(actor: Actor, invitation: InvitationRow) -> None:
    """A new link for another seven days; those before open nothing any more. Whoever sends it answers for the guest."""
    require(actor, Action.INVITATION_MANAGE, invitation)
    async with transaction():
        if await fetch_value(SEND_AGAIN, DAYS, actor.id, invitation.id):
            await _end_links(invitation.id)
            await _send(invitation.id)
            await record(Kind.GUEST_INVITED, actor=actor.id, space=invitation.space, invitation=invitation.id)


async def revoke(actor: Actor, invitation: InvitationRow) -> None:
    """Takes it back: its links open nothing any more, and mail that waits does not go out."""
    require(actor, Action.INVITATION_MANAGE, invitation)
    async with transaction():
        if await fetch_value(END, "revoked", invitation.id):
            await _end_links(invitation.id)
            await record(Kind.INVITATION_REVOKED, actor=actor.id, space=invitation.space, invitation=invitation.id)


END = "UPDATE invitation SET state = {}, ended_at = plein_now() WHERE id = {} AND state = 'open' RETURNING id"


async def _end_links(invitation: int) -> None:
    await execute("DELETE FROM invitation_link WHERE invitation = {}", invitation)
    await execute("DELETE FROM mail WHERE invitation = {} AND sent_at IS NULL", invitation)


END_ALL = """
    UPDATE invitation i SET state = 'revoked', ended_at = plein_now() FROM identity n
    WHERE i.space = {} AND n.person = {} AND lower(i.email) = lower(n.email) AND i.state = 'open' RETURNING i.id
"""


async def end_invitations(  # access: called by what removes her, in its transaction
    actor: Actor, space: int, person: int
) -> None:
    """Who is removed holds no other key to that space."""
    for row in await execute(END_ALL, space, person):
        await _end_links(row["id"])
        await record(Kind.INVITATION_REVOKED, actor=actor.id, space=space, invitation=row["id"])


# --- coming in ---


class NotForYou(Exception):
    """The invitation is good, but not for who holds it: "other" is signed in as somebody else, "member" has an account
    to sign in with first, "closed" may not come in. Nothing was written."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Accepted(msgspec.Struct, frozen=True):
    """An invitation at the moment when it is used up."""

    id: int
    space: int
    space_public_id: str
    partner: int
    email: str
    may_write: bool
    may_vote: bool
    may_download: bool
    until: datetime
    starts_on: date | None
    invited_by: int
    zone: str


# One statement: of however many who try at once, one gets the row.
USE = f"""
    UPDATE invitation i SET state = 'accepted', ended_at = plein_now(), house_rules = {{}}, privacy = {{}}
    FROM invitation_link l, space s, organisation g
    WHERE l.token_sha256 = {{}} AND l.invitation = i.id AND s.id = i.space AND {STANDING}
    RETURNING i.id, i.space, s.public_id AS space_public_id, i.partner, i.email, i.may_write, i.may_vote,
        i.may_download, i.until, i.starts_on, i.invited_by, g.zone
"""
#: Whoever makes an account for this address at the same moment waits for this one.
HOLD_ADDRESS = "SELECT pg_advisory_xact_lock(7536210, hashtext(lower({})))"
WHO = "SELECT p.id, p.kind, p.active FROM identity n JOIN person p ON p.id = n.person WHERE lower(n.email) = lower({})"
PERSON = "INSERT INTO person (kind) VALUES ('guest') RETURNING id"
IDENTITY = "INSERT INTO identity (person, name, email, language, zone) VALUES ({}, {}, {}, {}, {})"
ACCEPT_CHARTER = """
    INSERT INTO charter_acceptance (space, person, version) VALUES ({}, {}, {})
    ON CONFLICT (person, space, version) DO NOTHING
"""


class Who(msgspec.Struct, frozen=True):
    """Whose an address is already."""

    id: int
    kind: str
    active: bool


class CameIn(msgspec.Struct, frozen=True):
    """Where somebody came in, and the token of the session that begins; None where she was signed in."""

    space_public_id: str
    token: str | None


async def accept(  # access: whoever holds the link may use it, once
    token: str, welcome: Welcome, actor: Actor | None, *, name: str, language: str, user_agent: str
) -> CameIn | None:
    """The guest comes in, with the account that her address has or a new one. None when the invitation was used
    meanwhile, is out of date or taken back. Raises NotForYou."""
    async with transaction():
        used = await fetch_one(Accepted, USE, welcome.house_rules, welcome.privacy, token_sha256(token))
        if used is None:
            return None
        await execute(HOLD_ADDRESS, used.email)
        who = await fetch_one(Who, WHO, used.email)
        if (actor.id if actor else None) not in (None, who.id if who else None):
            raise NotForYou("other")
        if who is None:
            who = Who(await fetch_value(PERSON), "guest", True)
            await execute(IDENTITY, who.id, name, used.email, language, used.zone)
        elif not who.active:
            raise NotForYou("closed")
        elif who.kind != "guest" and actor is None:
            raise NotForYou("member")
        await execute("UPDATE invitation SET accepted_by = {} WHERE id = {}", who.id, used.id)
        await execute("DELETE FROM invitation_link WHERE invitation = {}", used.id)
        await admit(who, used)
        if welcome.charter_version:
            await execute(ACCEPT_CHARTER, used.space, who.id, welcome.charter_version)
        await record(Kind.GUEST_ADMITTED, actor=who.id, space=used.space, invitation=used.id)
        if actor is not None:
            return CameIn(used.space_public_id, None)
        await confirm_mailbox(who.id)
        account = await account_of_person(who.id)
        assert account is not None
        return CameIn(used.space_public_id, await start_session(account, user_agent))


# Who is a guest again, or for longer, has the rights and the end of the last invitation.
ADMIT = """
    INSERT INTO membership (space, person, role, partner, may_write, may_vote, may_download, until, sponsor, added_by)
    VALUES ({}, {}, 'member', {}, {}, {}, {}, {}, {}, {})
    ON CONFLICT (space, person, role) DO UPDATE SET partner = excluded.partner, may_write = excluded.may_write,
        may_vote = excluded.may_vote, may_download = excluded.may_download, until = excluded.until,
        sponsor = excluded.sponsor, reminded_for = NULL
"""
JOIN = """
    INSERT INTO membership (space, person, role, added_by) VALUES ({}, {}, 'member', {})
    ON CONFLICT (space, person, role) DO NOTHING
"""


async def admit(who: Who, by: Accepted) -> None:  # access: called by what an invitation opened, in its transaction
    """Puts a guest into a space, as her invitation says; a colleague becomes a member like any other."""
    if who.kind != "guest":
        await execute(JOIN, by.space, who.id, by.invited_by)
        return
    rights = (by.may_write, by.may_vote, by.may_download)
    moved = await first_day.start(who.id, by.space, by.starts_on) if by.starts_on else False
    await execute(ADMIT, by.space, who.id, by.partner, *rights, by.until, by.invited_by, by.invited_by)
    if moved:
        await first_day.follow(who.id, who.id)


async def refuse(token: str) -> bool:  # access: whoever holds the link may refuse it
    """Who is invited does not come; who invited hears of it. False when it was used meanwhile."""
    async with transaction():
        row = await fetch(Refused, REFUSE, token_sha256(token))
        for refused in row:
            await _end_links(refused.id)
            await record(Kind.INVITATION_REFUSED, space=refused.space, invitation=refused.id)
    return bool(row)


class Refused(msgspec.Struct, frozen=True):
    """An invitation that was refused."""

    id: int
    space: int


REFUSE = """
    UPDATE invitation i SET state = 'refused', ended_at = plein_now() FROM invitation_link l
    WHERE l.token_sha256 = {} AND l.invitation = i.id AND i.state = 'open' AND i.expires_at > plein_now()
    RETURNING i.id, i.space
"""

# --- staying longer ---

# All whose time ends within four weeks, or one of them. Who was let in longer already keeps that; until when somebody
# may come who starts soon is told by her first day.
RENEW = """
    UPDATE membership m SET until = greatest(m.until, plein_now() + make_interval(days => {})), sponsor = {}
    FROM person p WHERE p.id = m.person AND p.kind = 'guest' AND p.active AND m.space = {} AND m.role = 'member'
        AND NOT EXISTS (SELECT FROM space s WHERE s.id = m.space AND s.preboarding AND p.starts_on IS NOT NULL)
        AND (p.public_id = {} OR {} = '' AND m.until < plein_now() + interval '28 days' AND m.until > plein_now())
    RETURNING m.person
"""


async def renew(actor: Actor, space: GuestSpace, guest: str) -> int:
    """A guest stays for another while, or all do whose time ends soon; says how many. Whoever renews answers for them
    from now on."""
    require(actor, Action.GUEST_RENEW, space)
    async with transaction():
        renewed = await execute(RENEW, space.days, actor.id, space.id, guest, guest)
        for row in renewed:
            await record(Kind.GUEST_RENEWED, actor=actor.id, space=space.id, member=row["person"])
    return len(renewed)


# --- wishes ---

WISH = """
    INSERT INTO colleague_wish (space, person, name, email, words) VALUES ({}, {}, {}, {}, {})
    ON CONFLICT (space, person, lower(email)) WHERE state = 'waiting' DO NOTHING RETURNING id
"""


async def wish(actor: Actor, space: GuestSpace, *, name: str, email: str, words: str) -> None:
    """A guest asks for a colleague; those who invite there hear of it."""
    require(actor, Action.GUEST_WISH, space)
    async with transaction():
        made = await fetch_value(WISH, space.id, actor.id, name, email, words)
        if made:
            await record(Kind.GUEST_WISHED, actor=actor.id, space=space.id, wish=made)


REFUSE_WISH = """
    UPDATE colleague_wish SET state = 'refused', reason = {}, decided_at = plein_now(), decided_by = {}
    WHERE id = {} AND state = 'waiting' RETURNING id
"""


async def refuse_wish(actor: Actor, wished: Wish, reason: str) -> None:
    """The host decides against it; the guest reads why."""
    require(actor, Action.WISH_DECIDE, wished)
    async with transaction():
        if await fetch_value(REFUSE_WISH, reason, actor.id, wished.id):
            await record(Kind.WISH_REFUSED, actor=actor.id, space=wished.space, wish=wished.id)
