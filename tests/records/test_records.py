"""The record of an ended space: everything that its readers may see, and nothing else."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest

from portal.db import execute, fetch_value, transaction
from portal.files.store import path_of
from portal.records.jobs import make_record, sweep_records
from tests.access.canary import canaries_in, plant, sight_of
from tests.world import NOW, World, add_comment, add_idea, add_report, set_clock


@pytest.fixture
async def ended(rollback, world: World) -> str:
    """The guest space A ended yesterday; in it are drafts, hidden things, a vote and a report."""
    async with transaction():
        for state in ("draft", "hidden", "removed"):
            await add_idea(world, state, campaign="closed_a", author="guest_a", state=state, comments=False)
        await add_comment(world, "unseen", idea="closed_a", author="guest_a", state="hidden")
        await add_report(world, "reported", comment="closed_a", reporter="guest_a")
    await execute(
        "INSERT INTO vote (person, idea, space, guest) SELECT {}, id, space, TRUE FROM idea WHERE id = {}",
        world.person_id["guest_a"],
        world.idea_id["closed_a"],
    )
    await execute(
        "UPDATE space SET ends_on = {} WHERE id = {}", NOW.date() - timedelta(days=1), world.space_id["closed_a"]
    )
    return f"/spaces/{world.space['closed_a']}/record"


async def made(browser, address) -> zipfile.ZipFile:
    """Asks for the record, has it made and fetches it."""
    assert (await browser.post(address)).status_code == 303
    await make_record(await fetch_value("SELECT max(id) FROM space_record"))
    page = (await browser.get(address)).text
    link = page.split('href="/records/')[1].split('"')[0]
    answer = await browser.get(f"/records/{link}")
    assert answer.status_code == 200
    assert hashlib.sha256(answer.content).hexdigest() in page
    return zipfile.ZipFile(io.BytesIO(answer.content))


async def test_it_holds_what_readers_see_and_says_what_it_leaves_out(as_, world, ended):
    archive = await made(await as_("insider_a"), ended)
    record = json.loads(archive.read("record.json"))
    assert record["about"]["space"] == "Overwater lock"
    assert record["about"]["made_by"] == "Bram Kuipersma"
    assert record["about"]["made_at"].startswith("2026-06-17")
    assert len(record["about"]["left_out"]) == 4
    assert [idea["title"] for idea in record["ideas"]] == ["Idea closed_a"]
    assert "Julie Mercadier" in {member["name"] for member in record["members"]}
    assert [charter["text"] for charter in record["charters"]] == ["What holds in closed_a"]
    assert {"Comment closed_a", "Comment closed_a_reply"} <= {comment["body"] for comment in record["comments"]}
    [file] = record["files"]
    assert hashlib.sha256(archive.read(file["address"])).hexdigest() == file["sha256"]
    page = archive.read("record.html").decode()
    assert "Idea closed_a" in page
    assert "Drafts, and what moderators hid or removed" in page


async def test_a_canary_in_every_text_finds_only_what_a_plain_reader_sees(as_, rollback, world, ended):
    """What nobody but authors, voters, reporters and moderators sees is in neither file."""
    browser = await as_("insider_a")
    await execute("UPDATE space SET ends_on = NULL")  # nothing is written in what has ended, not even a canary
    await plant(rollback)
    await execute(
        "UPDATE space SET ends_on = {} WHERE id = {}", NOW.date() - timedelta(days=1), world.space_id["closed_a"]
    )
    archive = await made(browser, ended)
    found = {canary for name in ("record.json", "record.html") for canary in canaries_in(archive.read(name).decode())}
    reader = (await execute("INSERT INTO person (kind) VALUES ('employee') RETURNING id"))[0]["id"]
    await execute(
        "INSERT INTO membership (space, person, role) VALUES ({}, {}, 'member')", world.space_id["closed_a"], reader
    )
    sight = await sight_of(rollback, reader)
    assert {canary for canary in found if not sight.may_read(canary)} == set()
    assert {f"{c.table}.{c.column}" for c in found} >= {"idea.body", "comment.body", "charter.text", "space.name"}
    assert not {c.table for c in found} & {"report", "decision", "profile", "vote"}


async def test_a_secret_space_leaves_its_texts_names_and_files_where_they_are(as_, world, ended):
    await execute("UPDATE space SET label = 'secret' WHERE id = {}", world.space_id["closed_a"])
    archive = await made(await as_("insider_a"), ended)
    assert sorted(archive.namelist()) == ["record.html", "record.json"]
    whole = archive.read("record.json").decode() + archive.read("record.html").decode()
    for word in ("Overwater lock", "closed_a", "Julie Mercadier"):
        assert word not in whole
    assert json.loads(archive.read("record.json"))["about"]["numbers"]["ideas"] == 1


async def test_a_record_is_nobodys_once_the_label_is_another(as_, world, ended):
    browser = await as_("insider_a")
    await made(browser, ended)
    link = await fetch_value("SELECT public_id FROM space_record")
    await execute("UPDATE space SET label = 'secret' WHERE id = {}", world.space_id["closed_a"])
    assert (await browser.get(f"/records/{link}")).status_code == 404


@pytest.mark.parametrize(("name", "status"), [("guest_a", 403), ("insider_b", 404), ("administrator", 404)])
async def test_only_who_keeps_the_space_has_one(as_, world, ended, name, status):
    await made(await as_("insider_a"), ended)
    link = await fetch_value("SELECT public_id FROM space_record")
    browser = await as_(name)
    assert (await browser.post(ended)).status_code == status
    assert (await browser.get(ended)).status_code == status
    assert (await browser.get(f"/records/{link}")).status_code == 404


async def test_a_space_that_goes_on_has_none(as_, world, ended):
    await execute("UPDATE space SET ends_on = NULL WHERE id = {}", world.space_id["closed_a"])
    assert (await (await as_("insider_a")).post(ended)).status_code == 403


async def test_who_keeps_it_no_longer_gets_none(as_, world, ended):
    await (await as_("insider_a")).post(ended)
    await execute("UPDATE space SET host = NULL WHERE id = {}", world.space_id["closed_a"])
    await execute("DELETE FROM membership WHERE person = {} AND role = 'owner'", world.person_id["insider_a"])
    await make_record(await fetch_value("SELECT max(id) FROM space_record"))
    assert await fetch_value("SELECT count(*) FROM space_record") == 0


async def test_it_is_asked_for_once_at_a_time_and_goes_after_a_week(as_, world, ended):
    browser = await as_("insider_a")
    await browser.post(ended)
    await made(browser, ended)
    assert await fetch_value("SELECT count(*) FROM space_record") == 1
    file = await fetch_value("SELECT file FROM space_record")
    await set_clock(NOW + timedelta(days=8))
    await sweep_records()
    assert await fetch_value("SELECT count(*) FROM space_record") == 0
    assert not path_of(file).exists()
