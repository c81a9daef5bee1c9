"""Starting, editing, archiving, joining and leaving spaces, and taking colleagues in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import as_seen, fingerprint
from portal.access.policy import Action, require
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.spaces.charters import accept_charter, write_charter
from portal.spaces.queries import SpaceRow, charters, get_space, units_of
from portal.tables.base import new_public_id

#: Who may start which kind.
STARTS = {
    "group": Action.SPACE_START,
    "project": Action.SPACE_START,
    "guest": Action.SPACE_HOST,
    "sister": Action.SPACE_ADD_SISTER,
    "section": Action.SPACE_OPEN_SECTION,
}
WITH_GUESTS = ("guest", "section")


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A space as its form tells it. `units`: by their ids."""

    name: str
    purpose: str
    language: str
    open: bool = False
    nature: str = ""
    ends_on: date | None = None
    label: str = "internal"
    sisters: bool = False
    anonymous: bool = False
    checks: str = "none"
    leavers: str = "name"
    keep_days: int = 30
    guest_days: int = 90
    preboarding: bool = False
    no_show_days: int = 14
    units: tuple[int, ...] = ()

    @classmethod
    def of(cls, space: SpaceRow, units: Iterable[int]) -> Draft:
        """A space as it stands."""
        stands = {name: getattr(space, name) for name in cls.__struct_fields__ if name != "units"}
        return cls(**stands, units=tuple(sorted(units)))

    @property
    def seen(self) -> str:
        """What its form is filled from."""
        return fingerprint(*msgspec.structs.astuple(self))


START = """
    INSERT INTO space (public_id, kind, parent, host, name, purpose, language, open, nature, ends_on, label, checks,
        preboarding, created_by, form_key)
    VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})
    ON CONFLICT (created_by, form_key) DO NOTHING RETURNING id
"""
BEFORE = "SELECT public_id FROM space WHERE created_by = {} AND form_key = {}"
JOIN = """
    INSERT INTO membership (space, person, role, added_by) VALUES ({}, {}, {}, {})
    ON CONFLICT (space, person, role) DO NOTHING RETURNING id
"""


async def start_space(
    actor: Actor,
    kind: str,
    draft: Draft,
    *,
    preset: str,
    charter: str,
    parent: SpaceRow | None = None,
    second_owner: int | None = None,
    form_key: str = "",
) -> str:
    """A new space with its charter and its owners, the actor among them; gives its public id. The same form twice
    starts one."""
    require(actor, STARTS[kind], parent)
    public_id, with_guests = new_public_id(), kind in WITH_GUESTS
    async with transaction():
        space = await fetch_value(
            START,
            *(public_id, kind, parent.id if parent else None, actor.id if with_guests else None),
            *(draft.name, draft.purpose, draft.language, draft.open, draft.nature, draft.ends_on, draft.label),
            *(draft.checks if with_guests else "none", draft.preboarding, actor.id, form_key),
        )
        if space is None:
            return str(await fetch_value(BEFORE, actor.id, form_key))
        for person in {actor.id, second_owner or actor.id}:
            for role in ("owner", "member"):
                await execute(JOIN, space, person, role, actor.id)
        await write_charter(actor, space, preset, charter)
        await accept_charter(actor, space, 1)
        await _own(space, draft.units)
        await record(Kind.SPACE_STARTED, actor=actor.id, space=space)
    return public_id


HOLD = "SELECT id FROM space WHERE id = {} FOR NO KEY UPDATE"
EDIT = """
    UPDATE space SET name = {}, purpose = {}, language = {}, open = open AND {}, nature = {}, ends_on = {}, label = {},
        sisters = open AND {} AND {}, anonymous = {}, checks = {}, leavers = {}, keep_days = {}, guest_days = {},
        preboarding = {}, no_show_days = {} WHERE id = {}
"""


async def edit_space(actor: Actor, space: SpaceRow, draft: Draft, *, seen: str) -> None:
    """Saves what its form tells. What only its members read is never opened: they wrote for each other. Raises Changed
    when it is no longer as it was seen."""
    require(actor, Action.SPACE_EDIT, space)
    stays_open = draft.open or space.kind in ("organisation", "section")
    async with transaction():
        await execute(HOLD, space.id)
        stands = await _as_it_stands(actor, space.public_id)
        if not as_seen(seen, stands.seen if stands else "", draft.seen):
            return
        await execute(
            EDIT,
            *(draft.name, draft.purpose, draft.language, stays_open, draft.nature, draft.ends_on, draft.label),
            *(
                stays_open,
                draft.sisters,
                draft.anonymous,
                draft.checks,
                draft.leavers,
                draft.keep_days,
                draft.guest_days,
            ),
            *(draft.preboarding, draft.no_show_days, space.id),
        )
        await _own(space.id, draft.units)
        await record(Kind.SPACE_EDITED, actor=actor.id, space=space.id)


async def _as_it_stands(actor: Actor, public_id: str) -> Draft | None:
    """What there is to change of a space."""
    space = await get_space(actor, public_id)
    return Draft.of(space, [unit.id for unit in await units_of(actor, space)]) if space else None


async def _own(space: int, units: tuple[int, ...]) -> None:
    await execute("DELETE FROM space_unit WHERE space = {} AND unit <> ALL({})", space, list(units))
    await execute(
        "INSERT INTO space_unit (space, unit) SELECT {}, unnest({}::bigint[]) ON CONFLICT DO NOTHING",
        space,
        list(units),
    )


async def archive(actor: Actor, space: SpaceRow) -> None:
    """From now on it is read, and nothing is written in it."""
    require(actor, Action.SPACE_ARCHIVE, space)
    async with transaction():
        await execute("UPDATE space SET archived_at = plein_now(), idle_asked_at = NULL WHERE id = {}", space.id)
        await record(Kind.SPACE_ARCHIVED, actor=actor.id, space=space.id)


async def reopen(actor: Actor, space: SpaceRow) -> None:
    """What was archived goes on."""
    require(actor, Action.SPACE_REOPEN, space)
    async with transaction():
        await execute("UPDATE space SET archived_at = NULL WHERE id = {}", space.id)
        await record(Kind.SPACE_REOPENED, actor=actor.id, space=space.id)


async def keep(actor: Actor, space: SpaceRow) -> None:
    """It is idle, and still needed: for as long again nobody is asked."""
    require(actor, Action.SPACE_KEEP, space)
    async with transaction():
        await execute("UPDATE space SET idle_asked_at = NULL WHERE id = {}", space.id)
        await record(Kind.SPACE_KEPT, actor=actor.id, space=space.id)


async def join(actor: Actor, space: SpaceRow) -> None:
    """The actor belongs to an open group from now on, by the charter that she was shown."""
    require(actor, Action.SPACE_JOIN, space)
    async with transaction():
        if await fetch_value(JOIN, space.id, actor.id, "member", actor.id):
            if space.charter:
                await accept_charter(actor, space.id, space.charter)
            await record(Kind.SPACE_JOINED, actor=actor.id, space=space.id)


async def leave(actor: Actor, space: SpaceRow) -> None:
    """The actor leaves a group; what she wrote there stays."""
    require(actor, Action.SPACE_LEAVE, space)
    async with transaction():
        await execute("DELETE FROM membership WHERE space = {} AND person = {}", space.id, actor.id)
        await record(Kind.SPACE_LEFT, actor=actor.id, space=space.id)


async def change_charter(actor: Actor, space: SpaceRow, preset: str, text: str, *, seen: str) -> None:
    """A new version of what holds here; who belongs to the space is shown it again. Raises Changed when another holds
    than was seen."""
    require(actor, Action.SPACE_EDIT, space)
    async with transaction():
        await execute(HOLD, space.id)
        holds = await charters(actor, space)
        if not as_seen(seen, holds[0].seen if holds else "", fingerprint(preset, text)):
            return
        version = await write_charter(actor, space.id, preset, text)
        await accept_charter(actor, space.id, version)
        await record(Kind.CHARTER_CHANGED, actor=actor.id, space=space.id)


async def accept(actor: Actor, space: SpaceRow) -> None:
    """Somebody who belongs to the space accepts the charter that she was shown."""
    require(actor, Action.CHARTER_ACCEPT, space)
    await accept_charter(actor, space.id, space.charter)
