"""A session that ends while somebody writes: nothing of the text is lost, and nothing is sent twice."""

import re
from html import unescape

import pytest

from portal.db import execute, fetch_value
from tests.client import CSRF, text_of
from tests.world import PASSWORD, email_of

IDEA = {
    "form_key": "a-key-of-this-form",
    "title": 'Mind the <gap> & "quotes"',
    "body": "First line\n\n  second, indented\n- 🦦 list\n</textarea><script>alert(1)</script>",
    "tags": "bridge, Water",
    "language": "nl",
    "version": "1",
}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def csrf_of(page):
    return CSRF.search(page.text)[1]


def hidden(response):
    """The hidden fields of the form that carries the text: the one that resumes, else the door."""
    forms = re.findall(r"<form.*?</form>", response.text, re.S)
    (form,) = [f for f in forms if 'name="resumed"' in f] or [f for f in forms if 'action="/sign-in"' in f]
    return {unescape(name): unescape(value) for name, value in HIDDEN.findall(form)}


def kept(response):
    return {k.removeprefix("kept:"): v for k, v in hidden(response).items() if k.startswith("kept:")}


@pytest.fixture
async def writer(as_):
    """Somebody whose session ended while she wrote."""
    browser = await as_(None)
    assert (await browser.post("/sign-in", {"email": email_of("employee"), "password": PASSWORD})).status_code == 303
    await execute("DELETE FROM session")
    return browser


async def sign_in(browser, page, **fields):
    """Fills in the sign-in form of a page, with all that it carries."""
    carried = {k: v for k, v in hidden(page).items() if k.startswith("kept:") or k == "next"}
    return await browser.post("/sign-in", carried | {"email": email_of("employee"), "password": PASSWORD} | fields)


def shown(response):
    """What an idea's form shows."""
    page = response.text

    def value(name):
        return unescape(re.search(rf'<input[^>]* name="{name}"[^>]* value="([^"]*)"', page)[1])

    return {
        "form_key": value("form_key"),
        "title": value("title"),
        "tags": value("tags"),
        "version": value("version"),
        "body": unescape(re.search(r'<textarea[^>]* name="body"[^>]*>\n?(.*?)</textarea>', page, re.S)[1]),
        "language": re.search(r'name="language" value="(..)"[^>]* checked', page)[1],
    }


@pytest.mark.parametrize("htmx", [False, True])
async def test_an_idea_survives_the_end_of_the_session(writer, world, htmx):
    address = f"/campaigns/{world.campaign['collect']}/ideas"
    door = await writer.post(address, IDEA, htmx=htmx)
    assert door.status_code == 401
    assert kept(door) == IDEA
    if htmx:
        assert door.headers["hx-retarget"] == "body"
    assert "Your text is kept" in text_of(door)

    again = await sign_in(writer, door)
    assert again.status_code == 200
    assert f'action="{address}"' in again.text
    fields = hidden(again)
    token = fields.pop("csrf_token")
    assert fields == IDEA | {"resumed": "1"}

    form = await writer.post(address, fields | {"csrf_token": token})
    assert form.status_code == 200
    assert shown(form) == IDEA
    assert await _ideas(IDEA["title"]) == 0  # shown, not saved

    sent = await writer.post(address, shown(form))
    assert sent.status_code == 303
    assert sent.headers["location"].startswith("/ideas/")
    assert await fetch_value("SELECT body FROM idea WHERE title = {}", IDEA["title"]) == IDEA["body"]


async def _ideas(title):
    return await fetch_value("SELECT count(*) FROM idea WHERE title = {}", title)


async def test_a_wrong_password_on_the_way_loses_nothing(writer, world):
    door = await writer.post(f"/campaigns/{world.campaign['collect']}/ideas", IDEA)
    for wrong in ({"password": "not this one at all"}, {"password": ""}, {"email": ""}):
        door = await sign_in(writer, door, **wrong)
        assert door.status_code == 422
        assert kept(door) == IDEA


@pytest.mark.parametrize("htmx", [False, True])
async def test_a_comment_survives_as_well(writer, world, htmx):
    address = f"/ideas/{world.idea['vote']}/comments"
    typed = {"body": "A long thought,\nover <two> lines", "reply_to": world.comment["vote"], "form_key": "k"}
    door = await writer.post(address, typed, htmx=htmx)
    assert (door.status_code, kept(door)) == (401, typed)
    again = await sign_in(writer, door)
    form = await writer.post(address, hidden(again))
    assert form.status_code == 200
    assert "A long thought,\nover &lt;two&gt; lines</textarea>" in form.text
    assert await fetch_value("SELECT count(*) FROM comment WHERE body LIKE 'A long thought%'") == 0
    assert (await writer.post(address, typed)).status_code == 303
    assert await fetch_value(
        "SELECT c.body || r.public_id FROM comment c JOIN comment r ON r.id = c.root WHERE c.body LIKE 'A long thought%'"
    ) == (typed["body"] + world.comment["vote"])


async def test_so_does_one_about_what_one_wrote_without_ones_name(as_, world):
    """There she acts as her mask, and it is she who signs in again, or comes with a form of an earlier session."""
    browser, address = await as_("colleague"), f"/ideas/{world.idea['anonymous']}/comments"
    typed = {"body": "What nobody knows", "csrf_token": csrf_of(await browser.get(f"/posts/{world.idea['anonymous']}"))}
    await browser.start_session()
    assert hidden(await browser.post(address, typed))["body"] == typed["body"]
    await execute("DELETE FROM session")
    door = await browser.post(address, typed)
    again = await sign_in(browser, door, writer=hidden(door)["writer"], email=email_of("colleague"))
    assert hidden(again)["body"] == typed["body"]


async def test_a_campaign_survives_as_well(writer):
    typed = {"title": "Whose bridge?", "lead": "A\nB", "brief": "Over <there>", "language": "nl"}
    door = await writer.post("/campaigns/new", typed)
    form = await writer.post("/campaigns/new", hidden(await sign_in(writer, door)))
    assert form.status_code == 200
    for value in ('value="Whose bridge?"', "A\nB</textarea>", "Over &lt;there&gt;</textarea>"):
        assert value in form.text


async def test_passwords_are_never_carried_along(writer):
    door = await writer.post("/settings/password", {"current_password": "my old secret", "password": "my new secret"})
    assert door.status_code == 401
    assert "secret" not in door.text


async def test_a_form_of_an_earlier_session_is_shown_again_and_not_carried_out(as_, world):
    browser, earlier = await as_("employee"), await as_("employee")
    address = f"/campaigns/{world.campaign['collect']}/ideas"
    page = await browser.post(address, IDEA | {"csrf_token": earlier.csrf_token()})
    assert page.status_code == 409
    fields = hidden(page)
    assert {k: v for k, v in fields.items() if k not in ("csrf_token", "resumed")} == IDEA
    assert await _ideas(IDEA["title"]) == 0
    form = await browser.post(address, fields)
    assert (form.status_code, shown(form)) == (200, IDEA)
    assert await _ideas(IDEA["title"]) == 0


async def test_a_page_that_is_asked_for_leads_to_the_door_and_back(writer):
    response = await writer.get("/groups?x=1")
    assert (response.status_code, response.headers["location"]) == (303, "/sign-in?next=%2Fgroups%3Fx%3D1")


async def test_a_part_of_a_page_is_replaced_by_the_door(writer, world):
    response = await writer.get(f"/campaigns/{world.campaign['vote']}?order=supported", htmx=True)
    assert response.status_code == 401
    assert response.headers["hx-retarget"] == "body"
    assert response.headers["hx-reswap"] == "innerHTML show:top"


@pytest.mark.parametrize("field", ["input#title", "select#space", "textarea#body"])
async def test_what_a_field_looks_up_takes_no_form_away(writer, field):
    response = await writer.get("/search/similar?title=a", htmx=True, **{"HX-Source": field})
    assert (response.status_code, response.text) == (401, "")
    assert "hx-retarget" not in response.headers


@pytest.mark.parametrize("path", ["/sign-out", "/settings/sessions/end-others", "/spaces/{space[open]}/membership"])
async def test_a_button_without_a_text_leads_on_to_a_page_that_is_there(writer, world, path):
    door = await writer.post(path.format(**vars(world)), Referer="http://127.0.0.1:8000/groups?x=1")
    assert door.status_code == 401
    entered = await sign_in(writer, door)
    assert (entered.status_code, entered.headers["location"]) == (303, "/groups?x=1")


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("method", ["support", "budget"])
async def test_a_vote_leads_to_the_door_and_back_to_its_page_and_counts_once(writer, world, method, htmx):
    await execute("UPDATE campaign SET vote_method = {} WHERE id = {}", method, world.campaign_id["vote"])
    page, vote = f"/campaigns/{world.campaign['vote']}", f"/ideas/{world.idea['vote']}/vote"
    pressed = {"shape": "panel"} | ({"weight": "2"} if method == "budget" else {})
    before = await _counted(world)
    door = await writer.post(vote, pressed, htmx=htmx, Referer=f"http://127.0.0.1:8000{page}")
    assert door.status_code == 401
    assert "Your text is kept" not in text_of(door)
    assert door.headers["hx-retarget"] == "body"
    entered = await sign_in(writer, door)
    assert (entered.status_code, entered.headers["location"]) == (303, page)
    assert (await writer.get(page)).status_code == 200
    assert await _counted(world) == before  # she presses it herself again
    for _ in range(2):
        assert (await writer.post(vote, pressed, htmx=htmx)).status_code == (200 if htmx else 303)
    supporters, votes, weight = before
    assert await _counted(world) == (supporters + 1, votes + 1, weight + (2 if method == "budget" else 1))


async def _counted(world):
    """An idea's supporters as shown, its votes, and how much they weigh."""
    row = (
        await execute(
            "SELECT i.supporters, count(v.id) AS votes, coalesce(sum(v.weight), 0) AS weight"
            " FROM idea i LEFT JOIN vote v ON v.idea = i.id WHERE i.id = {} GROUP BY i.id",
            world.idea_id["vote"],
        )
    )[0]
    return row["supporters"], row["votes"], row["weight"]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/x",
        "http://127.0.0.1:8000.evil.example/",
        "http://127.0.0.1:8000//evil.example/",
        "//evil.example/",
        "nonsense",
        "",
    ],
)
async def test_a_button_on_no_page_of_ours_leads_home(writer, elsewhere):
    assert hidden(await writer.post("/sign-out", Referer=elsewhere))["next"] == "/"


async def test_a_form_that_somebody_else_wrote_is_not_shown_to_who_is_signed_in_now(as_, world):
    writer, other = await as_("employee"), await as_("colleague")
    page = await writer.get(f"/ideas/{world.idea['vote']}")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    sent = {"body": "Between you and me", "csrf_token": token}
    refused = await other.post(f"/ideas/{world.idea['vote']}/comments", sent)
    assert refused.status_code == 409
    assert "Between you and me" not in refused.text
    own = await (await as_("employee")).post(f"/ideas/{world.idea['vote']}/comments", sent)
    assert own.status_code == 409
    assert "Between you and me" in own.text
