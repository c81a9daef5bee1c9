"""The official answer: by the sponsor or a decision maker, after the voting, once."""

import pytest

from portal.db import execute, fetch_value
from tests.client import text_of
from tests.pages.forms import errors_of, form_of, post_slowly, pressed_by_enter
from tests.world import email_of

TYPED = {
    "kind": "pilot",
    "summary": "We try it in one depot",
    "reason": "It *costs* little.",
    "from_when": "1 September",
    "next_step": "Order ten",
    "next_owner_called": email_of("colleague"),
    "next_date": "2026-10-01",
}
REQUIRED = {"kind", "summary", "reason", "next_step", "next_owner_called"}


def address_of(world, name):
    return f"/ideas/{world.idea[name]}/answer"


async def filled(browser, address, **other):
    """The form of what has no case."""
    await without_cases()
    return form_of(await browser.get(address), address) | TYPED | other


async def without_cases():
    """Who owns an open case answers alone."""
    await execute("UPDATE escalation SET state = 'dropped', ended_at = plein_now()")


async def test_an_answer_names_the_policy_that_it_changes_by_its_address(as_, world):
    browser, address = await as_("sponsor"), address_of(world, "decide")
    version = await fetch_value("SELECT id FROM policy_version WHERE policy = {}", world.policy_id["travel"])
    refused = await browser.post(address, await filled(browser, address, policy=str(version)))
    assert "policy" in errors_of(refused)
    chosen = f"{world.policy['travel']}-1"
    assert (await browser.post(address, await filled(browser, address, policy=chosen))).status_code == 303
    assert await fetch_value("SELECT policy_version FROM answer WHERE idea = {}", world.idea_id["decide"]) == version
    assert form_of(await browser.get(f"{address}/correction"), f"{address}/correction")["policy"] == chosen


async def answers(world, name):
    return await fetch_value("SELECT count(*) FROM answer WHERE idea = {}", world.idea_id[name])


@pytest.mark.parametrize("phase", ["decide", "done"])
@pytest.mark.parametrize("who", ["sponsor", "decision_maker"])
async def test_the_sponsor_or_a_decision_maker_answers_and_the_page_shows_it_all(as_, world, who, phase):
    await without_cases()
    browser, address = await as_(who), address_of(world, phase)
    sent = await browser.post(address, await filled(browser, address))
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/ideas/{world.idea[phase]}")
    page = text_of(await (await as_("employee")).get(sent.headers["Location"]))
    name = {"sponsor": "Yara Haddouch", "decision_maker": "Femke Rijnders"}[who]
    for words in (
        "The answer",
        "Pilot</span>",
        "We try it in one depot",
        "It <em>costs</em> little.",
        f"{name}</a>, Title of {name}",
        "1 September",
        "Order ten",
        "Joris van Heeswijk",
        "1 October 2026",
    ):
        assert words in page
    assert "Pilot</span>" in text_of(await browser.get(f"/campaigns/{world.campaign[phase]}"))


async def test_the_answer_is_recorded_so_that_those_who_took_part_hear_of_it(as_, world):
    browser, address = await as_("sponsor"), address_of(world, "decide")
    await browser.post(address, await filled(browser, address))
    assert await fetch_value(
        "SELECT count(*) FROM event e JOIN event_queue q ON q.event = e.id JOIN answer a ON a.id = e.answer"
        " WHERE e.kind = 'idea.answered' AND a.idea = {}",
        world.idea_id["decide"],
    )


@pytest.mark.parametrize("who", ["employee", "author", "campaign_owner", "moderator", "administrator"])
async def test_nobody_else_may_answer(as_, world, who):
    browser, address = await as_(who), address_of(world, "decide")
    assert (await browser.get(address)).status_code == 403
    assert (await browser.post(address, TYPED)).status_code == 403
    assert "Answer this idea" not in (await browser.get(f"/ideas/{world.idea['decide']}")).text
    assert await answers(world, "decide") == 0


@pytest.mark.parametrize("phase", ["collect", "discuss", "vote"])
async def test_nobody_answers_before_the_voting_is_over(as_, world, phase):
    browser, address = await as_("sponsor"), address_of(world, phase)
    assert (await browser.get(address)).status_code == 403
    assert (await browser.post(address, TYPED)).status_code == 403


async def test_where_it_never_closes_one_answers_at_any_time(as_, world):
    await execute("UPDATE campaign SET always_open = TRUE WHERE id = {}", world.campaign_id["collect"])
    browser, address = await as_("sponsor"), address_of(world, "collect")
    assert (await browser.post(address, await filled(browser, address))).status_code == 303


@pytest.mark.parametrize("who", ["guest_b", "insider_b", "sponsor", "decision_maker", "administrator"])
async def test_outsiders_of_a_closed_group_find_nothing(as_, world, who):
    browser, address = await as_(who), address_of(world, "closed_a")
    assert (await browser.get(address)).status_code == 404
    assert (await browser.post(address, TYPED)).status_code == 404


async def test_there_is_one_answer_and_it_stays(as_, world):
    browser, address = await as_("sponsor"), address_of(world, "decide")
    form = await filled(browser, address)
    await browser.post(address, form)
    assert (await browser.get(address)).status_code == 403
    assert (await browser.post(address, form | {"summary": "Another"})).status_code == 403
    second = await as_("decision_maker")
    assert (await second.post(address, TYPED)).status_code == 403
    assert await fetch_value("SELECT summary FROM answer WHERE idea = {}", world.idea_id["decide"]) == TYPED["summary"]


async def test_of_two_answers_at_once_the_second_is_kept_in_its_form(as_, world):
    await without_cases()
    first, second, address = await as_("sponsor"), await as_("decision_maker"), address_of(world, "decide")
    of_first, of_second = await filled(first, address), await filled(second, address, summary="Mine")
    sent = await post_slowly(second, address, of_second, lambda: first.post(address, of_first))
    assert sent.status_code == 422
    assert "Somebody answered meanwhile" in errors_of(sent)["summary"]
    assert form_of(sent, address) | {"csrf_token": ""} == of_second | {"csrf_token": ""}
    assert await answers(world, "decide") == 1


async def test_enter_shows_a_preview_and_neither_fills_in_nor_publishes(as_, world):
    await without_cases()
    browser, address = await as_("sponsor"), address_of(world, "decide")
    assert pressed_by_enter(await browser.get(address), address) == "preview"


async def test_an_empty_answer_names_every_required_field(as_, world):
    await without_cases()
    browser, address = await as_("sponsor"), address_of(world, "decide")
    sent = await browser.post(address, {})
    assert sent.status_code == 422
    assert set(errors_of(sent)) == REQUIRED
    assert await answers(world, "decide") == 0


@pytest.mark.parametrize("missing", sorted(REQUIRED))
async def test_each_required_field_is_required_and_the_others_are_kept(as_, world, missing):
    browser, address = await as_("sponsor"), address_of(world, "decide")
    form = await filled(browser, address)
    del form[missing]
    sent = await browser.post(address, form)
    assert (sent.status_code, set(errors_of(sent))) == (422, {missing})
    shown = form_of(sent, address)
    assert {name: shown[name] for name in TYPED if name != missing} == {
        name: value for name, value in TYPED.items() if name != missing
    }
    assert await answers(world, "decide") == 0


@pytest.mark.parametrize("optional", ["from_when", "next_date"])
async def test_the_rest_is_optional(as_, world, optional):
    browser, address = await as_("sponsor"), address_of(world, "decide")
    assert (await browser.post(address, await filled(browser, address, **{optional: ""}))).status_code == 303


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("next_owner_called", "nobody@world.example", "no colleague with this name"),
        ("next_owner_called", email_of("guest_a"), "no colleague with this name"),
        ("next_owner_called", email_of("deactivated"), "no colleague with this name"),
        ("next_date", "next week", "Give a date"),
        ("next_date", "2026-02-30", "Give a date"),
        ("kind", "maybe", "Not a valid choice"),
        ("summary", "s" * 201, "keep it to 200"),
    ],
)
async def test_what_cannot_be_is_refused_and_kept(as_, world, field, value, words):
    browser, address = await as_("sponsor"), address_of(world, "decide")
    sent = await browser.post(address, await filled(browser, address, **{field: value}))
    assert (sent.status_code, set(errors_of(sent))) == (422, {field})
    assert words in errors_of(sent)[field]
    if field != "kind":
        assert form_of(sent, address)[field] == value


async def test_who_sees_to_it_must_be_able_to_read_it(as_, world):
    await without_cases()
    await execute("UPDATE campaign SET always_open = TRUE WHERE id = {}", world.campaign_id["closed_a"])
    browser, address = await as_("insider_a"), address_of(world, "closed_a")
    sent = await browser.post(address, await filled(browser, address))
    assert (sent.status_code, set(errors_of(sent))) == (422, {"next_owner_called"})
    sent = await browser.post(address, await filled(browser, address, next_owner_called=email_of("insider_a")))
    assert sent.status_code == 303


OPEN_CASE = """
    INSERT INTO escalation (idea, space, state, origin, setting, owner, started_at, acknowledge_due_at,
        statement_due_at, due_at, half_at, soon_at, overdue2_at, overdue3_at)
    SELECT i.id, i.space, 'assigned', 'moderator', 1, {}, t, t, t, t, t, t, t, t
    FROM idea i, plein_now() t WHERE i.id = {}
"""


async def test_who_wrote_a_post_does_not_answer_it(as_, world):
    browser, address = await as_("decision_maker"), address_of(world, "post")
    form = await filled(browser, address)
    await execute("UPDATE idea SET author = {} WHERE id = {}", world.person_id["decision_maker"], world.idea_id["post"])
    assert (await browser.get(address)).status_code == 403
    assert (await browser.post(address, form)).status_code == 403
    assert await answers(world, "post") == 0


@pytest.mark.parametrize("name", ["post", "decide"])
async def test_what_has_a_case_is_answered_by_its_owner_alone_who_is_not_barred(as_, world, name):
    owner, idea = world.person_id["colleague"], world.idea_id[name]
    if name == "post":
        await execute(OPEN_CASE, owner, idea)
    await execute("UPDATE escalation SET owner = {} WHERE idea = {}", owner, idea)
    address = address_of(world, name)
    for who in ("decision_maker", "sponsor"):
        assert (await (await as_(who)).post(address, TYPED)).status_code == 403
    there = await (await as_("colleague")).get(address)
    case = await fetch_value("SELECT public_id FROM escalation WHERE idea = {} AND ended_at IS NULL", idea)
    assert (there.status_code, there.headers["Location"]) == (303, f"/cases/{case}#answering")
    await execute(
        "INSERT INTO case_conflict (escalation, space, person, kind)"
        " SELECT id, space, owner, 'declared' FROM escalation WHERE idea = {}",
        idea,
    )
    assert (await (await as_("colleague")).post(address, TYPED)).status_code == 403
    assert await answers(world, name) == 0
