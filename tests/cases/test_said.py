"""What the pages of a case say of themselves: why something can't be done, what is over, who sees what."""

import pytest

from portal.access.actor import actor_of_person
from portal.db import execute
from portal.escalation.actions import add_questions
from portal.escalation.queries import get_case
from tests.cases.test_answering import ROLE, TYPED, asked, filled  # noqa: F401  # a fixture
from tests.cases.test_inbox import above as line_of
from tests.client import text_of
from tests.pages.forms import errors_of, form_of
from tests.world import NOW, email_of

STATE = "UPDATE escalation SET state = {}, clarify_from = {} WHERE id = {}"
CHANGED = "named or changed these questions after the draft was saved"


async def test_a_draft_from_before_the_questions_says_so_and_is_published_at_the_first_press(as_, world, asked):  # noqa: F811
    adviser, sponsor = await as_("employee"), await as_("sponsor")
    typed = await filled(adviser, asked)
    assert (await adviser.post(f"{asked}/answer", typed | {"draft": "1"})).status_code == 303
    assert CHANGED not in text_of(await sponsor.get(asked))
    author = await actor_of_person(world.person_id["author"])
    await add_questions(author, await get_case(author, world.case["decide"]), ["And my bicycle?"])
    page = await sponsor.get(asked)
    assert CHANGED in text_of(page)
    form = form_of(page, f"{asked}/answer")
    sent = await sponsor.post(f"{asked}/answer", form | {"reply_2": "It may come along."})
    assert (sent.status_code, errors_of(sent)) == (303, {})
    assert "It may come along." in text_of(await adviser.get(asked))


@pytest.mark.parametrize(
    ("state", "asked_before", "words"),
    [
        ("assigned", False, "Once you have said on which day you answer."),
        ("drafting", False, "from then on nothing stops the clock"),
        ("drafting", True, "The author was asked already."),
        ("acknowledged", True, "The author was asked already."),
    ],
)
async def test_the_desk_says_why_the_author_cannot_be_asked(as_, world, state, asked_before, words):
    owner = await as_("sponsor")
    await execute(STATE, "acknowledged", None, world.case_id["decide"])
    address = f"/cases/{world.case['decide']}"
    page = await owner.get(address)
    assert (f'href="{address}/question"' in page.text, words in text_of(page)) == (True, False)
    await execute(STATE, state, NOW if asked_before else None, world.case_id["decide"])
    page = await owner.get(address)
    assert (f'href="{address}/question"' in page.text, words in text_of(page)) == (False, True)
    await execute(ROLE, world.person_id["employee"], world.case_id["decide"])
    assert words not in text_of(await (await as_("employee")).get(address))


async def test_more_time_that_was_asked_for_is_told_while_an_answer_is_owed(as_, world, asked):  # noqa: F811
    owner, reader = await as_("sponsor"), await as_("employee")
    assert (await owner.post(f"{asked}/extension", {"days": "3", "words": "The measurements run"})).status_code == 303
    assert "The measurements run" in text_of(await reader.get(asked))
    await line_of(world, "sponsor", world.person_id["colleague"])
    assert "The measurements run" in text_of(await (await as_("colleague")).get(f"{asked}/agreement"))
    await execute(
        "UPDATE escalation SET due_at = plein_now() - interval '1 hour' WHERE id = {}", world.case_id["decide"]
    )
    assert "nobody decided in time: The measurements run" in text_of(await reader.get(asked))
    sent = await owner.post(f"{asked}/answer", await filled(owner, asked))
    assert (sent.status_code, errors_of(sent)) == (303, {})
    assert "The measurements run" not in text_of(await reader.get(asked))


async def test_a_saved_draft_says_who_sees_it(as_, asked):  # noqa: F811
    owner = await as_("sponsor")
    sent = await owner.post(f"{asked}/answer", await filled(owner, asked, draft="1"))
    assert "Whoever is on the case can see it" in text_of(await owner.get(sent.headers["Location"]))


async def test_who_stands_above_is_not_told_that_it_is_hers(as_, world):
    await execute(
        "INSERT INTO case_role (escalation, space, person, role) SELECT id, space, {}, 'chain' FROM escalation"
        " WHERE id = {}",
        world.person_id["employee"],
        world.case_id["decide"],
    )
    address, above = f"/cases/{world.case['decide']}/handover", await as_("employee")
    assert "stays yours" not in text_of(await above.get(address))
    sent = await above.post(address, {"to": email_of("colleague"), "words": "It is hers"})
    assert "nothing changes" in text_of(await above.get(sent.headers["Location"]))


async def test_who_withdraws_what_is_owed_an_answer_reads_what_becomes_of_its_case(as_, world):
    author = await as_("author")
    with_case = await author.get(f"/ideas/{world.idea['decide']}/withdrawal")
    without = await author.get(f"/ideas/{world.idea['collect']}/withdrawal")
    assert [("Its case ends" in text_of(page)) for page in (with_case, without)] == [True, False]


async def test_what_was_answered_names_who_owns_it_and_asks_nothing(as_, world, asked):  # noqa: F811
    owner = await as_("sponsor")
    await owner.post(f"{asked}/answer", await filled(owner, asked))
    page = text_of(await owner.get("/cases?list=mine&only=answered"))
    assert TYPED["summary"] not in page
    assert "Idea decide" in page
    assert "You own it" not in page


async def test_a_case_stands_in_no_section_of_its_item(as_, world):
    page = await (await as_("employee")).get(f"/cases/{world.case['decide']}")
    assert page.status_code == 200
    assert 'aria-current="true">' not in page.text
