"""The one clock: the database's `plein_now()`, which a test can move. Python asks it once a request."""

from datetime import datetime

from portal.db import fetch_value


async def now() -> datetime:
    """The time by which every deadline is judged, in UTC."""
    moment: datetime = await fetch_value("SELECT plein_now()")
    return moment
