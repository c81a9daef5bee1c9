"""The organisation's own pages: read by anybody, edited by administrators, every text kept."""

import asyncio
from contextvars import Context

import pytest

from portal.about import SLUGS, actions
from portal.about.queries import get_page
from portal.access.actor import actor_of_person
from portal.access.conflicts import Changed
from portal.db import execute, fetch_value, transaction
from tests.client import text_of
from tests.pages.locks import until_waiting

LATEST = "SELECT max(id) FROM about_page WHERE slug = 'help' AND language = {}"
SAVED = "SELECT count(*) FROM about_page WHERE slug = 'help' AND language = 'en' AND id > {}"


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("language", ["nl", "en"])
async def test_anybody_reads_them_in_their_language(as_, slug, language):
    response = await (await as_(None)).get(f"/about/{slug}", Accept_Language=language)
    assert response.status_code == 200
    assert f'<html lang="{language}"' in response.text
    title = await fetch_value("SELECT title FROM about_page WHERE slug = {} AND language = {}", slug, language)
    assert title in text_of(response)


async def edit(browser, version, body="Ask **Priya**.", language="en"):
    return await browser.post(
        f"/about/help/edit?language={language}", {"title": "Where to ask", "body": body, "version": str(version)}
    )


async def test_an_administrator_changes_one_and_the_text_before_is_kept(as_):
    browser = await as_("administrator")
    rows = await fetch_value("SELECT count(*) FROM about_page")
    response = await edit(browser, await fetch_value(LATEST, "en"))
    assert (response.status_code, response.headers["location"]) == (303, "/about/help")
    shown = await (await as_(None)).get("/about/help", Accept_Language="en")
    assert "<strong>Priya</strong>" in shown.text
    assert await fetch_value("SELECT count(*) FROM about_page") == rows + 1
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'about.edited'") == 1


async def test_one_language_leaves_the_other_alone(as_):
    await edit(await as_("administrator"), await fetch_value(LATEST, "nl"), language="nl")
    assert "Priya" in (await (await as_(None)).get("/about/help", Accept_Language="nl")).text
    assert "Priya" not in (await (await as_(None)).get("/about/help", Accept_Language="en")).text


async def test_of_two_who_edit_at_once_the_second_is_told(as_):
    browser = await as_("administrator")
    version = await fetch_value(LATEST, "en")
    await edit(browser, version, "First.")
    response = await edit(browser, version, "Second.")
    assert response.status_code == 422
    assert "This was saved elsewhere meanwhile." in text_of(response)
    assert "Second." in response.text
    assert "removed: </span>First.<" in response.text
    assert "added: </span>Second.<" in response.text
    again = await edit(browser, await fetch_value(LATEST, "en"), "Second.")
    assert again.status_code == 303


async def test_the_same_form_twice_saves_once(as_, world):
    browser, version = await as_("administrator"), await fetch_value(LATEST, "en")
    for _ in range(2):
        assert (await edit(browser, version)).status_code == 303
    assert await fetch_value(SAVED, version) == 1
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'about.edited'") == 1
    await execute(
        "UPDATE about_page SET author = {} WHERE id = {}", world.person_id["sponsor"], await fetch_value(LATEST, "en")
    )
    assert (await edit(browser, version)).status_code == 422, "somebody else's, were it the same words"


async def save_as_the_product_does(actor, old, body):
    await actions.save_page(actor, old, "en", "Where to ask", body, old.id)


async def save_without_waiting(actor, old, body):
    """Naive: what another is about to commit is not there for its NOT EXISTS."""
    async with transaction():
        await execute(
            actions.SAVE, "help", "en", "Where to ask", body, f"<p>{body}</p>", actor.id, "help", "en", old.id
        )


@pytest.mark.parametrize(
    ("save", "told"),
    [(save_as_the_product_does, Changed), (save_without_waiting, type(None))],
    ids=["product", "naive"],
)
async def test_who_saves_before_the_other_has_committed_is_told(fresh_db, world, save, told):
    actor, old = await actor_of_person(world.person_id["administrator"]), await get_page("help", "en")
    async with transaction() as connection:
        await save(actor, old, "First.")
        second = asyncio.create_task(save(actor, old, "Second."), context=Context())
        await until_waiting(connection, second)
    assert [type(result) for result in await asyncio.gather(second, return_exceptions=True)] == [told]


@pytest.mark.parametrize("name", ["employee", "moderator", "guest_a", "campaign_owner"])
async def test_nobody_else_edits(as_, name):
    browser = await as_(name)
    assert (await browser.get("/about/help/edit")).status_code == 403
    assert (await edit(browser, 1)).status_code == 403


async def test_a_text_of_an_attacker_would_be_clean(as_):
    await edit(await as_("administrator"), await fetch_value(LATEST, "en"), "<script>x</script> [y](javascript:z)")
    page = (await (await as_(None)).get("/about/help", Accept_Language="en")).text
    assert "<script>x" not in page
    assert 'href="javascript' not in page


async def test_there_is_no_other_page(as_):
    await execute("UPDATE identity SET language = 'en'")
    for slug in ("secret", "help.html", "HELP"):
        assert (await (await as_("administrator")).get(f"/about/{slug}")).status_code == 404
