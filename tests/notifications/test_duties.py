"""Duties in cases: each says what is to be done and by when, and stays new until it is done, or is somebody else's."""

import re

import pytest

from portal.access.actor import actor_of_person
from portal.db import execute, fetch_value, transaction
from portal.escalation.queries import get_case
from portal.events.kinds import Kind
from portal.events.log import record
from portal.notifications.duties import DUTIES, duty_of
from portal.notifications.mails import write
from portal.text.language import Reader, reading
from tests.escalation.stage import hand_over
from tests.notifications.work import tell_all

UNREAD = "SELECT person, event FROM notice WHERE duty AND read_at IS NULL ORDER BY id"


async def obliged(world, kind, who, case="decide", **particulars):
    """Somebody has this duty in a case, and was told."""
    async with transaction():
        event = await record(
            kind,
            space=world.space_id["organisation"],
            escalation=world.case_id[case],
            person=world.person_id[who],
            **particulars,
        )
    await tell_all()
    return event


async def unread(world):
    """Who has duties that are not done."""
    names = {person: name for name, person in world.person_id.items()}
    return [names[row["person"]] for row in await execute(UNREAD)]


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_duty_has_its_words_in_both_languages(language):
    known = {
        "acknowledge",
        "triage",
        "statement",
        "due",
        "next",
        "until",
        "left",
        "owner",
        "question",
        "days",
        "reason",
    }
    with reading(Reader(language)):
        for words in DUTIES.values():
            assert set(re.findall(r"%\((\w+)\)s", str(words.tells))) <= known
            assert str(words.tells) % dict.fromkeys(known, "x")
    assert {kind for kind in Kind if kind.startswith("duty.")} - {Kind.DUTY_BOUNCED, Kind.DUTY_SCREEN} <= set(DUTIES)


@pytest.mark.parametrize(
    ("kind", "particulars", "head", "says", "where"),
    [
        (Kind.DUTY_ASSIGNED, {}, "You decide about this", "on which day you answer", "#desk"),
        (Kind.DUTY_ASSIGNED, {"why": "absent"}, "while a colleague is away", "that leaves", "#desk"),
        (Kind.DUTY_REMINDER, {"about": "answer", "percent": 50}, "Half of the time is over", "due on", "#desk"),
        (Kind.DUTY_REMINDER, {"about": "answer", "percent": 100}, "Your answer is late", "was due on", "#desk"),
        (Kind.DUTY_REMINDER, {"about": "statement"}, "No first statement yet", "takes no decision", "/statement"),
        (Kind.DUTY_OVERDUE, {"step": 1}, "Late in your line", "You need not do anything yet", ""),
        (Kind.DUTY_OVERDUE, {"step": 3}, "Very late, and yours to decide", "went up the line", "#desk"),
        (Kind.DUTY_EXTENSION, {}, "More time is asked for", "Say yes or no", "/agreement"),
    ],
)
async def test_the_mail_says_what_the_duty_is_and_by_when_and_where(
    rollback, world, kind, particulars, head, says, where
):
    event = await obliged(world, kind, "sponsor", **particulars)
    mail = await write("duty", world.person_id["sponsor"], event)
    text = mail.get_content()
    assert head in mail["subject"]
    assert "Idea decide" in mail["subject"]
    assert says in " ".join(text.split())
    assert f"/cases/{world.case['decide']}{where}\n" in text


async def test_the_list_says_the_same_in_the_readers_language(as_, world):
    await obliged(world, Kind.DUTY_ASSIGNED, "sponsor", why="absent")
    assert (
        "You decide about this while a colleague is away:" in (await (await as_("sponsor")).get("/notifications")).text
    )
    assert duty_of(Kind.DUTY_ASSIGNED, "something new") is DUTIES[Kind.DUTY_ASSIGNED]


@pytest.mark.parametrize(
    ("duty", "particulars", "by", "after"),
    [
        (Kind.DUTY_ASSIGNED, {}, Kind.CASE_ACKNOWLEDGED, []),
        (Kind.DUTY_ASSIGNED, {}, Kind.CASE_STATEMENT, ["sponsor"]),
        (Kind.DUTY_TRIAGE, {}, Kind.CASE_ASSIGNED, []),
        (Kind.DUTY_REMINDER, {"about": "statement"}, Kind.CASE_STATEMENT, []),
        (Kind.DUTY_REMINDER, {"about": "answer"}, Kind.CASE_STATEMENT, ["sponsor"]),
        (Kind.DUTY_REMINDER, {"about": "answer"}, Kind.CASE_ANSWERED, []),
        (Kind.DUTY_OVERDUE, {"step": 1}, Kind.CASE_ANSWERED, []),
        (Kind.DUTY_EXTENSION, {}, Kind.CASE_EXTENDED, []),
    ],
)
async def test_it_stays_new_until_it_is_done(rollback, world, duty, particulars, by, after):
    await obliged(world, duty, "sponsor", **particulars)
    for case in ("discuss", "decide"):  # another case's event does nothing
        assert await unread(world) == ["sponsor"]
        async with transaction():
            await record(by, space=world.space_id["organisation"], escalation=world.case_id[case])
        await tell_all()
    assert await unread(world) == after


async def test_what_is_handed_over_is_the_duty_of_who_has_it_now_and_no_longer_of_who_had_it(rollback, world):
    await obliged(world, Kind.DUTY_ASSIGNED, "sponsor")
    await obliged(world, Kind.DUTY_REMINDER, "sponsor", about="answer", percent=50)
    actor = await actor_of_person(world.person_id["sponsor"])
    case = await get_case(actor, world.case["decide"])
    await hand_over(actor, case, world.person_id["decision_maker"])
    await tell_all()
    assert await unread(world) == ["decision_maker"]
    why = await fetch_value("SELECT particulars ->> 'why' FROM event WHERE kind = 'duty.assigned' ORDER BY id DESC")
    assert why == "handed over"


async def test_one_day_is_one_day_in_the_readers_language(rollback, world):
    asked = "UPDATE escalation SET extension_days = 1, extension_reason = 'Het weer' WHERE id = {}"
    await execute(asked, world.case_id["decide"])
    await execute("UPDATE identity SET language = 'nl' WHERE person = {}", world.person_id["sponsor"])
    event = await obliged(world, Kind.DUTY_EXTENSION, "sponsor")
    mail = await write("duty", world.person_id["sponsor"], event)
    assert "vraagt om uitstel (1 werkdag), met deze reden: ‘Het weer’" in " ".join(mail.get_content().split())
