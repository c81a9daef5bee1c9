"""Giving and taking roles in a space, writing one's card, putting ideas in the light."""

from __future__ import annotations

from portal.access.actor import Actor, Role
from portal.access.policy import Action, require
from portal.colleagues.queries import Colleague
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.ideas.queries import IdeaRow
from portal.spaces.owners import keep_an_owner
from portal.spaces.queries import SpaceRow

#: The roles that an owner gives.
GIVEN = (Role.OWNER, Role.MODERATOR, Role.COMMUNITY_MANAGER)
MOST_PINNED = 3


class Full(Exception):
    """As many ideas are pinned as may be."""


GIVE = """
    INSERT INTO membership (space, person, role, added_by) SELECT {}, {}, unnest({}::text[]), {}
    ON CONFLICT (space, person, role) DO NOTHING RETURNING id
"""


async def add_member(actor: Actor, space: SpaceRow, colleague: Colleague) -> None:
    """An owner takes a colleague in."""
    require(actor, Action.SPACE_ADD_MEMBER, space)
    async with transaction():
        if await execute(GIVE, space.id, colleague.id, ["member"], actor.id):
            await record(Kind.MEMBER_ADDED, actor=actor.id, space=space.id, member=colleague.id)


async def give_role(actor: Actor, space: SpaceRow, colleague: Colleague, role: Role) -> None:
    """A colleague has this role here, and belongs to the space."""
    require(actor, Action.SPACE_GIVE_ROLE, space)
    async with transaction():
        if await execute(GIVE, space.id, colleague.id, ["member", role.value], actor.id):
            await record(Kind.ROLE_GIVEN, actor=actor.id, space=space.id, member=colleague.id, role=role.value)


TAKE = "DELETE FROM membership WHERE space = {} AND person = {} AND role = {} RETURNING id"


async def take_role(actor: Actor, space: SpaceRow, colleague: Colleague, role: Role) -> None:
    """A colleague has this role no longer, and still belongs to the space. Raises WithoutOwner."""
    require(actor, Action.SPACE_GIVE_ROLE, space)
    async with transaction():
        if role is Role.OWNER:
            await keep_an_owner(space.id, colleague.id)
        if await fetch_value(TAKE, space.id, colleague.id, role.value):
            await record(Kind.ROLE_TAKEN, actor=actor.id, space=space.id, member=colleague.id, role=role.value)


WRITE_CARD = """
    INSERT INTO community_card (space, person, office_hours, whereabouts) VALUES ({}, {}, {}, {})
    ON CONFLICT (space, person) DO UPDATE SET office_hours = excluded.office_hours,
        whereabouts = excluded.whereabouts, updated_at = plein_now()
"""


async def write_card(actor: Actor, space: SpaceRow, office_hours: str, whereabouts: str) -> None:
    """When and where the community manager is to be found, as she says it herself."""
    require(actor, Action.CARD_WRITE, space)
    await execute(WRITE_CARD, space.id, actor.id, office_hours, whereabouts)


# Those who pin take turns.
HOLD = "SELECT id FROM space WHERE id = {} FOR NO KEY UPDATE"
PINNED = """
    SELECT count(*) FROM highlight h JOIN idea i ON i.id = h.idea AND i.state = 'published'
    WHERE h.space = {} AND h.kind = 'pin' AND h.idea <> {}
"""
LIGHT = """
    INSERT INTO highlight (idea, space, kind, author) VALUES ({}, {}, {}, {}) ON CONFLICT (idea, kind) DO NOTHING
"""


async def highlight(actor: Actor, idea: IdeaRow, kinds: set[str]) -> None:
    """The idea is pinned, featured, both or neither from now on. Raises Full."""
    require(actor, Action.IDEA_HIGHLIGHT, idea)
    async with transaction():
        await execute(HOLD, idea.space)
        if "pin" in kinds and await fetch_value(PINNED, idea.space, idea.id) >= MOST_PINNED:
            raise Full
        await execute("DELETE FROM highlight WHERE idea = {} AND kind <> ALL({})", idea.id, sorted(kinds))
        for kind in sorted(kinds):
            await execute(LIGHT, idea.id, idea.space, kind, actor.id)
        await record(Kind.IDEA_HIGHLIGHTED, actor=actor.id, space=idea.space, idea=idea.id)


async def look_as_guest(actor: Actor, space: SpaceRow) -> None:
    """The actor looks at the space as its guests see it from now on."""
    require(actor, Action.SPACE_SEE_AS_GUEST, space)
    async with transaction():
        await record(Kind.SEEN_AS_GUEST, actor=actor.id, space=space.id)
