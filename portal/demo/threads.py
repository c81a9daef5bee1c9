"""What the demo's threads hold beside comments: reactions, mentions, digests."""

from __future__ import annotations

import random
import tomllib
from datetime import datetime, timedelta
from pathlib import Path

from portal.db import execute
from portal.text.markdown import to_html
from portal.text.mentions import kept
from portal.text.reactions import REACTIONS

CONTENT = Path(__file__).parent / "content" / "threads.toml"
FEW, MANY = 6, 60  # reactions: at most so many by chance, and to what is said to be helpful

COMMENTS = """
    SELECT k.id, k.public_id, k.author, k.space, k.body, k.created_at FROM comment k
    WHERE k.state = 'published' ORDER BY k.id
"""
REACT = """
    INSERT INTO reaction (comment, space, person, kind, created_at)
    SELECT {}, {}, x.person, {}, {} FROM unnest({}::bigint[]) x (person)
    JOIN readership r ON r.person = x.person AND r.space = {}
"""
NAMES = "SELECT n.name, p.public_id, p.id FROM identity n JOIN person p ON p.id = n.person"
MENTION = """
    INSERT INTO mention (comment, space, person, event)
    SELECT e.comment, e.space, {}, e.id FROM event e WHERE e.comment = {} AND e.kind = 'comment.added'
"""
MODERATOR = "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator') ON CONFLICT DO NOTHING"
DIGEST = """
    INSERT INTO digest (idea, space, version, author, body, body_html, how, language, created_at)
    SELECT i.id, i.space, 1, {}, {}, {}, {}, {}, {} FROM idea i WHERE i.title = {}
"""


async def fill_threads(people: dict[str, int], organisation: int, moment: datetime) -> None:
    """Adds them to the comments that are there; the same at every seeding."""
    content = tomllib.loads(CONTENT.read_text())
    readers = sorted(people.values())
    await execute(MODERATOR, organisation, people["malik"])
    for row in await execute(COMMENTS):
        chance = random.Random(row["body"])
        helpful = any(row["body"].startswith(start) for start in content["helpful"])
        others = [person for person in readers if person != row["author"]]
        for kind in REACTIONS:
            most = MANY if helpful and kind != "question" else FEW
            given = chance.sample(
                others, max(0, chance.randint(-FEW, most) if not helpful else chance.randint(4, most))
            )
            await execute(REACT, row["id"], row["space"], kind, row["created_at"], given, row["space"])
        if "@" in row["body"]:
            await _mention(row["id"], row["body"])
    for digest in content["digest"]:
        body = digest["body"].strip()
        for comment in await execute(COMMENTS):  # a link to a comment is written as the beginning of its text
            body = body.replace(f"({comment['body'][:24]})", f"(/comments/{comment['public_id']})")
        await execute(
            DIGEST,
            people[digest["author"]],
            body,
            to_html(body),
            digest["how"],
            digest["language"],
            moment + timedelta(days=digest["day"]),
            digest["idea"],
        )


async def _mention(comment: int, body: str) -> None:
    named = {row["name"]: row for row in await execute(NAMES) if f"@{row['name']}" in body}
    text = kept(body, {name: row["public_id"] for name, row in named.items()})
    await execute("UPDATE comment SET body = {}, body_html = {} WHERE id = {}", text, to_html(text), comment)
    for row in named.values():
        await execute(MENTION, row["id"], comment)
