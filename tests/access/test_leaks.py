"""Leaks that other products had: numbers that tell a count, caches across people, late mail, forged fields."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest
from jinja2 import UndefinedError
from markupsafe import escape

from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.ideas.cards import IdeaCard
from portal.notifications.jobs import deliver_mail, tell_of
from portal.notifications.mails import write
from portal.settings import settings
from portal.text.language import Reader, reading
from portal.web.page import Face, _rendered, environment, part
from tests.client import Browser, text_of
from tests.sitemap import GETS, LEAD_ON, PAGES, PROFILE, SETTINGS, filled, form
from tests.world import (
    NOW,
    World,
    add_attachment,
    add_case,
    add_comment,
    add_decision,
    add_file_wish,
    add_idea,
    add_person,
    add_report,
    email_of,
)

SignIn = Callable[[str | None], Awaitable[Browser]]


# --- no number in an address tells a count ---

LARGE = 7_000_000_000
LARGE_NUMBER = re.compile(r"7[.,\u202f\u00a0]?000[.,\u202f\u00a0]?000[.,\u202f\u00a0]?\d\d\d")
#: An administrator's form of an about page carries the row that it was made from; it has no public id.
NOT_SHOWN_TO_THE_CROWD = "about_page_id_seq"


async def _new_rows_with_large_numbers(connection: asyncpg.Connection, world: World) -> World:
    """One of everything, all of the employee's, with keys beyond seven milliards; gives a world of nothing else."""
    sequences = await connection.fetch("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'")
    for row in sequences:
        if row["sequencename"] != NOT_SHOWN_TO_THE_CROWD and not row["sequencename"].startswith("procrastinate"):
            await connection.execute(f"ALTER SEQUENCE {row['sequencename']} AS bigint RESTART {LARGE + 1}")
    employee = world.person_id["employee"]
    space = await fetch_value(
        "INSERT INTO space (kind, name, language, open) VALUES ('group', 'Numbers', 'en', FALSE) RETURNING id"
    )
    for role in ("owner", "member", "decision_maker"):
        await execute("INSERT INTO membership (space, person, role) VALUES ({}, {}, {})", space, employee, role)
    for role in ("administrator", "host"):
        await execute(
            "INSERT INTO membership (space, person, role) VALUES ({}, {}, {})",
            *(world.space_id["organisation"], employee, role),
        )
    campaign = await execute(
        "INSERT INTO campaign (space, author, sponsor, title, lead, brief, brief_html, language, always_open,"
        " collect_from) SELECT {}, {}, {}, 'Numbers', lead, brief, brief_html, 'en', TRUE, collect_from"
        " FROM campaign WHERE id = {} RETURNING id, public_id",
        space,
        employee,
        employee,
        world.campaign_id["collect"],
    )
    world.campaign_id["numbers"], world.campaign["numbers"] = campaign[0]["id"], campaign[0]["public_id"]
    async with transaction():
        await add_idea(world, "numbers", campaign="numbers", author="employee")
    async with transaction():
        await add_comment(world, "reported", idea="numbers", author="colleague")
        await add_report(world, "numbers", comment="reported", reporter="author")
        await add_report(world, "told", comment="numbers", reporter="author")
    await add_decision(world, "numbers", "told", moderator="colleague", action="warn")
    await add_attachment(world, "numbers", idea="numbers")
    await add_file_wish(world, "numbers", person="colleague")
    await _cases_with_large_numbers(world)
    await execute("INSERT INTO mail (kind, recipient, dropped_at, last_error) VALUES ('x', {}, now(), 'y')", employee)
    assert min(space, world.idea_id["numbers"], world.comment_id["numbers"]) > LARGE
    address = await fetch_value("SELECT public_id FROM space WHERE id = {}", space)
    return replace(
        world,
        campaign=dict.fromkeys(world.campaign, world.campaign["numbers"]),
        idea=dict.fromkeys([*world.idea, *world.campaign], world.idea["numbers"]),
        case=dict.fromkeys(world.case, world.case["owed"]) | {"told": world.case["kept"]},
        comment=dict.fromkeys(world.comment, world.comment["numbers"]),
        item=dict.fromkeys(world.item, world.item["numbers"]),
        decision=dict.fromkeys(world.decision, world.decision["numbers"]),
        space=dict.fromkeys(world.space, address),
        attachment=dict.fromkeys(world.attachment, world.attachment["numbers"]),
        file_wish=dict.fromkeys(world.file_wish, world.file_wish["numbers"]),
    )


async def _cases_with_large_numbers(world: World) -> None:
    """The colleague's ideas, about which the employee decides and is asked: an answer that waits for her yes, and one
    that promised what she sees to; and a post of her own that waits to be screened."""
    employee, colleague = world.person_id["employee"], world.person_id["colleague"]
    async with transaction():
        for name in ("owed", "kept"):
            await add_idea(world, name, campaign="numbers", author="colleague", comments=False)
        await add_idea(world, "screened", stream="organisation", author="employee", state="draft", comments=False)
        await add_case(world, "owed", idea="owed", state="acknowledged", owner="employee")
        await add_case(world, "kept", idea="kept", state="committed", owner="employee", answered_at=NOW)
        await execute(
            "INSERT INTO answer_draft (escalation, space, kind, edited_by, decision, submitted_by, approver)"
            " SELECT e.id, e.space, 'not public', {}, d.decision, {}, e.owner FROM escalation e, answer_draft d"
            " WHERE e.id = {} AND d.escalation = {}",
            *(colleague, colleague, world.case_id["owed"], world.case_id["decide"]),
        )
        world.consultation["legal"] = await fetch_value(
            "INSERT INTO consultation (escalation, space, kind, person, body, asked_by, due_on, due_at)"
            " SELECT id, space, 'legal', owner, 'Q', owner, '2026-07-01', '2026-07-02' FROM escalation WHERE id = {}"
            " RETURNING public_id",
            world.case_id["owed"],
        )
        await execute(
            "INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, from_when, next_step,"
            " next_owner, next_date, language) SELECT id, space, {}, 'pilot', 'S', 'R', 'R', 'F', 'N', {}, '2026-09-01', 'en'"
            " FROM idea WHERE id = {}",
            *(employee, employee, world.idea_id["kept"]),
        )
        world.promise["told"] = await fetch_value(
            "INSERT INTO promise (idea, space, answer, escalation, author, body, language, owner, due_on)"
            " SELECT idea, space, id, {}, author, 'N', 'en', author, '2026-09-01' FROM answer WHERE idea = {}"
            " RETURNING public_id",
            *(world.case_id["kept"], world.idea_id["kept"]),
        )
        world.screening["waiting"] = await fetch_value(
            "INSERT INTO screening (space, idea, person, category, found, was, due_at)"
            " SELECT space, id, author, 'health', 'words', 'draft', plein_now() FROM idea WHERE id = {}"
            " RETURNING public_id",
            world.idea_id["screened"],
        )


#: What is open to others than its author, or while a text stands still, or once there is an answer.
ELSEWHERE = ("/correction", "/answer/versions", "/help", "/return")


async def test_no_page_holds_a_number_of_the_database(as_: SignIn, rollback: asyncpg.Connection, world: World):
    numbers = await _new_rows_with_large_numbers(rollback, world)
    browser = await as_("employee")
    addresses = {filled(path, numbers) for _, path in [*PAGES, *(GETS[route] for route in LEAD_ON)]}
    # what is always open has no dates to move, and no end; nobody reports what is her own
    addresses -= {
        path
        for path in addresses
        if path.endswith(("/extension", "/cancellation", "/dates", "/voting", "/report", *ELSEWHERE))
    }
    opened = set()
    for path in sorted(addresses):
        for htmx in (False, True):
            response = await browser.get(path, htmx=htmx)
            assert response.status_code < 500, path
            opened |= {path} if response.status_code < 400 else set()
            told = response.text + str(response.headers)
            assert not LARGE_NUMBER.search(told), path
    refused = sorted(addresses - opened)
    assert len(opened) > 5 * len(refused), refused  # what only spaces of another kind have


# --- caches ---


async def test_pages_are_kept_by_nobody_and_carry_no_etag(as_: SignIn, world: World):
    for who in ("employee", None):
        browser = await as_(who)
        for path in ("/", "/campaigns", f"/ideas/{world.idea['vote']}", "/about/help", "/sign-in", "/nothing-here"):
            response = await browser.get(path)
            assert response.headers["Cache-Control"] == "private, no-store", path
            assert "ETag" not in response.headers, path
            assert "Last-Modified" not in response.headers, path


async def test_an_etag_of_somebody_elses_page_gives_nobody_a_304(as_: SignIn, world: World):
    path = f"/ideas/{world.idea['closed_b']}"
    assert (await (await as_("guest_b")).get(path)).status_code == 200
    for etag in ("*", '"anything"'):
        assert (await (await as_("guest_a")).get(path, if_none_match=etag)).status_code == 404


def test_a_part_that_is_kept_knows_nothing_but_what_it_is_given():
    """What a request knows is no global of the templates; so equal values make equal text, whoever asks."""
    assert not {"actor", "who", "csrf", "can", "now", "today", "request"} & set(environment().globals)
    with reading(Reader("en")), pytest.raises(UndefinedError):
        part("_dock.html", section="home", here="/", csrf="token")


def test_a_part_is_told_apart_by_each_value_and_by_language_and_zone():
    someone = Face(guest=False, administrator=False)
    given = {"actor": someone, "anonymous": False, "organisation": "Works", "section": "home", "here": "/", "csrf": "t"}
    with reading(Reader("en")):
        first = part("_masthead.html", **given)
        before = _rendered.hits
        assert part("_masthead.html", **given) is first
        assert _rendered.hits == before + 1, "the control: it is kept"
        assert "Notifications, 7 are new" in part(
            "_masthead.html", **given | {"actor": msgspec.structs.replace(someone, unread=7)}
        )
        assert "/admin" in part(
            "_masthead.html", **given | {"actor": msgspec.structs.replace(someone, administrator=True)}
        )
        assert "/admin" not in first
    with reading(Reader("nl")):
        assert part("_masthead.html", **given) != first
    with reading(Reader("en", "America/New_York")):
        misses = _rendered.misses
        part("_masthead.html", **given)
        assert _rendered.misses == misses + 1


async def test_the_frame_of_a_page_is_kept_for_all_and_shows_each_her_own_name_and_face(as_: SignIn, world: World):
    names = {"one": ("Nadia <b>", "N"), "other": ("Wim van Dale", "WD")}
    for who, (name, _) in names.items():
        await add_person(world, who, {"name": name, "language": "en"})
    one, other = await as_("one"), await as_("other")
    first = (await one.get("/answers")).text
    frames = _rendered.misses
    second = (await other.get("/answers")).text
    assert _rendered.misses == frames, "the control: it is kept"
    for text, (who, (name, initials)) in zip((first, second), names.items(), strict=True):
        assert re.findall(r'class="pop-name">([^\n]*)</p>', text) == [str(escape(name))] * 2
        [face] = re.findall(r"Your menu, (.*)</summary>", text)
        assert face.startswith(f'{escape(name)}</span><span class="avatar avatar-s"')
        assert f">{initials}<" in face
        assert f"/people/{world.person[who]}/photo" in face


async def test_everybody_sees_her_own_support_and_nobody_elses(as_: SignIn, world: World):
    employee, colleague = await as_("employee"), await as_("colleague")
    idea = world.idea["vote"]
    assert (await employee.post(f"/ideas/{idea}/vote")).status_code == 303
    mark = f"/ideas/{idea}/vote/withdrawal"
    for path in (f"/campaigns/{world.campaign['vote']}", f"/ideas/{idea}"):
        for browser, supports in ((colleague, False), (employee, True), (colleague, False), (employee, True)):
            assert (mark in (await browser.get(path)).text) == supports, path


async def test_a_card_has_no_field_that_names_a_supporter():
    assert not [name for name in IdeaCard.__struct_fields__ if "voter" in name or "supporter_" in name]


# --- mail ---


@pytest.fixture
def mail_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where mail goes without a mail server."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    settings.cache_clear()
    yield settings().mail_folder
    monkeypatch.undo()
    settings.cache_clear()


def _mails(folder: Path) -> list[str]:
    return [path.read_text() for path in folder.glob("*.eml")]


async def _announced_answer(world: World) -> int:
    """An answer to the guest's idea in her closed group, and the mail to her waiting; gives the event."""
    guest, insider = world.person_id["guest_a"], world.person_id["insider_a"]
    async with transaction():
        await execute("UPDATE campaign SET always_open = TRUE WHERE id = {}", world.campaign_id["closed_a"])
        await add_idea(world, "of_guest", campaign="closed_a", author="guest_a", title="Secret sluice")
        answer = await fetch_value(
            "INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, next_step, language)"
            " SELECT id, space, {}, 'declined', 'Secret answer', 'R', 'R', 'N', 'en' FROM idea WHERE id = {} RETURNING id",
            insider,
            world.idea_id["of_guest"],
        )
        event = await record(Kind.IDEA_ANSWERED, actor=insider, space=world.space_id["closed_a"], answer=answer)
    await tell_of(event)
    assert await fetch_value("SELECT count(*) FROM mail WHERE recipient = {} AND event = {}", guest, event) == 1
    return event


async def test_mail_that_is_still_allowed_goes_out(rollback: Any, world: World, mail_folder: Path):
    """The control for the next tests."""
    await _announced_answer(world)
    await deliver_mail()
    (mail,) = _mails(mail_folder)
    assert "Secret sluice" in mail
    assert email_of("guest_a") in mail


AFTERWARDS = {
    "she was taken out of the group": "DELETE FROM membership WHERE person = (SELECT author FROM idea WHERE id = {})",
    "she was deactivated": "UPDATE person SET active = FALSE WHERE id = (SELECT author FROM idea WHERE id = {})",
    "the idea went to another space": "UPDATE idea SET (campaign, space) = (SELECT id, space FROM campaign"
    " WHERE title = 'Campaign closed_b') WHERE id = {}",
}


@pytest.mark.parametrize("what", AFTERWARDS)
async def test_mail_tells_nothing_when_meanwhile(what: str, rollback: Any, world: World, mail_folder: Path):
    event = await _announced_answer(world)
    await execute(AFTERWARDS[what], world.idea_id["of_guest"])
    assert await write("answer", world.person_id["guest_a"], event) is None
    await deliver_mail()
    assert not _mails(mail_folder)
    for mail in await execute("SELECT sent_at, dropped_at, last_error FROM mail WHERE event = {}", event):
        assert mail["sent_at"] is None
        assert mail["dropped_at"] is not None
        assert mail["last_error"] == "", "no dead letter: there is nothing to try again"
    assert bool(await fetch_value("SELECT 1 FROM mail")) == (what != "she was taken out of the group")  # dead at once


async def test_nobody_hears_of_an_answer_who_can_no_longer_read_it_when_it_comes(rollback: Any, world: World):
    guest = world.person_id["guest_a"]
    async with transaction():
        await add_comment(world, "of_guest", idea="closed_a", author="guest_a")
        await execute("DELETE FROM membership WHERE person = {}", guest)
        answer = await fetch_value(
            "INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, next_step, language)"
            " SELECT id, space, author, 'declined', 'S', 'R', 'R', 'N', 'en' FROM idea WHERE id = {} RETURNING id",
            world.idea_id["closed_a"],
        )
        event = await record(Kind.IDEA_ANSWERED, space=world.space_id["closed_a"], answer=answer)
    await tell_of(event)
    assert await fetch_value("SELECT count(*) FROM mail WHERE recipient = {}", guest) == 0


# --- names, units, addresses ---


async def _with_units(world: World) -> None:
    unit = await fetch_value("INSERT INTO org_unit (name) VALUES ('Secret unit') RETURNING id")
    await execute("UPDATE person SET org_unit = {} WHERE kind = 'employee'", unit)


async def test_a_guest_reads_no_unit_of_the_organisation(as_: SignIn, world: World):
    await _with_units(world)
    idea, comment = world.idea["closed_a"], world.comment["closed_a"]
    for path in (f"/ideas/{idea}", f"/comments/{comment}/replies", f"/spaces/{world.space['closed_a']}"):
        assert "Secret unit" not in (await (await as_("guest_a")).get(path)).text, path
    assert "Secret unit" in (await (await as_("insider_a")).get(f"/ideas/{idea}")).text, "the control"


async def test_who_sees_to_an_answer_is_named_only_to_those_who_share_a_space(as_: SignIn, world: World):
    await execute("UPDATE campaign SET always_open = TRUE WHERE id = {}", world.campaign_id["closed_a"])
    await execute(
        "INSERT INTO answer (idea, space, author, kind, summary, reason, reason_html, next_step, next_owner, language)"
        " SELECT id, space, author, 'declined', 'S', 'R', 'R', 'N', {}, 'en' FROM idea WHERE id = {}",
        world.person_id["colleague"],
        world.idea_id["closed_a"],
    )
    path = f"/ideas/{world.idea['closed_a']}"
    assert "Joris van Heeswijk" not in (await (await as_("guest_a")).get(path)).text
    assert "Joris van Heeswijk" in (await (await as_("insider_a")).get(path)).text


async def test_whether_an_address_belongs_to_somebody_is_told_only_of_neighbours(as_: SignIn, world: World):
    """The same words for a stranger in the organisation, a guest, somebody deactivated, and nobody at all."""
    browser = await as_("insider_a")
    path = f"/spaces/{world.space['closed_a']}/members"
    answers = set()
    for email in (email_of("guest_b"), email_of("deactivated"), "nobody@world.example"):
        response = await browser.post(path, {"colleague": email, "form_key": "same"})
        assert response.status_code == 422
        answers.add(re.sub(r'value="[^"]*"', "", text_of(response)).replace(email, ""))
    words = {re.search(r'id="colleague-error">.*?<span>(.*?)</span>', answer)[1] for answer in answers}
    assert words == {"There is no colleague with this name or address."}


# --- mass assignment: fields that no form has ---

FORGED = {
    "id": "1",
    "public_id": "forged",
    "author": "1",
    "person": "1",
    "actor": "1",
    "created_by": "1",
    "space": "2",
    "idea": "1",
    "campaign": "1",
    "root": "1",
    "state": "hidden",
    "kind": "organisation",
    "role": "administrator",
    "roles": "administrator",
    "active": "",
    "epoch": "9",
    "guest": "true",
    "weight": "9",
    "supporters": "999",
    "guest_supporters": "999",
    "comments": "999",
    "ideas": "999",
    "replies": "999",
    "always_open": "true",
    "body_html": "<script>",
    "excerpt": "forged",
    "brief_html": "<script>",
    "created_at": "2001-01-01T00:00",
    "archived_at": "2001-01-01T00:00",
}


async def _row(table: str, public_id: str) -> dict[str, Any]:
    return dict((await execute(f"SELECT * FROM {table} WHERE public_id = {{}}", public_id))[0])


async def _made_at(response: Any, table: str) -> dict[str, Any]:
    """The row that a form led to."""
    assert response.status_code == 303, response.text
    return await _row(table, response.headers["Location"].rpartition("/")[2])


async def test_a_forged_field_changes_nothing_of_a_new_idea(as_: SignIn, world: World):
    browser = await as_("guest_a")
    fields = {"title": "Honest", "body": "Honest", "language": "en", "tags": ""}
    idea = await _made_at(await browser.post(f"/campaigns/{world.campaign['closed_a']}/ideas", FORGED | fields), "idea")
    assert idea["author"] == world.person_id["guest_a"]
    assert idea["space"] == world.space_id["closed_a"]
    assert idea["campaign"] == world.campaign_id["closed_a"]
    assert (idea["state"], idea["version"], idea["excerpt"]) == ("published", 1, "Honest")
    assert (idea["supporters"], idea["guest_supporters"], idea["comments"], idea["guest_comments"]) == (0, 0, 0, 0)
    assert "script" not in idea["body_html"]
    assert idea["public_id"] != "forged"
    assert idea["created_at"].year == 2026


async def test_a_forged_field_changes_nothing_else_of_an_idea_that_is_edited(as_: SignIn, world: World):
    before = await _row("idea", world.idea["collect"])
    fields = {"title": "Edited", "body": "Edited", "language": "en", "tags": "", "version": "1"}
    response = await (await as_("author")).post(f"/ideas/{world.idea['collect']}/edit", FORGED | fields)
    assert response.status_code == 303
    after = await _row("idea", world.idea["collect"])
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"title", "body", "body_html", "excerpt", "tags", "version", "updated_at", "edited_by"}
    assert after["version"] == 2


@pytest.mark.parametrize("version", ["0", "2", "999", "-1", "99999999999999999999", "x"])
async def test_a_forged_version_saves_nothing(as_: SignIn, world: World, version: str):
    before = await _row("idea", world.idea["collect"])
    fields = {"title": "Edited", "body": "Edited", "language": "en", "version": version}
    response = await (await as_("author")).post(f"/ideas/{world.idea['collect']}/edit", fields)
    assert response.status_code == 422
    assert await _row("idea", world.idea["collect"]) == before


async def test_a_forged_field_changes_nothing_of_a_new_comment(as_: SignIn, world: World):
    browser = await as_("guest_a")
    response = await browser.post(f"/ideas/{world.idea['closed_a']}/comments", FORGED | {"body": "Honest"})
    comment = await _made_at(response, "comment")
    assert comment["author"] == world.person_id["guest_a"]
    assert (comment["idea"], comment["space"]) == (world.idea_id["closed_a"], world.space_id["closed_a"])
    assert (comment["state"], comment["root"], comment["replies"]) == ("published", None, 0)
    assert "script" not in comment["body_html"]


@pytest.mark.parametrize("elsewhere", ["closed_b", "collect"])
async def test_a_reply_to_a_comment_elsewhere_is_404(as_: SignIn, world: World, elsewhere: str):
    count = "SELECT count(*) FROM comment"
    before = await fetch_value(count)
    for who in ("guest_a", "insider_a"):
        fields = {"body": "Reply", "reply_to": world.comment[elsewhere]}
        response = await (await as_(who)).post(f"/ideas/{world.idea['closed_a']}/comments", fields)
        assert response.status_code == 404
    assert await fetch_value(count) == before


CAMPAIGN = {"title": "Honest", "lead": "Honest", "brief": "Honest", "language": "en"}


@pytest.mark.parametrize("space", ["closed_b", "open"])
async def test_a_campaign_begins_in_no_space_of_others(as_: SignIn, world: World, space: str):
    """Neither in one that is out of sight, nor in one that she reads without belonging to it."""
    response = await (await as_("insider_a")).post("/campaigns/new", CAMPAIGN | {"space": world.space[space]})
    made = await _row("campaign", response.headers["Location"].split("/")[2])
    assert made["space"] == world.space_id["organisation"]


async def test_a_forged_field_changes_nothing_of_a_campaign(as_: SignIn, world: World):
    browser = await as_("insider_a")
    forged = FORGED | {"state": "open", "accepted_at": "2001-01-01T00:00", "expected_readers": "9"}
    response = await browser.post("/campaigns/new", forged | CAMPAIGN | {"space": world.space["closed_a"]})
    made = await _row("campaign", response.headers["Location"].split("/")[2])
    assert (made["author"], made["space"]) == (world.person_id["insider_a"], world.space_id["closed_a"])
    assert (made["state"], made["always_open"], made["ideas"], made["version"]) == ("draft", False, 0, 1)
    assert (made["accepted_at"], made["expected_readers"]) == (None, None)
    assert "script" not in made["brief_html"]
    edit = f"/campaigns/{made['public_id']}/edit/question"
    fields = {"space": world.space["organisation"], "title": "Edited", "version": "1"}
    assert (await browser.post(edit, forged | CAMPAIGN | fields)).status_code == 303
    edited = await _row("campaign", made["public_id"])
    assert {name for name in made if made[name] != edited[name]} == {"title", "version"}


async def test_nobody_makes_herself_more_than_she_is(as_: SignIn, world: World):
    person = "SELECT p.*, n.email FROM person p JOIN identity n ON n.person = p.id WHERE p.id = {}"
    roles = "SELECT space, role FROM membership WHERE person = {} ORDER BY 1, 2"
    guest = world.person_id["guest_a"]
    before = (await execute(person, guest), await execute(roles, guest))
    browser = await as_("guest_a")
    for page, fields in (("/settings", SETTINGS), ("/settings/profile", PROFILE | {"name": "Noor", "title": "Mayor"})):
        response = await browser.post(page, FORGED | {"email": "x@y.example"} | fields)
        assert response.status_code == 303
    assert (await execute(person, guest), await execute(roles, guest)) == before
    assert await fetch_value("SELECT name FROM identity WHERE person = {}", guest) == "Julie Mercadier"
    assert await fetch_value("SELECT title FROM identity WHERE person = {}", guest) == "Mayor", "the control"


async def test_a_forged_field_makes_no_second_organisation(as_: SignIn, world: World):
    fields = form("/groups", world) | {"access": "closed", "open": "true"}
    space = await _made_at(await (await as_("employee")).post("/groups", FORGED | fields), "space")
    assert (space["kind"], space["open"], space["archived_at"]) == ("group", False, None)
    assert space["created_by"] == world.person_id["employee"]


async def test_a_vote_counts_once_for_who_sends_it(as_: SignIn, world: World):
    browser = await as_("guest_a")
    for _ in range(2):
        await browser.post(f"/ideas/{world.idea['closed_a']}/vote", FORGED)
    idea = await _row("idea", world.idea["closed_a"])
    assert (idea["supporters"], idea["guest_supporters"]) == (0, 1)
    votes = await execute("SELECT person, guest FROM vote WHERE idea = {}", idea["id"])
    assert [tuple(vote) for vote in votes] == [(world.person_id["guest_a"], True)]
