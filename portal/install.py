"""What every installation has from the start: the organisation, its space, and its own pages."""

from __future__ import annotations

from pathlib import Path

from portal.about import SLUGS
from portal.about.actions import install_page
from portal.calendar.holidays import country_of_zone
from portal.calendar.jobs import install_country
from portal.db import execute, fetch_value, transaction
from portal.text.language import LANGUAGES, Reader, gettext, reading
from portal.text.markdown import excerpt, rendered

PAGES = Path(__file__).parent / "about" / "content"
IMPROVE = """
    INSERT INTO campaign (space, author, sponsor, decision_owner, title, lead, brief, brief_html, language, always_open,
        collect_from)
    SELECT {}, {}, {}, {}, {}, {}, {}, {}, {}, TRUE, plein_now()
    WHERE NOT EXISTS (SELECT FROM campaign WHERE always_open AND kind = 'campaign')
"""


async def install_organisation(name: str, language: str, zone: str) -> int:
    """The organisation with its space and pages, unless they are there; gives the space's id."""
    async with transaction():
        await execute(
            "INSERT INTO organisation (id, name, language, zone) VALUES (1, {}, {}, {}) ON CONFLICT DO NOTHING",
            name,
            language,
            zone,
        )
        await execute(
            "INSERT INTO space (kind, name, language, open) SELECT 'organisation', {}, {}, TRUE"
            " WHERE NOT EXISTS (SELECT FROM space WHERE kind = 'organisation')",
            name,
            language,
        )
        for slug in SLUGS:
            for code in LANGUAGES:
                await install_page(slug, code, (PAGES / f"{slug}.{code}.md").read_text())
    if not await fetch_value("SELECT country FROM organisation"):
        await install_country(country_of_zone(zone))
    space: int = await fetch_value("SELECT id FROM space WHERE kind = 'organisation'")
    return space


async def install_improvements(space: int, administrator: int, language: str) -> None:
    """The campaign in which people improve the portal itself: always open, from the first day."""
    with reading(Reader(language)):
        title = gettext("Improve this portal")
        brief = gettext(
            "What gets in your way here? What is missing, what is one click too many? Say it, and say what would be "
            "better. Whoever runs this portal reads everything and answers."
        )
    html = await rendered(brief)
    await execute(IMPROVE, space, *[administrator] * 3, title, excerpt(html), brief, html, language)
