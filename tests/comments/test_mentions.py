"""Mentioning people: among those who read there, kept as a reference, told by mail."""

import re

import pytest

from portal.access.actor import actor_of_person
from portal.db import execute, fetch_value
from portal.ideas.queries import get_idea
from portal.mentions.queries import suggested
from portal.notifications.jobs import tell_of
from portal.notifications.mails import write
from tests.client import text_of
from tests.comments.test_write import newest, page, thread
from tests.pages.forms import errors_of, form_of
from tests.world import email_of

EMPLOYEE = "Noor Dijkman"


async def add_person(world, name, email, space=None):
    """One more employee, or guest of a space."""
    person = await fetch_value(
        "INSERT INTO person (kind, last_signed_in_at) VALUES ({}, plein_now()) RETURNING id",
        "guest" if space else "employee",
    )
    await execute(
        "INSERT INTO identity (person, name, email, language, zone) VALUES ({}, {}, {}, 'en', 'UTC')",
        person,
        name,
        email,
    )
    if space:
        await execute(
            "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')", world.space_id[space], person
        )
    return person


async def write_comment(as_, world, body, who="sponsor", idea="vote"):
    return await (await as_(who)).post(thread(world, idea), {"body": body})


@pytest.mark.parametrize(
    "words",
    ["@Noor Dijkman", "@noor dijkman", "@NOÓR DIJKMAN,", "@employee@world.example", "(@Noor Dijkman)", "**@Noor Dijkman**",
     "@Noor Dijkman's plan", "@Noor Dijkman’s plan", "ask @Noor Dijkman today"],
)  # fmt: skip
async def test_a_name_or_an_address_becomes_a_reference_and_is_shown_as_the_name_of_today(as_, world, words):
    await write_comment(as_, world, words)
    assert f"@{{{world.person['employee']}}}" in (await newest())["body"]
    await execute("UPDATE identity SET name = 'Noor de Wit' WHERE person = {}", world.person_id["employee"])
    shown = (await (await as_("author")).get(page(world, "vote"))).text
    assert '<b class="mention">@Noor de Wit</b>' in shown
    assert EMPLOYEE not in shown.split('id="thread"')[1]


@pytest.mark.parametrize(
    "words", ["@home by 10", "write to noor@dijkman.example", "x@Noor Dijkman", "@Noor", "@", "@@", "@{0123456789ab}"]
)
async def test_what_calls_nobody_stays_text(as_, world, words):
    await write_comment(as_, world, words)
    assert await fetch_value("SELECT count(*) FROM mention") == 0
    assert "@{" not in (await newest())["body"]


@pytest.mark.parametrize("outsider", ["insider_b", "guest_b", "employee", "deactivated"])
async def test_who_can_not_read_there_can_not_be_mentioned(as_, world, outsider):
    """Not by name, not by address, not by the id that texts keep."""
    name = await fetch_value("SELECT name FROM identity WHERE person = {}", world.person_id[outsider])
    for words in (f"@{name}", f"@{email_of(outsider)}", f"@{{{world.person[outsider]}}}"):
        await write_comment(as_, world, f"Hello {words}", "insider_a", "closed_a")
        assert await fetch_value("SELECT count(*) FROM mention") == 0
        shown = text_of(await (await as_("insider_a")).get(page(world, "closed_a")))
        assert 'class="mention"' not in shown


async def test_a_guest_does_not_learn_whose_an_address_is(as_, world):
    await write_comment(as_, world, f"@{email_of('insider_a')}", "guest_a", "closed_a")
    assert await fetch_value("SELECT count(*) FROM mention") == 0


async def test_a_name_that_several_have_is_asked_about_and_the_text_is_kept(as_, world):
    await add_person(world, EMPLOYEE, "other@world.example")
    sent = await write_comment(as_, world, "Dear @Noor Dijkman, hello")
    assert sent.status_code == 422
    assert "Noor Dijkman" in errors_of(sent)["body"]
    assert form_of(sent, thread(world, "vote"))["body"] == "Dear @Noor Dijkman, hello"
    assert (await write_comment(as_, world, "Dear @other@world.example, hello")).status_code == 303
    assert await fetch_value("SELECT count(*) FROM mention") == 1


@pytest.mark.parametrize(("rule", "called"), [("name", "@Julie Mercadier"), ("former", "@former guest")])
async def test_a_guest_who_left_is_called_in_the_text_as_the_space_says(as_, world, rule, called):
    await write_comment(as_, world, "Ask @Julie Mercadier", "insider_a", "closed_a")
    await execute("UPDATE space SET leavers = {} WHERE id = {}", rule, world.space_id["closed_a"])
    await execute("DELETE FROM membership WHERE person = {}", world.person_id["guest_a"])
    shown = text_of(await (await as_("insider_a")).get(page(world, "closed_a")))
    assert f">{called}</b>" in shown
    assert ("Mercadier" in shown) == (rule == "name")


async def test_a_colleague_who_reads_there_no_longer_has_no_name_in_the_text(as_, world):
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')",
        world.space_id["closed_a"],
        world.person_id["colleague"],
    )
    await write_comment(as_, world, "Ask @Joris van Heeswijk", "insider_a", "closed_a")
    await execute("DELETE FROM membership WHERE person = {}", world.person_id["colleague"])
    shown = text_of(await (await as_("insider_a")).get(page(world, "closed_a")))
    assert "Ask @former colleague" in shown
    assert "Heeswijk" not in shown


async def test_a_change_shows_the_name_keeps_the_reference_and_mentions_once(as_, world):
    await write_comment(as_, world, "Ask @Noor Dijkman")
    made, browser = await newest(), await as_("sponsor")
    address = f"/comments/{made['public_id']}/edit"
    form = form_of(await browser.get(address), address)
    assert form["body"] == "Ask @Noor Dijkman"
    await browser.post(address, form | {"body": "Ask @Noor Dijkman and @Wim Schotanus"})
    assert await fetch_value("SELECT count(*) FROM mention") == 2
    assert await fetch_value("SELECT count(DISTINCT event) FROM mention") == 2


async def test_the_preview_shows_the_mention_and_writes_nothing(as_, world):
    before = await newest()
    browser = await as_("sponsor")
    sent = await browser.post(thread(world, "vote"), {"body": "*Ask* @Noor Dijkman", "preview": "1"}, htmx=True)
    assert sent.status_code == 200
    assert sent.text.strip().startswith('<div id="preview"')
    assert '<em>Ask</em> <b class="mention">@Noor Dijkman</b>' in sent.text
    whole = await browser.post(thread(world, "vote"), {"body": "*Ask* him", "preview": "1"})
    assert form_of(whole, thread(world, "vote"))["body"] == "*Ask* him"
    assert await newest() == before


# --- suggestions


async def names(who, world, idea, typed):
    actor = await actor_of_person(world.person_id[who])
    return [person.name for person in await suggested(actor, await get_idea(actor, world.idea[idea]), typed)]


@pytest.mark.parametrize(
    "typed", ["no", "Noor", "dijk", "noor dij", "NOÖR", "dijkmna", "Noor Djikman", "Noor Dijkmann"]
)
async def test_people_are_found_by_the_beginning_of_a_name_and_in_spite_of_mistakes(rollback, world, typed):
    assert (await names("sponsor", world, "vote", typed))[0] == EMPLOYEE


@pytest.mark.parametrize("typed", ["%", "_", "\\", "%%", "__", "xqzw", "n"])
async def test_signs_find_nobody(rollback, world, typed):
    assert await names("sponsor", world, "vote", typed) == []


async def test_before_a_letter_is_typed_those_are_offered_who_wrote_lately_but_not_oneself(rollback, world):
    assert await names("employee", world, "vote", "") == ["Wim Schotanus", "Joris van Heeswijk"]
    assert await names("author", world, "vote", "") == ["Joris van Heeswijk"]


async def test_suggestions_are_readers_of_the_space_only(as_, world):
    """Among all that is typed, nobody who does not read there, for insiders and guests alike."""
    for who in ("insider_a", "guest_a"):
        found = set()
        for name in await execute("SELECT name FROM identity"):
            found |= set(await names(who, world, "closed_a", name["name"])) | set(
                await names(who, world, "closed_a", name["name"][:3])
            )
        assert found == {"Bram Kuipersma", "Julie Mercadier"} - {
            {"insider_a": "Bram Kuipersma"}.get(who, "Julie Mercadier")
        }
    for who in ("employee", "guest_b", "administrator"):
        assert (await (await as_(who)).get(f"/ideas/{world.idea['closed_a']}/mentions?typed=br")).status_code == 404


async def test_where_names_are_shared_the_address_is_written_but_never_for_a_guest(rollback, world):
    await add_person(world, "Bram Kuipersma", "second@world.example", "closed_a")
    words = {}
    for who in ("insider_a", "guest_a"):
        actor = await actor_of_person(world.person_id[who])
        idea = await get_idea(actor, world.idea["closed_a"])
        words[who] = {person.words for person in await suggested(actor, idea, "bram")}
    assert words["insider_a"] == {"second@world.example"}
    assert len(words["guest_a"]) == 2
    assert all(re.fullmatch(r"\{\w{12}\}", text) for text in words["guest_a"])


# --- mail


async def told(event=None):
    """Who gets a mail about the mentions of the last event."""
    event = event or await fetch_value("SELECT max(event) FROM mention")
    await tell_of(event)
    await tell_of(event)
    return [row["recipient"] for row in await execute("SELECT recipient FROM mail WHERE kind = 'mention'")]


async def test_who_is_mentioned_hears_of_it_once_in_her_language(as_, world):
    await write_comment(as_, world, "Ask @Joris van Heeswijk, @Yara Haddouch")
    assert await told() == [world.person_id["colleague"]]  # and not who wrote it
    event = await fetch_value("SELECT max(event) FROM mention")
    message = await write("mention", world.person_id["colleague"], event)
    text = message.get_content()
    assert message["Subject"] == "Yara Haddouch noemt je: Idea vote"
    assert "Ask @Joris van Heeswijk, @Yara Haddouch" in text
    assert f"/comments/{(await newest())['public_id']}" in text


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE identity SET wants_mail = FALSE",
        "UPDATE person SET last_signed_in_at = NULL",
        "UPDATE person SET active = FALSE",
    ],
)
async def test_who_switched_mail_off_never_came_or_left_is_not_told(as_, world, change):
    await write_comment(as_, world, "Ask @Noor Dijkman")
    await execute(change)
    assert await told() == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE comment SET state = 'hidden'",
        "UPDATE comment SET state = 'removed', body = ''",
        "UPDATE comment SET body = 'No names'",
        "DELETE FROM membership",
        "UPDATE idea SET state = 'hidden' WHERE state = 'published'",
    ],
)
async def test_what_she_may_not_read_any_more_is_not_sent(as_, world, change):
    await write_comment(as_, world, "Ask @Julie Mercadier", "insider_a", "closed_a")
    event = await fetch_value("SELECT max(event) FROM mention")
    assert await write("mention", world.person_id["guest_a"], event) is not None
    await execute(change)
    assert await write("mention", world.person_id["guest_a"], event) is None


async def test_removing_takes_mentions_and_earlier_texts_along(as_, world):
    await write_comment(as_, world, "Ask @Noor Dijkman")
    made, browser = await newest(), await as_("sponsor")
    await browser.post(f"/comments/{made['public_id']}/edit", {"body": "Ask them", "version": "1"})
    await browser.post(f"/comments/{made['public_id']}/removal")
    for table in ("mention", "comment_version"):
        left = f"SELECT count(*) FROM {table} x JOIN comment k ON k.id = x.comment WHERE k.public_id = {{}}"
        assert await fetch_value(left, made["public_id"]) == 0
