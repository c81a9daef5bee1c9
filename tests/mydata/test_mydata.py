"""One's own data: all of it, for oneself alone, and nobody else's in it."""

import io
import json
import zipfile

import pytest

from portal.access.actor import actor_of_person
from portal.db import execute, fetch_value
from portal.files.store import path_of
from portal.mydata.jobs import make_export, sweep_exports
from portal.mydata.left_out import LEFT_OUT, LEFT_OUT_TABLES
from portal.mydata.parts import PARTS
from portal.mydata.queries import everything
from tests.access.canary import canaries_in, plant, sight_of
from tests.client import text_of
from tests.world import add_appeal, add_attachment, add_comment, add_decision, add_report, picture

REFERENCES = """
    SELECT c.conrelid::regclass::text || '.' || a.attname AS name FROM pg_constraint c
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'f' AND c.confrelid = 'person'::regclass
"""


async def test_every_reference_to_a_person_is_taken_along_or_left_out_for_a_reason(rollback):
    there = {row["name"] for row in await execute(REFERENCES)} | {"person.id"}
    named = {f"{part.table._meta.tablename}.{part.own}" for part in PARTS if "." not in part.own}
    assert there - named - set(LEFT_OUT) == set(), "a Part in portal/mydata/parts.py, or a reason in LEFT_OUT"
    assert (named | set(LEFT_OUT)) - there == set()
    assert named & set(LEFT_OUT) == set()
    assert all(LEFT_OUT.values())


HANGING = """
    SELECT c.conrelid::regclass::text AS name, c.confrelid::regclass::text AS parent FROM pg_constraint c
    WHERE c.contype = 'f' AND c.conrelid <> c.confrelid
"""


async def test_what_hangs_on_ones_own_things_is_taken_along_or_left_out_for_a_reason(rollback):
    """Tables of which no row is about a person by itself: they are hers through what they hang on."""
    taken = {part.table._meta.tablename for part in PARTS}
    own = taken - {"event", "person", "space"}  # on these hangs what is everybody's
    hanging = {row["name"] for row in await execute(HANGING) if row["parent"] in own}
    assert hanging - taken == set(LEFT_OUT_TABLES), "a Part like that of idea.author, or a reason in LEFT_OUT_TABLES"
    assert all(LEFT_OUT_TABLES.values())


async def ask(browser):
    assert (await browser.post("/settings/data")).status_code == 303
    export = (await execute("SELECT * FROM data_export WHERE person = {}", browser.person))[0]
    await make_export(export["id"])
    return export["public_id"]


async def test_somebody_takes_her_data_along(as_, world):
    browser = await as_("author")
    await execute(
        "INSERT INTO vote (person, idea, space, guest) SELECT {}, id, space, FALSE FROM idea WHERE id = {}",
        world.person_id["author"],
        world.idea_id["closed_a"],
    )
    public_id = await ask(browser)
    page = text_of(await browser.get("/settings/data"))
    assert f"/settings/data/{public_id}" in page
    response = await browser.get(f"/settings/data/{public_id}")
    assert response.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        data = json.loads(archive.read("data.json"))
        html = archive.read("data.html").decode()
    assert data["identity"][0]["name"] == "Wim Schotanus"
    assert {idea["title"] for idea in data["ideas"]} >= {"Idea vote", "Idea collect"}
    assert data["ideas"][0]["campaign"]["address"].startswith("/campaigns/")
    assert {comment["body"] for comment in data["comments"]} >= {"Comment vote_reply"}
    assert [(vote["idea"], vote["weight"]) for vote in data["votes"]] == [
        (None, 1)
    ]  # of a group that she reads no longer
    assert "Idea vote" in html
    assert "<dd>yes</dd>" in html, "values are said in her language"
    assert "True" not in html
    assert data["account"][0]["created_at"][:16].replace("T", " ") not in html, "and times in her zone"
    assert "Europe/Amsterdam" in html
    assert "<script" not in html
    assert "<dt>Last signed in</dt>" in html, "columns have names"
    assert "<code>" not in html
    assert await fetch_value("SELECT kind FROM event ORDER BY id DESC LIMIT 1") == "person.data_asked"


async def test_who_reads_dutch_reads_her_data_in_dutch(as_, world):
    browser = await as_("colleague")
    archive = (await browser.get(f"/settings/data/{await ask(browser)}")).content
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        html = files.read("data.html").decode()
    for words in (
        "<dt>E-mailadres</dt>",
        "<dt>Taal</dt><dd>Nederlands</dd>",
        "<dt>Laatst gebruikt</dt>",
        "<dd>ja</dd>",
    ):
        assert words in html, words


async def test_files_replies_appeals_and_earlier_texts_come_along(as_, world):
    await add_attachment(world, "hers", idea="collect")
    await add_attachment(world, "of_somebody_else", idea="vote")
    await execute(
        "UPDATE attachment SET author = {} WHERE id = {}",
        world.person_id["colleague"],
        world.attachment_id["of_somebody_else"],
    )
    await execute(
        "INSERT INTO idea_reply (idea, space, question, value) SELECT i.id, i.space, q.id, 'My own reply'"
        " FROM idea i JOIN question q ON q.campaign = i.campaign WHERE i.id = {}",
        world.idea_id["collect"],
    )
    await execute(
        "INSERT INTO comment_version (comment, space, version, body, body_html, created_at)"
        " SELECT id, space, 1, 'As it was', '', plein_now() FROM comment WHERE id = {}",
        world.comment_id["vote_reply"],
    )
    browser = await as_("author")
    public_id = await ask(browser)
    with zipfile.ZipFile(io.BytesIO((await browser.get(f"/settings/data/{public_id}")).content)) as archive:
        data = json.loads(archive.read("data.json"))
        files = {name for name in archive.namelist() if name.startswith("files/")}
        held = [archive.read(row["file"]["address"]) for row in data["attachments"]]
        photo = archive.read(data["profile"][0]["photo"]["address"])
        html = archive.read("data.html").decode()
    assert {row["name"] for row in data["attachments"]} == {"collect.png", "vote.png", "hers.png"}
    assert held == [picture("png")] * 3
    assert photo == picture("png")
    assert len(files) == 4
    (reply,) = [row for row in data["replies"] if row["value"] == "My own reply"]
    assert (reply["idea"]["name"], reply["question"]["name"]) == ("Idea collect", "Question of collect")
    assert "As it was" in {row["body"] for row in data["comment_versions"]}
    assert 'href="files/attachments-3-hers.png"' in html


async def test_who_has_no_photo_takes_her_profile_along_too(as_, world):
    await execute("UPDATE profile SET photo = '' WHERE person = {}", world.person_id["author"])
    browser = await as_("author")
    archive = (await browser.get(f"/settings/data/{await ask(browser)}")).content
    with zipfile.ZipFile(io.BytesIO(archive)) as files:
        assert json.loads(files.read("data.json"))["profile"][0]["photo"] is None


async def test_what_she_appealed_against_comes_along_and_who_judged_does_not(as_, world):
    await add_report(world, "hers", reporter="colleague", idea="collect")
    await add_decision(world, "hers", "hers", moderator="moderator", action="remove")
    await add_appeal(world, "hers")
    data = await everything(await actor_of_person(world.person_id["author"]))
    assert [row["words"] for row in data["appeals"]] == [
        await fetch_value("SELECT words FROM appeal ORDER BY id DESC LIMIT 1")
    ]
    judge = await fetch_value("SELECT name FROM identity WHERE person = {}", world.person_id["moderator"])
    assert judge not in repr(data)


async def test_whom_a_text_mentions_is_named_as_far_as_she_knows_them(as_, world):
    text = f"Thanks @{{{world.person['colleague']}}} and @{{{world.person['guest_b']}}}"
    await add_comment(world, "calls", idea="collect", author="author", text=text)
    data = await everything(await actor_of_person(world.person_id["author"]))
    name = await fetch_value("SELECT name FROM identity WHERE person = {}", world.person_id["colleague"])
    assert f"Thanks @{name} and @former colleague" in {row["body"] for row in data["comments"]}


async def test_what_she_wrote_where_she_is_no_longer_is_hers_but_nothing_around_it(as_, world):
    await add_comment(world, "former", idea="closed_a", author="colleague", text="Mine, of then")
    data = await everything(await actor_of_person(world.person_id["colleague"]))
    (mine,) = [comment for comment in data["comments"] if comment["body"] == "Mine, of then"]
    assert mine["idea"] is None
    assert "Overwater" not in repr(data)
    assert "Idea closed_a" not in repr(data)


@pytest.mark.parametrize("name", ["employee", "author", "guest_a", "insider_a", "administrator"])
async def test_nobody_elses_data_is_in_it(rollback, world, name):
    """Canaries in every text of every row: those that come along are her own, or name a place that she may see."""
    await plant(rollback)
    person = world.person_id[name]
    sight = await sight_of(rollback, person)
    data = await everything(await actor_of_person(person))
    found = canaries_in(repr(data))
    mine = set()
    for part in PARTS:
        key, table = part.table._meta.primary_key._meta.name, part.table._meta.tablename
        through, _, own = part.own.rpartition(".")
        of = (
            f"FROM {table} x JOIN {through} o ON o.id = x.{through} WHERE o.{own}"
            if through
            else f"FROM {table} x WHERE x.{own}"
        )
        mine |= {(table, row["key"]) for row in await execute(f"SELECT x.{key} AS key {of} = {{}}", person)}
    places = {("idea", "title"), ("campaign", "title"), ("space", "name"), ("question", "label")}
    wrong = [
        canary
        for canary in found
        if (canary.table, canary.row) not in mine
        and not ((canary.table, canary.column) in places and sight.may_read(canary))
    ]
    assert not wrong
    assert found


async def test_a_file_is_for_its_owner_alone_and_goes(as_, world):
    browser = await as_("author")
    public_id = await ask(browser)
    for name in ("employee", "administrator", "guest_a"):
        assert (await (await as_(name)).get(f"/settings/data/{public_id}")).status_code == 404
    assert (await (await as_(None)).get(f"/settings/data/{public_id}")).status_code == 303
    file = await fetch_value("SELECT file FROM data_export")
    assert path_of(file).exists()
    await execute("UPDATE data_export SET expires_at = plein_now() - interval '1 second'")
    assert (await browser.get(f"/settings/data/{public_id}")).status_code == 404
    await sweep_exports()
    assert await fetch_value("SELECT count(*) FROM data_export") == 0
    assert not path_of(file).exists()


async def test_asking_twice_makes_one_file(as_, world):
    browser = await as_("employee")
    for _ in range(2):
        await browser.post("/settings/data")
    assert await fetch_value("SELECT count(*) FROM data_export") == 1
    assert "is being made" in text_of(await browser.get("/settings/data"))
    export = await fetch_value("SELECT id FROM data_export")
    await make_export(export)
    await browser.post("/settings/data")
    assert await fetch_value("SELECT count(*) FROM data_export WHERE made_at IS NULL") == 1


async def test_for_who_is_deactivated_nothing_is_made(as_, world):
    await (await as_("employee")).post("/settings/data")
    await execute("UPDATE person SET active = FALSE WHERE id = {}", world.person_id["employee"])
    await make_export(await fetch_value("SELECT id FROM data_export"))
    assert await fetch_value("SELECT file FROM data_export") is None


async def test_what_others_change_out_of_her_sight_and_what_she_was_not_told_stay_out(as_, world):
    await add_report(world, "in_vain", idea="collect", reporter="employee")
    await add_decision(world, "in_vain", "in_vain", moderator="moderator", action="allow")
    told = (await everything(await actor_of_person(world.person_id["author"])))["receipts"]
    assert "Decision of in_vain" not in str(told)
    insider, space = world.person_id["insider_a"], world.space_id["closed_a"]
    await execute("UPDATE space SET created_by = {}, name = 'Later name' WHERE id = {}", insider, space)
    await execute("UPDATE campaign SET brief = 'Later brief', author = {} WHERE space = {}", insider, space)
    assert "Later brief" in str(await everything(await actor_of_person(insider)))
    await execute("DELETE FROM membership WHERE person = {} AND space = {}", insider, space)
    taken = await everything(await actor_of_person(insider))
    assert "Later" not in str(taken)
    assert taken["campaigns"][0]["created_at"]
