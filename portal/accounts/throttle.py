"""The brake on guessing: by account and by address, a delay that grows, never a lock."""

from __future__ import annotations

from portal.db import execute, fetch_value

FREE_BY_ACCOUNT = 5
FREE_BY_ADDRESS = 100  # an office shares one address
LONGEST_WAIT = 900  # seconds
FORGET_AFTER = 3600  # seconds without a failure

WAIT = """
    SELECT coalesce(ceil(max(extract(epoch FROM blocked_until - plein_now()))), 0)::int FROM throttle
    WHERE key = ANY({}) AND blocked_until > plein_now()
"""


async def seconds_to_wait(account: str, address: str) -> int:
    """How many seconds the next attempt has to wait; 0 when it may come at once."""
    wait: int = await fetch_value(WAIT, [f"account:{account}", f"address:{address}"])
    return wait


# Beyond the free attempts the delay doubles with each failure: 1, 2, 4 … 900 seconds.
FAILED = """
    INSERT INTO throttle AS t (key, failures, last_failure_at, blocked_until)
    VALUES ({}, 1, plein_now(), plein_now())
    ON CONFLICT (key) DO UPDATE SET
        failures = CASE WHEN t.last_failure_at < plein_now() - make_interval(secs => {}) THEN 1
            ELSE t.failures + 1 END,
        last_failure_at = plein_now(),
        blocked_until = plein_now() + CASE
            WHEN t.last_failure_at < plein_now() - make_interval(secs => {}) OR t.failures + 1 < {}
            THEN interval '0' ELSE make_interval(secs => least({}, power(2, least(t.failures + 1 - {}, 20)))) END
"""


async def failed(account: str, address: str) -> None:
    """Counts a failed attempt: one atomic statement a key, so that parallel attempts all count."""
    for key, free in ((f"account:{account}", FREE_BY_ACCOUNT), (f"address:{address}", FREE_BY_ADDRESS)):
        await execute(FAILED, key, FORGET_AFTER, FORGET_AFTER, free, LONGEST_WAIT, free)


async def succeeded(account: str) -> None:
    """Forgets an account's failures once its owner came in."""
    await execute("DELETE FROM throttle WHERE key = {}", f"account:{account}")


async def forget_old_failures() -> None:
    """Removes what no longer slows anybody."""
    await execute("DELETE FROM throttle WHERE last_failure_at < plein_now() - make_interval(secs => {})", FORGET_AFTER)
