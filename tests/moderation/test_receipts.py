"""Receipts: what the author is told, changing what was sent back, appeals and who decides them, mail."""

import re
from datetime import timedelta

import pytest

from portal.db import execute, fetch_value
from portal.notifications.jobs import tell_of
from portal.notifications.mails import write
from tests.client import text_of
from tests.comments.test_write import counts
from tests.moderation.desk import WORDS, decide, newest, receipt_of, state
from tests.notifications.work import tell_all
from tests.pages.forms import errors_of, post_slowly
from tests.world import NOW, add_comment, add_report, set_clock

NAME = "Malik Osei-Bonsu"  # the moderator's


@pytest.fixture
async def in_english(rollback):
    """So that everybody of the cast can be read."""
    await execute("UPDATE identity SET language = 'en'")


@pytest.fixture
async def another_moderator(rollback, world):
    """A colleague moderates the organisation's space, too."""
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator')",
        world.space_id["organisation"],
        world.person_id["insider_a"],
    )


async def test_a_receipt_tells_rule_role_text_and_what_can_be_done_but_no_name(as_, world, in_english):
    await decide(await as_("moderator"), world, "vote", "remove")
    author = await as_("colleague")
    address = await receipt_of(world, "vote")
    page = text_of(await author.get(address))
    for words in (
        "Your comment was removed",
        "A moderator of this space",
        "House rule 4: Private numbers and addresses",
        "Comment vote",
        WORDS,
        "You can appeal until",
        "1 reader",
    ):
        assert words in page, words
    assert NAME not in page
    assert world.person["moderator"] not in page
    assert "Noor Dijkman" not in page, "nor who reported it"
    assert address in text_of(await author.get("/receipts"))
    assert "A moderator decided about something that you wrote" in text_of(await author.get("/"))


async def test_a_receipt_is_read_by_the_person_it_is_about(as_, world):
    address = f"/receipts/{world.decision['decide']}"
    for who, status in {"moderator": 403, "employee": 404, "administrator": 404, "guest_a": 404}.items():
        assert (await (await as_(who)).get(address)).status_code == status, who
        sent = await (await as_(who)).post(f"{address}/appeal", {"words": "I think so"})
        assert sent.status_code == status, who
    assert await fetch_value("SELECT count(*) FROM appeal") == 1


# --- changing what was sent back


NOTICE = "A moderator decided about something that you wrote"


async def test_the_home_says_so_until_one_did_something_about_it(as_, world, in_english, another_moderator):
    await decide(await as_("moderator"), world, "vote", "send back")
    author, address = await as_("colleague"), await receipt_of(world, "vote")
    await execute(
        "UPDATE decision SET created_at = created_at - interval '8 days' WHERE item <> {}", world.item_id["vote"]
    )
    assert NOTICE in text_of(await author.get("/"))
    await author.post(f"{address}/text", {"body": "Ring the desk"})
    assert NOTICE not in text_of(await author.get("/"))


async def test_what_needs_nothing_is_gone_from_the_home_once_it_was_read(as_, world, in_english):
    await execute("UPDATE decision SET created_at = created_at - interval '8 days'")
    await decide(await as_("moderator"), world, "vote", "remove")
    author, address = await as_("colleague"), await receipt_of(world, "vote")
    for path in ("/receipts", "/"):
        assert NOTICE in text_of(await author.get("/")), f"before and after {path}"
        await author.get(path)
    assert (await (await as_("moderator")).get(address)).status_code == 403
    assert NOTICE in text_of(await author.get("/")), "somebody else looked"
    await author.get(address)
    assert NOTICE not in text_of(await author.get("/"))


async def test_what_was_sent_back_stays_on_the_home_however_often_it_is_read(as_, world, in_english):
    await execute("UPDATE decision SET created_at = created_at - interval '8 days'")
    await decide(await as_("moderator"), world, "vote", "send back")
    author = await as_("colleague")
    await author.get(await receipt_of(world, "vote"))
    assert NOTICE in text_of(await author.get("/"))


async def test_an_appeal_is_done_about_it_and_its_outcome_is_told_anew(as_, world, in_english, another_moderator):
    await appealed(as_, world)
    await execute(
        "UPDATE decision SET created_at = created_at - interval '8 days' WHERE item <> {}", world.item_id["vote"]
    )
    await execute(
        "UPDATE appeal SET created_at = created_at - interval '8 days', decided_at = decided_at - interval '8 days'"
        " WHERE decision IN (SELECT id FROM decision WHERE item <> {})",
        world.item_id["vote"],
    )
    author = await as_("colleague")
    assert NOTICE not in text_of(await author.get("/"))
    assert (await judge(as_, "insider_a", world, "upheld")).status_code == 303
    assert NOTICE in text_of(await author.get("/"))


async def test_a_comment_grows_no_longer_by_being_sent_back_than_any(as_, world):
    await decide(await as_("moderator"), world, "vote", "send back")
    author, address = await as_("colleague"), await receipt_of(world, "vote")
    long = await author.post(f"{address}/text", {"body": "x" * 8001})
    assert set(errors_of(long)) == {"body"}
    assert "x" * 8001 in long.text
    assert (await author.post(f"{address}/text", {"body": "x" * 8000})).status_code == 303


async def test_what_was_sent_back_goes_straight_up_again_and_its_old_text_is_nowhere(as_, world, in_english):
    moderator, author = await as_("moderator"), await as_("colleague")
    await decide(moderator, world, "vote", "send back")
    address = await receipt_of(world, "vote")
    assert set(errors_of(await author.post(f"{address}/text", {"body": ""}))) == {"body"}
    assert (await author.post(f"{address}/text", {"body": "Ring the **desk**"})).status_code == 303
    assert await state("comment", world.comment_id["vote"]) == "published"
    assert (await counts(world, "vote"))[0] == 2
    page = text_of(await (await as_("employee")).get(f"/ideas/{world.idea['vote']}"))
    assert "Ring the <strong>desk</strong>" in page
    assert "Comment vote" not in page.replace("Comment vote_reply", "")
    assert await fetch_value("SELECT count(*) FROM comment_version WHERE body LIKE 'Comment vote%'") == 0
    assert "is up again" in text_of(await author.get(address))
    assert (await author.post(f"{address}/text", {"body": "Again"})).status_code == 403


async def test_an_idea_whose_text_was_settled_loses_its_votes_with_it_and_says_so_before(as_, world, in_english):
    await (await as_("employee")).post(f"/ideas/{world.idea['vote']}/vote")
    await add_report(world, "idea", idea="vote", reporter="employee")
    await decide(await as_("moderator"), world, "idea", "send back")
    author, address = await as_("author"), await receipt_of(world, "idea")
    assert "loses the votes" in text_of(await author.get(address))
    assert set(errors_of(await author.post(f"{address}/text", {"title": "", "body": "Better"}))) == {"title"}
    assert (await author.post(f"{address}/text", {"title": "New", "body": "Better"})).status_code == 303
    row = (await execute("SELECT title, state, supporters FROM idea WHERE id = {}", world.idea_id["vote"]))[0]
    assert tuple(row) == ("New", "published", 0)
    assert await fetch_value("SELECT count(*) FROM vote WHERE idea = {}", world.idea_id["vote"]) == 0
    assert "/versions" not in text_of(await author.get(f"/ideas/{world.idea['vote']}"))
    assert await fetch_value("SELECT count(*) FROM idea_version WHERE idea = {}", world.idea_id["vote"]) == 0


async def test_nobody_else_changes_what_was_sent_back(as_, world):
    address = f"/receipts/{world.decision['sent_back']}/text"
    for who, status in {"employee": 404, "moderator": 404, "campaign_owner": 404}.items():
        assert (await (await as_(who)).post(address, {"body": "Mine"})).status_code == status, who
    assert await state("comment", world.comment_id["sent_back"]) == "hidden"


# --- appeals


async def appealed(as_, world, action="remove"):
    """The address of a receipt against which the author appealed."""
    await decide(await as_("moderator"), world, "vote", action)
    address = await receipt_of(world, "vote")
    sent = await (await as_("colleague")).post(f"{address}/appeal", {"words": "It is the number of the desk."})
    assert sent.status_code == 303
    return address


async def judge(as_, who, world, outcome):
    fields = {"outcome": outcome, "reason": "The number is on the intranet, too."}
    return await (await as_(who)).post(f"/moderation/items/{world.item['vote']}/appeal", fields)


async def test_an_appeal_is_a_duty_of_who_may_decide_it_until_it_is_decided(as_, world, in_english, another_moderator):
    await execute("UPDATE identity SET wants_mail = FALSE")
    await appealed(as_, world)
    await tell_all()
    other = world.person_id["insider_a"]
    told = "SELECT person, duty, read_at IS NULL AS new FROM notice WHERE kind = 'appeal'"
    assert [tuple(row) for row in await execute(told)] == [(other, True, True)], "not who decided first"
    event = await fetch_value("SELECT event FROM mail WHERE kind = 'appeal' AND recipient = {}", other)
    mail = await write("appeal", other, event)
    assert f"/spaces/{world.space['organisation']}/moderation" in mail.get_content()
    assert "An appeal waits for your decision" in (await (await as_("insider_a")).get("/notifications")).text
    await judge(as_, "insider_a", world, "upheld")
    await tell_all()
    assert [row["new"] for row in await execute(told)] == [False]


@pytest.mark.parametrize(("outcome", "then"), [("granted", "published"), ("upheld", "hidden")])
async def test_somebody_else_decides_an_appeal_and_the_author_reads_why(
    as_, world, in_english, another_moderator, outcome, then
):
    address = await appealed(as_, world)
    shown = await (await as_("insider_a")).get(f"/moderation/items/{world.item['vote']}")
    assert "It is the number of the desk." in text_of(shown)
    assert (await judge(as_, "moderator", world, "upheld")).status_code == 403, "not who decided first"
    assert (await judge(as_, "insider_a", world, outcome)).status_code == 303
    assert await state("comment", world.comment_id["vote"]) == then
    assert await state("moderation_item", world.item_id["vote"]) == "closed"
    page = text_of(await (await as_("colleague")).get(address))
    assert "The number is on the intranet, too." in page
    assert "Bram Kuipersma" not in page
    assert (await judge(as_, "insider_a", world, "granted")).status_code == 403, "once"
    undo = await (await as_("moderator")).post(f"/moderation/decisions/{address.split('/')[-1]}/undo")
    assert undo.status_code == 403, "not after an appeal"


async def test_an_appeal_needs_words_and_its_decision_a_reason(as_, world, another_moderator):
    await decide(await as_("moderator"), world, "vote", "warn")
    author, address = await as_("colleague"), await receipt_of(world, "vote")
    assert set(errors_of(await author.post(f"{address}/appeal", {"words": ""}))) == {"words"}
    await author.post(f"{address}/appeal", {"words": "No"})
    other = await as_("insider_a")
    empty = await other.post(f"/moderation/items/{world.item['vote']}/appeal", {"outcome": "maybe"})
    assert set(errors_of(empty)) == {"outcome", "reason"}


async def test_one_appeal_and_only_in_time(as_, world):
    address, author = await appealed(as_, world), await as_("colleague")
    assert (await author.post(f"{address}/appeal", {"words": "Again"})).status_code == 403
    await set_clock(NOW + timedelta(days=14))
    late = await as_("colleague")
    old = f"/receipts/{world.decision['decide']}"
    assert (await late.post(f"{old}/appeal", {"words": "Late"})).status_code == 403
    assert f'action="{old}/appeal"' not in text_of(await late.get(old))


async def test_an_appeal_against_what_was_just_undone_keeps_the_text(as_, world, in_english):
    moderator, author = await as_("moderator"), await as_("colleague")
    await decide(moderator, world, "vote", "remove")
    address = await receipt_of(world, "vote")

    async def meanwhile():
        await moderator.post(f"/moderation/decisions/{address.split('/')[-1]}/undo")

    answer = await post_slowly(author, f"{address}/appeal", {"words": "A long & careful text"}, meanwhile)
    assert answer.status_code == 422
    assert "A long & careful text" in text_of(answer)


async def test_of_two_who_decide_an_appeal_the_later_keeps_her_words(as_, world, in_english, another_moderator):
    await appealed(as_, world)
    third = "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'moderator')"
    await execute(third, world.space_id["organisation"], world.person_id["campaign_owner"])
    path = f"/moderation/items/{world.item['vote']}/appeal"
    later = {"outcome": "upheld", "reason": "A long & careful reason"}

    async def meanwhile():
        assert (await judge(as_, "insider_a", world, "granted")).status_code == 303

    answer = await post_slowly(await as_("campaign_owner"), path, later, meanwhile)
    assert answer.status_code == 422
    assert "A long & careful reason" in text_of(answer)
    assert (await newest("appeal"))["outcome"] == "granted"


async def test_where_nobody_else_moderates_the_administrators_are_asked(as_, world, in_english):
    address = await appealed(as_, world)
    event = await newest("event")
    assert event["kind"] == "moderation.appealed"
    assert "The administrators were asked" in text_of(await (await as_("colleague")).get(address))
    await tell_of(event["id"])
    told = await execute("SELECT recipient, kind FROM mail WHERE event = {} ORDER BY kind", event["id"])
    assert ("moderator_needed", world.person_id["administrator"]) in {(row["kind"], row["recipient"]) for row in told}
    mail = await write("moderator_needed", world.person_id["administrator"], event["id"])
    assert "Lowland Works" in mail.get_content()
    assert "/admin/roles" in mail.get_content()


async def test_an_administrator_is_told_no_name_of_a_space_that_she_does_not_read(as_, world, in_english):
    await (await as_("guest_a")).post(f"/comments/{world.comment['closed_a']}/report", {"rule": "persons"})
    event = await newest("event")
    await tell_of(event["id"])  # the one owner of the group wrote it
    mail = await write("moderator_needed", world.person_id["administrator"], event["id"])
    assert "Overwater" not in mail.get_content()
    assert await fetch_value("SELECT count(*) FROM mail WHERE kind = 'moderator_needed'") == 1


# --- mail


async def test_the_author_gets_a_mail_with_the_text_and_no_name(as_, world, in_english):
    await decide(await as_("moderator"), world, "vote", "remove")
    event = (await newest("event"))["id"]
    for _ in range(2):
        await tell_of(event)
    assert await fetch_value("SELECT count(*) FROM mail WHERE kind = 'receipt'") == 1
    author = world.person_id["colleague"]
    text = (await write("receipt", author, event)).get_content()
    for words in ("Your comment was removed", "Comment vote", WORDS, await receipt_of(world, "vote"), "You can appeal"):
        assert words in text, words
    assert NAME not in text
    assert await write("receipt", world.person_id["moderator"], event) is None


@pytest.mark.parametrize("why", ["UPDATE identity SET wants_mail = FALSE", "UPDATE person SET active = FALSE"])
async def test_nobody_gets_a_receipt_by_mail_who_wants_none_or_left(as_, world, why):
    await decide(await as_("moderator"), world, "vote", "remove")
    await execute(why)
    await tell_of((await newest("event"))["id"])
    assert await fetch_value("SELECT count(*) FROM mail") == 0


async def test_who_was_reported_in_vain_gets_no_mail(as_, world):
    await decide(await as_("moderator"), world, "vote", "allow")
    await tell_of((await newest("event"))["id"])
    assert await fetch_value("SELECT count(*) FROM mail") == 0


async def test_moderators_hear_of_many_reports_in_one_mail(as_, world, in_english):
    for who in ("employee", "campaign_owner"):
        for thing in (f"/ideas/{world.idea['collect']}", f"/comments/{world.comment['done']}"):
            assert (await (await as_(who)).post(f"{thing}/report", {"rule": "persons"})).status_code == 303
            await tell_of((await newest("event"))["id"])
    waiting = await execute("SELECT recipient, event, due_at, kind FROM mail")
    assert [(row["recipient"], row["kind"]) for row in waiting] == [(world.person_id["moderator"], "moderation_queue")]
    assert waiting[0]["due_at"] == NOW + timedelta(minutes=10)
    text = (await write("moderation_queue", world.person_id["moderator"], waiting[0]["event"])).get_content()
    assert "3 items" in text
    await execute("UPDATE mail SET sent_at = due_at")
    await (await as_("sponsor")).post(f"/comments/{world.comment['open']}/report", {"rule": "persons"})
    await (await as_("sponsor")).post(f"/comments/{world.comment['collect']}/report", {"rule": "persons"})
    await tell_of((await newest("event"))["id"])
    again = await fetch_value("SELECT due_at FROM mail WHERE sent_at IS NULL")
    assert again == NOW + timedelta(minutes=70), "an hour after the one before"


async def test_a_mail_about_a_queue_that_is_empty_by_then_is_not_written(as_, world):
    await (await as_("employee")).post(f"/ideas/{world.idea['collect']}/report", {"rule": "persons"})
    event = (await newest("event"))["id"]
    await execute("UPDATE moderation_item SET state = 'closed'")
    assert await write("moderation_queue", world.person_id["moderator"], event) is None


async def test_events_hold_ids_and_enums_and_are_seen_by_moderators_only(as_, world):
    from portal.access.actor import actor_of_person
    from portal.access.scope import visible
    from portal.tables import Event

    await decide(await as_("moderator"), world, "vote", "remove")
    event = await newest("event")
    assert WORDS not in event["particulars"]
    assert "Comment" not in event["particulars"]
    for who, sees in {"moderator": 1, "colleague": 0, "employee": 0, "administrator": 0, "insider_a": 0}.items():
        actor = await actor_of_person(world.person_id[who])
        rows = await execute("SELECT e.id FROM event e WHERE e.id = {} AND {}", event["id"], visible(Event, actor, "e"))
        assert len(rows) == sees, who


def plain_of(response):
    """A page without what makes names and found words stand out."""
    return re.sub(r"</?(?:b|mark)\b[^>]*>", "", text_of(response))


async def test_people_whom_a_comment_mentions_are_named_on_desk_receipt_and_form_and_found(as_, world, in_english):
    """References are told as names, to whoever knows them, and go back as they were typed."""
    colleague = world.person["sponsor"]
    name = await fetch_value("SELECT name FROM identity WHERE person = {}", world.person_id["sponsor"])
    await add_comment(
        world, "calls", idea="vote", author="colleague", text=f"Ring @{{{colleague}}} or @{{nobodyatall1}}"
    )
    await execute(
        "INSERT INTO mention (comment, space, person, event) SELECT {}, {}, {}, max(id) FROM event",
        world.comment_id["calls"],
        world.space_id["organisation"],
        world.person_id["sponsor"],
    )
    await add_report(world, "calls", reporter="employee", comment="calls")
    told = f"Ring @{name} or @former colleague"
    assert told in plain_of(await (await as_("moderator")).get(f"/moderation/items/{world.item['calls']}"))
    assert told in plain_of(await (await as_("author")).get(f"/comments/{world.comment['calls']}/report"))
    assert told in plain_of(await (await as_("employee")).get("/search?q=ring"))
    await decide(await as_("moderator"), world, "calls", "send back")
    author, address = await as_("colleague"), await receipt_of(world, "calls")
    page = plain_of(await author.get(address))
    assert told in page
    assert f"Ring @{name} or @{{nobodyatall1}}" in page, "in the form, to be sent again"
    assert (await author.post(f"{address}/text", {"body": f"Ask @{name}."})).status_code == 303
    body = await fetch_value("SELECT body FROM comment WHERE id = {}", world.comment_id["calls"])
    assert body == f"Ask @{{{colleague}}}."
    assert f"Ask @{name}." in plain_of(await author.get(f"/ideas/{world.idea['vote']}"))
