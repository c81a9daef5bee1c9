"""Naming a colleague: by name or address, with suggestions out of those who read the space."""

import re
from collections.abc import Awaitable, Callable

import pytest

from portal.db import execute
from tests.client import Browser
from tests.pages.forms import errors_of
from tests.world import World, email_of

SignIn = Callable[[str | None], Awaitable[Browser]]


async def suggested(browser, world: World, typed: str, space: str = "organisation") -> list[str]:
    """The words of those who are suggested."""
    response = await browser.get(f"/colleagues?typed={typed}&space={world.space[space]}")
    assert response.status_code == 200
    return re.findall(r'data-words="([^"]*)"', response.text)


async def rename(world: World, who: str, name: str) -> None:
    await execute("UPDATE identity SET name = {} WHERE person = {}", name, world.person_id[who])


async def test_a_name_is_suggested_from_two_letters_on_also_with_a_mistake(as_: SignIn, world: World):
    await rename(world, "colleague", "Willemijn Çelik")
    browser = await as_("employee")
    for typed in ("wi", "cel", "willemjin"):
        assert "Willemijn Çelik" in await suggested(browser, world, typed), typed
    assert await suggested(browser, world, "w") == []
    await execute("UPDATE person SET active = FALSE WHERE id = {}", world.person_id["colleague"])
    assert await suggested(browser, world, "willemijn") == []


async def test_only_readers_of_the_space_who_are_colleagues_are_suggested(as_: SignIn, world: World):
    for who in ("colleague", "insider_a", "guest_a", "insider_b"):
        await rename(world, who, f"Quirijn {who}")
    insider = await as_("insider_a")
    assert await suggested(insider, world, "quirijn", "closed_a") == ["Quirijn insider_a"]
    assert "Quirijn guest_a" not in await suggested(insider, world, "quirijn")
    assert await suggested(await as_("guest_a"), world, "quirijn", "closed_a") == ["Quirijn insider_a"]
    outsider = await as_("employee")
    closed = await outsider.get(f"/colleagues?typed=quirijn&space={world.space['closed_a']}")
    assert closed.status_code == 404


async def test_a_guest_is_suggested_nobody_of_the_organisation(as_: SignIn, world: World):
    await rename(world, "employee", "Quirijn Brand")
    guest = await as_("guest_a")
    assert "Quirijn Brand" not in (await guest.get("/colleagues?typed=quirijn")).text
    assert "Quirijn Brand" in (await (await as_("author")).get("/colleagues?typed=quirijn")).text  # the control


@pytest.fixture
def path(world: World) -> str:
    """Where an author invites to write along."""
    return f"/ideas/{world.idea['collect']}/co-authors"


async def test_a_whole_name_is_enough(as_: SignIn, world: World, path: str):
    await rename(world, "colleague", "Willemijn Çelik")
    author = await as_("author")
    assert (await author.post(path, {"colleague": " willemijn  celik "})).status_code == 303
    assert "Willemijn Çelik" in (await author.get(path)).text


async def test_whom_several_share_a_name_is_asked_for_by_address(as_: SignIn, world: World, path: str):
    for who in ("colleague", "employee"):
        await rename(world, who, "Jan de Vries")
    author = await as_("author")
    refused = await author.post(path, {"colleague": "Jan de Vries"})
    assert (refused.status_code, set(errors_of(refused))) == (422, {"colleague"})
    assert "Several colleagues" in errors_of(refused)["colleague"]
    words = [email_of("colleague"), email_of("employee")]
    assert sorted(await suggested(author, world, "jan")) == sorted(words)
    assert (await author.post(path, {"colleague": words[0]})).status_code == 303


async def test_a_mistake_in_a_name_is_told_with_who_may_be_meant(as_: SignIn, world: World, path: str):
    await rename(world, "colleague", "Willemijn Çelik")
    refused = await (await as_("author")).post(path, {"colleague": "Willemijn Celick"})
    assert "Do you mean Willemijn Çelik?" in errors_of(refused)["colleague"]
    assert 'value="Willemijn Celick"' in refused.text


async def test_a_form_that_is_filled_names_by_address_whom_a_name_does_not_tell(as_: SignIn, world: World):
    await rename(world, "sponsor", "Jan de Vries")
    page, owner = f"/campaigns/{world.campaign['discuss']}/edit/people", await as_("campaign_owner")
    assert 'value="Jan de Vries"' in (await owner.get(page)).text
    await rename(world, "employee", "Jan de Vries")
    assert f'value="{email_of("sponsor")}"' in (await owner.get(page)).text


async def test_a_workshop_s_idea_goes_to_the_colleague_of_that_name(as_: SignIn, world: World):
    await rename(world, "colleague", "Willemijn Çelik")
    fields = {"name": "Talk", "held_on": "2026-06-10", "language": "en", "title_0": "A", "whom_0": "Willemijn Celik"}
    fields |= {"title_1": "B", "whom_1": "Somebody Unknown"}
    path = f"/campaigns/{world.campaign['collect']}/workshops"
    assert (await (await as_("employee")).post(path, fields)).status_code == 303
    rows = await execute(
        "SELECT t.person, t.name FROM capture t JOIN idea i ON i.id = t.idea WHERE i.title IN ('A', 'B') ORDER BY t.id"
    )
    assert [tuple(row.values()) for row in rows] == [(world.person_id["colleague"], ""), (None, "Somebody Unknown")]
