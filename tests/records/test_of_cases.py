"""The record of a case: everything that was public, and what is the team's for who may have it; the same twice."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest

from portal.access.actor import actor_of_person
from portal.db import execute, fetch_value
from portal.escalation.actions import declare_conflict
from portal.escalation.queries import get_case
from portal.files.store import path_of
from portal.records.jobs import sweep_records
from portal.records.of_cases import make_case_record
from tests.access.canary import canaries_in, plant, sight_of
from tests.world import NOW, set_clock

NOTE = "Nothing stands in the way."
DEPUTY = """
    INSERT INTO case_role (escalation, space, person, role) SELECT id, space, {}, 'deputy' FROM escalation WHERE id = {}
"""


@pytest.fixture
async def address(rollback, world) -> str:
    """The record of a case with a note, a file and a question; nobody has asked for it."""
    await execute("DELETE FROM case_record")
    await execute(
        "INSERT INTO case_note (escalation, space, author, body, body_html) SELECT id, space, owner, {}, 'N'"
        " FROM escalation WHERE id = {}",
        NOTE,
        world.case_id["decide"],
    )
    return f"/cases/{world.case['decide']}/record"


async def made(browser, address) -> bytes:
    """Asks for it, has it made and fetches it."""
    assert (await browser.post(address, {"reason": "For the archive"})).status_code == 303
    await make_case_record(await fetch_value("SELECT max(id) FROM case_record"))
    page = (await browser.get(address)).text
    answer = await browser.get("/case-records/" + page.split('href="/case-records/')[1].split('"')[0])
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() in page
    content: bytes = answer.content
    return content


async def test_the_owner_has_all_of_it_with_checksums_and_the_same_twice(as_, world, address):
    owner = await as_("sponsor")
    empty = await owner.post(address, {"reason": ""})
    assert empty.status_code == 422
    content = await made(owner, address)
    assert await made(owner, address) == content
    archive = zipfile.ZipFile(io.BytesIO(content))
    record = json.loads(archive.read("record.json"))
    assert record["about"]["made_for"] == "For the archive"
    assert record["about"]["with_what_is_the_teams"]
    assert [row["title"] for row in record["item"]] == ["Idea decide"]
    assert "Comment decide" in {row["body"] for row in record["comments"]}
    assert [row["body"] for row in record["notes"]] == [NOTE]
    assert [row["body"] for row in record["advice"]] == ["Is it lawful?"]
    assert {row["role"] for row in record["team"]} >= {"owner", "counsel"}
    [file] = record["team_files"]
    lines = archive.read("SHA256SUMS").decode().splitlines()
    sums = {name: sum_ for sum_, name in (line.split("  ") for line in lines)}
    assert sums[file["address"]] == file["sha256"]
    for name, sum_ in sums.items():
        assert hashlib.sha256(archive.read(name)).hexdigest() == sum_
    assert NOTE in archive.read("record.html").decode()


async def test_it_names_nobody_who_declared_a_conflict(as_, world, address):
    person = await actor_of_person(world.person_id["decision_maker"])
    await execute(DEPUTY, person.id, world.case_id["decide"])
    await declare_conflict(person, await get_case(person, world.case["decide"]))
    content = await made(await as_("sponsor"), address)
    lines = json.loads(zipfile.ZipFile(io.BytesIO(content)).read("record.json"))["timeline"]
    assert [row["by"] for row in lines if row["kind"] == "case.conflict"] == [""]


async def test_an_administrator_has_what_is_the_teams_only_once_the_case_is_over(as_, world, address):
    administrator = await as_("administrator")
    before = json.loads(zipfile.ZipFile(io.BytesIO(await made(administrator, address))).read("record.json"))
    assert {"notes", "team_files", "advice"} & set(before) == set()
    assert "notes, files and advice" in before["about"]["left_out"][0]
    await execute(
        "UPDATE escalation SET state = 'closed', ended_at = plein_now() WHERE id = {}", world.case_id["decide"]
    )
    after = json.loads(zipfile.ZipFile(io.BytesIO(await made(administrator, address))).read("record.json"))
    assert [row["body"] for row in after["notes"]] == [NOTE]
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'escalation.recorded' AND actor IS NOT NULL") == 2


@pytest.mark.parametrize(
    ("who", "status"), [("employee", 403), ("decision_maker", 403), ("author", 403), ("guest_a", 404)]
)
async def test_nobody_else_has_it_made(as_, address, who, status):
    browser = await as_(who)
    assert (await browser.get(address)).status_code == status
    assert (await browser.post(address, {"reason": "Why"})).status_code == status


async def test_who_is_off_the_team_before_it_is_made_or_fetched_gets_nothing(as_, world, address):
    owner, case = await as_("sponsor"), world.case_id["decide"]
    assert (await owner.post(address, {"reason": "Why"})).status_code == 303
    await execute("UPDATE escalation SET owner = {} WHERE id = {}", world.person_id["decision_maker"], case)
    await make_case_record(await fetch_value("SELECT max(id) FROM case_record"))
    assert await fetch_value("SELECT count(*) FROM case_record") == 0
    await execute("UPDATE escalation SET owner = {} WHERE id = {}", world.person_id["sponsor"], case)
    content = await made(owner, address)
    file = f"/case-records/{await fetch_value('SELECT public_id FROM case_record')}"
    await execute("UPDATE escalation SET owner = {} WHERE id = {}", world.person_id["decision_maker"], case)
    assert (await owner.get(file)).status_code == 404
    assert (await (await as_("administrator")).get(file)).status_code == 404
    assert content


async def test_of_what_is_secret_it_holds_numbers(as_, world, address):
    await execute("UPDATE space SET label = 'secret' WHERE id = {}", world.space_id["organisation"])
    archive = zipfile.ZipFile(io.BytesIO(await made(await as_("sponsor"), address)))
    text = archive.read("record.json").decode() + archive.read("record.html").decode()
    assert NOTE not in text
    assert "Idea decide" not in text
    assert json.loads(archive.read("record.json"))["about"]["numbers"]["notes"] == 1
    assert set(archive.namelist()) == {"record.json", "record.html", "SHA256SUMS"}


async def test_a_canary_finds_in_it_only_what_a_reader_sees_and_what_is_the_teams(as_, rollback, world, address):
    browser = await as_("sponsor")
    await plant(rollback)
    archive = zipfile.ZipFile(io.BytesIO(await made(browser, address)))
    found = {canary for name in ("record.json", "record.html") for canary in canaries_in(archive.read(name).decode())}
    sight = await sight_of(rollback, world.person_id["sponsor"])
    assert {canary.table for canary in found} >= {"idea", "comment", "case_note", "consultation"}
    assert [canary for canary in found if not sight.may_read(canary)] == []


async def test_it_goes_after_a_week(as_, world, address):
    await made(await as_("sponsor"), address)
    file = await fetch_value("SELECT file FROM case_record")
    await set_clock(NOW + timedelta(days=8))
    await sweep_records()
    assert await fetch_value("SELECT count(*) FROM case_record") == 0
    assert not path_of(file).exists()
