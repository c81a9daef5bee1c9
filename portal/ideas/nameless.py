"""Writing without one's name: where, and among how many. Readers are counted when something is posted, and when it is
published after it waited; what stands stays when fewer come to read it, and its author reads that on its page."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.db import QueryString, fetch_one
from portal.ideas.queries import IdeaRow
from portal.spaces.queries import AUDIENCE, Audience, audience

#: So many colleagues read a place before anybody writes there without her name: among fewer she would be guessed.
FEWEST_READERS = 10


async def guessable(actor: Actor, item: IdeaRow) -> bool:
    """What she posted without her name has come to be read by so few colleagues that they may guess whose it is."""
    if not item.anonymous or item.author != actor.id or not item.seen:
        return False
    return not enough(await audience(actor, item.space))


UNREAD = """
    SELECT s.id, s.anonymous FROM idea i JOIN space s ON s.id = i.space
    WHERE i.id = {} AND i.anonymous AND i.published_at IS NULL
"""


class _Place(msgspec.Struct, frozen=True):
    id: int
    anonymous: bool


async def needs_a_name(idea: int) -> bool:  # access: whoever screens something need not read its space
    """Whether it would be read for the first time, without a name, where that can't be any more: the space says so no
    longer, or fewer colleagues read it than that takes."""
    place = await fetch_one(_Place, UNREAD, idea)
    if place is None or not place.anonymous:
        return place is not None
    return not enough(await fetch_one(Audience, AUDIENCE, place.id, QueryString("TRUE")))


def enough(readers: Audience | None) -> bool:
    """Whether so many read it that nobody guesses who wrote it."""
    return readers is not None and readers.colleagues >= FEWEST_READERS
