"""Forms: all errors at once, at their fields, in the reader's language; what was typed stays; sent twice is sent once."""

import asyncio
import re
from html import unescape

import pytest

from portal.accounts.forms import SettingsForm
from portal.answers.forms import AnswerForm
from portal.app import create_app
from portal.db import execute, fetch_value
from portal.text.language import Reader, gettext, reading
from portal.web.forms import Form, MomentField, StringField, required
from portal.web.request import Typed
from tests.client import Browser, text_of
from tests.sitemap import IDEA, POSTS, filled, form
from tests.world import email_of

LONG = "x" * 20_001
#: The wizard of a campaign: one route, a form for each step, which is named behind it.
STEP = "/campaigns/{public_id:str}/edit/{step:str}"
LEVELS = [f"{name}_for" for name in ("status", "phone", "place", "hours", "skills", "about")]
#: Forms that are wrong everywhere: route -> what is typed, and the error at each field.
WRONG = {
    "/campaigns/new": (
        {"title": "t" * 91, "lead": "", "brief": LONG, "space": "nowhere", "language": "fr"},
        {
            "title": "This is 91 characters long; keep it to 90.",
            "brief": "This is 20,001 characters long; keep it to 20,000.",
            "language": "Not a valid choice.",
        },
    ),
    f"{STEP} people": (
        {"sponsor_called": "nobody@world.example", "promise": "p" * 301, "space": "nowhere"},
        {
            "space": "Not a valid choice.",
            "sponsor_called": "There is no colleague with this name or address.",
            "promise": "This is 301 characters long; keep it to 300.",
        },
    ),
    f"{STEP} dates": (
        {
            "collect_from": "2026-07-09T09:00",
            "discuss_from": "2026-07-08T09:00",
            "vote_from": "tomorrow",
            "decide_from": "9999-01-01T09:00",
            "done_from": "2026-02-30T09:00",
        },
        {
            "discuss_from": "This phase must begin after the one before.",
            "vote_from": "Give a date and a time, such as 2027-01-31T09:00.",
            "decide_from": "Give a year from 2000 to 2199.",
            "done_from": "Give a date and a time, such as 2027-01-31T09:00.",
        },
    ),
    "/campaigns/{public_id:str}/ideas": (
        {"title": "two\nlines", "body": "", "tags": f"a,b,c,d,e,{'f' * 31},g!", "language": ""},
        {
            "title": "Use one line, without control characters.",
            "body": "Say what you propose.",
            "tags": "Use at most 5 tags."
            f" “{'f' * 31}” can’t be a tag: use letters, digits, spaces and hyphens, at most 30."
            " “g!” can’t be a tag: use letters, digits, spaces and hyphens, at most 30.",
            "language": "Not a valid choice.",
        },
    ),
    "/ideas/{public_id:str}/edit": (
        {"title": "", "body": LONG, "tags": "<b>", "language": "en"},
        {
            "title": "Give your idea a title.",
            "body": "This is 20,001 characters long; keep it to 20,000.",
            "tags": "“<b>” can’t be a tag: use letters, digits, spaces and hyphens, at most 30.",
        },
    ),
    "/ideas/{public_id:str}/answer": (
        {
            "kind": "maybe",
            "summary": "",
            "reason": "",
            "next_step": "n" * 301,
            "next_owner_called": "",
            "from_when": "",
            "next_date": "soon",
        },
        {
            "kind": "Not a valid choice.",
            "summary": "Sum the answer up in one line.",
            "reason": "Give the reason.",
            "next_step": "This is 301 characters long; keep it to 300.",
            "next_owner_called": "Name the colleague who sees to it.",
            "from_when": "Say from when.",
            "next_date": "Give a date, such as 2027-01-31.",
        },
    ),
    "/ideas/{public_id:str}/comments": ({"body": " \n "}, {"body": "Write something first."}),
    "/comments/{public_id:str}/edit": (
        {"body": "x" * 8001},
        {"body": "This is 8,001 characters long; keep it to 8,000."},
    ),
    "/groups": (
        {"name": "", "purpose": "p" * 501, "access": "secret", "language": "xx"},
        {
            "name": "Give it a name.",
            "purpose": "This is 501 characters long; keep it to 500.",
            "access": "Not a valid choice.",
            "second_owner": "Name a second owner, so that it goes on when one of you is away.",
            "preset": "Not a valid choice.",
            "language": "Not a valid choice.",
        },
    ),
    "/spaces/{public_id:str}/members": (
        {"colleague": "nobody@world.example"},
        {"colleague": "There is no colleague with this name or address."},
    ),
    "/settings": (
        {"language": "fr", "zone": "Mars/Base", "theme": "pink"},
        {"language": "Not a valid choice.", "zone": "Not a valid choice.", "theme": "Not a valid choice."},
    ),
    "/settings/profile": (
        {"name": "", "title": "t" * 121, "phone": "none"} | dict.fromkeys(LEVELS, "me"),
        {
            "name": "Give the name that colleagues know you by.",
            "title": "This is 121 characters long; keep it to 120.",
            "phone": "Give a number such as +31 6 5550 0142 or 4423.",
        },
    ),
    "/about/{slug:str}/edit": (
        {"title": "", "body": ""},
        {"title": "Give the page a title.", "body": "Write the page."},
    ),
    "/password-reset": ({"email": ""}, {"email": "Give your e-mail address."}),
}


def target(route, world):
    """Who sends this form, and where to."""
    if route.startswith(STEP):
        return "campaign_owner", f"/campaigns/{world.campaign['draft']}/edit/{route.split()[1]}"
    name, path, _ = POSTS[route]
    return name, filled(path, world)


def errors(response):
    """The error at each field, by the field's id."""
    found = re.findall(r'<p class="error" id="([\w-]+)-error">.*?<span>(.*?)</span>', response.text, re.S)
    return {field: unescape(text) for field, text in found}


def shown(response):
    """What the fields of the page hold."""
    page = response.text.partition("<main")[2].partition("</main>")[0]
    areas = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n?(.*?)</textarea>', page, re.S)
    inputs = re.findall(r'<input[^>]*? name="(\w+)"[^>]*? value="([^"]*)"', page)
    return {name: unescape(value) for name, value in [*inputs, *areas]}


@pytest.mark.parametrize("route", WRONG)
async def test_all_errors_are_shown_at_their_fields_and_what_was_typed_stays(as_, world, route):
    name, path = target(route, world)
    browser = await as_(name)
    await execute("UPDATE identity SET language = 'en'")
    typed, wrong = WRONG[route]
    before = await fetch_value("SELECT count(*) FROM event")
    response = await browser.post(path, typed | {"form_key": "mine"})
    assert response.status_code == 422
    assert errors(response) == wrong
    if route != "/ideas/{public_id:str}/comments":  # the one small form within a page
        assert 'id="error-summary"' in response.text
        for field in wrong:
            assert f'href="#{field}"' in response.text
    held = shown(response)
    chosen = {
        "language",
        "space",
        "kind",
        "access",
        "zone",
        "theme",
        *LEVELS,
    }  # nothing to choose can hold what is not on offer
    for field, value in typed.items():
        if field not in chosen:
            assert held[field].strip() == value.strip(), field
    if "form_key" in held:
        assert held["form_key"] == "mine"
    assert await fetch_value("SELECT count(*) FROM event") == before


@pytest.mark.parametrize(
    "route", ["/campaigns/new", f"{STEP} people", "/campaigns/{public_id:str}/ideas", "/groups", "/settings"]
)
async def test_errors_are_told_in_the_readers_language(as_, world, route):
    typed, wrong = WRONG[route]
    await execute("UPDATE identity SET language = 'nl'")
    name, path = target(route, world)
    response = await (await as_(name)).post(path, typed)
    assert '<html lang="nl"' in response.text
    with reading(Reader("nl")):
        for field, english in wrong.items():
            if not re.search(r"\d", english) and "“" not in english:  # those hold what was typed
                assert errors(response)[field] == gettext(english)
                assert gettext(english) != english


async def test_an_unknown_field_changes_nothing(as_, world):
    """Nobody becomes an author, answers or counts by adding a field."""
    browser = await as_("employee")
    more = {"author": "1", "state": "hidden", "supporters": "99", "space": "1", "id": "1", "created_at": "2000-01-01"}
    response = await browser.post(f"/campaigns/{world.campaign['collect']}/ideas", IDEA | more)
    public_id = response.headers["location"].rpartition("/")[2]
    (row,) = await execute("SELECT author, state, supporters, space, id FROM idea WHERE public_id = {}", public_id)
    assert (row["author"], row["state"], row["supporters"]) == (world.person_id["employee"], "published", 0)
    assert row["space"] == world.space_id["organisation"]
    await browser.post(
        "/settings", form("/settings", world) | {"email": "x@y", "kind": "guest", "person": "1", "active": ""}
    )
    assert (
        await fetch_value("SELECT email FROM identity WHERE person = {}", world.person_id["employee"])
        == "employee@world.example"
    )


@pytest.mark.parametrize("wall_clock", ["2026-10-25T02:30", "2026-03-29T02:30", "0001-01-01T00:00", "9999-12-31T23:59"])
async def test_any_date_of_the_calendar_is_taken_or_refused_with_a_message(as_, world, wall_clock):
    browser = await as_("campaign_owner")
    address = f"/campaigns/{world.campaign['draft']}/edit/dates"
    assert (await browser.post(address, {"collect_from": wall_clock})).status_code in (303, 400, 422)
    assert (await browser.get("/campaigns")).status_code == 200


@pytest.mark.parametrize("wall_clock", ["1999-12-31T12:00", "2200-01-01T12:00", "0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_moment_that_no_list_could_show_is_refused(wall_clock):
    class Meeting(Form):
        begins = MomentField("Begins")

    form = Meeting(Typed([("begins", wall_clock)]))
    assert not form.validate()
    assert form.begins._value() == wall_clock


@pytest.mark.parametrize("day", ["1999-12-31", "2200-01-01", "0001-01-01", "9999-12-31"])
def test_a_day_that_no_list_could_show_is_refused(day):
    form = AnswerForm.of((), [], [], owed=True, secret=True)(Typed([("next_date", day)]))
    form.validate()
    assert form.next_date.errors
    assert form.next_day is None


# --- where one is sent ---------------------------------------------------------------------------------------

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "http:/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    " //evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\nSet-Cookie: sid=x",
    "evil.example",
    "?x",
    "",
]


@pytest.mark.parametrize("goal", ELSEWHERE)
async def test_nobody_is_sent_elsewhere(as_, world, goal):
    anonymous, browser = await as_(None), await as_("employee")
    data = {"email": "employee@world.example", "password": "a heron beside the sluice", "next": goal}
    for response in (
        await anonymous.post("/sign-in", data),
        await browser.http.get("/sign-in", params={"next": goal}),
        await browser.post("/preferences", {"next": goal}),
    ):
        assert (response.status_code, response.headers["location"]) == (303, "/")
    vote = await browser.post(f"/ideas/{world.idea['vote']}/vote", {"next": goal})
    assert vote.headers["location"] == "/"


@pytest.mark.parametrize(
    "goal", ["/groups", "/campaigns?order=newest&tag=a%20b", "/ideas/x?start=y#comment-z", "/é 中"]
)
async def test_everybody_is_sent_on_within_the_house(as_, goal):
    response = await (await as_("employee")).post("/preferences", {"next": goal})
    assert response.headers["location"] in (goal, "/%C3%A9%20%E4%B8%AD")


# --- sent twice ----------------------------------------------------------------------------------------------

ONCE = ["/campaigns/new", "/campaigns/{public_id:str}/ideas", "/ideas/{public_id:str}/comments", "/groups"]
#: A space brings its stream along, which is nothing more that somebody made.
COUNT = """
    SELECT (SELECT count(*) FROM campaign WHERE kind <> 'stream') + (SELECT count(*) FROM idea) + (SELECT count(*) FROM comment)
        + (SELECT count(*) FROM space)
"""


@pytest.mark.parametrize("route", ONCE)
async def test_the_same_form_sent_twice_has_one_effect_and_the_same_answer(as_, world, route):
    name, path, _ = POSTS[route]
    browser = await as_(name)
    data = form(route, world) | {"form_key": "once"}
    before = await fetch_value(COUNT)
    first, second = [await browser.post(filled(path, world), data) for _ in range(2)]
    assert (first.status_code, first.headers["location"]) == (second.status_code, second.headers["location"])
    assert first.status_code == 303
    assert await fetch_value(COUNT) == before + 1
    another = await browser.post(filled(path, world), data | {"form_key": "another", "anyway": "y"})
    assert another.headers["location"] != first.headers["location"]


@pytest.mark.parametrize("route", ONCE)
async def test_a_form_that_was_changed_before_it_is_sent_again_creates_something_new(as_, world, route):
    name, path, _ = POSTS[route]
    browser = await as_(name)
    data = form(route, world) | {"form_key": "once"}
    field = next(name for name in ("title", "name", "body") if name in data)
    changed = data | {field: "Another"}
    places = {(await browser.post(filled(path, world), fields)).headers["location"] for fields in (data, changed)}
    assert len(places) == 2


@pytest.mark.parametrize("route", ONCE)
async def test_the_key_of_one_person_is_not_that_of_another(as_, world, route):
    name, path, _ = POSTS[route]
    data = form(route, world) | {"form_key": "once", "second_owner": email_of("author"), "anyway": "y"}
    before = await fetch_value(COUNT)
    places = {
        (await (await as_(who)).post(filled(path, world), data)).headers["location"] for who in (name, "colleague")
    }
    assert len(places) == 2
    assert await fetch_value(COUNT) == before + 2


@pytest.mark.parametrize("route", ONCE)
async def test_the_same_form_sent_many_times_at_once_has_one_effect(fresh_db, world, route):
    name, path, _ = POSTS[route]
    browser = Browser(create_app(own_pool=False), world.person_id[name])
    await browser.start_session()
    before = await fetch_value(COUNT)
    events = await fetch_value("SELECT count(*) FROM event")
    data = form(route, world) | {"form_key": "once"}
    answers = await asyncio.gather(*(browser.post(filled(path, world), data) for _ in range(12)))
    assert {a.status_code for a in answers} == {303}, [text_of(a)[:500] for a in answers]
    assert len({a.headers["location"] for a in answers}) == 1
    assert await fetch_value(COUNT) == before + 1
    noted = 0 if route == "/campaigns/new" else 1  # a draft is nothing that happened yet
    assert await fetch_value("SELECT count(*) FROM event") == events + noted
    await browser.http.aclose()


def test_each_time_zone_is_offered_by_one_name_and_an_old_one_stays():
    def offered(**stored):
        return {value for value, *_ in SettingsForm(**stored).zone.iter_choices()}

    new = offered(zone="Europe/Amsterdam")
    assert {"Europe/Amsterdam", "Asia/Kolkata"} <= new
    assert not {"Etc/GMT+1", "US/Pacific", "Asia/Calcutta"} & new
    assert offered(zone="Asia/Calcutta") - new == {"Asia/Calcutta"}
    assert offered(zone="Mars/Base") == new


@pytest.mark.parametrize("typed", ["\u200b", "\u2060 \u200d", "\ufeff\u00ad", "\u3164", "\u034f", "\ufe0f"])
def test_what_nobody_sees_is_no_reason(typed):
    form = Reason(Typed([("why", typed)]))
    assert not form.valid()
    assert form.why.errors == ["Say why."]
    assert Reason(Typed([("why", f"{typed}e\u0301")])).valid()


class Reason(Form):
    """A public reason."""

    why = StringField("Why", [required("Say why.")])
