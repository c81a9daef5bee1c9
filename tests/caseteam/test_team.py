"""The case team: who is on it reads what it writes, and nobody else; and none of it moves a clock."""

from datetime import timedelta

import asyncpg
import pytest

from portal.access.policy import Forbidden
from portal.access.scope import visible
from portal.caseteam import actions, queries
from portal.db import execute, fetch_value, read_together, transaction
from portal.escalation.actions import DayOutOfRange, NotEligible, declare_conflict
from portal.escalation.replay import differing
from portal.tables import CaseFile, CaseNote, Consultation
from tests.client import text_of
from tests.escalation.stage import assigned, at, duties, happened
from tests.world import NOW, email_of, picture

OWNER, ADVISER = "sponsor", "colleague"
NOTE = "Nothing in the collective agreement stands in the way."


async def named(stage, post, person, role="adviser"):
    """The owner takes somebody onto the team."""
    await stage.does(stage.heads["owner"], actions.staff, post, person, role)


async def asked(stage, post, person, *, days=3, key="once"):
    """The owner asks the works council."""
    case, owner = await stage.case(post, stage.heads["owner"]), await stage.actor(stage.heads["owner"])
    due = await fetch_value("SELECT plein_day(plein_now()) + {}::int", days)
    facts = {"kind": "works council", "person": person, "question": "May we?", "due_on": due, "form_key": key}
    await actions.consult(owner, case, **facts)


async def sees(stage, person, idea, *tables):
    """How many rows of each she sees."""
    actor = await stage.actor(person)
    return [
        await fetch_value(f"SELECT count(*) FROM {t._meta.tablename} WHERE {{}}", visible(t, actor)) for t in tables
    ]


async def test_an_adviser_reads_the_item_and_the_notes_from_the_moment_she_is_named_until_it_ends(stage):
    post = await assigned(stage)
    [adviser] = await stage.add_people(1)
    await execute("DELETE FROM membership WHERE person = {}", adviser)  # she does not read the space
    assert await stage.case(post, adviser) is None
    await named(stage, post, adviser)
    case = await stage.case(post, adviser)
    assert case.on_team
    assert not case.decides
    await stage.does(adviser, actions.write_note, post, NOTE, [], "one")
    assert await sees(stage, adviser, post, CaseNote) == [1]
    assert ("duty.staffed", adviser) in await duties(post)
    public_id = await fetch_value("SELECT public_id FROM person WHERE id = {}", adviser)
    await stage.does(stage.heads["owner"], actions.release, post, public_id)
    assert await sees(stage, adviser, post, CaseNote) == [0]
    assert await stage.case(post, adviser) is None
    assert await sees(stage, stage.heads["first"], post, CaseNote) == [1]  # who stands above is on the case
    assert not await differing()


async def test_nobody_else_reads_notes_files_and_advice(stage):
    post = await assigned(stage)
    [counsel] = await stage.add_people(1)
    await asked(stage, post, counsel)
    await stage.does(stage.heads["owner"], actions.write_note, post, NOTE, [], "one")
    await execute(
        "INSERT INTO case_file (escalation, space, author, kind, name, file, size)"
        " SELECT id, space, owner, 'png', 'a.png', 'f', 1 FROM escalation WHERE idea = {}",
        post,
    )
    private = (CaseNote, CaseFile, Consultation)
    author, member, moderator = stage.people[0], stage.people[1], stage.heads["moderator"]
    guest = stage.world.person_id["guest_a"]
    for person in (author, member, moderator, guest):
        assert (await stage.case(post, person) is None) == (person == guest)  # the others read the item
        assert await sees(stage, person, post, *private) == [0, 0, 0]
    [promiser] = await stage.add_people(1)  # who only sees to a promise
    await execute(
        "INSERT INTO case_role (escalation, space, person, role) SELECT id, space, {}, 'promise' FROM escalation"
        " WHERE idea = {}",
        promiser,
        post,
    )
    assert await sees(stage, promiser, post, *private) == [0, 0, 0]
    assert not (await stage.case(post, promiser)).on_team
    for role in ("owner", "deputy", "neutral", "first", "top"):
        assert await sees(stage, stage.heads[role], post, *private) == [1, 1, 1]
    assert await sees(stage, counsel, post, *private) == [1, 1, 1]
    await execute("UPDATE escalation SET state = 'closed', ended_at = plein_now() WHERE idea = {}", post)
    assert await sees(stage, stage.heads["owner"], post, *private) == [0, 0, 0]  # it ends with the case (rule 21)


async def test_who_has_a_part_in_it_is_not_taken_onto_the_team_and_leaves_it_when_she_comes_to_have_one(stage):
    post = await assigned(stage)
    [adviser, other] = await stage.add_people(2)
    guest = stage.world.person_id["guest_a"]
    for person in (stage.people[0], guest, stage.heads["first"]):  # the author; not of us; on it already
        with pytest.raises(NotEligible):
            async with transaction():
                await named(stage, post, person)
    await named(stage, post, adviser)
    await named(stage, post, other, "counsel")
    await execute(
        "INSERT INTO co_author (idea, space, person, invited_by, accepted_at)"
        " SELECT id, space, {}, author, plein_now() FROM idea WHERE id = {}",
        adviser,
        post,
    )
    await execute(
        "INSERT INTO case_conflict (escalation, space, person, kind) SELECT id, space, {}, 'named' FROM escalation"
        " WHERE idea = {}",
        other,
        post,
    )
    for person in (adviser, other):
        assert not (await stage.case(post, person)).on_team
    await stage.does(stage.heads["first"], declare_conflict, post)
    assert not (await stage.case(post)).on_team
    assert await sees(stage, stage.heads["first"], post, CaseNote) == [0]


async def test_only_the_owner_names_and_asks_and_only_who_was_asked_answers(stage):
    post = await assigned(stage)
    [counsel, other] = await stage.add_people(2)
    for person in (stage.heads["first"], stage.people[1]):
        with pytest.raises(Forbidden):
            await stage.does(person, actions.staff, post, other, "adviser")
    await asked(stage, post, counsel)
    public_id = await fetch_value("SELECT public_id FROM consultation")
    for person in (stage.heads["owner"], stage.heads["first"]):
        actor = await stage.actor(person)
        with pytest.raises(Forbidden):
            await actions.advise(actor, await queries.get_consultation(actor, public_id), "agrees", "Yes")
    assert await queries.get_consultation(await stage.actor(other), public_id) is None


async def test_advice_is_tracked_and_stops_no_clock(stage):
    post = await assigned(stage)
    before = await stage.owed(post)
    [counsel] = await stage.add_people(1)
    with pytest.raises(DayOutOfRange):
        async with transaction():
            await asked(stage, post, counsel, days=-1)
    await asked(stage, post, counsel)
    await asked(stage, post, counsel)  # sent twice
    assert (await happened(post)).count("case.consulted") == 1
    assert (await duties(post)).count(("duty.consulted", counsel)) == 1
    due = await fetch_value("SELECT due_at FROM consultation")
    await at(due - timedelta(hours=1))
    assert (await duties(post)).count(("duty.consulted", counsel)) == 2
    await at(due + timedelta(hours=1))
    await at(due + timedelta(hours=2))
    assert (await happened(post)).count("case.advice_late") == 1
    actor = await stage.actor(counsel)
    row = await queries.get_consultation(actor, await fetch_value("SELECT public_id FROM consultation"))
    assert row.late
    await actions.advise(actor, row, "objects", "Not **so**.")
    after = await stage.owed(post)
    moments = ("due_at", "statement_due_at", "acknowledge_due_at", "started_at")
    assert ("duty.advised", after.owner) in await duties(post)
    assert [getattr(after, name) for name in moments] == [getattr(before, name) for name in moments]
    assert not await differing()


@pytest.mark.parametrize("still", [True, False])
async def test_advice_is_sent_to_who_decides_now_and_to_who_asked_while_she_is_on_the_case(stage, still):
    post = await assigned(stage)
    [counsel] = await stage.add_people(1)
    await asked(stage, post, counsel)
    asker, now = stage.heads["owner"], stage.heads["first"]
    await execute("UPDATE escalation SET owner = {} WHERE idea = {}", now, post)
    await execute("UPDATE case_role SET until = plein_now() WHERE person IN ({}, {})", asker, now)
    take = "INSERT INTO case_role (escalation, space, person, role) SELECT id, space, {}, {} FROM escalation WHERE idea = {}"
    await execute(take, now, "owner", post)
    if still:
        await execute(take, asker, "adviser", post)
    actor = await stage.actor(counsel)
    row = await queries.get_consultation(actor, await fetch_value("SELECT public_id FROM consultation"))
    await actions.advise(actor, row, "agrees", "Yes")
    told = await duties(post)
    assert told.count(("duty.advised", now)) == 1
    assert told.count(("duty.advised", asker)) == still


async def test_what_the_team_wrote_stands(stage):
    post = await assigned(stage)
    [counsel] = await stage.add_people(1)
    await asked(stage, post, counsel)
    actor = await stage.actor(counsel)
    asked_row = await queries.get_consultation(actor, await fetch_value("SELECT public_id FROM consultation"))
    await actions.advise(actor, asked_row, "agrees", "Yes")
    await stage.does(stage.heads["owner"], actions.write_note, post, NOTE, [], "one")
    await stage.does(stage.heads["owner"], actions.write_note, post, NOTE, [], "one")
    assert await fetch_value("SELECT count(*) FROM case_note") == 1  # the same form twice
    for statement in (
        "UPDATE case_note SET body = 'Another'",
        "DELETE FROM case_note",
        "UPDATE consultation SET answer = 'Another'",
        "DELETE FROM consultation",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            async with transaction():
                await execute(statement)


async def test_the_page_of_the_case_shows_the_team_its_notes_and_everybody_what_is_asked(as_, world):
    owner, address = await as_(OWNER), f"/cases/{world.case['decide']}"
    assert (await owner.post(f"{address}/member", {})).status_code == 422
    named = {"who": email_of(ADVISER), "role": "adviser"}
    assert (await owner.post(f"{address}/member", named)).status_code == 303
    assert (await owner.post(f"{address}/member", named)).status_code == 422  # on it already
    empty = await owner.post(f"{address}/team", {"body": ""})
    assert empty.status_code == 422
    assert 'id="body-error"' in empty.text
    assert (await owner.post(f"{address}/team", {"body": NOTE})).status_code == 303
    assert NOTE in text_of(await owner.get(address))
    assert NOTE in text_of(await (await as_(ADVISER)).get(address))
    question = {
        "about": "legal",
        "who": email_of("decision_maker"),
        "words": "Is it lawful?",
        "on": (NOW + timedelta(days=3)).date().isoformat(),
    }
    assert (await owner.post(f"{address}/consultation", {})).status_code == 422
    past = question | {"on": "2020-01-01"}
    refused = await owner.post(f"{address}/consultation", past)
    assert refused.status_code == 422
    assert "Is it lawful?" in refused.text
    assert (await owner.post(f"{address}/consultation", question)).status_code == 303
    public = text_of(await (await as_("employee")).get(address))
    assert "Advice is asked: Legal" in public
    assert "Is it lawful?" not in public
    assert NOTE not in public
    consultation = f"/consultations/{await fetch_value('SELECT public_id FROM consultation ORDER BY id DESC')}"
    counsel = await as_("decision_maker")
    assert "Is it lawful?" in text_of(await counsel.get(consultation))
    assert (await counsel.post(consultation, {})).status_code == 422
    answer = {"outcome": "objects", "words": "It is not."}
    assert (await owner.post(consultation, answer)).status_code == 403
    assert (await (await as_("employee")).post(consultation, answer)).status_code == 404
    assert (await counsel.post(consultation, answer)).status_code == 303
    assert "It is not." in text_of(await owner.get(f"{address}/team"))
    assert "The advice is there" in text_of(await (await as_("employee")).get(address))


@pytest.mark.parametrize(
    ("who", "status"), [("employee", 403), ("author", 403), ("administrator", 403), ("guest_a", 404)]
)
async def test_the_room_is_the_teams(as_, world, who, status):
    browser, address = await as_(who), f"/cases/{world.case['decide']}/team"
    assert (await browser.get(address)).status_code == status
    assert (await browser.post(address, {"body": NOTE})).status_code == status
    person = world.person[ADVISER]
    assert (await browser.post(f"{address}/{person}/end", {})).status_code == status


async def test_a_note_brings_its_files_and_a_refused_one_keeps_all_of_it_back(as_, world):
    owner, address = await as_(OWNER), f"/cases/{world.case['decide']}/team"
    bad = [("files", ("tool.exe", b"MZ not ours"))]
    refused = await owner.post(address, {"body": NOTE}, files=bad)
    assert refused.status_code == 422
    assert NOTE in refused.text
    assert await fetch_value("SELECT count(*) FROM case_note") == 0
    assert (
        await owner.post(address, {"body": NOTE}, files=[("files", ("plan.png", picture("png")))])
    ).status_code == 303
    file = f"/case-files/{await fetch_value('SELECT public_id FROM case_file ORDER BY id DESC')}"
    assert (await owner.get(file)).status_code == 200
    assert "plan.png" in text_of(await owner.get(address))
    for who in ("employee", "author", "administrator", "guest_a"):
        assert (await (await as_(who)).get(file)).status_code == 404


async def test_the_notes_of_an_item_cost_no_more_statements(stage):
    post = await assigned(stage)
    case, owner = await stage.case(post, stage.heads["owner"]), await stage.actor(stage.heads["owner"])
    for nth in range(3):
        await actions.write_note(owner, case, f"Note {nth}", [], str(nth))
    known = await read_together(notes=queries.notes_of(owner, case.id, 2))
    assert [note.body_html for note in known["notes"]] == ["<p>Note 1</p>\n", "<p>Note 2</p>\n"]
