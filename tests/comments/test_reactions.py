"""Reacting to a comment: each person once for each kind; how many is shown, who to nobody."""

import asyncio

import pytest

from portal.access.actor import actor_of_person
from portal.comments import actions
from portal.comments.queries import get_comment
from portal.db import execute, fetch_value
from tests.client import text_of
from tests.comments.test_races import campaign_that_ends_meanwhile


def address(world, name):
    return f"/comments/{world.comment[name]}/reactions"


async def counts(world, name):
    """What the comment's row says, after it was seen to agree with the reactions that there are."""
    row = (await execute("SELECT helpful, agree, thanks, question FROM comment WHERE id = {}", world.comment_id[name]))[
        0
    ]
    for kind, count in row.items():
        there = "SELECT count(*) FROM reaction WHERE comment = {} AND kind = {}"
        assert await fetch_value(there, world.comment_id[name], kind) == count
    return tuple(row)


async def test_every_reader_reacts_once_for_a_kind_and_takes_it_back(as_, world):
    employee, sponsor = await as_("employee"), await as_("sponsor")
    for browser in (employee, employee, sponsor):
        sent = await browser.post(address(world, "vote"), {"give": "helpful"})
        assert sent.status_code == 303
        assert sent.headers["Location"].endswith(f"#comment-{world.comment['vote']}")
    await employee.post(address(world, "vote"), {"give": "thanks"})
    assert await counts(world, "vote") == (2, 0, 1, 0)
    for _ in range(2):
        await employee.post(address(world, "vote"), {"take_back": "helpful"})
    assert await counts(world, "vote") == (1, 0, 1, 0)


async def test_htmx_gets_the_buttons_with_ones_own_pressed(as_, world):
    shown = text_of(await (await as_("employee")).post(address(world, "vote"), {"give": "agree"}, htmx=True))
    assert shown.strip().startswith("<form")
    assert shown.strip().endswith("</form>")
    assert 'name="take_back" value="agree" aria-pressed="true"' in shown
    other = text_of(await (await as_("sponsor")).get(f"/ideas/{world.idea['vote']}"))
    assert 'name="give" value="agree" aria-pressed="false"' in other


async def test_nobody_is_shown_who_reacted_and_no_event_tells(as_, world):
    before = await fetch_value("SELECT max(id) FROM event")
    await (await as_("decision_maker")).post(address(world, "vote"), {"give": "helpful"})
    assert await fetch_value("SELECT max(id) FROM event") == before
    for who in ("colleague", "moderator", "administrator", "sponsor"):
        assert "Femke" not in text_of(await (await as_(who)).get(f"/ideas/{world.idea['vote']}"))


async def test_ones_own_comment_and_a_done_campaign_take_no_reactions(as_, world):
    assert (await (await as_("colleague")).post(address(world, "vote"), {"give": "helpful"})).status_code == 403
    assert (await (await as_("employee")).post(address(world, "done"), {"give": "helpful"})).status_code == 403
    assert await counts(world, "vote") == await counts(world, "done") == (0, 0, 0, 0)


@pytest.mark.parametrize("who", ["guest_b", "employee", "administrator"])
async def test_outsiders_find_nothing_to_react_to(as_, world, who):
    assert (await (await as_(who)).post(address(world, "closed_a"), {"give": "helpful"})).status_code == 404


@pytest.mark.parametrize("form", [{}, {"give": "anger"}, {"take_back": "' OR 1=1"}, {"give": "x" * 5000}])
async def test_a_kind_that_is_none_is_not_found(as_, world, form):
    assert (await (await as_("employee")).post(address(world, "vote"), form)).status_code == 404
    assert await counts(world, "vote") == (0, 0, 0, 0)


async def test_the_most_helpful_stands_first_and_says_so(as_, world):
    for who in ("employee", "sponsor", "moderator"):
        await (await as_(who)).post(address(world, "discuss_reply"), {"give": "thanks"})
    await execute(
        "INSERT INTO comment (idea, space, author, state, body, body_html, language)"
        " SELECT idea, space, author, 'published', 'Late and wise', 'Late and wise', 'en' FROM comment WHERE id = {}",
        world.comment_id["discuss"],
    )
    late = await fetch_value("SELECT public_id FROM comment WHERE body = 'Late and wise'")
    for who in ("employee", "sponsor"):
        await (await as_(who)).post(f"/comments/{late}/reactions", {"give": "helpful"})
    page = text_of(await (await as_("employee")).get(f"/ideas/{world.idea['discuss']}"))
    assert page.index("Late and wise") < page.index("Comment discuss")
    assert page.count("data-best") == 1


async def test_a_storm_of_reactions_is_counted_right(fresh_db, world):
    people = [await actor_of_person(world.person_id[who]) for who in ("employee", "sponsor", "moderator", "author")]
    seen = await get_comment(people[0], world.comment["vote"])
    await asyncio.gather(
        *(actions.react(actor, seen, kind) for actor in people for kind in ("helpful", "agree") for _ in range(4))
    )
    assert await counts(world, "vote") == (4, 4, 0, 0)
    await asyncio.gather(*(actions.take_reaction_back(actor, seen, "helpful") for actor in people for _ in range(3)))
    assert await counts(world, "vote") == (0, 4, 0, 0)


async def test_a_reaction_waits_for_an_end_that_is_under_way_and_obeys_it(fresh_db, world):
    actor = await actor_of_person(world.person_id["employee"])
    seen = await get_comment(actor, world.comment["decide"])
    await campaign_that_ends_meanwhile(fresh_db, world, lambda: actions.react(actor, seen, "helpful"))
    assert await counts(world, "decide") == (0, 0, 0, 0)
