"""What the people of the demo tell of themselves, and what they attached."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from portal.access.fields import FIELDS
from portal.db import execute
from portal.files.store import Upload, keep

CONTENT = Path(__file__).parent / "content"
PROFILE = """
    INSERT INTO profile (person, phone, place, skills, about, hours, status,
        phone_for, place_for, skills_for, about_for, hours_for, status_for)
    VALUES ({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})
"""
USUAL = {"skills": "everyone", "about": "everyone"}
ATTACH = """
    INSERT INTO attachment (idea, space, author, kind, name, description, file, size, width, height, created_at)
    SELECT id, space, author, {}, {}, {}, {}, {}, {}, {}, created_at FROM idea WHERE title = {}
"""


async def tell_profiles(people: Mapping[str, int]) -> None:
    """Writes the profiles, by the keys of people."""
    for key, told in tomllib.loads((CONTENT / "profiles.toml").read_text()).items():
        levels: dict[str, Any] = told.get("for", {})
        fields = [told.get(field, [] if field == "skills" else "") for field in FIELDS]
        chosen = [levels.get(field, USUAL.get(field, "colleagues")) for field in FIELDS]
        await execute(PROFILE, people[key], *fields, *chosen)


async def attach_files() -> None:
    """Attaches the files in files.toml to the ideas of those titles, as if their authors had sent them."""
    for file in tomllib.loads((CONTENT / "files.toml").read_text())["file"]:
        upload = Upload("files", file["name"])
        upload.write(file["text"].encode(), 100_000)
        kept = await keep(upload)
        described = file.get("description", "")
        size = (kept.size, kept.width, kept.height)
        await execute(ATTACH, kept.kind, file["name"], described, kept.file, *size, file["idea"])
