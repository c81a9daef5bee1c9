"""Make this actionable: asked by readers, settled by moderators, and an idea keeps what the post had."""

from __future__ import annotations

import asyncio

import pytest

from portal.access.actor import actor_of_person
from portal.access.conflicts import Changed
from portal.campaigns.queries import get_campaign
from portal.db import execute, fetch_value
from portal.escalation.queries import get_actionable
from portal.ideas.queries import get_idea
from portal.posts import acting
from tests.client import text_of
from tests.pages.forms import errors_of, form_of

SPACE = "organisation"
BECOME = {"what": "idea", "words": "It belongs there."}

OPEN_CASE = """
    INSERT INTO escalation (idea, space, state, origin, setting, started_at, acknowledge_due_at, statement_due_at,
        due_at, half_at, soon_at, overdue2_at, overdue3_at)
    SELECT i.id, i.space, 'triage', 'moderator', 1, t, t, t, t, t, t, t, t FROM idea i, plein_now() t WHERE i.id = {}
"""

ANSWER = """
    INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, from_when, next_step, language)
    SELECT id, space, author, 'declined', 'No', 'No', 'No', '', '', 'en' FROM idea WHERE id = {}
"""


async def asked(as_, world, who="employee", **other):
    browser = await as_(who)
    form = {"reason": "This can be repaired."} | other
    return await browser.post(f"/posts/{world.idea['post']}/request", form)


async def test_a_reader_asks_once_and_moderators_find_it_with_its_reason(as_, world):
    sent = await asked(as_, world, comment=world.comment["post"])
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/posts/{world.idea['post']}")
    assert (await asked(as_, world)).status_code == 403, "it waits already"
    page = text_of(await (await as_("employee")).get(f"/posts/{world.idea['post']}"))
    assert "The moderators look at it." in page
    moderator = await as_("moderator")
    queue = text_of(await moderator.get(f"/spaces/{world.space[SPACE]}/requests"))
    assert "This can be repaired." in queue
    assert f"/comments/{world.comment['post']}" in queue
    assert "Asked to act 1" in text_of(await moderator.get(f"/spaces/{world.space[SPACE]}/moderation"))
    assert "1 request to act" in text_of(await moderator.get("/moderation"))


async def test_a_comment_offers_to_ask_only_while_its_reader_may(as_, world):
    browser, post = await as_("employee"), world.idea["post"]
    offer = f"/posts/{post}/request?comment={world.comment['post']}"
    await execute("UPDATE comment SET kind = 'objection' WHERE id = {}", world.comment_id["post"])
    pages = f"/posts/{post}", f"/ideas/{post}/objections"
    assert [offer in text_of(await browser.get(page)) for page in pages] == [True, True]
    await asked(as_, world)
    assert [offer in text_of(await browser.get(page)) for page in pages] == [False, False]


@pytest.mark.parametrize("by", ["case", "answer"])
async def test_where_somebody_owes_an_answer_or_gave_it_nobody_is_offered_to_ask(as_, world, by):
    browser, post = await as_("employee"), world.idea["post"]
    offer = f"/posts/{post}/request"
    assert offer in (await browser.get(f"/posts/{post}")).text
    if by == "case":
        await execute(OPEN_CASE, world.idea_id["post"])
    else:
        await execute(ANSWER, world.idea_id["post"])
    assert offer not in (await browser.get(f"/posts/{post}")).text
    assert (await browser.get(offer)).status_code == 403
    assert (await asked(as_, world)).status_code == 403


@pytest.mark.parametrize(("who", "status"), [("employee", 403), ("administrator", 403), ("guest_a", 404)])
async def test_nobody_but_moderators_reads_or_settles_what_is_asked(as_, world, who, status):
    await asked(as_, world, "colleague")
    browser = await as_(who)
    assert (await browser.get(f"/spaces/{world.space[SPACE]}/requests")).status_code == status
    assert (await browser.get(f"/posts/{world.idea['post']}/action")).status_code == status
    assert (await browser.post(f"/posts/{world.idea['post']}/action", BECOME)).status_code == status
    assert "This can be repaired." not in text_of(await browser.get(f"/posts/{world.idea['post']}"))


@pytest.mark.parametrize("comment", ["no-such-comment", "vote"])
async def test_only_a_comment_of_this_very_post_is_asked_about(as_, world, comment):
    assert (await asked(as_, world, comment=world.comment.get(comment, comment))).status_code == 404


async def test_a_moderator_does_not_settle_what_she_wrote(as_, world):
    await execute("UPDATE idea SET author = {} WHERE id = {}", world.person_id["moderator"], world.idea_id["post"])
    await asked(as_, world)
    browser = await as_("moderator")
    assert (await browser.get(f"/posts/{world.idea['post']}/action")).status_code == 403
    assert "repaired" not in text_of(await browser.get(f"/spaces/{world.space[SPACE]}/requests"))


async def test_it_becomes_an_idea_with_its_address_support_and_thread(as_, world):
    post, supporter = world.idea["post"], await as_("colleague")
    await supporter.post(f"/ideas/{post}/vote", {})
    await asked(as_, world)
    before = (await execute("SELECT supporters, comments FROM idea WHERE public_id = {}", post))[0]
    posts = await fetch_value("SELECT ideas FROM campaign WHERE id = {}", -world.space_id[SPACE])
    moderator, page = await as_("moderator"), f"/posts/{post}/action"
    assert world.campaign["collect"] in text_of(await moderator.get(page))
    assert world.campaign["vote"] not in text_of(await moderator.get(page)).partition("<form")[2]
    sent = await moderator.post(page, BECOME | {"campaign": world.campaign["collect"]})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/ideas/{post}")
    row = (await execute("SELECT kind, campaign, supporters, comments FROM idea WHERE public_id = {}", post))[0]
    assert tuple(row) == ("idea", world.campaign_id["collect"], *before)
    assert (await supporter.get(f"/posts/{post}")).headers["Location"] == f"/ideas/{post}"
    shown = text_of(await (await as_("employee")).get(f"/ideas/{post}"))
    assert "Became an idea" in shown
    assert "It belongs there." in shown
    assert "Comment post" in shown
    assert await fetch_value("SELECT outcome FROM action_request") == "idea"
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'post.became_idea'") == 1
    assert await fetch_value("SELECT ideas FROM campaign WHERE id = {}", -world.space_id[SPACE]) == posts - 1


async def test_what_is_typed_while_it_becomes_an_idea_is_kept_beside_what_is_saved(as_, world):
    post, author = world.idea["post"], await as_("author")
    edit = f"/posts/{post}/edit"
    typed = form_of(await author.get(edit), edit) | {"body": "All that I typed for an hour"}
    await (await as_("moderator")).post(f"/posts/{post}/action", BECOME | {"campaign": world.campaign["collect"]})
    sent = await author.post(edit, typed)
    assert sent.status_code == 422
    again = form_of(sent, f"/ideas/{post}/edit")
    assert again["body"] == "All that I typed for an hour"
    assert (await author.post(f"/ideas/{post}/edit", again)).status_code == 303
    assert await fetch_value("SELECT body FROM idea WHERE public_id = {}", post) == "All that I typed for an hour"


async def test_who_wrote_and_who_supports_it_hear_of_it(as_, world):
    from portal.notifications.jobs import tell_of

    post = world.idea["post"]
    await (await as_("colleague")).post(f"/ideas/{post}/vote", {})
    await (await as_("moderator")).post(f"/posts/{post}/action", BECOME | {"campaign": world.campaign["collect"]})
    await tell_of(await fetch_value("SELECT id FROM event WHERE kind = 'post.became_idea'"))
    told = {row["recipient"] for row in await execute("SELECT recipient FROM mail WHERE kind = 'idea_news'")}
    assert told == {world.person_id["author"], world.person_id["colleague"]}


@pytest.mark.parametrize("campaign", ["vote", "open", "closed_a", "budget"])
async def test_only_a_campaign_of_its_space_that_collects_and_counts_support_takes_it(as_, world, campaign):
    if campaign == "budget":
        await execute("UPDATE campaign SET vote_method = 'budget' WHERE id = {}", world.campaign_id["collect"])
    chosen = world.campaign["collect" if campaign == "budget" else campaign]
    sent = await (await as_("moderator")).post(f"/posts/{world.idea['post']}/action", BECOME | {"campaign": chosen})
    assert sent.status_code == 422
    assert "It belongs there." in text_of(sent)
    assert await fetch_value("SELECT kind FROM idea WHERE id = {}", world.idea_id["post"]) == "discussion"


async def test_what_is_left_is_told_to_who_asked_and_all_errors_at_once(as_, world):
    await asked(as_, world)
    moderator, page = await as_("moderator"), f"/posts/{world.idea['post']}/action"
    assert set(errors_of(await moderator.post(page, {}))) >= {"what", "words"}
    assert (await moderator.post(page, {"what": "none", "words": "It was repaired."})).status_code == 303
    assert "It was repaired." in text_of(await (await as_("employee")).get(f"/posts/{world.idea['post']}"))
    assert "It was repaired." not in text_of(await (await as_("colleague")).get(f"/posts/{world.idea['post']}"))


async def test_it_is_brought_to_who_decides(as_, world):
    await asked(as_, world)
    moderator, page = await as_("moderator"), f"/posts/{world.idea['post']}/action"
    sent = await moderator.post(page, {"what": "case", "words": "Who decides should see it."})
    assert sent.status_code == 303, text_of(sent)
    assert await fetch_value("SELECT count(*) FROM escalation WHERE idea = {}", world.idea_id["post"]) == 1
    assert await fetch_value("SELECT outcome FROM action_request") == "case"
    assert 'value="case"' not in text_of(await moderator.get(page)), "it has its case"


async def test_of_two_moderators_at_once_one_makes_it_an_idea(fresh_db, world):
    actor = await actor_of_person(world.person_id["moderator"])
    post = await get_idea(actor, world.idea["post"])
    to = [await get_campaign(actor, world.campaign["collect"]) for _ in range(2)]
    done = await asyncio.gather(
        *(acting.become_idea(actor, post, campaign, "Why") for campaign in to), return_exceptions=True
    )
    assert [type(one) for one in done if one] == [Changed]
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'post.became_idea'") == 1


ROLE = (
    "INSERT INTO case_role (escalation, space, person, role) SELECT id, space, {}, {} FROM escalation WHERE idea = {}"
)


@pytest.mark.parametrize("role", ["owner", "deputy", "neutral", "chain"])
async def test_who_decides_its_case_does_not_settle_what_is_asked(as_, world, role):
    await asked(as_, world)
    moderator, post = await as_("moderator"), world.idea_id["post"]
    await execute(OPEN_CASE, post)
    page = f"/posts/{world.idea['post']}/action"
    assert (await moderator.get(page)).status_code == 200
    await execute(ROLE, world.person_id["moderator"], role, post)
    assert (await moderator.get(page)).status_code == 403
    form = BECOME | {"campaign": world.campaign["collect"]}
    assert (await moderator.post(page, form)).status_code == 403
    assert "repaired" not in text_of(await moderator.get(f"/spaces/{world.space[SPACE]}/requests"))
    assert await fetch_value("SELECT kind FROM idea WHERE id = {}", post) == "discussion"


@pytest.mark.parametrize(
    "named",
    [
        "UPDATE topic_rule SET owner = {}, deputy = NULL",
        "UPDATE topic_rule SET deputy = {}",
        "UPDATE topic SET neutral = {}",
        "WITH head AS (UPDATE org_unit SET head = {} RETURNING id)"
        " UPDATE person SET org_unit = (SELECT min(id) FROM head) FROM topic_rule r WHERE person.id = r.owner",
    ],
    ids=["owner", "deputy", "neutral", "above the owner"],
)
async def test_a_moderator_brings_nothing_to_where_she_would_decide(as_, world, named):
    await execute("UPDATE idea SET topic = {} WHERE id = {}", world.topic_id["leave"], world.idea_id["post"])
    page = f"/posts/{world.idea['post']}/action"
    moderator = await as_("moderator")
    assert 'value="case"' in text_of(await moderator.get(page)), "the control"
    await execute(named, world.person_id["moderator"])
    assert 'value="case"' not in text_of(await moderator.get(page))
    assert (await moderator.post(page, {"what": "case", "words": "To me."})).status_code == 422
    assert await fetch_value("SELECT count(*) FROM escalation WHERE idea = {}", world.idea_id["post"]) == 0


async def test_of_many_who_settle_it_at_once_one_does(fresh_db, world):
    moderator, post = await actor_of_person(world.person_id["moderator"]), world.idea["post"]
    await acting.ask(
        await actor_of_person(world.person_id["employee"]),
        await get_idea(await actor_of_person(world.person_id["employee"]), post),
        reason="This can be repaired.",
        comment=None,
    )
    row, item = await get_idea(moderator, post), await get_actionable(moderator, post)
    campaign = await get_campaign(moderator, world.campaign["collect"])
    done = await asyncio.gather(
        *(acting.leave(moderator, row, "Nothing") for _ in range(2)),
        *(acting.bring(moderator, row, item, "A case") for _ in range(2)),
        *(acting.become_idea(moderator, row, campaign, "An idea") for _ in range(2)),
        return_exceptions=True,
    )
    assert [type(one) for one in done if one] == [Changed] * 5
    outcome = await fetch_value("SELECT outcome FROM action_request WHERE idea = {}", world.idea_id["post"])
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'moderation.action_settled'") == 1
    cases = await fetch_value("SELECT count(*) FROM escalation WHERE idea = {}", world.idea_id["post"])
    kind = await fetch_value("SELECT kind FROM idea WHERE id = {}", world.idea_id["post"])
    assert (cases, kind == "idea") == (outcome == "case", outcome == "idea"), (outcome, done)
