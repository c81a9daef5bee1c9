"""Editing the organisation's own pages."""

from __future__ import annotations

from portal.about.queries import AboutRow
from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.text.markdown import rendered

# Of two who save at once the second waits, and sees then what the first has saved.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('about ' || {}::text || ' ' || {}::text, 0))"
SAVE = """
    INSERT INTO about_page (slug, language, title, body, body_html, author)
    SELECT {}, {}, {}, {}, {}, {} WHERE NOT EXISTS
        (SELECT FROM about_page WHERE slug = {} AND language = {} AND id > {}) RETURNING id
"""
# Sent again because the answer got lost: the text is there already.
THE_SAME = """
    SELECT (title, body, author) = ({}, {}, {}) FROM about_page WHERE slug = {} AND language = {}
    ORDER BY id DESC LIMIT 1
"""


async def save_page(actor: Actor, old: AboutRow, language: str, title: str, body: str, read: int) -> None:
    """Saves a page; every earlier text is kept. `read`: the id of the text it was made from. The same form
    twice saves once. Raises Changed."""
    require(actor, Action.ABOUT_EDIT)
    html = await rendered(body)
    async with transaction():
        await execute(ONE_AT_A_TIME, old.slug, language)
        saved = await execute(SAVE, old.slug, language, title, body, html, actor.id, old.slug, language, read)
        if not saved:
            if await fetch_value(THE_SAME, title, body, actor.id, old.slug, language):
                return
            raise Changed
        await record(Kind.ABOUT_EDITED, actor=actor.id, slug=old.slug, language=language)


async def install_page(slug: str, language: str, text: str) -> None:  # access: the command line, at install
    """The text that Plein brings along, unless there is one."""
    title, _, body = text.removeprefix("# ").partition("\n")
    await execute(
        "INSERT INTO about_page (slug, language, title, body, body_html) SELECT {}, {}, {}, {}, {}"
        " WHERE NOT EXISTS (SELECT FROM about_page WHERE slug = {} AND language = {})",
        slug,
        language,
        title.strip(),
        body.strip(),
        await rendered(body.strip()),
        slug,
        language,
    )
