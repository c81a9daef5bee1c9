"""Rule 15: what holds a word of the lists comes in by no side door, where nothing waits to be screened."""

from __future__ import annotations

import pytest

from tests.escalation.test_sensitive import rule
from tests.moderation.desk import decide, receipt_of
from tests.pages.forms import errors_of, form_of
from tests.workshops.test_workshops import TWO, address_of, filled

SICK = "Zij is ziek, bel 06-12345678"
DOORS = {
    "description": ("author", "/attachments/{attachment}/description", "description"),
    "withdrawal": ("author", "/ideas/{open}/withdrawal", "reason"),
    "return": ("author", "/ideas/{withdrawn}/return", "reason"),
    "correction": ("author", "/ideas/{vote}/correction", "body"),
    "help": ("colleague", "/ideas/{open}/help", "body"),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(("words", "status"), [(SICK, 422), ("It is about trains.", 303)])
async def test_it_is_refused_at_its_field(as_, world, door, words, status):
    await rule(world)
    who, path, field = DOORS[door]
    address, browser = path.format(attachment=world.attachment["collect"], **world.idea), await as_(who)
    sent = await browser.post(address, form_of(await browser.get(address), address) | {field: words})
    assert sent.status_code == status, errors_of(sent)
    if status == 422:
        assert field in errors_of(sent)
        assert form_of(sent, address)[field] == words, "what was typed is kept"


@pytest.mark.parametrize(("words", "status"), [(SICK, 422), ("It is about trains.", 303)])
async def test_what_was_sent_back_is_not_put_up_again_with_it(as_, world, words, status):
    await rule(world)
    await decide(await as_("moderator"), world, "vote", "send back")
    receipt = await receipt_of(world, "vote")
    sent = await (await as_("colleague")).post(f"{receipt}/text", {"body": words})
    assert sent.status_code == status


async def test_a_workshops_sheet_says_in_which_row_it_is(as_, world):
    await rule(world)
    browser = await as_("employee")
    sent = await browser.post(address_of(world), await filled(browser, world, **TWO | {"text_3": SICK}))
    assert sent.status_code == 422
    assert set(errors_of(sent)) == {"text_3"}
    sent = await browser.post(address_of(world), await filled(browser, world, **TWO | {"name": SICK}))
    assert set(errors_of(sent)) == {"name"}
