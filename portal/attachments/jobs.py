"""Sweeping out files that no row names."""

from __future__ import annotations

from portal.db import execute
from portal.files import store

NAMED = """
    SELECT file FROM attachment WHERE file = ANY({}) UNION ALL SELECT photo FROM profile WHERE photo = ANY({})
    UNION ALL SELECT file FROM data_export WHERE file = ANY({})
    UNION ALL SELECT file FROM space_record WHERE file = ANY({})
    UNION ALL SELECT file FROM case_file WHERE file = ANY({})
    UNION ALL SELECT file FROM case_record WHERE file = ANY({})
"""


async def sweep_files() -> None:
    """Removes what was left over: a form that broke off, an idea that was deleted, a photo that was replaced."""
    for names in store.left_alone():
        named = {row["file"] for row in await execute(NAMED, *[names] * 6)}
        for name in set(names) - named:
            store.remove(name)
