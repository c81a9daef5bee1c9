"""A budget of votes: some each, at most some on one idea, in the voting phase; laid, moved and taken back."""

import re

import asyncpg
import pytest

from portal.access.actor import actor_of_person
from portal.access.conflicts import Spent
from portal.db import execute, fetch_value, transaction
from portal.votes.actions import give_support, lay_votes
from portal.votes.queries import standing
from tests.pages.forms import forms_of
from tests.votes.test_vote import GIVEN, words_of
from tests.world import NOW, add_idea, let_guests_in, set_clock

BUDGET = "UPDATE campaign SET vote_method = 'budget', votes_each = 4, votes_per_idea = 3 WHERE id = {}"


@pytest.fixture
async def budget(rollback, world):
    """The campaign "vote" gives four votes, at most three on one idea; it has two ideas more."""
    await execute(BUDGET, world.campaign_id["vote"])
    async with transaction():
        for name in ("second", "third"):
            await add_idea(world, name, campaign="vote", comments=False)
    return world


def vote(world, name="vote"):
    return f"/ideas/{world.idea[name]}/vote"


async def lying(world, person="employee"):
    """How many votes of hers lie on each idea, and what her budget says, after both were seen to agree; and the counts
    of the ideas with the votes themselves."""
    rows = await execute(
        "SELECT v.idea, v.weight, i.state FROM vote v JOIN idea i ON i.id = v.idea WHERE v.person = {}",
        world.person_id[person],
    )
    by_idea = {row["idea"]: row["weight"] for row in rows}
    given = await fetch_value("SELECT given FROM budget WHERE person = {}", world.person_id[person]) or 0
    assert given == sum(row["weight"] for row in rows if row["state"] == "published")
    wrong = await fetch_value(
        "SELECT count(*) FROM idea i WHERE campaign = {} AND ROW(votes::bigint, supporters::bigint, guest_supporters::bigint) IS DISTINCT FROM"
        " (SELECT ROW(coalesce(sum(weight), 0), count(*) FILTER (WHERE NOT guest), count(*) FILTER (WHERE guest))"
        "  FROM vote v WHERE v.idea = i.id)",
        world.campaign_id["vote"],
    )
    assert wrong == 0
    names = {id: name for name, id in world.idea_id.items()}
    return {names[idea]: weight for idea, weight in by_idea.items()}, given


async def test_votes_are_laid_moved_and_taken_back(as_, budget):
    browser = await as_("employee")
    for name, weight in [("vote", 1), ("vote", 3), ("second", 1)]:
        assert (await browser.post(vote(budget, name), {"weight": weight})).status_code == 303
    assert await lying(budget) == ({"vote": 3, "second": 1}, 4)
    await browser.post(vote(budget), {"weight": 1})
    await browser.post(vote(budget, "third"), {"weight": 2})
    assert await lying(budget) == ({"vote": 1, "second": 1, "third": 2}, 4)
    await browser.post(vote(budget, "third"), {"weight": 0})
    await browser.post(vote(budget, "second") + "/withdrawal")
    assert await lying(budget) == ({"vote": 1}, 1)


async def test_the_same_click_twice_is_the_same_as_once(as_, budget):
    browser = await as_("employee")
    for _ in range(3):
        await browser.post(vote(budget), {"weight": 2})
    assert await lying(budget) == ({"vote": 2}, 2)


async def test_an_idea_shows_people_and_not_their_votes(as_, budget):
    for who, weight in (("employee", 3), ("colleague", 1)):
        await (await as_(who)).post(vote(budget), {"weight": weight})
    page = words_of(await (await as_("sponsor")).get(f"/ideas/{budget.idea['vote']}"))
    assert "2 people support this" in page


@pytest.mark.parametrize(
    ("weight", "before", "why"),
    [
        (4, {}, "more than one idea may get"),
        (2, {"second": 3}, "That is more than you have: one vote is left."),
        (1, {"second": 3, "third": 1}, "Take one back first."),
    ],
)
async def test_too_many_are_refused_with_words_and_nothing_changes(as_, budget, weight, before, why):
    browser = await as_("employee")
    for name, laid in before.items():
        await browser.post(vote(budget, name), {"weight": laid})
    answer = await browser.post(vote(budget), {"weight": weight})
    assert answer.status_code == 303
    assert "#" not in answer.headers["Location"]  # on top of the page, where its words are
    page = (await browser.get(answer.headers["Location"])).text
    assert re.search(r'<p class="notice" data-tone="live" [^>]*id="flash">.*Take one back first\.', page)
    control = await browser.post(vote(budget), {"weight": weight}, htmx=True)
    at_the_vote = control.text[: control.text.index("</form>")]
    assert at_the_vote.count("data-say") == 1  # what is read out is why
    assert why in at_the_vote
    assert await lying(budget) == (before, sum(before.values()))


@pytest.mark.parametrize("weight", ["-1", "x", "1e3", "9999", "½", "²", ""])
async def test_what_is_no_number_of_votes_is_a_400(as_, budget, weight):
    assert (await (await as_("employee")).post(vote(budget), {"weight": weight})).status_code == 400
    assert await lying(budget) == ({}, 0)


async def test_the_forms_of_the_page_lay_one_more_and_take_one_back_without_scripts(as_, budget):
    browser = await as_("employee")
    list_ = f"/campaigns/{budget.campaign['vote']}"
    for expected in (1, 2, 3):
        page = await browser.get(list_)
        values = re.findall(rf'id="vote-{budget.idea["vote"]}-button" name="weight" value="(\d)"', page.text)
        assert values == [str(expected)]
        await browser.post(vote(budget), forms_of(page)[vote(budget)] | {"weight": values[0]})
    page = await browser.get(list_)
    assert re.search(rf'id="vote-{budget.idea["vote"]}-button"[^>]* disabled', page.text)
    less = re.search(rf'id="vote-{budget.idea["vote"]}-less" name="weight" value="(\d)"', page.text)[1]
    await browser.post(vote(budget), {"weight": less})
    assert await lying(budget) == ({"vote": 2}, 2)
    assert "Your votes 2 given, 2 left" in words_of(await browser.get(list_))


async def test_htmx_gets_the_control_and_what_is_left(as_, budget):
    browser = await as_("employee")
    answer = await browser.post(vote(budget), {"weight": 2}, htmx=True)
    assert answer.text.strip().startswith(f'<form class="vote" id="vote-{budget.idea["vote"]}" data-state="voted"')
    assert 'id="budget" hx-swap-oob="innerHTML"' in answer.text
    assert "2 given, 2 left" in words_of(answer)
    panel = await browser.post(vote(budget), {"weight": 1, "shape": "panel"}, htmx=True)
    assert "One of your votes lies here. Only you see that." in words_of(panel)
    assert "1 given in this campaign, 3 left." in words_of(panel)
    page = await browser.get(f"/ideas/{budget.idea['vote']}")
    assert words_of(panel).strip() in words_of(page)


async def test_the_author_a_guest_of_elsewhere_and_an_outsider_lay_none(as_, budget):
    assert (await (await as_("author")).post(vote(budget), {"weight": 1})).status_code == 403
    assert (await (await as_("guest_a")).post(vote(budget), {"weight": 1})).status_code == 404
    await execute(BUDGET, budget.campaign_id["closed_a"])
    assert (await (await as_("employee")).post(vote(budget, "closed_a"), {"weight": 1})).status_code == 404
    assert await fetch_value(GIVEN, budget.person_id["administrator"]) == 0


async def test_guests_are_counted_apart(as_, budget):
    await let_guests_in(budget, "vote")
    await (await as_("guest_a")).post(vote(budget), {"weight": 3})
    await (await as_("employee")).post(vote(budget), {"weight": 2})
    assert "1 colleague 1 guest" in words_of(await (await as_("sponsor")).get(f"/campaigns/{budget.campaign['vote']}"))
    assert (await lying(budget, "guest_a"))[1] == 3


@pytest.mark.parametrize("phase", ["collect", "discuss", "decide", "done"])
async def test_a_budget_is_open_while_voting_only(as_, world, phase):
    await execute("DELETE FROM vote")
    await execute(BUDGET, world.campaign_id[phase])
    browser = await as_("employee")
    assert (await browser.post(vote(world, phase), {"weight": 1})).cookies["flash"] == "votes-closed"
    assert await fetch_value(GIVEN, world.person_id["administrator"]) == 0
    page = words_of(await browser.get(f"/ideas/{world.idea[phase]}"))
    early = phase in ("collect", "discuss")
    assert ("once voting has begun" in page) == early
    campaign = f"/campaigns/{world.campaign[phase]}"
    listed, own = [words_of(await (await as_(who)).get(campaign)) for who in ("employee", "author")]
    assert ("has not begun" in listed) == early
    assert "this is your own idea" in own
    assert "support" not in listed.partition("Read the brief")[2].partition("Collect")[0], "nobody can, yet"


async def test_the_statement_itself_judges_phase_sight_and_method(rollback, budget):
    actor = await actor_of_person(budget.person_id["employee"])
    idea = await standing(actor, budget.idea["vote"])
    assert await give_support(actor, idea) is None  # a budget takes no support
    await lay_votes(actor, idea, 1)
    stranger = await actor_of_person(budget.person_id["guest_a"])
    with pytest.raises(Spent):
        await lay_votes(stranger, idea, 1)
    await execute(
        "INSERT INTO co_author (idea, space, person, invited_by, accepted_at)"
        " SELECT id, space, {}, author, plein_now() FROM idea WHERE id = {}",
        budget.person_id["colleague"],
        idea.id,
    )
    colleague = await actor_of_person(budget.person_id["colleague"])
    with pytest.raises(Spent):  # the page was loaded before she said that she writes it along
        await lay_votes(colleague, idea, 1)
    await set_clock(NOW.replace(day=NOW.day + 6))
    with pytest.raises(Spent):
        await lay_votes(actor, idea, 2)
    await lay_votes(actor, idea, 0)
    assert await lying(budget) == ({"vote": 1}, 1)


# --- what the database refuses, whoever writes


async def at_once(sql, *rows):
    """All or nothing."""
    async with transaction():
        for row in rows:
            await execute(sql, *row)


LAID = "INSERT INTO vote (person, idea, space, guest, weight) SELECT {}, id, space, FALSE, {} FROM idea WHERE id = {}"


@pytest.mark.parametrize(
    ("rows", "constraint"),
    [
        ([("vote", 4)], "vote_per_idea"),
        ([("vote", 3), ("second", 2)], "budget_not_overspent"),
        ([("discuss", 2)], "vote_per_idea"),
    ],
)
async def test_the_database_refuses_too_many(rollback, budget, rows, constraint):
    person = budget.person_id["employee"]
    with pytest.raises(asyncpg.CheckViolationError) as refused:
        await at_once(LAID, *((person, weight, budget.idea_id[name]) for name, weight in rows))
    assert refused.value.constraint_name == constraint


async def test_the_database_refuses_a_change_that_makes_them_too_many(rollback, budget):
    for name, weight in (("vote", 3), ("second", 1)):
        await execute(LAID, budget.person_id["employee"], weight, budget.idea_id[name])
    with pytest.raises(asyncpg.CheckViolationError):
        await at_once("UPDATE vote SET weight = 2 WHERE idea = {}", [budget.idea_id["second"]])
    await execute("UPDATE vote SET weight = 2 WHERE person = {}", budget.person_id["employee"])
    assert await lying(budget) == ({"vote": 2, "second": 2}, 4)


@pytest.mark.parametrize("change", ["vote_method = 'support'", "votes_each = 9", "votes_per_idea = 1"])
async def test_how_a_campaign_votes_stands_from_the_first_vote_on(rollback, budget, change):
    await execute(f"UPDATE campaign SET {change} WHERE id = {{}}", budget.campaign_id["vote"])
    await execute(BUDGET, budget.campaign_id["vote"])
    await execute(LAID, budget.person_id["employee"], 1, budget.idea_id["vote"])
    with pytest.raises(asyncpg.CheckViolationError, match="votes have been given"):
        await at_once(f"UPDATE campaign SET {change} WHERE id = {{}}", [budget.campaign_id["vote"]])
    await execute("UPDATE campaign SET title = 'Another' WHERE id = {}", budget.campaign_id["vote"])


async def test_a_budget_that_is_all_taken_back_follows_a_new_size(rollback, budget):
    await execute(LAID, budget.person_id["employee"], 1, budget.idea_id["vote"])
    await execute("DELETE FROM vote")
    await execute("UPDATE campaign SET votes_each = 5 WHERE id = {}", budget.campaign_id["vote"])
    actor = await actor_of_person(budget.person_id["employee"])
    for name, weight in (("vote", 3), ("second", 2)):
        await lay_votes(actor, await standing(actor, budget.idea[name]), weight)
    with pytest.raises(Spent):
        await lay_votes(actor, await standing(actor, budget.idea["third"]), 1)
    assert await lying(budget) == ({"vote": 3, "second": 2}, 5)


# --- ideas that go, and return

TURN = "UPDATE idea SET state = {} WHERE id = {}"


@pytest.mark.parametrize("state", ["withdrawn", "hidden", "removed"])
async def test_votes_on_an_idea_that_went_are_free_for_others(as_, budget, state):
    browser = await as_("employee")
    for name, weight in (("vote", 3), ("second", 1)):
        await browser.post(vote(budget, name), {"weight": weight})
    await (await as_("colleague")).post(vote(budget), {"weight": 2})
    await execute(TURN, state, budget.idea_id["vote"])
    assert await lying(budget) == ({"vote": 3, "second": 1}, 1)
    assert await lying(budget, "colleague") == ({"vote": 2}, 0)
    assert "Your votes 1 given, 3 left" in words_of(await browser.get(f"/campaigns/{budget.campaign['vote']}"))
    await browser.post(vote(budget, "third"), {"weight": 3})
    assert await lying(budget) == ({"vote": 3, "second": 1, "third": 3}, 4)


async def test_they_lie_there_again_when_it_returns_but_for_those_that_were_given_elsewhere(as_, budget):
    for who in ("employee", "colleague"):
        await (await as_(who)).post(vote(budget), {"weight": 3})
    await execute(TURN, "hidden", budget.idea_id["vote"])
    await (await as_("employee")).post(vote(budget, "second"), {"weight": 2})
    await (await as_("colleague")).post(vote(budget, "second"), {"weight": 1})
    await execute(TURN, "published", budget.idea_id["vote"])
    assert await lying(budget) == ({"second": 2}, 2)
    assert await lying(budget, "colleague") == ({"vote": 3, "second": 1}, 4)


async def test_where_each_supports_once_nothing_is_given_back_or_taken(as_, world):
    await (await as_("employee")).post(f"/ideas/{world.idea['vote']}/vote")
    for state in ("hidden", "published"):
        await execute(TURN, state, world.idea_id["vote"])
        assert await fetch_value("SELECT count(*) FROM vote WHERE idea = {}", world.idea_id["vote"]) == 1


async def test_ones_own_page_says_that_votes_on_a_withdrawn_idea_are_free(as_, budget):
    browser = await as_("employee")
    await browser.post(vote(budget), {"weight": 3})
    await browser.post(vote(budget, "discuss"))
    assert "free again" not in words_of(await browser.get("/votes"))
    for name in ("vote", "discuss"):
        await execute(TURN, "withdrawn", budget.idea_id[name])
    assert words_of(await browser.get("/votes")).count("withdrawn: these votes are free again") == 1


# --- one's own


async def test_what_one_voted_for_stands_on_one_page_for_oneself(as_, budget):
    browser = await as_("employee")
    await browser.post(vote(budget), {"weight": 3})
    await browser.post(vote(budget, "discuss"))
    page = words_of(await browser.get("/votes"))
    assert "Idea vote 3 votes" in page
    assert "Idea discuss" in page
    assert "Idea" not in words_of(await (await as_("colleague")).get("/votes"))
    await execute("UPDATE idea SET state = 'hidden' WHERE id = {}", budget.idea_id["vote"])
    assert "Idea vote" not in words_of(await browser.get("/votes"))


async def test_one_pages_through_what_one_voted_for(as_, world):
    await execute(
        "WITH made AS (INSERT INTO idea (campaign, space, author, state, title, body, body_html, excerpt, language)"
        " SELECT campaign, space, author, 'published', 'Many ' || n, '', '', '', 'en' FROM idea,"
        " generate_series(1, 45) n WHERE id = {} RETURNING id, space)"
        " INSERT INTO vote (person, idea, space, guest) SELECT {}, id, space, FALSE FROM made",
        world.idea_id["collect"],
        world.person_id["employee"],
    )
    browser, address, pages = await as_("employee"), "/votes", []
    while address:
        page = await browser.get(address)
        pages.append(re.findall(r"Many \d+", page.text))
        following = re.search(r'href="([^"]+)" rel="next"', page.text)
        address = following[1] if following else None
    assert [len(set(page)) for page in pages] == [20, 20, 5]
    assert len({title for page in pages for title in page}) == 45


async def test_the_home_page_says_where_votes_are_left(as_, budget):
    browser = await as_("employee")
    assert "4 votes left in Campaign vote" in words_of(await browser.get("/"))
    await browser.post(vote(budget), {"weight": 3})
    assert "1 vote left in Campaign vote" in words_of(await browser.get("/"))
    await browser.post(vote(budget, "second"), {"weight": 1})
    assert "Left to vote" not in words_of(await browser.get("/"))
    await execute("DELETE FROM vote")
    await execute("UPDATE campaign SET vote_method = 'support' WHERE id = {}", budget.campaign_id["vote"])
    assert "You have not voted yet in Campaign vote" in words_of(await browser.get("/"))
    await browser.post(vote(budget))
    assert "Left to vote" not in words_of(await browser.get("/"))
