"""Timed work: sweeping out what no longer serves."""

from __future__ import annotations

from portal.accounts import throttle
from portal.db import execute


async def sweep_accounts() -> None:
    """Removes ended sessions, used or outdated reset links, and forgotten failures."""
    await execute("DELETE FROM session WHERE expires_at < plein_now() OR idle_until < plein_now()")
    await execute("DELETE FROM password_reset WHERE expires_at < plein_now() - interval '7 days'")
    await throttle.forget_old_failures()
