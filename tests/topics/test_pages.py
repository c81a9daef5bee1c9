"""The administrators' pages of topics, rules and absences."""

import re

import pytest

from portal.db import execute, fetch_value
from portal.notifications.mails import write
from tests.client import text_of
from tests.notifications.work import tell_all
from tests.pages.forms import form_of
from tests.world import email_of

NEW = {"name": "Travel", "explanation": "Trains, cars, nights away.", "state": "published"}


@pytest.fixture
async def browser(as_):
    return await as_("administrator")


async def rules_of(topic):
    return [
        tuple(row)
        for row in await execute(
            "SELECT r.unit, r.owner, r.deputy FROM topic_rule r JOIN topic t ON t.id = r.topic WHERE t.name = {}"
            " ORDER BY r.unit NULLS FIRST",
            topic,
        )
    ]


async def test_a_topic_is_added_and_published_with_its_owner(browser, world):
    """Both at once; sent twice, it is there once."""
    people = {"owner": email_of("employee"), "deputy": "Joris van Heeswijk", "neutral": email_of("moderator")}
    for _ in range(2):
        assert (await browser.post("/admin/topics", NEW | people | {"form_key": "k"})).status_code == 303
    ids = world.person_id
    assert await rules_of("Travel") == [(None, ids["employee"], ids["colleague"])]
    row = (await execute("SELECT state, neutral FROM topic WHERE name = 'Travel'"))[0]
    assert tuple(row) == ("published", ids["moderator"])
    page = text_of(await browser.get("/admin/topics"))
    assert "Travel" in page
    assert "Noor Dijkman" in page
    assert "Neutral: Malik Osei-Bonsu" in page


async def test_a_topic_without_an_owner_is_not_published(browser, world):
    answer = await browser.post("/admin/topics", NEW)
    assert answer.status_code == 422
    assert "A topic without an owner can’t be published" in text_of(answer)
    assert "Trains, cars, nights away." in answer.text  # nothing typed is lost
    assert await fetch_value("SELECT 1 FROM topic WHERE name = 'Travel'") is None
    address = f"/admin/topics/{world.topic['leave']}"
    answer = await browser.post(address, {"name": "Leave", "state": "published"})
    assert answer.status_code == 422
    assert await rules_of("Topic leave") != []
    assert (await browser.post(address, {"name": "Leave", "state": "retired"})).status_code == 303
    assert await rules_of("Leave") == []


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "topic LEAVE", "owner": email_of("employee")}, "There is a topic with this name already."),
        ({"owner": email_of("employee"), "deputy": "Noor Dijkman"}, "Nobody is her own deputy"),
        ({"owner": email_of("deactivated")}, "There is no colleague with this name or address."),
        ({"owner": email_of("guest_a")}, "There is no colleague with this name or address."),
        ({"state": "draft", "deputy": email_of("employee")}, "A deputy stands in for somebody"),
    ],
    ids=["a name that is taken", "her own deputy", "somebody who left", "a guest", "a deputy of nobody"],
)
async def test_what_is_wrong_with_a_topic_is_said_at_its_field(browser, fields, said):
    answer = await browser.post("/admin/topics", NEW | fields)
    assert answer.status_code == 422
    assert said in text_of(answer)


async def test_who_answers_in_a_unit_is_said_changed_and_taken_back(browser, world):
    given = {"topic": world.topic["leave"], "unit": "Unit water", "owner": email_of("employee")}
    for deputy in ("", email_of("colleague")):
        assert (await browser.post("/admin/topics/rule", given | {"deputy": deputy})).status_code == 303
    ids, unit = world.person_id, world.unit_id["water"]
    everywhere = (None, ids["decision_maker"], ids["sponsor"])
    assert await rules_of("Topic leave") == [everywhere, (unit, ids["employee"], ids["colleague"])]
    logged = await fetch_value(
        "SELECT particulars ->> 'deputy' FROM event WHERE kind = 'topic.rule_set' ORDER BY id DESC"
    )
    assert logged == str(ids["colleague"])
    page = await browser.get(f"/admin/topics/rule?topic={world.topic['leave']}&unit={world.unit['water']}")
    assert "Noor Dijkman" in page.text
    assert "Unit water" in text_of(await browser.get("/admin/topics"))
    assert (await browser.post("/admin/topics/rule/removal", given)).status_code == 303
    assert await rules_of("Topic leave") == [everywhere]


async def test_who_names_somebody_where_somebody_answers_already_sees_whom_she_replaces(browser, world):
    """A new rule for a topic and a unit that has one; for a unit that has none nothing is in the way."""
    address = f"/admin/topics/rule?new=1&topic={world.topic['leave']}"
    mine = form_of(await browser.get(address), "/admin/topics/rule") | {"owner": "Noor Dijkman"}
    assert (await browser.post("/admin/topics/rule", mine | {"unit": "Unit water"})).status_code == 303
    refused = await browser.post("/admin/topics/rule", mine)
    assert refused.status_code == 422
    assert "removed: </span>Femke Rijnders" in refused.text
    again = form_of(refused, "/admin/topics/rule")
    assert again["topic"] == world.topic["leave"]
    assert (await browser.post("/admin/topics/rule", again)).status_code == 303
    ids, unit = world.person_id, world.unit_id["water"]
    assert await rules_of("Topic leave") == [(None, ids["employee"], None), (unit, ids["employee"], None)]


async def test_a_rule_that_was_removed_meanwhile_comes_back_only_once_that_is_seen(browser, world):
    given = {"topic": world.topic["leave"], "unit": "Unit water"}
    await browser.post("/admin/topics/rule", given | {"owner": "Noor Dijkman"})
    address = f"/admin/topics/rule?topic={world.topic['leave']}&unit={world.unit['water']}"
    mine = form_of(await browser.get(address), "/admin/topics/rule") | {"deputy": "Joris van Heeswijk"}
    await browser.post("/admin/topics/rule/removal", given)
    refused = await browser.post("/admin/topics/rule", mine)
    assert "added: </span>Noor Dijkman" in refused.text
    assert len(await rules_of("Topic leave")) == 1
    assert (await browser.post("/admin/topics/rule", form_of(refused, "/admin/topics/rule"))).status_code == 303
    assert len(await rules_of("Topic leave")) == 2


async def test_somebody_always_answers_for_what_is_published_and_for_the_rest(browser, world):
    for topic in (world.topic["leave"], ""):
        answer = await browser.post("/admin/topics/rule/removal", {"topic": topic, "owner": email_of("employee")})
        assert answer.status_code == 422
        assert "Somebody has to answer for it" in text_of(answer)
    changed = {"owner": email_of("employee"), "deputy": email_of("administrator")}
    assert (await browser.post("/admin/topics/rule", changed)).status_code == 303
    assert await fetch_value("SELECT owner FROM topic_rule WHERE topic IS NULL") == world.person_id["employee"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"unit": "Unit nowhere", "owner": email_of("employee")}, "There is no unit with this name or code."),
        ({"owner": ""}, "Name who answers."),
        ({"topic": "nothing", "owner": email_of("employee")}, "Not a valid choice."),
    ],
)
async def test_what_is_wrong_with_a_rule_is_said_at_its_field(browser, fields, said):
    answer = await browser.post("/admin/topics/rule", fields)
    assert answer.status_code == 422
    assert said in text_of(answer)


async def test_one_sees_who_would_get_it_and_why(browser, world):
    await execute("UPDATE absence SET from_day = '2026-06-01'")  # the deputy is away
    await execute("UPDATE person SET active = FALSE WHERE id = {}", world.person_id["decision_maker"])
    address = f"/admin/topics?topic={world.topic['leave']}&unit=unit+water"
    assert "<html" not in (await browser.get(address, htmx=True)).text
    page = " ".join(re.sub("<[^>]*>", " ", text_of(await browser.get(address))).split())
    assert "Rule: Topic leave, everywhere" in page
    assert "Femke Rijnders The rule names this person · has left" in page
    assert "Yara Haddouch Deputy in that rule · away today" in page
    assert "Priya Raghunath The default gets it" in page
    wrong = text_of(await browser.get(address + "x"))
    assert "There is no unit with this name or code." in wrong


async def test_administrators_note_absences_of_anybody(browser, world):
    days = {"colleague": email_of("employee"), "from_day": "2026-07-01", "until_day": "2026-07-10", "form_key": "k"}
    for _ in range(2):
        assert (await browser.post("/admin/topics/absences", days)).status_code == 303
    assert await fetch_value("SELECT count(*) FROM absence") == 2
    assert "1 July 2026 until 10 July 2026" in text_of(await browser.get("/admin/topics/absences"))
    address = f"/admin/topics/absences/{world.absence['sponsor']}/removal"
    assert (await browser.post(address)).status_code == 303
    assert await fetch_value("SELECT count(*) FROM absence") == 1


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"from_day": "2026-07-02", "until_day": "2026-07-01"}, "The last day is before the first."),
        ({"from_day": "2026-07-02", "until_day": "2028-07-01"}, "Note a year at most"),
        ({"from_day": "soon"}, "Give a date, such as 2027-01-31."),
        ({}, "Say until which day."),
    ],
)
async def test_what_is_wrong_with_an_absence_is_said_at_its_field(browser, days, said):
    for address in ("/admin/topics/absences", "/settings/absences"):
        answer = await browser.post(address, days | {"colleague": email_of("employee")})
        assert answer.status_code == 422
        assert said in text_of(answer)


async def test_everybody_notes_her_own_absences_and_sees_nobody_elses(as_, world):
    browser = await as_("employee")
    days = {"from_day": "2026-07-01", "until_day": "2026-07-01", "person": world.person_id["sponsor"]}
    assert (await browser.post("/settings/absences", days)).status_code == 303
    mine = (await execute("SELECT person, public_id FROM absence ORDER BY id DESC LIMIT 1"))[0]
    assert mine["person"] == world.person_id["employee"]
    assert "August" not in text_of(await browser.get("/settings/absences"))
    assert (await browser.post(f"/settings/absences/{world.absence['sponsor']}/removal")).status_code == 404
    assert (await browser.post(f"/settings/absences/{mine['public_id']}/removal")).status_code == 303
    guest = await as_("guest_a")
    assert (await guest.get("/settings/absences")).status_code == 403
    assert (await guest.post("/settings/absences", days)).status_code == 403


async def test_only_administrators_keep_topics(as_, world):
    for name in ("employee", "moderator", "guest_a"):
        browser = await as_(name)
        for address in ("/admin/topics", "/admin/topics/new", "/admin/topics/rule", "/admin/topics/absences"):
            assert (await browser.get(address)).status_code == 403
        for address in ("/admin/topics", "/admin/topics/rule", "/admin/topics/rule/removal", "/admin/topics/absences"):
            assert (await browser.post(address, NEW)).status_code == 403
        assert (await browser.post(f"/admin/topics/{world.topic['leave']}", NEW)).status_code == 403


async def test_whoever_writes_says_what_it_is_about_and_readers_see_it(as_, world):
    """An idea and a post; who is not asked, as a guest is not, leaves it as it is."""
    browser = await as_("employee")
    chosen = {"title": "Fewer forms", "body": "Far fewer.", "language": "en", "topic": world.topic["leave"]}
    for address in (
        f"/campaigns/{world.campaign['collect']}/ideas",
        f"/spaces/{world.space['organisation']}/posts/new",
    ):
        made = await browser.post(address, chosen | {"form_key": address[:9]})
        assert made.status_code == 303, made.text
        there = made.headers["location"]
        assert "Topic: Topic leave" in text_of(await browser.get(there))
        assert f'value="{world.topic["leave"]}" selected' in (await browser.get(f"{there}/edit")).text
        assert (await browser.post(f"{there}/edit", chosen | {"topic": "", "version": "1"})).status_code == 303
        assert "Topic: Topic leave" not in text_of(await browser.get(there))
        answer = await browser.post(address, chosen | {"topic": world.topic["draft"]})
        assert answer.status_code == 422
        assert "Not a valid choice." in text_of(answer)


async def test_a_guest_is_not_asked_and_changes_no_topic(as_, world):
    guest = await as_("guest_a")
    idea = world.idea_id["closed_a"]
    await execute("UPDATE idea SET topic = {}, author = {} WHERE id = {}", world.topic_id["leave"], guest.person, idea)
    address = f"/ideas/{world.idea['closed_a']}"
    assert "Topic leave" not in (await guest.get(address)).text
    page = await guest.get(f"{address}/edit")
    assert 'name="topic"' not in page.text
    words = {"title": "Changed", "body": "By a guest.", "language": "en", "version": "1", "topic": ""}
    assert (await guest.post(f"{address}/edit", words)).status_code == 303
    assert await fetch_value("SELECT topic FROM idea WHERE id = {}", idea) == world.topic_id["leave"]


async def test_administrators_see_and_are_told_at_once_who_left(as_, world):
    """Whatever mail they want; and nothing any more once it is mended."""
    browser = await as_("administrator")
    page = text_of(await browser.get("/admin"))
    assert "No unit has a head" in page
    assert "has left" not in page
    await execute("UPDATE identity SET wants_mail = FALSE")
    await execute("UPDATE person SET active = FALSE WHERE id = {}", world.person_id["decision_maker"])
    assert "Whoever answers for “Topic leave” has left." in text_of(await browser.get("/admin"))
    await tell_all()
    told = await execute("SELECT recipient, event FROM mail WHERE kind = 'owner_left'")
    assert [row["recipient"] for row in told] == [world.person_id["administrator"]]
    mail = await write("owner_left", told[0]["recipient"], told[0]["event"])
    assert "Whoever answers for “Topic leave” has left." in mail.get_content()
    await browser.post("/admin/topics/rule", {"topic": world.topic["leave"], "owner": email_of("employee")})
    assert await write("owner_left", told[0]["recipient"], told[0]["event"]) is None
