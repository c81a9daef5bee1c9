"""Signing in by the form."""

import re

from playwright.async_api import Page

from tests.world import PASSWORD, email_of


async def sign_in(page: Page, name: str) -> None:
    """Signs her in, and is at home in the end."""
    await page.goto("/sign-in")
    await page.fill("#email", email_of(name))
    await page.fill("#password", PASSWORD)
    await page.click("button[type=submit].btn-primary")
    await page.wait_for_url(re.compile(r"/$"))
