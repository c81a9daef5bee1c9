"""Keeping the register: what holds is written down, and changes are proposed with time to speak."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import Changed, Taken, told_apart
from portal.access.policy import Action, require
from portal.db import Made, execute, fetch_one, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.ideas.actions import Content
from portal.policies.queries import PolicyRow
from portal.posts import actions as posts
from portal.posts.queries import Stream
from portal.tables.base import new_public_id
from portal.text.markdown import rendered


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """What a version says, in a few sentences too, and from when it holds."""

    body: str
    summary: str
    in_force_at: datetime
    reason: str = ""
    urgent: str = ""
    comments_until: datetime | None = None


REGISTER = """
    INSERT INTO policy (public_id, space, title, about, language, owner, created_by, form_key)
    VALUES ({}, {}, {}, {}, {}, {}, {}, {}) ON CONFLICT (created_by, form_key) DO NOTHING RETURNING id, public_id
"""
REGISTERED = "SELECT public_id FROM policy WHERE created_by = {} AND form_key = {}"
WRITE = """
    INSERT INTO policy_version (policy, space, version, body, body_html, summary, reason, reason_html, urgent, author,
        comments_until, in_force_at, form_key)
    SELECT p.id, p.space, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {} FROM policy p WHERE p.id = {} RETURNING id
"""


async def register(
    actor: Actor, *, title: str, about: str, language: str, owner: int, wording: Wording, form_key: str
) -> str:
    """Writes a policy down that holds already; gives its public id. Sent twice it is one. Raises Taken where there is
    one of that name: its texts are changed by proposals."""
    require(actor, Action.POLICY_REGISTER)
    before = await fetch_value(REGISTERED, actor.id, form_key)
    if before is not None:
        return str(before)
    async with told_apart({"policy_title": Taken}):
        words = (actor.organisation_space, title, about, language, owner, actor.id, form_key)
        made = await fetch_one(Made, REGISTER, new_public_id(), *words)
        if made is None:
            return str(await fetch_value(REGISTERED, actor.id, form_key))
        await _write(actor, made.id, 1, wording, form_key)
        await record(Kind.POLICY_REGISTERED, actor=actor.id, space=actor.organisation_space, policy=made.public_id)
    return made.public_id


#: Another version waits, the same form has just been sent, or its days are over.
NOT_IN_TURN = dict.fromkeys(
    (
        "policy_version_in_turn",
        "policy_version_policy_version_key",
        "policy_version_author_form_key_key",
        "policy_version_noticed",
    ),
    Changed,
)
SENT = "SELECT id FROM policy_version WHERE author = {} AND form_key = {}"
DISCUSS = "UPDATE policy_version SET discussion = i.id FROM idea i WHERE i.public_id = {} AND policy_version.id = {}"


async def propose(
    actor: Actor, policy: PolicyRow, wording: Wording, stream: Stream, post: Content, *, version: int, form_key: str
) -> None:
    """A new version, and the post in which people speak about it. Sent twice it is one. Raises Changed where another
    version waits meanwhile."""
    require(actor, Action.POLICY_PROPOSE, policy)
    if await fetch_value(SENT, actor.id, form_key):
        return
    async with told_apart(NOT_IN_TURN):
        made = await _write(actor, policy.id, version, wording, form_key)
        await execute(DISCUSS, await posts.publish(actor, stream, post, (), form_key=form_key), made)
        await _told(Kind.POLICY_PROPOSED, actor, policy, version)


async def _write(actor: Actor, policy: int, version: int, wording: Wording, form_key: str) -> int:
    texts = (wording.body, await rendered(wording.body), wording.summary)
    why = (wording.reason, await rendered(wording.reason) if wording.reason else "", wording.urgent)
    when = (wording.comments_until, wording.in_force_at)
    made: int = await fetch_value(WRITE, version, *texts, *why, actor.id, *when, form_key, policy)
    return made


DROP = """
    UPDATE policy_version SET dropped_at = plein_now(), dropped_by = {}, dropped_why = {}
    WHERE policy = {} AND version = {} AND dropped_at IS NULL AND in_force_at > plein_now() RETURNING id
"""


async def drop(actor: Actor, policy: PolicyRow, why: str) -> None:
    """The version that waits is taken back, with a public reason; what holds goes on. Raises Changed where it came into
    force meanwhile."""
    require(actor, Action.POLICY_DROP, policy)
    async with transaction():
        if await fetch_value(DROP, actor.id, why, policy.id, policy.proposed) is None:
            raise Changed
        await _told(Kind.POLICY_DROPPED, actor, policy, policy.proposed)


HAND_OVER = "UPDATE policy SET owner = {} WHERE id = {} AND owner = {} RETURNING id"


async def hand_over(actor: Actor, policy: PolicyRow, owner: int) -> None:
    """Gives a policy another owner. Raises Changed where somebody did meanwhile."""
    require(actor, Action.POLICY_HAND_OVER, policy)
    async with transaction():
        if await fetch_value(HAND_OVER, owner, policy.id, policy.owner) is None:
            raise Changed
        await record(Kind.POLICY_HANDED_OVER, actor=actor.id, space=policy.space, policy=policy.public_id)


async def _told(kind: Kind, actor: Actor, policy: PolicyRow, version: int | None) -> None:
    await record(kind, actor=actor.id, space=policy.space, policy=policy.public_id, version=version)
