"""Keeping something out of sight until it was screened: it is its author's draft meanwhile."""

from __future__ import annotations

import msgspec

from portal.access.conflicts import Sensitive
from portal.db import execute, fetch_one, fetch_value
from portal.events.kinds import Kind
from portal.events.log import record
from portal.sensitive import SCREEN_MINUTES
from portal.sensitive.matching import category_of


class Found(msgspec.Struct, frozen=True):
    """Why something is screened: by words of a category, because its author says so, or because a reader did."""

    category: str | None
    how: str


async def refuse_sensitive(*texts: str) -> None:
    """Raises Sensitive."""
    if await category_of(*texts):
        raise Sensitive


async def refuse_sensitive_among(texts: list[str]) -> None:
    """The same of many, and which of them."""
    if places := [n for n, text in enumerate(texts) if await category_of(text)]:
        raise Sensitive(places)


class Waiting(msgspec.Struct, frozen=True):
    """How something that waits was found."""

    category: str | None
    found: str


WAITS = "SELECT x.category, x.found FROM screening x WHERE (x.idea = {} OR x.comment = {}) AND x.state = 'open'"


async def found_in(
    *texts: str, confidential: bool = False, idea: int | None = None, comment: int | None = None
) -> Found | None:
    """Why these texts are screened before anybody reads them, if they are; what a reader reported is, whatever it says
    by now."""
    category = await category_of(*texts)
    if category is not None:
        return Found(category, "words")
    waits = await fetch_one(Waiting, WAITS, idea, comment) if idea or comment else None
    if waits and waits.found == "report":
        return Found(waits.category, "report")
    return Found(None, "author") if confidential else None


# What is somebody's without a name is told to whoever is behind it.
HOLD = """
    INSERT INTO screening (space, {0}, person, category, found, was, due_at)
    SELECT x.space, x.id, coalesce((SELECT m.behind FROM mask m WHERE m.person = x.author), x.author), {{}}, {{}}, {{}},
        plein_working_after(plein_now(), {{}}) FROM {0} x WHERE x.id = {{}}
    ON CONFLICT ({0}) WHERE state = 'open' DO UPDATE SET category = excluded.category
    RETURNING public_id
"""


async def hold_idea(idea: int, found: Found, was: str) -> str:
    """An idea or post waits to be screened, in the caller's transaction; held again, it waits once."""
    about = found.category, found.how, was, SCREEN_MINUTES
    return str(await fetch_value(HOLD.format("idea"), *about, idea))


async def hold_comment(comment: int, found: Found, was: str) -> None:
    """The same of a comment."""
    await execute(HOLD.format("comment"), found.category, found.how, was, SCREEN_MINUTES, comment)


PASSED = """
    UPDATE screening SET state = 'changed' WHERE (idea = {} OR comment = {}) AND state = 'open'
    RETURNING public_id, person
"""


async def let_pass(idea: int | None, comment: int | None = None) -> None:
    """It was rewritten without what was found, and needs nobody's look any more."""
    for row in await execute(PASSED, idea, comment):
        await record(Kind.SCREENING_SETTLED, actor=row["person"], person=row["person"], item=row["public_id"])
