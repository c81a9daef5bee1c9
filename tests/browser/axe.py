"""axe over a page, and what else a person with other senses or hands would trip over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.browser.signing_in import sign_in
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


async def bring_axe(page: Page) -> None:
    """Every page that is opened from now on has axe in it; a browser that has read it once does not read it again."""
    await page.add_init_script(path=SOURCE)


async def problems(page: Page, only: Sequence[str] = ALL) -> list[str]:
    """What axe finds, and whether the page scrolls sideways."""
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
    """What is wrong with each page of the site: who opened it, where, and how. All sign in and look in one browser, one
    after another: each browser reads every style, font and script anew, and two at once take each other's time."""
    found: dict[tuple[str | None, str, str], list[str]] = {}
    page = await open_page(None, color_scheme="light", locale=language)
    await bring_axe(page)

    async def look_at(who: str | None, path: str) -> None:
        for width in widths:
            await page.set_viewport_size({"width": width, "height": 900})
            if wrong := await problems(page):
                found[who, path, f"light, {width}"] = wrong
            if dark:
                await page.emulate_media(color_scheme="dark")
                if wrong := await problems(page, OF_COLOUR):
                    found[who, path, f"dark, {width}"] = wrong
                await page.emulate_media(color_scheme="light")

    for who in dict.fromkeys(who for who, _ in PAGES):
        await page.context.clear_cookies()
        if who:
            await sign_in(page, who)
        for path in [path for reader, path in PAGES if reader == who]:
            response = await page.goto(filled(path, site.world))
            assert response is not None
            assert response.status == 200, (who, path, response.status)
            await look_at(who, path)
    return found
