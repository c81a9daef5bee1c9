"""Whose photo is where. A page may show a hundred faces, and asks the database for none of them: each process knows the
names of all photos, and every request brings how often one was changed, so that only what is newer is fetched.

It tells no more than an address. Who asks for it is asked again whether she may see that person.
"""

from __future__ import annotations

from portal.db import execute

_known: dict[str, str] = {}
_changes = 0
NEWER = """
    SELECT p.public_id, f.photo, f.photo_change FROM profile f JOIN person p ON p.id = f.person
    WHERE f.photo_change > {}
"""


async def keep_up(changes: int) -> None:
    """Fetches what was changed since, if anything was. A smaller number means another database: all begins anew."""
    global _changes
    if changes == _changes:
        return
    if changes < _changes:
        _known.clear()
        _changes = 0
    for row in await execute(NEWER, _changes) if changes else ():
        _known[row["public_id"]] = row["photo"]
    _changes = changes


def changes() -> int:
    """How often a photo was changed, as far as this process has heard."""
    return _changes


def photo_address(public_id: str, small: bool = True) -> str:
    """Where a person's photo is; the address changes with it. Empty where there is none."""
    photo = _known.get(public_id)
    return f"/people/{public_id}/photo{'/small' if small else ''}?v={photo}" if photo else ""
