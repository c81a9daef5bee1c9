"""Letting people out and in again: who is deactivated sees nothing from that moment, and what she led goes on."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor, Role
from portal.access.policy import Action, require
from portal.access.scope import visible
from portal.accounts.actions import END_LINKS
from portal.admin.roles import HOLD, WithoutAdministrator, hand_over_role, is_last_administrator
from portal.colleagues.queries import Colleague
from portal.db import QueryString, execute, fetch, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.spaces.owners import hold_owned
from portal.tables import Campaign, Space, TopicRule


class SuccessorNeeded(Exception):
    """Something would have nobody who leads it."""


class Duty(msgspec.Struct, frozen=True):
    """What only this person leads. `name` is empty where the administrator doesn't read it."""

    kind: str
    space: int
    id: int
    name: str
    address: str


DUTIES = """
    SELECT l.kind, l.space, coalesce(c.id, s.id) AS id,
        CASE WHEN l.kind = 'group' AND {} THEN s.name WHEN l.kind = 'campaign' AND {} THEN c.title ELSE '' END AS name,
        CASE WHEN l.kind = 'group' AND {} THEN '/spaces/' || s.public_id
            WHEN l.kind = 'campaign' AND {} THEN '/campaigns/' || c.public_id ELSE '' END AS address
    FROM led_alone l JOIN space s ON s.id = l.space LEFT JOIN campaign c ON c.id = l.campaign
    WHERE l.person = {} ORDER BY l.kind DESC, 4, 3
"""


async def duties(actor: Actor | None, person: int) -> list[Duty]:
    """What would have nobody without her: groups that she alone owns, campaigns that she is to answer."""
    group = campaign = QueryString("TRUE")
    if actor:
        require(actor, Action.PEOPLE_MANAGE)
        group, campaign = visible(Space, actor, "s"), visible(Campaign, actor, "c")
    return await fetch(Duty, DUTIES, group, campaign, group, campaign, person)


class Post(msgspec.Struct, frozen=True):
    """Where it says who is to answer, and says this person. `part`: head, or what a topic names her as."""

    part: str
    name: str
    address: str


POSTS = """
    SELECT x.part, x.name, x.address FROM (
        SELECT u.head AS person, 'head' AS part, u.name, '/admin/units/' || u.public_id AS address FROM org_unit u
        UNION ALL SELECT p.person, p.part, coalesce(t.name, ''), '/admin/topics' || coalesce('/' || t.public_id, '')
            FROM topic_rule r CROSS JOIN LATERAL (VALUES ('owner', r.owner), ('deputy', r.deputy)) p (part, person)
            LEFT JOIN topic t ON t.id = r.topic WHERE t.id IS NULL OR t.state = 'published'
        UNION ALL SELECT t.neutral, 'neutral', t.name, '/admin/topics/' || t.public_id FROM topic t
            WHERE t.state = 'published'
    ) x WHERE x.person = {} AND {} GROUP BY 1, 2, 3 ORDER BY x.part <> 'head', lower(x.name), x.part
"""


async def posts(actor: Actor, person: int) -> list[Post]:
    """Where nobody would stand who is there: nobody takes these over by herself, they are named anew."""
    require(actor, Action.PEOPLE_MANAGE)
    return await fetch(Post, POSTS, person, visible(TopicRule, actor, "x"))


async def held_duties(actor: Actor | None, person: int, heir: Colleague | None) -> list[Duty]:
    """What is to be handed over before somebody leaves, in the caller's transaction. Raises WithoutAdministrator, and
    SuccessorNeeded where nobody else is named for it."""
    await execute(HOLD)
    if await is_last_administrator(actor, person):
        raise WithoutAdministrator
    await hold_owned([person])
    left = await duties(actor, person)
    if left and (heir is None or heir.id == person):
        raise SuccessorNeeded
    return left


LEAVE = """
    UPDATE person SET active = FALSE, epoch = epoch + 1, deactivated_at = plein_now()
    WHERE id = {} AND active RETURNING id
"""


async def deactivate(actor: Actor | None, person: int, heir: Colleague | None) -> None:
    """Ends all of a person's sessions, links and downloads in the same transaction, and hands over what she led.
    Raises WithoutAdministrator and SuccessorNeeded."""
    if actor:
        require(actor, Action.PEOPLE_MANAGE)
    async with transaction():
        left = await held_duties(actor, person, heir)
        if await fetch_value(LEAVE, person) is None:
            return
        for duty in left:
            assert heir is not None
            await hand_over(actor, person, duty, heir)
        await close_the_door([person])
        await record(
            Kind.PERSON_DEACTIVATED,
            actor=actor.id if actor else None,
            person=person,
            successor=heir.id if heir else None,
        )


HAND_OVER = """
    UPDATE campaign SET sponsor = CASE sponsor WHEN {} THEN {} ELSE sponsor END,
        decision_owner = CASE decision_owner WHEN {} THEN {} ELSE decision_owner END, version = version + 1
    WHERE id = {}
"""


async def hand_over(actor: Actor | None, person: int, duty: Duty, heir: Colleague) -> None:
    """Somebody else leads it from now on."""
    if actor:
        require(actor, Action.PEOPLE_MANAGE)
    if duty.kind == "group":
        await hand_over_role(actor, duty.space, heir.id, Role.OWNER)
        return
    if not await fetch_value("SELECT 1 FROM readership WHERE person = {} AND space = {}", heir.id, duty.space):
        await hand_over_role(actor, duty.space, heir.id, Role.MEMBER)
    await execute(HAND_OVER, person, heir.id, person, heir.id, duty.id)
    await record(Kind.CAMPAIGN_EDITED, actor=actor.id if actor else None, space=duty.space, campaign=duty.id)


async def close_the_door(people: list[int]) -> None:  # access: called by what lets them out, in its transaction
    """Nothing that those who were let out still hold opens anything: sessions, links, downloads."""
    await execute("DELETE FROM session WHERE person = ANY({})", people)
    await execute(END_LINKS, people)
    await execute("DELETE FROM data_export WHERE person = ANY({})", people)


BACK = """
    UPDATE person SET active = TRUE, epoch = epoch + 1, deactivated_at = NULL WHERE id = {} AND NOT active
        AND erased_at IS NULL RETURNING id
"""


async def activate(actor: Actor | None, person: int) -> None:
    """Lets somebody in again, with the password that she had."""
    if actor:
        require(actor, Action.PEOPLE_MANAGE)
    async with transaction():
        if await fetch_value(BACK, person):
            await record(Kind.PERSON_ACTIVATED, actor=actor.id if actor else None, person=person)
