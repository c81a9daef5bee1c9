"""Several people at one thing at once, over real connections."""

import asyncio
from contextlib import suppress

from portal.access.actor import actor_of_person
from portal.access.conflicts import Changed
from portal.access.policy import Forbidden
from portal.comments import actions as commenting
from portal.db import execute, fetch_value
from portal.ideas.queries import get_idea
from portal.moderation import actions, queries
from portal.moderation.actions import Held
from portal.moderation.receipts import get_receipt
from portal.reports import actions as reporting
from portal.reports.queries import idea_to_report
from portal.votes.actions import give_support, take_support_back
from portal.votes.queries import standing
from tests.world import add_report

TEN = 10


async def moderators(world):
    """Ten of them, but for who wrote the comment "vote", and who would decide about what it stands under."""
    for person in list(world.person_id.values())[:TEN]:
        await execute(
            "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator') ON CONFLICT DO NOTHING",
            world.space_id["organisation"],
            person,
        )
    found = [await actor_of_person(person) for person in list(world.person_id.values())[:TEN]]
    without = {world.person_id[who] for who in ("colleague", "sponsor", "administrator")}
    return [actor for actor in found if actor.id not in without]


async def look_then_claim(actor, item):
    """The naive way."""
    holder = await fetch_value("SELECT claimed_by FROM moderation_item WHERE id = {}", item.id)
    await asyncio.sleep(0.02)
    if holder is not None:
        raise Held
    await execute(
        "UPDATE moderation_item SET claimed_by = {}, claimed_until = plein_now() WHERE id = {}", actor.id, item.id
    )


async def winners(world, way):
    """How many of ten moderators believe that they hold the same item."""
    actors = await moderators(world)
    items = [await queries.get_item(actor, world.item["vote"]) for actor in actors]
    done = await asyncio.gather(*(way(*pair) for pair in zip(actors, items, strict=True)), return_exceptions=True)
    assert {type(result) for result in done} <= {type(None), Held}
    return done.count(None)


async def test_of_ten_who_take_an_item_at_once_one_has_it(fresh_db, world):
    assert await winners(world, actions.claim) == 1


async def test_looking_first_would_give_it_to_several(fresh_db, world):
    assert await winners(world, look_then_claim) > 1


async def test_of_ten_decisions_at_once_one_is_made(fresh_db, world):
    actors = await moderators(world)
    items = [await queries.get_item(actor, world.item["vote"]) for actor in actors]
    done = await asyncio.gather(
        *(
            actions.decide(a, i, action="remove", rule="persons", words="x", version=1)
            for a, i in zip(actors, items, strict=True)
        ),
        return_exceptions=True,
    )
    assert done.count(None) == 1
    assert {type(result) for result in done} == {type(None), Changed}
    assert await fetch_value("SELECT count(*) FROM decision WHERE item = {}", world.item_id["vote"]) == 1


async def test_ten_reports_at_once_meet_in_one_item(fresh_db, world):
    people = [await actor_of_person(person) for person in list(world.person_id.values())[:TEN]]
    people = [actor for actor in people if actor.id != world.person_id["author"]]
    things = [await idea_to_report(actor, world.idea["collect"]) for actor in people]
    twice = [*zip(people, things, strict=True)] * 2
    await asyncio.gather(*(reporting.report(actor, thing, "persons", "") for actor, thing in twice))
    row = (
        await execute(
            "SELECT count(DISTINCT r.item) AS items, count(*) AS reports FROM report r"
            " JOIN moderation_item x ON x.id = r.item WHERE x.idea = {}",
            world.idea_id["collect"],
        )
    )[0]
    assert tuple(row) == (1, len(people))


async def test_hiding_an_idea_meets_votes_and_comments_without_deadlock_and_all_counts_are_right(fresh_db, world):
    """Votes hold the campaign and then the idea, comments the idea and then the comment: so does hiding."""
    await add_report(world, "idea", idea="vote", reporter="employee")
    moderator = await actor_of_person(world.person_id["moderator"])
    voters = [await actor_of_person(world.person_id[who]) for who in ("employee", "sponsor", "colleague")]
    seen = [(await get_idea(voter, world.idea["vote"]), await standing(voter, world.idea["vote"])) for voter in voters]

    async def take_part(number, voter):
        idea, stand = seen[number]
        for turn in range(12):
            await (give_support if turn % 2 == 0 else take_support_back)(voter, stand)
            key = f"{number}.{turn}"
            with suppress(Exception):
                await commenting.comment(voter, idea, body=key, reply_to=None, form_key=key)

    async def hide_and_undo():
        for _ in range(8):
            for name in ("idea", "vote"):
                item = await queries.get_item(moderator, world.item[name])
                await actions.decide(moderator, item, action="remove", rule="persons", words="x", version=1)
                item = await queries.get_item(moderator, world.item[name])
                made = (await queries.decisions_on(moderator, item))[0]
                await actions.undo(moderator, item, made)

    await asyncio.gather(hide_and_undo(), *(take_part(*pair) for pair in enumerate(voters)))
    row = (
        await execute(
            "SELECT i.supporters, (SELECT count(*) FROM vote v WHERE v.idea = i.id) AS votes, i.comments,"
            " (SELECT count(*) FROM comment k WHERE k.idea = i.id AND k.state = 'published') AS written,"
            " (SELECT sum(comments) FROM comment_day d WHERE d.idea = i.id) AS by_day, c.ideas"
            " FROM idea i JOIN campaign c ON c.id = i.campaign WHERE i.id = {}",
            world.idea_id["vote"],
        )
    )[0]
    assert row["supporters"] == row["votes"]
    assert row["comments"] == row["written"] == row["by_day"] > 2
    assert row["ideas"] == 1


async def test_a_reply_that_meets_the_hiding_of_its_root_stays_and_is_counted(fresh_db, world):
    author = await actor_of_person(world.person_id["employee"])
    moderator = await actor_of_person(world.person_id["moderator"])
    idea = await get_idea(author, world.idea["vote"])
    from portal.comments.queries import get_comment

    root = await get_comment(author, world.comment["vote"])

    async def reply(number):
        with suppress(Forbidden):
            await commenting.comment(author, idea, body=str(number), reply_to=root, form_key=str(number))

    item = await queries.get_item(moderator, world.item["vote"])
    await asyncio.gather(
        *(reply(number) for number in range(6)),
        actions.decide(moderator, item, action="hide", rule="persons", words="x", version=1),
        *(reply(number) for number in range(6, 12)),
    )
    assert await fetch_value("SELECT count(*) FROM comment WHERE root = {}", root.id) == 13
    assert await fetch_value("SELECT comments FROM idea WHERE id = {}", idea.id) == 13


async def granting(world, way):
    """What a granted appeal leaves when its author changes the hidden text between its being read and its being
    decided: how it ended, whether the item is closed, and how the idea stands."""
    await add_report(world, "idea", idea="collect", reporter="employee")
    await execute(SECOND, world.space_id["organisation"], world.person_id["sponsor"])
    moderator = await actor_of_person(world.person_id["moderator"])
    item = await queries.get_item(moderator, world.item["idea"])
    await actions.decide(moderator, item, action="remove", rule="persons", words="x", version=1)
    author = await actor_of_person(world.person_id["author"])
    receipt = await fetch_value("SELECT public_id FROM decision WHERE item = {}", item.id)
    await actions.appeal(author, await get_receipt(author, receipt), "Unfair")
    judge = await actor_of_person(world.person_id["sponsor"])
    item = await queries.get_item(judge, world.item["idea"])
    await execute("UPDATE idea SET body = 'Another', version = version + 1 WHERE id = {}", world.idea_id["collect"])
    done = await asyncio.gather(way(judge, item), return_exceptions=True)
    left = await execute(
        "SELECT x.state, i.state AS idea FROM moderation_item x JOIN idea i ON i.id = x.idea WHERE x.id = {}", item.id
    )
    return type(done[0]), *left[0].values()


SECOND = "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator')"


async def grant(judge, item):
    """As the page does it."""
    await actions.decide_appeal(judge, item, "granted", "Fair")


async def grant_whatever_stands(judge, item):
    """The naive way: closes it, and shows the text if it is still as it was read."""
    shown = "UPDATE idea SET state = 'published' WHERE id = {} AND version = {}"
    await execute(shown, item.idea, item.version)
    await execute("UPDATE moderation_item SET state = 'closed' WHERE id = {}", item.id)


async def test_a_granted_appeal_never_leaves_the_text_hidden(fresh_db, world):
    assert await granting(world, grant) == (Changed, "appealed", "hidden")


async def test_deciding_without_looking_would(fresh_db, world):
    assert await granting(world, grant_whatever_stands) == (type(None), "closed", "hidden")
