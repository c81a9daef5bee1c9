"""The guests of the demo: where they come from, what they belong to, who is invited and wished for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from portal.db import execute, fetch_value

SPACE = """
    INSERT INTO space (kind, name, purpose, language, open, checks, leavers, keep_days, guest_days, host, created_by,
        created_at)
    VALUES ('guest', {}, {}, {}, FALSE, 'first', 'former', 90, 90, {}, {}, {}) RETURNING id
"""
MEMBER = "INSERT INTO membership (space, person, role, created_at) VALUES ({}, {}, {}, {})"
GUEST = """
    INSERT INTO membership (space, person, role, partner, may_download, until, sponsor, added_by, created_at)
    VALUES ({}, {}, 'member', {}, {}, {}, {}, {}, {})
"""
IDENTITY = "INSERT INTO identity (person, name, email, title, language, zone) VALUES ({}, {}, {}, {}, {}, {})"
WISH = """
    INSERT INTO colleague_wish (space, person, name, email, words, state, created_at, decided_at, decided_by)
    VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}) RETURNING id
"""
INVITATION = """
    INSERT INTO invitation (space, partner, email, name, words, language, may_write, may_vote, may_download, until,
        invited_by, wish, created_at, sent_at, expires_at)
    VALUES ({}, {}, {}, {}, {}, {}, TRUE, TRUE, FALSE, {}, {}, {}, {}, {}, {})
"""


LET_THROUGH = """
    WITH gone AS (
        DELETE FROM moderation_item x WHERE x.checks IS NOT NULL AND coalesce(
            (SELECT i.created_at FROM idea i WHERE i.id = x.idea),
            (SELECT k.created_at FROM comment k WHERE k.id = x.comment)) < {} RETURNING x.idea, x.comment),
    ideas AS (UPDATE idea SET state = 'published' WHERE id IN (SELECT idea FROM gone) AND state = 'hidden')
    UPDATE comment SET state = 'published' WHERE id IN (SELECT comment FROM gone) AND state = 'hidden'
"""


async def let_guests_through(moment: datetime) -> None:
    """What guests wrote first was let through by now, but for what is hardly older than a few hours."""
    await execute(LET_THROUGH, moment - timedelta(hours=6))


async def welcome_guests(
    content: dict[str, Any], people: dict[str, int], secret: str, zone: str, moment: datetime
) -> tuple[dict[str, int], dict[str, tuple[int, str]]]:
    """Spaces by key, and guests by key with their language."""
    partners, spaces, guests = {}, {}, {}
    for entry in content["partner"]:
        partner = partners[entry["key"]] = await fetch_value(
            "INSERT INTO partner (name, created_by) VALUES ({}, {}) RETURNING id", entry["name"], people["bram"]
        )
        for domain in entry["domains"]:
            await execute("INSERT INTO partner_domain (partner, domain) VALUES ({}, {})", partner, domain)
    for entry in content["space"]:
        begun, host = moment - timedelta(days=60), people[entry["host"]]
        space = spaces[entry["key"]] = await fetch_value(
            SPACE, entry["name"], entry["purpose"], entry["language"], host, host, begun
        )
        belong = [*entry["owners"], *entry["managers"], *entry["members"]]
        for role, keys in (("owner", entry["owners"]), ("community_manager", entry["managers"]), ("member", belong)):
            for key in keys:
                await execute(MEMBER, space, people[key], role, begun)
    hosts = {entry["key"]: people[entry["host"]] for entry in content["space"]}
    for entry in content["guest"]:
        joined = moment - timedelta(days=50)
        person = await fetch_value(
            "INSERT INTO person (kind, created_at, last_signed_in_at) VALUES ('guest', {}, {}) RETURNING id",
            joined,
            moment - timedelta(days=1),
        )
        guests[entry["key"]] = (person, entry["language"])
        await execute(IDENTITY, person, entry["name"], entry["email"], entry["title"], entry["language"], zone)
        await execute(
            "INSERT INTO guest (person, mailbox_confirmed_at, created_at) VALUES ({}, {}, {})", person, moment, joined
        )
        if entry.get("demo_sign_in"):
            await execute("INSERT INTO credential (person, password_hash) VALUES ({}, {})", person, secret)
        for place in entry["in"]:
            host = hosts[place["space"]]
            until = _midnight(moment + timedelta(days=place["days"]))
            facts = (partners[place["partner"]], place["download"], until, host, host, joined)
            await execute(GUEST, spaces[place["space"]], person, *facts)
    await _invite(content, people, guests, partners, spaces, moment)
    return spaces, guests


async def _invite(
    content: dict[str, Any],
    people: dict[str, int],
    guests: dict[str, tuple[int, str]],
    partners: dict[str, int],
    spaces: dict[str, int],
    moment: datetime,
) -> None:
    for entry in content["invitation"]:
        space, host, asked = spaces[entry["space"]], people[entry["by"]], guests[entry["asked_by"]][0]
        before, sent = moment - timedelta(days=3), moment - timedelta(days=1)
        facts = (entry["name"], entry["email"], entry["why"], "invited", before, sent, host)
        wish = await fetch_value(WISH, space, asked, *facts)
        until, expires = _midnight(moment + timedelta(days=200)), sent + timedelta(days=7)
        who = (entry["email"], entry["name"], entry["words"], entry["language"])
        await execute(INVITATION, space, partners[entry["partner"]], *who, until, host, wish, sent, sent, expires)
    for entry in content["wish"]:
        before = moment - timedelta(days=2)
        waits = (entry["name"], entry["email"], entry["why"], "waiting", before, None, None)
        await execute(WISH, spaces[entry["space"]], guests[entry["by"]][0], *waits)


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=23, minute=0, second=0, microsecond=0)
