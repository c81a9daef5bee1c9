"""The brake on guessing: by account and by address, a delay that grows, never a lock. And on guessing links.

Its keys are other people's addresses, and who could remove one would have no brake: a guest's own login doesn't reach
them."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from portal.db import beside_wall, execute, fetch_value, transaction

FREE_BY_ACCOUNT = 5
FREE_BY_ADDRESS = 100  # an office shares one address
FREE_MISSES = 20  # links that lead nowhere, from one address
FIRST_WAIT, FIRST_WAIT_OF_LINKS = 1, 60  # seconds
LONGEST_WAIT = 900  # seconds
FORGET_AFTER = 3600  # seconds without a failure


class Wait(Exception):
    """Too many failed attempts; `seconds` from now the next one is heard."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = seconds


# Letters are made small by PostgreSQL, as where an account is looked up by its address: what is one brake is told by
# what was typed alone, whether there is such an account or not.
# Beyond the free attempts the delay doubles with each failure: 1, 2, 4 … 900 seconds; for links 60, 120 … 900.
TAKE = """
    INSERT INTO throttle AS t (key, failures, last_failure_at, blocked_until)
    VALUES (lower({}), 1, plein_now(), plein_now())
    ON CONFLICT (key) DO UPDATE SET
        failures = CASE WHEN t.last_failure_at < plein_now() - make_interval(secs => {}) THEN 1
            ELSE t.failures + 1 END,
        last_failure_at = plein_now(),
        blocked_until = plein_now() + CASE
            WHEN t.last_failure_at < plein_now() - make_interval(secs => {}) OR t.failures + 1 < {}
            THEN interval '0' ELSE make_interval(secs => least({}, {} * power(2, least(t.failures + 1 - {}, 20)))) END
    WHERE t.blocked_until <= plein_now() RETURNING key
"""
WAIT = """
    SELECT coalesce(ceil(max(extract(epoch FROM blocked_until - plein_now()))), 0)::int FROM throttle
    WHERE key = lower({})
"""


async def attempt(account: str, address: str) -> None:
    """Counts an attempt as failed before it is judged, in one atomic statement a key: of many at the same time no more
    than the free ones are heard. Raises Wait."""
    keys = {_account(account): FREE_BY_ACCOUNT, _place(address): FREE_BY_ADDRESS}
    async with beside_wall(), transaction():
        for key, free in keys.items():
            await _take(key, free, FIRST_WAIT)


async def _take(key: str, free: int, first_wait: int) -> None:
    if not await execute(TAKE, key, FORGET_AFTER, FORGET_AFTER, free, LONGEST_WAIT, first_wait, free):
        raise Wait(max(1, await fetch_value(WAIT, key)))


def _account(account: str) -> str:
    return f"account:{account[:300]}"


def _place(address: str) -> str:
    """An address, or the /64 of an IPv6 one: a single line has 2^64 of those."""
    try:
        known = ip_address(address)
    except ValueError:
        return f"address:{address}"
    return f"address:{ip_network((known, 64), strict=False) if known.version == 6 else known}"


async def succeeded(account: str, address: str) -> None:
    """Forgets an account's failures once its owner came in, and that her attempt was counted to her address."""
    async with beside_wall():
        await execute("DELETE FROM throttle WHERE key = lower({})", _account(account))
        await execute(TAKE_BACK, _place(address))


TAKE_BACK = """
    UPDATE throttle SET failures = failures - 1, blocked_until = plein_now() WHERE key = lower({}) AND failures > 0
"""


async def follow_link(kind: str, address: str) -> None:
    """Counts the opening of a link as a miss before it is looked up. Raises Wait where this address missed too often;
    from elsewhere the right link works."""
    async with beside_wall():
        await _take(f"{kind} {_place(address)}", FREE_MISSES, FIRST_WAIT_OF_LINKS)


async def link_leads_somewhere(kind: str, address: str) -> None:
    """It was no miss."""
    async with beside_wall():
        await execute(TAKE_BACK, f"{kind} {_place(address)}")


async def forget_old_failures() -> None:
    """Removes what no longer slows anybody."""
    await execute("DELETE FROM throttle WHERE last_failure_at < plein_now() - make_interval(secs => {})", FORGET_AFTER)
