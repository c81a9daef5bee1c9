"""Where files lie: DATA_DIR/files, outside of any web root, by random names. What is there was written, synced and
renamed before a row names it; what no row names any more is swept out."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import msgspec

from portal.files import examine
from portal.files.kinds import KINDS, Refused, kind_of
from portal.settings import settings
from portal.text.language import gettext, lazy

PATIENCE = 30  # seconds for looking at one file
SMALL = ".small"
NAME = re.compile(r"[0-9a-f]{32}")
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
OLD = 3600  # seconds after which something that nobody names is left over
_two_at_a_time = asyncio.Semaphore(2)

REASONS: dict[str, str] = {
    "empty": lazy("“%(name)s” is empty."),
    "kind": lazy("“%(name)s” is not what its name says. Save it anew in the program that made it, or rename it."),
    "two kinds": lazy("“%(name)s” is two kinds of file in one. Save it anew in the program that made it."),
    "damaged": lazy("“%(name)s” is damaged: it can’t be opened. Save it anew, and try again."),
    "pixels": lazy(
        "“%(name)s” is too large a picture: at most 25 million pixels, or 200 million as a JPEG from a camera. Make it"
        " smaller first."
    ),
    "bomb": lazy("“%(name)s” unpacks to more than anybody can open."),
    "locked": lazy("“%(name)s” is locked with a password. Take the password off first."),
    "macros": lazy("“%(name)s” holds macros, which are not taken. Save it without them."),
}


class NoRoom(Exception):
    """The disk is full."""


class Answer(msgspec.Struct, frozen=True):
    """What looking at a file brought: its size in pixels, or why it is not taken."""

    refused: str = ""
    errno: int = 0
    width: int | None = None
    height: int | None = None


@contextmanager
def _no_room() -> Iterator[None]:
    """Says NoRoom where the disk is full."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise NoRoom from error
        raise


class Upload:
    """A file on its way: without a name on disk, so that it is gone with the last who holds it, whatever happens."""

    def __init__(self, field: str, name: str) -> None:
        self.field = field
        self.name = name
        self.size = 0
        self.too_large = False
        self._digest = sha256()
        with _no_room():
            incoming = _folder("incoming")
            with tempfile.TemporaryFile(dir=incoming) as file:
                self.fd = os.dup(file.fileno())

    def write(self, chunk: bytes, largest: int) -> None:
        """Takes more of it; of what is larger than `largest` bytes nothing is kept."""
        self.size += len(chunk)
        if self.size > largest:
            self.too_large = True
            os.ftruncate(self.fd, 0)
            return
        self._digest.update(chunk)
        with _no_room():
            while chunk:  # the last that fits is written in part, and no error says so
                chunk = chunk[os.write(self.fd, chunk) :]

    @property
    def digest(self) -> str:
        """A hash of what it holds."""
        return self._digest.hexdigest()

    def __del__(self) -> None:
        if hasattr(self, "fd"):
            os.close(self.fd)


class Kept(msgspec.Struct, frozen=True):
    """A file that stands on disk: its random name, its size in bytes, and in pixels where it is an image."""

    file: str
    kind: str
    size: int
    width: int | None = None
    height: int | None = None


async def keep(upload: Upload, *, photo: bool = False) -> Kept:
    """Looks at a file in a process of its own and keeps what may be kept, an image made anew. Raises Refused, with the
    reason, and NoRoom."""
    kind = kind_of(upload.name)
    if upload.too_large:
        raise Refused(
            gettext("“%(name)s” is too large: a file may have at most %(n)s MB.")
            % {"name": upload.name, "n": settings().file_mb}
        )
    if photo and not KINDS[kind].image:
        raise Refused(gettext("“%(name)s” is no picture: take a JPEG, PNG or WebP.") % {"name": upload.name})
    file = secrets.token_hex(16)
    try:
        answer = await _examined(upload, "photo" if photo else kind, file)
        if answer.errno in FULL:
            raise NoRoom
        if answer.refused or answer.errno:
            raise Refused(str(REASONS[answer.refused or "damaged"]) % {"name": upload.name})
        size = await asyncio.to_thread(_settle, file)
    finally:
        for leftover in (_incoming(file), _incoming(file + SMALL)):
            leftover.unlink(missing_ok=True)
    return Kept(file, kind, size, answer.width, answer.height)


def keep_made(write: Callable[[Path], None]) -> str:
    """Keeps a file that the product itself writes; gives its random name."""
    file = secrets.token_hex(16)
    try:
        write(_incoming(file))
        _settle(file)
    finally:
        _incoming(file).unlink(missing_ok=True)
    return file


async def _examined(upload: Upload, kind: str, file: str) -> Answer:
    os.lseek(upload.fd, 0, os.SEEK_SET)
    command = [sys.executable, "-I", examine.__file__, kind, str(_incoming(file)), str(_incoming(file + SMALL))]
    async with _two_at_a_time:
        process = await asyncio.create_subprocess_exec(
            *command, stdin=upload.fd, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL, env={}
        )
        try:
            said, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
        except TimeoutError:
            process.kill()
            await process.wait()
            return Answer(refused="bomb")
    try:
        return msgspec.json.decode(said, type=Answer)
    except msgspec.DecodeError:  # it was killed: by its limit of time, or by the machine for its memory
        return Answer(refused="bomb")


def _settle(file: str) -> int:
    """Syncs a file and its small picture, then renames them to where they stay; gives the size."""
    with _no_room():
        goal = path_of(file)
        goal.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for suffix in (SMALL, ""):
            fresh = _incoming(file + suffix)
            if fresh.exists():
                fresh.chmod(0o600)
                _sync(fresh)
                fresh.rename(goal.with_name(file + suffix))
        _sync(goal.parent)
        return goal.stat().st_size


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def path_of(file: str, small: bool = False) -> Path:
    """Where a file stands. A name that the store never gave is nowhere: raises FileNotFoundError."""
    if not NAME.fullmatch(file):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), file)
    return settings().files_folder / file[:2] / (file + (SMALL if small else ""))


def remove(file: str) -> None:
    """Takes a file away, once no row names it any more."""
    for small in (False, True):
        path_of(file, small).unlink(missing_ok=True)


def left_alone() -> Iterator[list[str]]:
    """Names of files that have been there for an hour, a folder at a time; what never arrived goes at once."""
    for folder in sorted(settings().files_folder.glob("*")):
        old = [path for path in folder.iterdir() if path.stat().st_mtime < time.time() - OLD]
        if folder.name == "incoming":
            for path in old:
                path.unlink(missing_ok=True)
        else:
            yield sorted({path.name.removesuffix(SMALL) for path in old})


def _incoming(name: str) -> Path:
    return _folder("incoming") / name


def _folder(name: str) -> Path:
    folder = settings().files_folder / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder
