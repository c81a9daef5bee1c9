"""Proposing an idea."""

from datetime import timedelta

import pytest

from portal.access.actor import actor_of_person
from portal.access.conflicts import Closed
from portal.campaigns.queries import get_campaign
from portal.db import fetch_value
from portal.ideas import actions
from tests.client import text_of
from tests.pages.forms import errors_of, form_of, post_slowly
from tests.world import DATES, NOW, set_clock

LONG = "x" * 20_001
CONTENT = actions.Content(title="t", body="b", tags=[], language="en")


def address_of(world, campaign):
    return f"/campaigns/{world.campaign[campaign]}/ideas"


async def filled(browser, world, campaign="collect", **other):
    """The form as it is offered, filled in."""
    address = address_of(world, campaign)
    offered = form_of(await browser.get(f"{address}/new"), address)
    return offered | {"title": "Bicycle racks", "body": "Put **racks** at the gate.", "tags": "Bikes, gate "} | other


async def count():
    return await fetch_value("SELECT count(*) FROM idea")


@pytest.mark.parametrize(("who", "campaign"), [("employee", "collect"), ("employee", "open"), ("guest_a", "closed_a")])
async def test_every_reader_proposes_while_the_campaign_collects(as_, world, who, campaign):
    browser = await as_(who)
    sent = await browser.post(address_of(world, campaign), await filled(browser, world, campaign))
    assert sent.status_code == 303, text_of(sent)
    page = text_of(await browser.get(sent.headers["Location"]))
    assert "Put <strong>racks</strong> at the gate." in page
    assert "Your idea is there." in page
    listed = text_of(await browser.get(f"/campaigns/{world.campaign[campaign]}"))
    assert "Bicycle racks" in listed
    assert "2 ideas" in listed


async def test_proposing_is_recorded_where_it_happened(as_, world):
    browser = await as_("guest_a")
    await browser.post(address_of(world, "closed_a"), await filled(browser, world, "closed_a"))
    assert await fetch_value(
        "SELECT count(*) FROM event e JOIN idea i ON i.id = e.idea AND i.space = e.space"
        " WHERE e.kind = 'idea.proposed' AND e.actor = {} AND e.space = {} AND i.title = 'Bicycle racks'",
        world.person_id["guest_a"],
        world.space_id["closed_a"],
    )


@pytest.mark.parametrize("who", ["guest_b", "insider_b", "employee", "administrator"])
async def test_outsiders_of_a_closed_group_find_nothing(as_, world, who):
    member, outsider, before = await as_("guest_a"), await as_(who), await count()
    form = await filled(member, world, "closed_a")
    del form["csrf_token"]
    assert (await outsider.get(address_of(world, "closed_a") + "/new")).status_code == 404
    assert (await outsider.post(address_of(world, "closed_a"), form)).status_code == 404
    assert await count() == before


@pytest.mark.parametrize("phase", [phase for phase in DATES if phase != "collect"])
async def test_nobody_proposes_in_another_phase(as_, world, phase):
    browser, before = await as_("employee"), await count()
    form = await filled(browser, world)
    assert (await browser.get(address_of(world, phase) + "/new")).status_code == 403
    assert (await browser.post(address_of(world, phase), form)).status_code == 403
    assert await count() == before


async def test_where_does_it_belong_offers_the_campaigns_that_collect(as_, world):
    page = await (await as_("employee")).get("/ideas/new")
    offered = {name for name, public_id in world.campaign.items() if f"/campaigns/{public_id}/ideas/new" in page.text}
    assert offered == {"collect", "open"}


async def test_the_same_form_twice_proposes_one(as_, world):
    browser, before = await as_("employee"), await count()
    form = await filled(browser, world)
    first, second = [await browser.post(address_of(world, "collect"), form) for _ in range(2)]
    assert first.headers["Location"] == second.headers["Location"]
    assert await count() == before + 1


async def test_collecting_that_closes_while_the_form_is_under_way_refuses_it_and_keeps_the_text(as_, world):
    browser, before = await as_("employee"), await count()
    form = await filled(browser, world)
    sent = await post_slowly(browser, address_of(world, "collect"), form, lambda: set_clock(NOW + timedelta(days=5)))
    assert sent.status_code == 422
    assert "has just closed" in errors_of(sent)["title"]
    kept = form_of(sent, address_of(world, "collect"))
    assert kept | {"csrf_token": ""} == form | {"csrf_token": ""}
    assert await count() == before


async def test_the_write_itself_judges_the_phase_by_the_clock(rollback, world):
    actor = await actor_of_person(world.person_id["employee"])
    campaign = await get_campaign(actor, world.campaign["collect"])
    await set_clock(NOW + timedelta(days=5))
    with pytest.raises(Closed):
        await actions.propose(actor, campaign, CONTENT, form_key="k")


async def test_an_empty_form_names_every_error_and_keeps_the_rest(as_, world):
    browser, before = await as_("employee"), await count()
    form = await filled(browser, world, title="  ", body="", tags="one, two", language="fr")
    sent = await browser.post(address_of(world, "collect"), form)
    assert sent.status_code == 422
    assert set(errors_of(sent)) == {"title", "body", "language"}
    assert form_of(sent, address_of(world, "collect"))["tags"] == "one, two"
    assert await count() == before


async def test_too_long_a_text_is_kept_as_it_was_typed(as_, world):
    browser = await as_("employee")
    form = await filled(browser, world, title="t" * 91, body=LONG)
    sent = await browser.post(address_of(world, "collect"), form)
    assert set(errors_of(sent)) == {"title", "body"}
    kept = form_of(sent, address_of(world, "collect"))
    assert (kept["title"], kept["body"]) == ("t" * 91, LONG)


async def test_a_text_that_grows_beyond_measure_when_formatted_is_refused(as_, world):
    browser, before = await as_("employee"), await count()
    form = await filled(browser, world, body="[]()" * 4900)
    assert (await browser.post(address_of(world, "collect"), form)).status_code == 413
    assert (await browser.post(address_of(world, "collect"), form | {"preview": "1"})).status_code == 413
    assert await count() == before


# --- tags and language


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", []),
        (" , ,", []),
        ("Parking, #Signatures ,parking", ["parking", "signatures"]),
        ("two   words,e-bikes,été 2026", ["two words", "e-bikes", "été 2026"]),
        ("a,b,c,d,e", ["a", "b", "c", "d", "e"]),
        ("x" * 30, ["x" * 30]),
    ],
)
async def test_tags_are_split_at_commas_in_lower_case_without_doubles(as_, world, typed, stored):
    browser = await as_("employee")
    await browser.post(address_of(world, "collect"), await filled(browser, world, tags=typed))
    assert await fetch_value("SELECT tags FROM idea WHERE title = 'Bicycle racks'") == stored


@pytest.mark.parametrize("typed", ["a,b,c,d,e,f", "<b>", "c++", "semi;colon", "-begins", "x" * 31, "a\x01b"])
async def test_other_tags_are_refused_and_kept_as_typed(as_, world, typed):
    browser, before = await as_("employee"), await count()
    sent = await browser.post(address_of(world, "collect"), await filled(browser, world, tags=typed))
    assert sent.status_code == 422
    assert set(errors_of(sent)) == {"tags"}
    assert form_of(sent, address_of(world, "collect"))["tags"] == typed
    assert await count() == before


async def test_the_campaigns_language_is_proposed_and_the_writers_choice_marks_the_text(as_, world):
    browser = await as_("employee")
    form = await filled(browser, world)
    assert form["language"] == "en"
    sent = await browser.post(address_of(world, "collect"), form | {"language": "nl"})
    assert '<h1 lang="nl">Bicycle racks' in (await browser.get(sent.headers["Location"])).text


# --- preview


async def test_the_preview_shows_markdown_keeps_the_form_and_saves_nothing(as_, world):
    browser, before = await as_("employee"), await count()
    form = await filled(
        browser, world, title="", tags="<not, checked>", body="Some *emphasis* <script>alert(1)</script>"
    )
    shown = await browser.post(address_of(world, "collect"), form | {"preview": "1"})
    assert shown.status_code == 200
    assert "Some <em>emphasis</em> &lt;script&gt;" in shown.text
    assert not errors_of(shown)
    assert form_of(shown, address_of(world, "collect")) | {"csrf_token": ""} == form | {"csrf_token": ""}
    assert await count() == before


@pytest.mark.parametrize("body", ["Some *emphasis*", "", LONG])
async def test_htmx_gets_the_preview_alone(as_, world, body):
    browser, before = await as_("employee"), await count()
    form = await filled(browser, world, body=body)
    shown = await browser.post(address_of(world, "collect"), form | {"preview": "1"}, htmx=True)
    assert shown.status_code == 200
    assert shown.text.strip().startswith('<section class="preview" id="preview"')
    assert shown.text.strip().endswith("</section>")
    assert await count() == before


async def test_a_preview_can_be_sent_afterwards_as_it_stands(as_, world):
    browser = await as_("employee")
    address = address_of(world, "collect")
    shown = await browser.post(address, await filled(browser, world) | {"preview": "1"})
    assert (await browser.post(address, form_of(shown, address))).status_code == 303
