"""axe over a page, and what else a person with other senses or hands would trip over."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from playwright.async_api import Page

SOURCE = Path(__file__).parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => (await axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})).violations.map(
    v => v.id + ': ' + v.help + ' ' + v.nodes.slice(0, 3).map(n => n.target + ' ' + n.failureSummary).join(' | '))"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@lru_cache(maxsize=1)
def _source() -> str:
    return SOURCE.read_text()


async def problems(page: Page) -> list[str]:
    """What axe finds, and whether the page scrolls sideways."""
    await page.evaluate(_source())
    found: list[Any] = await page.evaluate(RUN)
    if (over := await page.evaluate(SIDEWAYS)) > 0:
        found.append(f"the page is {over} px wider than the window")
    return [str(problem) for problem in found]
