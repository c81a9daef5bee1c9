"""axe over a page, and what else a person with other senses or hands would trip over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.sitemap import PAGES, filled

SOURCE = Path(__file__).parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js"
# `preload` would fetch the styles once more, for a rule that none of these tags names.
RUN = """async only => (await axe.run(document, {resultTypes: ['violations'], preload: false, runOnly: only})).violations.map(
    v => v.id + ': ' + v.help + ' ' + v.nodes.slice(0, 3).map(n => n.target + ' ' + n.failureSummary).join(' | '))"""
ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: What a scheme can break: it changes colours and nothing else (tests/web/test_assets.py).
OF_COLOUR = ["color-contrast", "link-in-text-block"]
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Fields that one can see and can't write in. What stands for another element is not drawn at all, or in a pixel.
CRAMPED = """() => [...document.querySelectorAll('textarea, select, input:not([type=checkbox], [type=radio], [type=hidden])')]
    .filter(field => field.checkVisibility() && field.offsetWidth < 44 && !field.closest('.visually-hidden'))
    .map(field => `${field.id || field.name} is ${field.offsetWidth} px wide`)"""


@lru_cache(maxsize=1)
def _source() -> str:
    return SOURCE.read_text()


async def problems(page: Page, only: Sequence[str] = ALL) -> list[str]:
    """What axe finds, and whether the page scrolls sideways."""
    await page.evaluate(_source())
    found: list[Any] = await page.evaluate(RUN, only)
    if (over := await page.evaluate(SIDEWAYS)) > 0:
        found.append(f"the page is {over} px wider than the window")
    found += await page.evaluate(CRAMPED)
    return [str(problem) for problem in found]


async def problems_of_all(
    open_page: Callable[..., Awaitable[Page]],
    site: Any,
    *,
    widths: Sequence[int] = (390,),
    dark: bool = False,
    language: str = "en",
) -> dict[tuple[str | None, str, str], list[str]]:
    """What is wrong with each page of the site: who opened it, where, and how; a few people look side by side."""
    found: dict[tuple[str | None, str, str], list[str]] = {}
    few = asyncio.Semaphore(3)

    async def look_at(page: Page, who: str | None, path: str) -> None:
        for width in widths:
            await page.set_viewport_size({"width": width, "height": 900})
            if wrong := await problems(page):
                found[who, path, f"light, {width}"] = wrong
            if dark:
                await page.emulate_media(color_scheme="dark")
                if wrong := await problems(page, OF_COLOUR):
                    found[who, path, f"dark, {width}"] = wrong
                await page.emulate_media(color_scheme="light")

    async def look_around(who: str | None) -> None:
        async with few:
            page = await open_page(who, color_scheme="light", locale=language)
            for path in [path for reader, path in PAGES if reader == who]:
                response = await page.goto(filled(path, site.world))
                assert response is not None
                assert response.status == 200, (who, path, response.status)
                await look_at(page, who, path)

    await asyncio.gather(*(look_around(who) for who in {who for who, _ in PAGES}))
    return found
