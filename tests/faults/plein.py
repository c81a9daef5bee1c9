"""A whole Plein as people run it: `portal run --demo` in a folder and on a port of its own, to be hurt."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import httpx

from portal.access.tokens import token_sha256
from portal.run.postgres import EmbeddedPostgres
from tests.client import Browser
from tests.servers import ROOT

START = 300  # seconds; a busy machine takes its time


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Plein:
    """One installation. `start` waits for the first page; `kill` is kill -9."""

    def __init__(self, folder: Path, **env: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        kept = {k: v for k, v in os.environ.items() if k not in ("BASE_URL", "DATABASE_URL")}
        self.env = kept | {"DATA_DIR": str(folder), "PORT": str(self.port)} | env
        self.dsn = EmbeddedPostgres(folder / "postgres").dsn()
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self) -> float:
        """Gives how many seconds it took until it said where it is."""
        began = time.monotonic()
        said = self.folder / "said.txt"
        with open(said, "wb") as out, open(self.folder / "errors.txt", "ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "portal.cli", "run", "--demo"], env=self.env, cwd=ROOT, stdout=out, stderr=errors
            )
        while self.base not in said.read_text():
            assert self.process.poll() is None, (self.folder / "errors.txt").read_text()[-3000:]
            assert time.monotonic() - began < START
            await asyncio.sleep(0.05)
        return time.monotonic() - began

    def processes(self, *words: str) -> list[int]:
        """The ids of this installation's processes whose command line holds all these words."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                environment = (entry / "environ").read_bytes()
            except (OSError, NotADirectoryError):
                continue
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            ours = f"DATA_DIR={self.folder}\0".encode() in environment or str(self.folder) in line
            if ours and all(word in line for word in words):
                found.append(int(entry.name))
        return sorted(found)

    def kill(self, *words: str) -> int:
        """Ends all these processes at once; says how many there were."""
        ids = self.processes(*words)
        for process in ids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        return len(ids)

    async def ask(self, path: str = "/sign-in") -> int:
        """The status of a page; 0 when nobody answers."""
        async with httpx.AsyncClient(base_url=self.base, timeout=10) as client:
            try:
                return (await client.get(path)).status_code
            except httpx.TransportError:
                return 0

    async def until(self, status: int, patience: float, path: str = "/sign-in") -> float:
        """How many seconds it takes until a page answers so."""
        began = time.monotonic()
        while (answer := await self.ask(path)) != status:
            assert time.monotonic() - began < patience, f"still {answer} after {patience} s"
            await asyncio.sleep(0.05)
        return time.monotonic() - began

    def end(self) -> None:
        """Whatever is left of it."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        self.kill()


class Visitor(Browser):
    """Somebody at a real connection."""

    def __init__(self, base: str) -> None:
        super().__init__(app=None)
        self.http = httpx.AsyncClient(base_url=base, timeout=5)

    async def come_in(self, connection: asyncpg.Connection, person: int) -> None:
        """A session, put into the database."""
        self.person = person
        token = secrets.token_urlsafe(32)
        await connection.execute(
            "INSERT INTO session (token_sha256, person, epoch, created_at, last_seen_at, idle_until, expires_at)"
            " SELECT $1, id, epoch, now(), now(), now() + interval '8 h', now() + interval '24 h' FROM person"
            " WHERE id = $2",
            token_sha256(token),
            person,
        )
        self.http.cookies.set("sid", token, domain="127.0.0.1")
