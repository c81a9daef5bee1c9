"""What the database refuses, and what it is called then."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg

from portal.access.conflicts import JustLeft, told_apart
from portal.db import script


class Taken(Exception):
    """What must be there once is there."""


class Refused(Exception):
    """What must not be."""


NAMES = {"name_once": Taken, "no_circle": Refused}
#: By how the database refuses: the condition, and the constraint's name.
REFUSALS: dict[tuple[str, str], type[Exception]] = {
    ("unique_violation", "name_once"): Taken,
    ("check_violation", "no_circle"): Refused,
    ("check_violation", "named_in_office"): JustLeft,
    ("check_violation", "of_no_name"): asyncpg.CheckViolationError,
    ("unique_violation", "of_no_name"): asyncpg.UniqueViolationError,
}


async def wrong_refusals() -> AsyncIterator[str]:
    """What is called by another name than its own."""
    for (condition, constraint), right in REFUSALS.items():
        raised: type[BaseException] | None = None
        try:
            async with told_apart(NAMES):
                await script(
                    f"DO $$ BEGIN RAISE '.' USING ERRCODE = '{condition}', CONSTRAINT = '{constraint}'; END $$"
                )
        except Exception as error:  # noqa: BLE001  whatever it is
            raised = type(error)
        if raised is not right:
            yield f"{condition} of {constraint} is {raised}, not {right}"
