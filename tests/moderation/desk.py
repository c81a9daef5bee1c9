"""What the tests of moderation do again and again."""

from __future__ import annotations

from typing import Any

from portal.db import execute, fetch_value

WORDS = "Leave the number out, and it goes back up."


async def decide(browser: Any, world: Any, name: str, action: str, **more: str) -> Any:
    """Sends the form of a decision on an item."""
    fields = {"action": action, "rule": "addresses", "days": "3", "words": WORDS} | more
    return await browser.post(f"/moderation/items/{world.item[name]}/decision", fields)


async def newest(table: str) -> dict[str, Any]:
    """The row that came last."""
    return dict((await execute(f"SELECT * FROM {table} ORDER BY id DESC LIMIT 1"))[0])


async def state(table: str, row: int) -> str:
    """Of an idea, a comment or an item."""
    found: str = await fetch_value(f"SELECT state FROM {table} WHERE id = {{}}", row)
    return found


async def receipt_of(world: Any, item: str) -> str:
    """The address of the last decision on an item, as its author reads it."""
    public_id = await fetch_value(
        "SELECT public_id FROM decision WHERE item = {} ORDER BY id DESC LIMIT 1", world.item_id[item]
    )
    return f"/receipts/{public_id}"
