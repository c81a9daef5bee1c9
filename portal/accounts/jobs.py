"""Work for later: sending links, and sweeping out what no longer serves."""

from __future__ import annotations

from portal.accounts import throttle
from portal.accounts.queries import account_of_email
from portal.db import execute, transaction
from portal.events.jobs import queue


async def send_reset(email: str) -> None:
    """Sends the link to choose a new password, where there is such an account."""
    async with transaction():
        account = await account_of_email(email)
        if account:
            await execute("INSERT INTO mail (kind, recipient) VALUES ('password_reset', {})", account.person)
            await queue("deliver_mail")


async def send_link(email: str) -> None:
    """Sends the link to sign in with, where there is such a guest."""
    async with transaction():
        account = await account_of_email(email)
        if account and account.kind == "guest":
            await execute("INSERT INTO mail (kind, recipient) VALUES ('sign_in_link', {})", account.person)
            await queue("deliver_mail")


async def sweep_accounts() -> None:
    """Removes ended sessions, used or outdated links, and forgotten failures."""
    await execute("DELETE FROM session WHERE expires_at < plein_now() OR idle_until < plein_now()")
    await execute("DELETE FROM password_reset WHERE expires_at < plein_now() - interval '7 days'")
    await execute("DELETE FROM sign_in_link WHERE expires_at < plein_now() - interval '7 days'")
    await throttle.forget_old_failures()
