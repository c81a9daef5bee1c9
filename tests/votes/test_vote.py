"""Supporting an idea and taking it back: once a person, counted at once, colleagues and guests apart."""

import re
from datetime import timedelta

import pytest
from msgspec.structs import replace

from portal.access.actor import actor_of_person
from portal.db import execute, fetch_value
from portal.votes import queries
from portal.votes.actions import give_support, take_support_back
from portal.votes.queries import standing
from tests.client import text_of
from tests.pages.forms import forms_of
from tests.world import NOW, set_clock

TAGS = re.compile(r"<[^>]+>|\s+")
#: Votes beside those that the administrator of the world has given already.
GIVEN = "SELECT count(*) FROM vote WHERE person <> {}"


def give(world, name):
    return f"/ideas/{world.idea[name]}/vote"


def take_back(world, name):
    return give(world, name) + "/withdrawal"


async def counts(world, name):
    """What the idea's row says, colleagues and guests, after it was seen to agree with the votes themselves."""
    row = (
        await execute(
            "SELECT supporters, guest_supporters, (SELECT count(*) FROM vote WHERE idea = i.id AND NOT guest) AS people,"
            " (SELECT count(*) FROM vote WHERE idea = i.id AND guest) AS guests FROM idea i WHERE id = {}",
            world.idea_id[name],
        )
    )[0]
    assert (row["supporters"], row["guest_supporters"]) == (row["people"], row["guests"])
    return row["people"], row["guests"]


def words_of(response):
    """What a page or fragment says, without markup."""
    return " ".join(TAGS.sub(" ", text_of(response)).split())


@pytest.mark.parametrize("phase", ["collect", "discuss", "vote"])
async def test_support_is_given_until_voting_closes(as_, world, phase):
    browser = await as_("employee")
    sent = await browser.post(give(world, phase))
    idea = world.idea[phase]
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/ideas/{idea}#vote-panel-{idea}")
    assert await counts(world, phase) == (1, 0)
    assert "1 person supports this" in words_of(await browser.get(sent.headers["Location"]))


async def test_given_again_it_counts_once(as_, world):
    browser = await as_("employee")
    for _ in range(3):
        assert (await browser.post(give(world, "vote"))).status_code == 303
    assert await counts(world, "vote") == (1, 0)


async def test_taken_back_it_is_gone_and_can_be_given_again(as_, world):
    browser = await as_("employee")
    await browser.post(give(world, "vote"))
    for _ in range(2):
        assert (await browser.post(take_back(world, "vote"))).status_code == 303
        assert await counts(world, "vote") == (0, 0)
    await browser.post(give(world, "vote"))
    assert await counts(world, "vote") == (1, 0)


async def test_taking_back_what_one_never_gave_leaves_the_support_of_others(as_, world):
    await (await as_("employee")).post(give(world, "vote"))
    await (await as_("colleague")).post(take_back(world, "vote"))
    assert await counts(world, "vote") == (1, 0)


async def test_the_author_does_not_support_her_own_idea(as_, world):
    browser = await as_("author")
    assert (await browser.post(give(world, "vote"))).status_code == 403
    assert (await browser.post(take_back(world, "vote"))).status_code == 403
    assert await counts(world, "vote") == (0, 0)
    assert "This is your own idea" in words_of(await browser.get(f"/ideas/{world.idea['vote']}"))


@pytest.mark.parametrize("phase", ["decide", "done"])
async def test_voting_is_closed_from_deciding_on(as_, world, phase):
    browser = await as_("employee")
    for send in (give, take_back):  # without scripts one reads on, and why it came to nothing
        answer = await browser.post(send(world, phase))
        assert (answer.status_code, answer.headers["location"]) == (303, f"/ideas/{world.idea[phase]}")
        assert answer.cookies["flash"] == "votes-closed"
    assert await counts(world, phase) == (0, 0)
    assert "Voting is closed." in words_of(await browser.get(f"/ideas/{world.idea[phase]}"))
    for shape, words in (("", "Voting has just closed."), ("panel", "Voting is closed.")):  # told where one clicked
        for send in (give, take_back):
            answer = await browser.post(send(world, phase), {"shape": shape}, htmx=True)
            assert (answer.status_code, answer.text.count(" data-say")) == (422, 1)
            assert words in words_of(answer)
    assert await counts(world, phase) == (0, 0)


@pytest.mark.parametrize("who", ["guest_b", "insider_b", "employee", "administrator"])
async def test_outsiders_of_a_closed_group_find_nothing(as_, world, who):
    browser = await as_(who)
    assert (await browser.post(give(world, "closed_a"))).status_code == 404
    assert (await browser.post(take_back(world, "closed_a"))).status_code == 404
    assert await counts(world, "closed_a") == (0, 0)


async def test_guests_are_counted_apart(as_, world):
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')",
        world.space_id["closed_a"],
        world.person_id["employee"],
    )
    guest, colleague = await as_("guest_a"), await as_("employee")
    await guest.post(give(world, "closed_a"))
    assert await counts(world, "closed_a") == (0, 1)
    await colleague.post(give(world, "closed_a"))
    assert await counts(world, "closed_a") == (1, 1)
    assert "1 colleague · 1 guest support this" in words_of(await colleague.get(f"/ideas/{world.idea['closed_a']}"))
    assert "1 colleague 1 guest" in words_of(await guest.get(f"/campaigns/{world.campaign['closed_a']}"))
    await guest.post(take_back(world, "closed_a"))
    assert await counts(world, "closed_a") == (1, 0)


# --- the answer to a click


async def test_htmx_gets_the_control_alone_with_the_new_count_and_the_way_back(as_, world):
    browser, other = await as_("employee"), await as_("colleague")
    await other.post(give(world, "vote"))
    for path, count, state, following in [
        (give(world, "vote"), 2, "voted", take_back(world, "vote")),
        (take_back(world, "vote"), 1, "open", give(world, "vote")),
    ]:
        answer = await browser.post(path, htmx=True)
        assert answer.status_code == 200
        assert answer.text.strip().startswith(f'<form class="vote" id="vote-{world.idea["vote"]}"')
        assert answer.text.strip().endswith("</form>")
        assert f'data-state="{state}"' in answer.text
        assert f"<b>{count}</b>" in answer.text
        assert list(forms_of(answer)) == [following]


async def test_the_control_after_a_click_is_the_control_of_the_list(as_, world):
    browser = await as_("employee")
    answer = await browser.post(give(world, "vote"), htmx=True)
    page = await browser.get(f"/campaigns/{world.campaign['vote']}")
    assert words_of(answer) in words_of(page)


async def test_htmx_gets_the_panel_where_the_panel_stood(as_, world):
    browser = await as_("employee")
    answer = await browser.post(give(world, "vote"), {"shape": "panel"}, htmx=True)
    assert f'id="vote-panel-{world.idea["vote"]}"' in answer.text
    assert "1 person supports this You support this. Only you see that. Take your support back" in words_of(answer)
    assert "<html" not in answer.text
    page = await browser.get(f"/ideas/{world.idea['vote']}")
    assert words_of(answer) in words_of(page)


async def test_another_shape_is_the_control(as_, world):
    answer = await (await as_("employee")).post(give(world, "vote"), {"shape": "thread"}, htmx=True)
    assert 'class="vote"' in answer.text


async def test_the_same_click_twice_shows_the_same(as_, world):
    browser = await as_("employee")
    first, second = [await browser.post(give(world, "vote"), htmx=True) for _ in range(2)]
    assert words_of(first) == words_of(second)


@pytest.mark.parametrize(
    ("sent", "leads_to"),
    [
        ("/campaigns/x?order=newest&tag=a#vote-y", "/campaigns/x?order=newest&tag=a#vote-y"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("/campaigns/x?tag=été", "/campaigns/x?tag=%C3%A9t%C3%A9"),
        ("/日本", "/%E6%97%A5%E6%9C%AC"),
    ],
)
async def test_without_scripts_one_returns_to_where_one_was_within_our_site(as_, world, sent, leads_to):
    answer = await (await as_("employee")).post(give(world, "vote"), {"next": sent})
    assert answer.status_code == 303
    assert answer.headers["Location"] == leads_to


async def test_every_control_in_a_list_leads_back_to_its_place(as_, world):
    browser = await as_("employee")
    page = await browser.get(f"/campaigns/{world.campaign['vote']}?order=supported")
    form = forms_of(page)[give(world, "vote")]
    assert form["next"] == f"/campaigns/{world.campaign['vote']}?order=supported#vote-{world.idea['vote']}"


# --- the moment of closing


async def test_the_statement_itself_judges_the_phase(rollback, world):
    actor = await actor_of_person(world.person_id["employee"])
    given = await give_support(actor, await standing(actor, world.idea["vote"]))
    assert given.weight == 1
    idea = await standing(actor, world.idea["vote"])
    await set_clock(NOW + timedelta(days=5))
    assert await take_support_back(actor, idea) is None
    assert await counts(world, "vote") == (1, 0)
    other = await actor_of_person(world.person_id["colleague"])
    assert await give_support(other, idea) is None
    assert await counts(world, "vote") == (1, 0)


@pytest.mark.parametrize("method", ["support", "budget"])
@pytest.mark.parametrize("what", [give, take_back])
async def test_who_clicks_as_voting_closes_is_told_that_it_was_not_counted(as_, world, monkeypatch, what, method):
    """It was open when the idea was looked up, and was closed when the vote was written."""
    if method == "budget":
        await execute("UPDATE campaign SET vote_method = 'budget' WHERE id = {}", world.campaign_id["vote"])
    await set_clock(NOW + timedelta(days=5))
    browser, look = await as_("employee"), queries.standing

    async def just_before(actor, idea):
        monkeypatch.setattr(queries, "standing", look)
        return replace(await look(actor, idea), phase="vote")

    monkeypatch.setattr(queries, "standing", just_before)
    answer = await browser.post(what(world, "vote"))
    assert (answer.status_code, answer.cookies.get("flash")) == (303, "votes-closed")
    assert await counts(world, "vote") == (0, 0)


async def test_the_statement_itself_judges_what_is_in_sight(rollback, world):
    actor = await actor_of_person(world.person_id["guest_a"])
    idea = await standing(actor, world.idea["closed_a"])
    stranger = await actor_of_person(world.person_id["guest_b"])
    assert await give_support(stranger, idea) is None
    await execute("UPDATE idea SET state = 'hidden' WHERE id = {}", idea.id)
    assert await give_support(actor, idea) is None
    assert await fetch_value(GIVEN, world.person_id["administrator"]) == 0


async def test_who_writes_it_along_cannot_support_it_and_reads_yours(as_, world):
    idea = await standing(await actor_of_person(world.person_id["employee"]), world.idea["vote"])
    await execute(
        "INSERT INTO co_author (idea, space, person, invited_by) SELECT id, space, {}, author FROM idea WHERE id = {}",
        world.person_id["employee"],
        idea.id,
    )
    browser, campaign = await as_("employee"), f"/campaigns/{world.campaign['vote']}"
    assert 'class="own"' not in (await browser.get(campaign)).text, "an invitation is no authorship"
    await execute("UPDATE co_author SET accepted_at = plein_now() WHERE idea = {}", idea.id)
    assert (await browser.post(give(world, "vote"))).status_code == 403
    assert 'class="own"' in (await browser.get(campaign)).text
    assert give(world, "vote") in (await browser.get(f"{campaign}?show=mine")).text
    assert give(world, "vote") not in (await browser.get(f"{campaign}?show=unvoted")).text
    assert "Support this idea" not in text_of(await browser.get(f"/ideas/{world.idea['vote']}"))
    actor = await actor_of_person(world.person_id["employee"])
    assert await give_support(actor, idea) is None, "said yes since the page was loaded"
    assert await counts(world, "vote") == (0, 0)


@pytest.mark.parametrize("who", ["employee", "author"])
async def test_readers_of_what_many_discuss_are_asked_whether_they_support_it(as_, world, who):
    """Once as many comment as would have to support it; until an answer is owed, and not its author."""
    browser, page, asked = await as_(who), f"/posts/{world.idea['post']}", "9 people discuss it."
    assert "Do you support this?" not in text_of(await browser.get(page))
    await execute(
        "UPDATE idea SET commenters = 9, t1_at_count = 8, watched_at = {} WHERE id = {}", NOW, world.idea_id["post"]
    )
    assert (asked in text_of(await browser.get(page))) == (who == "employee")
    if who == "employee":
        panel = {"shape": "panel"}
        await browser.post(give(world, "post"), panel)
        assert asked not in text_of(await browser.get(page))
        await browser.post(take_back(world, "post"), panel)
        assert asked in text_of(await browser.get(page))
        await execute("UPDATE idea SET t1_at = {} WHERE id = {}", NOW, world.idea_id["post"])
        assert asked not in text_of(await browser.get(page))
