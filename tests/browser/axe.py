"""axe over a page, and what else a person with other senses or hands would trip over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.sitemap import PAGES, filled

SOURCE = Path(__file__).parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js"
# `preload` would fetch the styles once more, for a rule that none of these tags names.
RUN = """async () => (await axe.run(document, {resultTypes: ['violations'], preload: false,
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})).violations.map(
    v => v.id + ': ' + v.help + ' ' + v.nodes.slice(0, 3).map(n => n.target + ' ' + n.failureSummary).join(' | '))"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Fields that one can see and can't write in. What stands for another element is not drawn at all, or in a pixel.
CRAMPED = """() => [...document.querySelectorAll('textarea, select, input:not([type=checkbox], [type=radio], [type=hidden])')]
    .filter(field => field.checkVisibility() && field.offsetWidth < 44 && !field.closest('.visually-hidden'))
    .map(field => `${field.id || field.name} is ${field.offsetWidth} px wide`)"""


@lru_cache(maxsize=1)
def _source() -> str:
    return SOURCE.read_text()


async def problems(page: Page) -> list[str]:
    """What axe finds, and whether the page scrolls sideways."""
    await page.evaluate(_source())
    found: list[Any] = await page.evaluate(RUN)
    if (over := await page.evaluate(SIDEWAYS)) > 0:
        found.append(f"the page is {over} px wider than the window")
    found += await page.evaluate(CRAMPED)
    return [str(problem) for problem in found]


async def problems_of_all(
    open_page: Callable[..., Awaitable[Page]], site: Any, **options: Any
) -> dict[tuple[str | None, str], list[str]]:
    """What is wrong with each page of the site, by who opened it and where; people look side by side."""
    found: dict[tuple[str | None, str], list[str]] = {}

    async def look_around(who: str | None) -> None:
        page = await open_page(who, **options)
        for path in [path for reader, path in PAGES if reader == who]:
            response = await page.goto(filled(path, site.world))
            assert response is not None
            assert response.status == 200, (who, path, response.status)
            if wrong := await problems(page):
                found[who, path] = wrong

    await asyncio.gather(*(look_around(who) for who in {who for who, _ in PAGES}))
    return found
