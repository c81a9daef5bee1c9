"""Saving one's profile and photo."""

from __future__ import annotations

from datetime import datetime

from portal.access.actor import Actor
from portal.access.conflicts import told_apart
from portal.access.policy import Action, require
from portal.db import execute
from portal.files import store
from portal.files.store import Upload


class Unseen(Exception):
    """What she brings is looked at first, since this moment, and this can't be; nothing was written."""


UNSEEN = {"told_unseen": Unseen}
NAME = "UPDATE identity SET name = {} WHERE person = {}"
TITLE = "UPDATE identity SET title = {} WHERE person = {}"
BEGIN = "INSERT INTO profile (person) VALUES ({}) ON CONFLICT (person) DO NOTHING"
SAVE = """
    UPDATE profile SET phone = {}, place = {}, skills = {}, about = {}, hours = {}, status = {}, status_until = {},
        phone_for = {}, place_for = {}, skills_for = {}, about_for = {}, hours_for = {}, status_for = {}
    WHERE person = {}
"""


async def save_profile(
    actor: Actor,
    *,
    name: str | None,
    title: str,
    status_until: datetime | None,
    phone: str,
    place: str,
    skills: list[str],
    about: str,
    hours: str,
    status: str,
    phone_for: str,
    place_for: str,
    skills_for: str,
    about_for: str,
    hours_for: str,
    status_for: str,
) -> None:
    """What the actor tells of herself, and for whom. `name` is None of who keeps hers, as guests do. Raises
    Unseen."""
    require(actor, Action.SETTINGS_CHANGE)
    until = status_until if status else None
    fields = (phone, place, skills, about, hours, status, until)
    levels = (phone_for, place_for, skills_for, about_for, hours_for, status_for)
    async with told_apart(UNSEEN):
        if name is not None:
            await execute(NAME, name, actor.id)
        await execute(TITLE, title, actor.id)
        await execute(BEGIN, actor.id)
        await execute(SAVE, *fields, *levels, actor.id)


# The one before goes from the disk with the next sweep.
SET_PHOTO = """
    INSERT INTO profile (person, photo) VALUES ({}, {}) ON CONFLICT (person) DO UPDATE SET photo = excluded.photo
"""


async def change_photo(actor: Actor, upload: Upload) -> None:
    """A new photo, cut to a square and made anew. Raises files.kinds.Refused, store.NoRoom and Unseen."""
    require(actor, Action.SETTINGS_CHANGE)
    kept = await store.keep(upload, photo=True)
    async with told_apart(UNSEEN):
        await execute(SET_PHOTO, actor.id, kept.file)


async def remove_photo(actor: Actor) -> None:
    """Initials again."""
    require(actor, Action.SETTINGS_CHANGE)
    await execute(SET_PHOTO, actor.id, "")
