"""Those of the demo who start soon, what is open to them, and a guest who has left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from portal.db import execute, fetch_value
from portal.preboarding.jobs import find_mentors
from portal.text.markdown import to_html

SPACE = """
    INSERT INTO space (kind, name, purpose, language, open, preboarding, host, created_by, created_at)
    VALUES ('guest', {}, {}, {}, FALSE, TRUE, {}, {}, {}) RETURNING id
"""
MEMBER = "INSERT INTO membership (space, person, role, created_at) VALUES ({}, {}, {}, {})"
CHAPTER = "INSERT INTO chapter (space, title, body, body_html, opens, author) VALUES ({}, {}, {}, {}, {}, {})"
GUEST = """
    INSERT INTO person (kind, starts_on, created_at, last_signed_in_at) VALUES ('guest', {}, {}, {}) RETURNING id
"""
IDENTITY = "INSERT INTO identity (person, name, email, title, language, zone) VALUES ({}, {}, {}, {}, {}, {})"
SEAT = """
    INSERT INTO membership (space, person, role, partner, until, sponsor, added_by, created_at)
    VALUES ({}, {}, 'member', {}, {}, {}, {}, {})
"""
WISH = """
    INSERT INTO file_wish (attachment, space, person, words, created_at)
    SELECT a.id, a.space, {}, {}, {} FROM attachment a WHERE a.name = {}
"""
LAST_WORDS = """
    INSERT INTO comment (idea, space, author, state, body, body_html, language, created_at)
    SELECT i.id, i.space, {}, 'published', {}, {}, {}, {} FROM idea i
    WHERE i.space = {} AND i.state = 'published' ORDER BY i.id LIMIT 1
"""


async def welcome_starters(
    content: dict[str, Any],
    people: Mapping[str, int],
    spaces: Mapping[str, int],
    secret: str,
    zone: str,
    moment: datetime,
) -> None:
    """Their space with its chapters and mentors, and they themselves; a file that is asked for, and one who left."""
    facts, begun = content["space"], moment - timedelta(days=90)
    host = people[facts["host"]]
    space = await fetch_value(SPACE, facts["name"], facts["purpose"], facts["language"], host, host, begun)
    for role, keys in (("owner", [facts["host"]]), ("member", [facts["host"], *facts["members"]])):
        for key in keys:
            await execute(MEMBER, space, people[key], role, begun)
    for chapter in content["chapter"]:
        body = chapter["body"].strip()
        await execute(CHAPTER, space, chapter["title"], body, to_html(body), chapter["opens"], host)
    for mentor in content["mentor"]:
        await execute(
            "INSERT INTO mentor (space, person, most, words) VALUES ({}, {}, {}, {})",
            *(space, people[mentor["who"]], mentor["most"], mentor["words"]),
        )
    partner = await fetch_value(
        "INSERT INTO partner (name, created_by) VALUES ({}, {}) RETURNING id", content["partner"]["name"], host
    )
    await execute("INSERT INTO partner_domain (partner, domain) VALUES ({}, {})", partner, content["partner"]["domain"])
    for starter in content["starter"]:
        day = (moment + timedelta(days=starter["starts"])).date()
        until = moment + timedelta(days=starter["starts"] + 15)
        person = await _guest(starter, space, partner, host, day, until, zone, moment)
        if starter.get("demo_sign_in"):
            await execute("INSERT INTO credential (person, password_hash) VALUES ({}, {})", person, secret)
    await find_mentors(space)
    await execute("DELETE FROM event_queue q USING event e WHERE e.id = q.event AND e.kind = 'mentor.found'")
    wish = content["wish"]
    await execute(WISH, people[wish["who"]], wish["words"], moment - timedelta(hours=5), wish["file"])
    await _leave(content["left"], spaces, host, zone, moment)


async def _guest(
    entry: dict[str, Any], space: int, partner: int, host: int, day: Any, until: datetime, zone: str, moment: datetime
) -> int:
    came = moment - timedelta(days=20)
    person: int = await fetch_value(GUEST, day, came, moment - timedelta(days=1))
    who = (entry["name"], entry["email"], entry.get("title", ""), entry["language"])
    await execute(IDENTITY, person, *who, zone)
    await execute(
        "INSERT INTO guest (person, mailbox_confirmed_at, created_at) VALUES ({}, {}, {})", person, came, came
    )
    await execute(SEAT, space, person, partner, until, host, host, came)
    return person


async def _leave(entry: dict[str, Any], spaces: Mapping[str, int], host: int, zone: str, moment: datetime) -> None:
    """He wrote a comment, and has gone since."""
    space = spaces[entry["space"]]
    partner = await fetch_value("SELECT id FROM partner WHERE name = {}", entry["partner"])
    person = await _guest(entry, space, partner, host, None, moment + timedelta(days=90), zone, moment)
    wrote = moment - timedelta(days=6)
    await execute(LAST_WORDS, person, entry["body"], to_html(entry["body"]), entry["language"], wrote, space)
    await execute("DELETE FROM membership WHERE person = {}", person)
