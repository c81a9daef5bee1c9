"""The parent of all processes: database, web server and worker; what dies is started again."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from portal.run.postgres import PR_SET_PDEATHSIG, EmbeddedPostgres
from portal.settings import Settings

PAUSE = 0.2  # seconds between looks at the children
LOOK = 1.0  # seconds between looks at the database
LONGEST_PAUSE = 5.0  # seconds until a child that keeps dying is started again
PATIENCE = 15  # seconds for a child to end
BACKPRESSURE = 8000  # requests a web process takes on; live streams stay open


class Child:
    """A process that has to be there."""

    def __init__(self, name: str, command: list[str], env: dict[str, str]) -> None:
        self.name = name
        self.command = command
        self.env = env
        self.process: subprocess.Popen[bytes] | None = None
        self.wait = 0.0
        self.next_start = 0.0
        self.started = 0.0

    def keep_alive(self) -> None:
        """Starts it when it isn't there; one that dies at once is given more and more time."""
        if self.process and self.process.poll() is None:
            return
        now = time.monotonic()
        if self.process:
            self._end_the_rest()
            print(f"plein: {self.name} ended ({self.process.returncode}), starting it again", file=sys.stderr)
            self.wait = min(LONGEST_PAUSE, self.wait * 2 + 0.1) if now - self.started < LONGEST_PAUSE else 0.0
            self.next_start = now + self.wait
            self.process = None
        if now >= self.next_start:
            self.started = now
            self.process = subprocess.Popen(self.command, env=self.env, preexec_fn=_dies_with_parent)

    def stop(self) -> None:
        """Asks it to end, and insists after a while."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._end_the_rest()

    def _end_the_rest(self) -> None:
        """Its own children, which outlive a kill -9 of it and would hold the port."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


def _dies_with_parent() -> None:
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def supervise(settings: Settings, postgres: EmbeddedPostgres | None, ready: Callable[[], None]) -> int:
    """Runs web server and worker until a signal comes; calls `ready` once the first page can be asked for."""
    env = dict(os.environ)
    children = [
        Child("web", _web_command(settings), env),
        Child("worker", [sys.executable, "-m", "portal.cli", "worker"], env),
    ]
    stopping = False

    def stop(number: int, frame: object) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    announced = False
    next_look = 0.0
    try:
        while not stopping:
            if postgres and time.monotonic() >= next_look:
                next_look = time.monotonic() + LOOK
                if not postgres.ready():  # also when it was a short command's, which has ended
                    print("plein: PostgreSQL ended, starting it again", file=sys.stderr)
                    postgres.start()
            for child in children:
                child.keep_alive()
            if not announced and _answers(settings):
                announced = True
                ready()
            time.sleep(PAUSE)
    finally:
        for child in children:
            child.stop()
        if postgres:
            postgres.stop()
    return 0


def _web_command(settings: Settings) -> list[str]:
    return [
        sys.executable, "-m", "granian", "portal.app:web", "--factory", "--interface", "asgi",
        "--host", settings.host, "--port", str(settings.port), "--workers", str(settings.web_processes),
        "--backpressure", str(BACKPRESSURE), "--respawn-failed-workers", "--no-ws",
        "--log-level", "warning", "--workers-kill-timeout", "10",
    ]  # fmt: skip


def _answers(settings: Settings) -> bool:
    host = settings.host if settings.host not in ("0.0.0.0", "::") else "127.0.0.1"  # noqa: S104
    try:
        with urllib.request.urlopen(f"http://{host}:{settings.port}/health", timeout=1) as response:
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False
