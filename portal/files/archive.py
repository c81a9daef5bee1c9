"""A backup: one tar with the database's dump and the files that people sent."""

from __future__ import annotations

import tarfile
from pathlib import Path

DUMP = "database.dump"
FILES = "files"
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
    """Takes an archive apart; gives the dump. The files stand beside it."""
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    (folder / FILES).mkdir(exist_ok=True)
    if not (folder / DUMP).exists():
        raise KeyError(DUMP)
    return folder / DUMP
