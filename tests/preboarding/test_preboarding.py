"""People who start soon: what is open to them by their own first day, who looks after them, and who does not turn up."""

from datetime import date, datetime, timedelta

import pytest
from asyncpg import InsufficientPrivilegeError

from portal.access.actor import actor_of_person
from portal.access.scope import visible
from portal.db import execute, fetch_value, leave_connection, stand_behind_wall
from portal.invitations.guest_list import Usual, try_out
from portal.invitations.queries import guest_space
from portal.leaving import turning
from portal.leaving.jobs import erase_guests, let_guests_go
from portal.notifications.mails import write
from portal.preboarding.jobs import find_all_mentors, find_mentors
from portal.tables import Chapter
from tests.client import text_of
from tests.notifications.work import tell_all
from tests.world import NOW, World, add_invitation, add_person, email_of, set_clock

CHAPTER = {"title": "Where to be", "body": "At **gate 3**.", "when": "-7", "days": ""}


def home(world: World) -> str:
    """The address of the space in which people start."""
    return f"/spaces/{world.space['closed_b']}"


async def told() -> dict[str, str]:
    """What follows from all that happened: whom mail went to about people who start, and what it says."""
    await tell_all()
    rows = await execute("SELECT recipient, event FROM mail WHERE kind = 'starter' ORDER BY id")
    mails = [await write("starter", row["recipient"], row["event"]) for row in rows]
    return {mail["Subject"]: f"{mail['To']}\n{mail.get_content()}" for mail in mails if mail}


async def starts(world: World, name: str, day: date) -> int:
    """One more guest of that space, who starts on this day."""
    await add_person(
        world, name, {"name": name.title(), "language": "en", "kind": "guest", "roles": [("closed_b", "member")]}
    )
    person = world.person_id[name]
    await execute("UPDATE person SET starts_on = {} WHERE id = {}", day, person)
    return person


@pytest.mark.parametrize(
    ("moment", "open_now"),
    [
        # her first day is 27 June in Amsterdam; each chapter opens at midnight there
        (datetime.fromisoformat("2026-05-27T23:59:59+02:00"), set()),
        (datetime.fromisoformat("2026-05-28T00:00:00+02:00"), {"early"}),
        (datetime.fromisoformat("2026-06-26T23:59:59+02:00"), {"early"}),
        (datetime.fromisoformat("2026-06-27T00:00:00+02:00"), {"early", "late"}),
    ],
)
async def test_a_chapter_opens_by_ones_own_first_day_and_is_nowhere_before(as_, world, moment, open_now):
    await set_clock(moment)
    browser = await as_("guest_b")
    found = {
        name for name, public_id in world.chapter.items() if (await browser.get(f"/chapters/{public_id}")).is_success
    }
    listed = text_of(await browser.get(f"{home(world)}/chapters")) + text_of(await browser.get(home(world)))
    assert found == open_now == {name for name in world.chapter if f"Chapter {name}" in listed}
    at_home = text_of(await browser.get("/"))
    assert open_now == {name for name in world.chapter if f"Chapter {name}" in at_home}
    assert "is je eerste dag" in at_home
    searched = text_of(await browser.get("/search?q=chapter"))
    assert "Chapter late" not in searched


async def test_the_second_wall_alone_keeps_a_chapter_closed_and_a_first_day_as_it_is(rollback, world):
    guest = world.person_id["guest_b"]
    await stand_behind_wall(guest, [world.space_id["closed_b"]])
    try:
        assert [row["title"] for row in await execute("SELECT title FROM chapter")] == ["Chapter early"]
        with pytest.raises(InsufficientPrivilegeError, match="permission denied for table person"):
            await execute("UPDATE person SET starts_on = '2026-01-01' WHERE id = {}", guest)
    finally:
        await leave_connection()


async def test_two_who_start_on_other_days_read_other_chapters(as_, world):
    await starts(world, "later", NOW.date() + timedelta(days=60))
    assert (await (await as_("guest_b")).get(f"/chapters/{world.chapter['early']}")).status_code == 200
    assert (await (await as_("later")).get(f"/chapters/{world.chapter['early']}")).status_code == 404


async def test_a_guest_without_a_first_day_reads_none_and_a_colleague_all(as_, world):
    await execute("UPDATE person SET starts_on = NULL")
    assert (await (await as_("guest_b")).get(f"/chapters/{world.chapter['early']}")).status_code == 404
    assert (await (await as_("insider_b")).get(f"/chapters/{world.chapter['late']}")).status_code == 200


async def test_a_host_writes_changes_and_removes_a_chapter(as_, world):
    browser = await as_("insider_b")
    answer = await browser.post(f"{home(world)}/chapters", CHAPTER)
    assert answer.headers["location"] == f"{home(world)}/chapters"
    chapter = await fetch_value("SELECT public_id FROM chapter WHERE title = 'Where to be' AND opens = -7")
    own = {**CHAPTER, "when": "own", "days": "−3"}
    assert (await browser.post(f"/chapters/{chapter}/edit", own)).status_code == 303
    assert await fetch_value("SELECT opens FROM chapter WHERE public_id = {}", chapter) == -3
    assert 'value="-3"' in (await browser.get(f"/chapters/{chapter}/edit")).text
    assert (await browser.post(f"/chapters/{chapter}/removal")).status_code == 303
    assert (await browser.get(f"/chapters/{chapter}")).status_code == 404


async def test_a_chapter_says_all_that_is_wrong_at_once_and_keeps_what_was_typed(as_, world):
    browser = await as_("insider_b")
    answer = await browser.post(f"{home(world)}/chapters", {"title": "", "body": "Kept", "when": "own", "days": "soon"})
    assert answer.status_code == 422
    assert "Give it a title." in answer.text
    assert "Give a number of days" in answer.text
    assert "Kept" in answer.text


@pytest.mark.parametrize(("who", "status"), [("guest_b", 403), ("employee", 404), ("guest_a", 404)])
async def test_only_who_invites_there_writes_chapters(as_, world, who, status):
    browser = await as_(who)
    assert (await browser.post(f"{home(world)}/chapters", CHAPTER)).status_code == status
    for path in ("edit", "removal"):
        assert (await browser.post(f"/chapters/{world.chapter['early']}/{path}", CHAPTER)).status_code == status
    assert (await browser.post(f"{home(world)}/mentors", {"most": "2"})).status_code == status
    day = {"starts_on": "2026-07-01"}
    path = f"{home(world)}/guests/{world.person['guest_b']}/first-day"
    assert (await browser.post(path, day)).status_code == status


async def test_a_space_for_nobody_who_starts_has_no_chapters(as_, world):
    browser = await as_("insider_a")
    address = f"/spaces/{world.space['closed_a']}"
    assert (await browser.get(f"{address}/chapters")).status_code == 404
    assert (await browser.post(f"{address}/mentors", {"most": "2"})).status_code == 404


# --- coming in ---

INVITED = {
    "guest_email": "rosa@private.example",
    "partner": "{partner}",
    "language": "en",
    "may_write": "y",
    "starts_on": "2026-07-20",
}


async def test_who_is_invited_has_a_first_day_and_may_come_until_some_days_after_it(as_, world):
    browser = await as_("insider_b")
    form = INVITED | {"partner": world.partner["nightbus"]}
    without = await browser.post(f"{home(world)}/guests", form | {"starts_on": ""})
    assert without.status_code == 422
    assert "on which day she or he starts" in without.text
    gone = await browser.post(f"{home(world)}/guests", form | {"starts_on": "2026-06-16"})
    assert gone.status_code == 422
    assert "between today and a year from now" in gone.text
    assert (await browser.post(f"{home(world)}/guests", form)).status_code == 303
    [row] = await execute("SELECT starts_on, until FROM invitation WHERE email = 'rosa@private.example'")
    assert row["starts_on"] == date(2026, 7, 20)
    assert row["until"] == datetime.fromisoformat(
        "2026-08-04T00:00:00+02:00"
    )  # 14 days later, at midnight in Amsterdam


async def test_a_list_has_a_first_day_on_each_line_or_one_for_all(rollback, world):
    actor = await actor_of_person(world.person_id["insider_b"])
    space = await guest_space(actor, world.space["closed_b"])
    content = b"E-mail;Begint op\na@x.example;20-7-2026\nb@x.example;\nc@x.example;1-1-2020\n"
    usual = Usual(None, date(2026, 9, 1), NOW.tzinfo)
    tried = await try_out(actor, space, content + b"", [], usual)
    assert [(wrong.line, wrong.problem) for wrong in tried.wrong if wrong.problem != "partner"] == [(4, "first day")]
    none = await try_out(actor, space, content, [], Usual(None, None, NOW.tzinfo))
    assert [wrong.line for wrong in none.wrong if wrong.problem == "no day"] == [3]


async def test_whoever_accepts_brings_her_first_day(as_, world):
    await execute("UPDATE invitation SET starts_on = '2026-07-20' WHERE id = {}", world.invitation_id["b"])
    browser = await as_(None)
    assert (await browser.post("/invitations/invitation-b", {"name": "Rosalie"})).status_code == 303
    assert await fetch_value(
        "SELECT p.starts_on FROM person p JOIN identity n ON n.person = p.id WHERE n.name = 'Rosalie'"
    ) == date(2026, 7, 20)


async def test_another_first_day_moves_what_is_open_and_the_end(as_, world):
    browser = await as_("insider_b")
    path = f"{home(world)}/guests/{world.person['guest_b']}/first-day"
    assert (await browser.post(path, {"starts_on": "yesterday"})).status_code == 422
    assert (await browser.post(path, {"starts_on": "2026-08-20"})).status_code == 303
    until = await fetch_value("SELECT until FROM membership WHERE person = {}", world.person_id["guest_b"])
    assert until == datetime.fromisoformat("2026-09-04T00:00:00+02:00")
    assert (await (await as_("guest_b")).get(f"/chapters/{world.chapter['early']}")).status_code == 404


async def elsewhere(world: World, day: str) -> None:
    """Guest B is invited to another host's space for people who start, with this first day."""
    a = world.space_id["closed_a"]
    await execute("UPDATE space SET preboarding = TRUE, host = {} WHERE id = {}", world.person_id["insider_a"], a)
    await execute("UPDATE space SET host = {} WHERE id = {}", world.person_id["insider_b"], world.space_id["closed_b"])
    who, starts_on = email_of("guest_b"), date.fromisoformat(day)
    await add_invitation(world, "elsewhere", space="closed_a", partner="overwater", email=who, starts_on=starts_on)


@pytest.mark.parametrize(("invited", "holds"), [("2026-06-17", "2026-06-27"), ("2026-07-27", "2026-07-27")])
async def test_an_invitation_to_another_space_opens_nothing_before_its_day_and_both_hosts_hear(
    as_, world, invited, holds
):
    await elsewhere(world, invited)
    browser = await as_("guest_b")
    assert (await browser.post("/invitations/invitation-elsewhere")).status_code == 303
    guest = world.person_id["guest_b"]
    assert await fetch_value("SELECT starts_on FROM person WHERE id = {}", guest) == date.fromisoformat(holds)
    ends = await execute(
        "SELECT (until AT TIME ZONE 'Europe/Amsterdam')::date AS day FROM membership WHERE person = {}", guest
    )
    assert [row["day"] for row in ends] == [date.fromisoformat(holds) + timedelta(days=15)] * 2
    assert (await browser.get(f"/chapters/{world.chapter['late']}")).status_code == 404
    await tell_all()
    heard = await execute("SELECT recipient FROM mail WHERE kind = 'starter' ORDER BY 1")
    hosts = world.person_id["insider_a"], world.person_id["insider_b"]
    assert {row["recipient"] for row in heard} >= set(hosts)
    assert f"{date.fromisoformat(holds):%d %B %Y}" in "".join((await told()).values())


async def test_a_day_that_two_hosts_count_on_is_moved_by_neither_alone(as_, world):
    await elsewhere(world, "2026-06-27")
    assert (await (await as_("guest_b")).post("/invitations/invitation-elsewhere")).status_code == 303
    path = f"guests/{world.person['guest_b']}/first-day"
    for name, space in (("insider_a", "closed_a"), ("insider_b", "closed_b")):
        browser = await as_(name)
        answer = await browser.post(f"/spaces/{world.space[space]}/{path}", {"starts_on": "2026-06-17"})
        assert answer.status_code == 422
        assert "Somebody else expects her or him too" in answer.text
    await execute("UPDATE space SET host = {} WHERE preboarding", world.person_id["insider_b"])
    browser = await as_("insider_b")
    assert (await browser.post(f"{home(world)}/{path}", {"starts_on": "2026-07-01"})).status_code == 303
    rows = await execute("SELECT space FROM event WHERE kind = 'guest.first_day_moved' ORDER BY 1")
    assert [row["space"] for row in rows] == sorted([world.space_id["closed_a"], world.space_id["closed_b"]])


async def test_nobody_who_starts_is_renewed_with_the_others(as_, world):
    guest = world.person_id["guest_b"]
    await execute("UPDATE membership SET until = {} WHERE person = {}", NOW + timedelta(days=9), guest)
    await (await as_("insider_b")).post(f"{home(world)}/guests/renewal", {"guest": ""})
    assert await fetch_value("SELECT until FROM membership WHERE person = {}", guest) == NOW + timedelta(days=9)


# --- turning up, or not ---


async def test_on_the_first_day_she_becomes_an_employee_and_keeps_what_was_hers(as_, world):
    guest = world.person_id["guest_b"]
    await execute(
        "INSERT INTO follow (person, space, idea) SELECT {}, space, id FROM idea WHERE id = {}",
        guest,
        world.idea_id["closed_b"],
    )
    await execute(
        "INSERT INTO vote (person, idea, space, guest) SELECT {}, id, space, TRUE FROM idea WHERE id = {}",
        guest,
        world.idea_id["closed_b"],
    )
    await set_clock(datetime.fromisoformat("2026-06-27T09:00:00+02:00"))
    assert await turning.become_employee(await actor_of_person(world.person_id["administrator"]), guest)
    kept = [
        await fetch_value(f"SELECT count(*) FROM {table} WHERE person = {{}}", guest)
        for table in ("follow", "vote", "mentorship", "membership")
    ]
    assert kept == [1, 1, 1, 1]
    browser = await as_("guest_b")
    assert (await browser.get(f"/chapters/{world.chapter['late']}")).status_code == 200
    await set_clock(NOW + timedelta(days=100))
    await let_guests_go()
    assert (await (await as_("guest_b")).get(home(world))).status_code == 200


async def test_who_does_not_turn_up_is_out_her_host_hears_it_and_her_data_go(as_, world):
    guest = world.person_id["guest_b"]
    await execute(
        "UPDATE membership SET until = '2026-07-12T00:00:00+02:00', sponsor = {} WHERE person = {}",
        world.person_id["insider_b"],
        guest,
    )
    await set_clock(datetime.fromisoformat("2026-07-11T23:59:59+02:00"))
    assert (await (await as_("guest_b")).get(home(world))).status_code == 200
    await set_clock(datetime.fromisoformat("2026-07-12T00:00:00+02:00"))
    assert (await (await as_("guest_b")).get(home(world))).status_code == 404
    await let_guests_go()
    [(subject, text)] = (await told()).items()
    assert subject == "Stein Halvorsrud did not start"
    assert text.startswith("insider-b@")
    assert "27 June" in text
    await set_clock(NOW + timedelta(days=80))
    await erase_guests()
    await set_clock(NOW + timedelta(days=82))
    await erase_guests()
    assert await fetch_value("SELECT count(*) FROM identity WHERE person = {}", guest) == 0
    assert await fetch_value("SELECT starts_on FROM person WHERE id = {}", guest) is None


# --- mentors ---


async def test_a_mentor_gets_no_more_than_she_offered_and_both_hear_of_it(as_, world):
    space = world.space_id["closed_b"]
    people = [await starts(world, name, NOW.date() + timedelta(days=n)) for n, name in enumerate(("ann", "bo", "cas"))]
    await find_mentors(space)
    matched = await execute("SELECT person FROM mentorship WHERE space = {} ORDER BY person", space)
    assert [row["person"] for row in matched] == [world.person_id["guest_b"], people[0]]  # two places, one was taken
    await find_mentors(space)
    mails = await told()
    assert set(mails) == {"Mei-Ling Tjon looks after you", "You look after Ann"}
    assert mails["You look after Ann"].startswith("insider-b@")
    page = text_of(await (await as_("ann")).get(f"{home(world)}/chapters"))
    assert "Your mentor" in page
    assert "Mei-Ling Tjon" in page
    assert "Ask me about buses" in page
    assert "Mei-Ling" not in text_of(await (await as_("bo")).get(f"{home(world)}/chapters")).split("Who looks after")[0]


async def test_more_places_and_another_mentor_reach_those_who_are_left(as_, world):
    space = world.space_id["closed_b"]
    await starts(world, "ann", NOW.date())
    await starts(world, "bo", NOW.date())
    browser = await as_("insider_b")
    assert (await browser.post(f"{home(world)}/mentors", {"most": "0"})).status_code == 422
    assert (await browser.post(f"{home(world)}/mentors", {"most": "3", "words": "Hello"})).status_code == 303
    await told()
    assert await fetch_value("SELECT count(*) FROM mentorship WHERE space = {}", space) == 3
    assert (await browser.post(f"{home(world)}/mentors/end")).status_code == 303
    await told()
    assert await fetch_value("SELECT count(*) FROM mentorship") == 0


async def test_who_left_makes_room(rollback, world):
    space = world.space_id["closed_b"]
    await execute("UPDATE mentor SET most = 1")
    late = await starts(world, "ann", NOW.date())
    await find_all_mentors()
    assert await fetch_value("SELECT count(*) FROM mentorship WHERE person = {}", late) == 0
    await execute("DELETE FROM membership WHERE person = {}", world.person_id["guest_b"])
    await find_all_mentors()
    assert await fetch_value("SELECT count(*) FROM mentorship WHERE person = {} AND space = {}", late, space) == 1


async def test_who_starts_sees_no_other_ones_mentor(rollback, world):
    other = await actor_of_person(await starts(world, "ann", NOW.date()))
    sight = visible(Chapter, other, "c")
    assert await fetch_value("SELECT count(*) FROM chapter c WHERE {}", sight) == 2
    await stand_behind_wall(other.id, other.space_ids)
    try:
        assert await fetch_value("SELECT count(*) FROM mentorship") == 0
    finally:
        await leave_connection()
