"""The administrators' page: for them alone."""

from collections.abc import Iterator

import pytest

from portal.db import execute
from portal.settings import settings
from tests.client import text_of
from tests.world import CAST


@pytest.mark.parametrize("name", [name for name in CAST if name not in ("administrator", "deactivated")])
async def test_nobody_else_opens_the_administration(as_, name):
    response = await (await as_(name)).get("/admin")
    assert response.status_code == 403
    assert 'href="/admin"' not in response.text


async def test_administrators_open_the_administration(as_):
    response = await (await as_("administrator")).get("/admin")
    assert response.status_code == 200
    assert 'href="/admin"' in response.text


async def test_who_is_no_administrator_any_more_is_out_at_once(as_, world):
    browser = await as_("administrator")
    assert (await browser.get("/admin")).status_code == 200
    await execute("DELETE FROM membership WHERE person = {}", world.person_id["administrator"])
    assert (await browser.get("/admin")).status_code == 403


@pytest.mark.parametrize("space", ["open", "closed_a"])
async def test_an_administrator_of_a_group_is_none_of_the_house(as_, world, space):
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'administrator')",
        world.space_id[space],
        world.person_id["employee"],
    )
    assert (await (await as_("employee")).get("/admin")).status_code == 403


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SMTP_URL", "smtp://127.0.0.1:25")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


async def test_without_a_mail_server_nobody_is_told_that_mail_arrived(as_):
    page = (await (await as_("administrator")).get("/admin")).text
    assert "No mail server is set" in page
    assert "Some things are not set up yet" in page
    assert "All mail arrived" not in page


async def test_with_one_it_arrived(as_, mail_server):
    page = (await (await as_("administrator")).get("/admin")).text
    assert "All mail arrived" in page
    assert "No mail server is set" not in page


async def test_without_a_moderator_or_another_for_appeals_it_says_so(as_, world):
    browser, nobody = await as_("administrator"), "what is reported reaches nobody"
    alone, made = "an appeal needs another", "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator')"
    home = world.space_id["organisation"]
    await execute("DELETE FROM membership WHERE space = {} AND role = 'moderator'", home)
    assert (nobody in (page := (await browser.get("/admin")).text), alone in page) == (True, False)
    await execute(made, home, world.person_id["colleague"])
    assert (nobody in (page := (await browser.get("/admin")).text), alone in page) == (False, True)
    await execute(made, home, world.person_id["deactivated"])  # who left moderates nothing
    assert alone in (await browser.get("/admin")).text
    await execute(made, home, world.person_id["employee"])
    assert (nobody in (page := (await browser.get("/admin")).text), alone in page) == (False, False)


async def test_units_without_a_head_are_named_in_one_line(as_, world):
    browser = await as_("administrator")
    await execute("UPDATE org_unit SET head = NULL")
    assert "No unit has a head" in text_of(await browser.get("/admin"))
    await execute("INSERT INTO org_unit (name, head) VALUES ('Led', {})", world.person_id["employee"])
    await execute("UPDATE org_unit SET head = {} WHERE name <> 'Led'", world.person_id["employee"])
    assert "no head" not in text_of(await browser.get("/admin"))
    await execute("INSERT INTO org_unit (name) SELECT 'Depot ' || n FROM generate_series(1, 6) n")
    named = "Depot 1, Depot 2, Depot 3, Depot 4, Depot 5, Depot 6"
    assert f"These units have no head: {named}." in text_of(await browser.get("/admin"))
    await execute("INSERT INTO org_unit (name) VALUES ('Depot 7'), ('Depot 8')")
    assert f"These units have no head: {named}, and 2 more." in text_of(await browser.get("/admin"))
