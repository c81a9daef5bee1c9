"""Reading the organisation's own pages."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.about import SLUGS
from portal.db import fetch_one


class AboutRow(msgspec.Struct, frozen=True):
    """One page in one language, as it was saved last."""

    id: int
    slug: str
    language: str
    title: str
    body: str
    body_html: str
    created_at: datetime


PAGE = """
    SELECT id, slug, language, title, body, body_html, created_at FROM about_page WHERE slug = {}
    ORDER BY language = {} DESC, id DESC LIMIT 1
"""


async def get_page(slug: str, language: str) -> AboutRow | None:  # access: these pages are for everybody
    """A page in this language, or in the other one when it was not written yet."""
    if slug not in SLUGS:
        return None
    return await fetch_one(AboutRow, PAGE, slug, language)
