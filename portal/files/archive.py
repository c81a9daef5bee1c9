"""A backup: one tar with the database's dump and the files that people sent."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path

DUMP = "database.dump"
FILES = "files"
NEWER = b"SET transaction_timeout = 0;\n"  # which PostgreSQL 15 and 16 don't know
ON_THEIR_WAY = "incoming"


def pack(dump: Path, files: Path, archive: Path) -> None:
    """Writes the archive. The dump was made first, because a file is there before the row that names it."""
    with tarfile.open(archive, "w") as tar:
        tar.add(dump, DUMP)
        if files.exists():
            tar.add(files, FILES, filter=_kept)


def _kept(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """What is still on its way is no one's yet."""
    return None if entry.name == f"{FILES}/{ON_THEIR_WAY}" else entry


def unpack(archive: Path, folder: Path) -> Path:
    """Takes an archive apart; gives the dump. The files stand beside it; nothing else comes out, and nothing goes
    elsewhere (tarfile's own filters need a later Python than 3.11.2)."""
    with tarfile.open(archive) as tar:
        for entry in tar:
            target = (folder / entry.name).resolve()
            if entry.isfile() and target.is_relative_to(folder.resolve()):
                _write(tar, entry, target)
    (folder / FILES).mkdir(exist_ok=True)
    if not (folder / DUMP).exists():
        raise KeyError(DUMP)
    return folder / DUMP


def without_newer_settings(script: Path) -> None:
    """Takes out of a dump's SQL the one setting that older servers refuse: it stands before anything that was written
    by people."""
    with script.open("r+b") as sql:
        head = sql.read(4096)
        sql.seek(0)
        sql.write(head.replace(NEWER, b"\n" * len(NEWER), 1))


def _write(tar: tarfile.TarFile, entry: tarfile.TarInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    source = tar.extractfile(entry)
    assert source is not None, "it is a file"
    with source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy)
    target.chmod(0o600)
