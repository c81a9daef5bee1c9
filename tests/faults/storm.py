"""A storm of votes and comments, which remembers everything that was acknowledged."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass, field

import asyncpg
import httpx

from tests.faults.plein import Visitor

PEOPLE = """
    SELECT p.id FROM person p WHERE p.active AND p.kind = 'employee'
        AND NOT EXISTS (SELECT FROM pause x WHERE x.person = p.id) ORDER BY p.id LIMIT $1
"""
IDEAS = """
    SELECT i.id, i.public_id, i.author FROM idea i JOIN campaign c ON c.id = i.campaign JOIN space s ON s.id = i.space
    WHERE s.kind = 'organisation' AND c.vote_method = 'support'
        AND NOT EXISTS (SELECT FROM co_author k WHERE k.idea = i.id) AND i.state = 'published' AND plein_phase(c, plein_now()) IN ('collect', 'discuss', 'vote')
    ORDER BY i.id LIMIT 30
"""


@dataclass
class Storm:
    """What was acknowledged (comments by their text, votes by person and idea), and how often it was not."""

    comments: set[str] = field(default_factory=set)
    votes: set[tuple[int, int]] = field(default_factory=set)
    refused: int = 0

    @property
    def acknowledged(self) -> int:
        return len(self.comments) + len(self.votes)

    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def rage(self, base: str, dsn: str, people: int = 12, votes: bool = True) -> None:
        """Until it is over everybody writes as fast as they can, and sends again what was not acknowledged."""
        connection = await asyncpg.connect(dsn)
        ideas = await connection.fetch(IDEAS)
        visitors = []
        for row in await connection.fetch(PEOPLE, people):
            visitor = Visitor(base)
            await visitor.come_in(connection, row["id"])
            visitors.append(visitor)
        await connection.close()
        await asyncio.gather(*(self._write(visitor, ideas, votes) for visitor in visitors))
        for visitor in visitors:
            await visitor.http.aclose()

    async def _write(self, visitor: Visitor, ideas: list[asyncpg.Record], votes: bool) -> None:
        n = 0
        while not self.over.is_set():
            idea = ideas[n % len(ideas)]
            n += 1
            key = uuid.uuid4().hex
            path = f"/ideas/{idea['public_id']}/comments"
            if await self._sent(visitor, path, {"body": f"Comment {key}", "form_key": key}):
                self.comments.add(f"Comment {key}")
            votes = votes and n <= len(ideas)
            if not votes or visitor.person is None or visitor.person == idea["author"]:
                continue
            if await self._sent(visitor, f"/ideas/{idea['public_id']}/vote", {}):
                self.votes.add((visitor.person, idea["id"]))

    async def _sent(self, visitor: Visitor, path: str, form: dict[str, str]) -> bool:
        while not self.over.is_set():
            try:
                status = (await visitor.post(path, form)).status_code
            except httpx.TransportError:
                status = 0
            if status == 303:
                return True
            assert status in (0, 503), status
            self.refused += 1
            await asyncio.sleep(0.05)
        return False

    async def until_acknowledged(self, more: int, patience: float = 30) -> None:
        """Waits until so many more were acknowledged."""
        goal, deadline = self.acknowledged + more, time.monotonic() + patience
        while self.acknowledged < goal:
            assert time.monotonic() < deadline, f"{goal - self.acknowledged} too few after {patience} s"
            await asyncio.sleep(0.05)

    async def lost(self, dsn: str) -> int:
        """How much of what was acknowledged is not there."""
        connection = await asyncpg.connect(dsn)
        comments = {row[0] for row in await connection.fetch("SELECT body FROM comment WHERE body LIKE 'Comment %'")}
        votes = {(row[0], row[1]) for row in await connection.fetch("SELECT person, idea FROM vote")}
        await connection.close()
        return len(self.comments - comments) + len(self.votes - votes)
