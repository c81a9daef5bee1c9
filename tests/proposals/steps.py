"""Going through the wizard as a browser does."""

from portal.db import fetch_value
from tests.pages.forms import form_of
from tests.world import email_of

QUESTION = {"title": "Fewer forms", "lead": "Which form can go?", "brief": "We have **41** forms.", "language": "en"}
PURPOSE = {"need": "41 forms", "goal": "20 forms", "measure": "20 by May"}


async def offered(browser, address):
    """The form of a step as it is shown."""
    return form_of(await browser.get(address), address)


async def begin(browser, **other):
    """The first step, sent; gives the address of the draft."""
    sent = await browser.post("/campaigns/new", await offered(browser, "/campaigns/new") | QUESTION | other)
    assert sent.status_code == 303, sent.text
    return sent.headers["Location"].removesuffix("/edit/purpose")


async def send(browser, address, **values):
    """A step as it is shown, with these values."""
    return await browser.post(address, await offered(browser, address) | values)


async def written(browser, world, space="organisation", sponsor="sponsor", owner="decision_maker", **other):
    """A draft with everything in it; gives its address."""
    home = await begin(browser, **other)
    await send(browser, f"{home}/edit/purpose", **PURPOSE)
    people = {"sponsor_called": email_of(sponsor), "decision_owner_called": email_of(owner)}
    await send(browser, f"{home}/edit/people", space=world.space[space], **people)
    await send(browser, f"{home}/edit/dates")
    return home


async def proposed(browser, world, **other):
    """The same, proposed."""
    home = await written(browser, world, **other)
    sent = await browser.post(f"{home}/proposal")
    assert sent.status_code == 303, sent.text
    return home


async def facts(home, column):
    """A column of the campaign at this address."""
    return await fetch_value("SELECT to_jsonb(c) -> {} FROM campaign c WHERE public_id = {}", column, home[11:])
