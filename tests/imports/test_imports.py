"""Lists from the trial run to the end: nothing changes before, everything once afterwards."""

import asyncio
import os
import re
import signal
import subprocess
import sys

import pytest

from portal.db import execute, fetch_value
from portal.imports import jobs
from portal.imports.jobs import run_import, sweep_imports
from portal.imports.staging import read_import
from portal.units.queries import UNITS
from tests.client import text_of
from tests.conftest import statements
from tests.servers import ROOT
from tests.world import email_of

LIST = f"""name;email;number;unit;active
Noor D.;{email_of("employee")};E1;Unit roads;
Joris van Heeswijk;{email_of("colleague")};;;
Ada Bruin;ada@x.example;A1;Unit water;yes
Owen;{email_of("deactivated")};;;ja
Wim;{email_of("author")};;;no
"""
PEOPLE = "SELECT n.email, n.name, p.active, p.org_unit, p.epoch FROM identity n JOIN person p ON p.id = n.person"


async def hand_in(browser, text, **fields):
    files = {"file": ("people.csv", text.encode() if isinstance(text, str) else text, "text/csv")}
    response = await browser.post("/admin/imports", {"kind": "people"} | fields, files=files)
    assert response.status_code == 303, text_of(response)
    row = (await execute("SELECT * FROM people_import ORDER BY id DESC LIMIT 1"))[0]
    await read_import(row["id"])
    return row["id"], response.headers["Location"]


async def everybody():
    return {row["email"]: row for row in await execute(PEOPLE)}


async def go_ahead(browser, number, address):
    page = (await browser.get(address)).text
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    response = await browser.post(f"{address}/start", {"seen": seen})
    if response.status_code == 303:
        await run_import(number)
    return response


async def state(number):
    return (await execute("SELECT * FROM people_import WHERE id = {}", number))[0]


async def test_a_trial_run_says_what_would_be_done_and_changes_nothing(as_):
    browser = await as_("administrator")
    before = await everybody(), await fetch_value("SELECT count(*) FROM event")
    number, address = await hand_in(browser, LIST + "Cy;cy@x;;;\nZoë;zoë@x.example;;;\n")
    assert (await everybody(), await fetch_value("SELECT count(*) FROM event")) == before
    page = text_of(await browser.get(address))
    for words in ("Trial run", "Nothing has changed yet", "“cy@x” is no complete e-mail address", "Read as UTF-8"):
        assert words in page
    assert "“zoë@x.example” has letters before the @" in page
    tallies = await fetch_value("SELECT tallies::text FROM people_import WHERE id = {}", number)
    for outcome in ('"moved": 1', '"same": 1', '"new": 1', '"returns": 1', '"leaves": 1', '"wrong": 2'):
        assert outcome in tallies


async def test_an_import_does_what_the_trial_run_said_and_a_second_time_nothing(as_, world):
    browser, theirs = await as_("administrator"), await as_("author")
    number, address = await hand_in(browser, LIST)
    assert (await go_ahead(browser, number, address)).status_code == 303
    now = await everybody()
    assert (now["ada@x.example"]["name"], now["ada@x.example"]["org_unit"]) == ("Ada Bruin", world.unit_id["water"])
    assert now[email_of("employee")]["name"] == "Noor D."
    assert now[email_of("employee")]["org_unit"] == world.unit_id["roads"]
    assert now[email_of("deactivated")]["active"]
    assert (now[email_of("author")]["active"], now[email_of("author")]["epoch"]) == (False, 1)
    assert (await theirs.get("/")).status_code == 303
    assert await fetch_value("SELECT count(*) FROM personnel") == 2
    assert await fetch_value(
        "SELECT title FROM identity WHERE email = {}", email_of("employee")
    )  # it said nothing of it
    kinds = [row["kind"] for row in await execute("SELECT kind FROM event ORDER BY id DESC LIMIT 3")]
    assert kinds == ["people.imported", "person.deactivated", "person.activated"]
    assert await fetch_value("SELECT count(*) FROM import_file") == 0
    assert await fetch_value("SELECT count(*) FROM mail") == 0
    number, address = await hand_in(browser, LIST)
    assert await fetch_value("SELECT tallies -> 'same' FROM people_import WHERE id = {}", number) == "5"
    assert (await go_ahead(browser, number, address)).status_code == 303
    assert await everybody() == now


async def test_who_is_known_by_number_keeps_her_account_with_another_address(as_, world):
    await execute("INSERT INTO personnel (person, number) VALUES ({}, 'E1')", world.person_id["employee"])
    browser = await as_("administrator")
    number, address = await hand_in(browser, "name;email;number\nNoor;noor@new.example;E1\n")
    await go_ahead(browser, number, address)
    assert await fetch_value("SELECT email FROM identity WHERE person = {}", world.person_id["employee"]) == (
        "noor@new.example"
    )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("X;{colleague};E1", "Somebody else has the address"),
        ("X;x@x.example;E1\nY;{employee};", "same person as on line 2"),
        ("X;{sister};", "belongs to a guest or to somebody of a sister"),
        (";new@x.example;", "This is empty"),
    ],
)
async def test_what_only_shows_beside_who_is_there_is_refused_too(as_, world, line, problem):
    await execute("INSERT INTO personnel (person, number) VALUES ({}, 'E1')", world.person_id["employee"])
    names = {name: email_of(name) for name in world.person}
    browser = await as_("administrator")
    before = await everybody()
    number, address = await hand_in(browser, "name;email;number\n" + line.format(**names) + "\n")
    assert problem in text_of(await browser.get(address))
    await execute("UPDATE people_import SET state = 'running' WHERE id = {}", number)
    await run_import(number)
    after = await everybody()
    assert {
        email: row for email, row in after.items() if email in before and row["name"] != before[email]["name"]
    } == {}


async def test_people_of_a_sister_organisation_come_by_a_list_too(as_, world):
    browser = await as_("administrator")
    number, address = await hand_in(browser, "name;email;zusterorganisatie\nAda;ada@x.example;waterway BOARD\n")
    await go_ahead(browser, number, address)
    [row] = await execute(
        "SELECT p.kind, p.home FROM person p JOIN identity n ON n.person = p.id WHERE n.email = 'ada@x.example'"
    )
    assert (row["kind"], row["home"]) == ("sister", world.space_id["sisters"])
    number, address = await hand_in(browser, "name;email;zusterorganisatie\nAda Bruin;ada@x.example;Waterway board\n")
    await go_ahead(browser, number, address)
    assert await fetch_value("SELECT name FROM identity WHERE email = 'ada@x.example'") == "Ada Bruin"
    number, _ = await hand_in(
        browser,
        "name;email;sister\nBo;bo@x.example;Nobody knows\nX;"
        + f"{email_of('employee')};Waterway board\nY;{email_of('guest_a')};Waterway board\nIlse;{email_of('sister')};\n"
        + "Own;own@x.example;Lowland Works\n",
    )
    wrong = await execute("SELECT line, problem FROM import_problem WHERE people_import = {} ORDER BY line", number)
    assert [tuple(row) for row in wrong] == [
        (2, "no sister"),
        (3, "no sister of theirs"),
        (4, "no sister of theirs"),
        (5, "guest"),
    ]
    assert await fetch_value("SELECT outcome FROM import_line WHERE people_import = {} AND line = 6", number) == "new"


async def test_who_is_missing_leaves_but_not_who_leads_something(as_, world):
    text = f"name;email\nNoor Dijkman;{email_of('employee')}\n"
    browser = await as_("administrator")
    number, address = await hand_in(browser, text, deactivate_missing="y")
    await go_ahead(browser, number, address)
    active = {row["email"] for row in await execute(PEOPLE + " WHERE p.active")}
    kept = (
        "employee",
        "administrator",
        "sponsor",
        "decision_maker",
        "insider_a",
        "insider_b",
        "guest_a",
        "guest_b",
        "sister",
    )
    assert active == {email_of(name) for name in kept}
    assert "stay, because they lead something" in text_of(await browser.get(address))


async def test_nobody_leaves_for_a_list_with_a_wrong_line(as_, world):
    browser = await as_("administrator")
    number, _ = await hand_in(browser, f"name;email\nN;{email_of('employee')}\nX;nothing\n", deactivate_missing="y")
    assert await fetch_value("SELECT count(*) FROM import_line WHERE people_import = {} AND line = 0", number) == 0


async def test_people_who_changed_since_the_trial_run_are_noticed(as_, world):
    browser = await as_("administrator")
    number, address = await hand_in(browser, LIST)
    await execute("UPDATE person SET active = TRUE WHERE id = {}", world.person_id["deactivated"])
    await go_ahead(browser, number, address)
    assert "ada@x.example" not in await everybody()
    assert (await state(number))["state"] == "ready"
    assert "says something else now" in text_of(await browser.get(address))
    await go_ahead(browser, number, address)
    assert "ada@x.example" in await everybody()


async def test_a_mark_of_another_trial_run_is_refused(as_):
    browser = await as_("administrator")
    number, address = await hand_in(browser, LIST)
    response = await browser.post(f"{address}/start", {"seen": "another"})
    assert response.status_code == 422
    assert (await state(number))["state"] == "ready"


async def test_units_that_are_not_there_are_made_where_that_is_wanted(as_, world):
    browser = await as_("administrator")
    text = "name;email;unit\nA;a@x.example;Unit roads > Team 1\nB;b@x.example;New > Team 1\nC;c@x.example;New\n"
    number, address = await hand_in(browser, text, make_units="y")
    async with statements() as sent:
        await go_ahead(browser, number, address)
    assert len([sql for sql in sent if sql == UNITS]) == 1, "the tree is read once, however many are new"
    units = await execute("SELECT u.name, a.name AS above FROM org_unit u LEFT JOIN org_unit a ON a.id = u.parent")
    assert {(row["name"], row["above"]) for row in units} >= {
        ("Team 1", "Unit roads"),
        ("Team 1", "New"),
        ("New", None),
    }
    assert len(units) == 5
    assert (await everybody())["a@x.example"]["org_unit"] != (await everybody())["b@x.example"]["org_unit"]


async def test_a_list_of_units_builds_and_rebuilds_the_tree(as_, world):
    browser = await as_("administrator")
    text = "name;code;parent\nTeam 1;T1;North\nNorth;N;R\nUnit water;;Unit roads\nUnit roads;R;\n"
    number, address = await hand_in(browser, text, kind="units")
    await go_ahead(browser, number, address)
    assert (await state(number))["state"] == "done"
    tree = {row["name"]: row for row in await execute("SELECT * FROM org_unit")}
    assert tree["Team 1"]["parent"] == tree["North"]["id"]
    assert tree["North"]["parent"] == world.unit_id["roads"]
    number, address = await hand_in(browser, "name;code;parent\nNorth!;N;\nUnit roads;R;N\n", kind="units")
    assert "circle" in text_of(await browser.get(address))
    number, address = await hand_in(browser, "name;code;parent\nSouth;S;\nNorth!;N;South\n", kind="units")
    await go_ahead(browser, number, address)
    tree = {row["name"]: row for row in await execute("SELECT * FROM org_unit")}
    assert tree["North!"]["parent"] == tree["South"]["id"]


async def test_a_list_of_units_says_who_leads_them(as_, world):
    browser = await as_("administrator")
    text = f"name;head\nUnit roads;{email_of('sponsor')}\nUnit water;{email_of('guest_a')}\n"
    number, address = await hand_in(browser, text, kind="units")
    assert f"Nobody who works here has the address “{email_of('guest_a')}”" in text_of(await browser.get(address))
    number, address = await hand_in(browser, text.rsplit("\n", 2)[0], kind="units")
    await go_ahead(browser, number, address)
    heads = "SELECT head FROM org_unit WHERE name = 'Unit roads'"
    assert await fetch_value(heads) == world.person_id["sponsor"]
    number, address = await hand_in(browser, "name;code\nUnit roads;RDS\n", kind="units")
    await go_ahead(browser, number, address)
    assert await fetch_value(heads) == world.person_id["sponsor"], "who is not named stays"


async def test_a_head_who_leaves_after_the_trial_run_stops_the_list(as_, world):
    browser = await as_("administrator")
    number, address = await hand_in(browser, f"name;head\nUnit roads;{email_of('colleague')}\n", kind="units")
    await execute("UPDATE person SET active = FALSE WHERE id = {}", world.person_id["colleague"])
    await go_ahead(browser, number, address)
    assert (await state(number))["state"] != "done"
    assert await fetch_value("SELECT head FROM org_unit WHERE name = 'Unit roads'") is None


@pytest.mark.parametrize(
    ("content", "words"), [(b"", "The file is empty."), (b"a;b\n1;2\n", "The first line has to say")]
)
async def test_a_file_that_is_no_list_says_why(as_, content, words):
    browser = await as_("administrator")
    _, address = await hand_in(browser, content)
    assert words in text_of(await browser.get(address))


async def test_a_form_without_a_file_is_refused(as_):
    response = await (await as_("administrator")).post("/admin/imports", {"kind": "people"}, files={})
    assert response.status_code == 422
    assert "Choose a file." in text_of(response)


@pytest.mark.parametrize("way", ["", "/start", "/stop", "/removal"])
async def test_only_administrators_import(as_, way):
    _, address = await hand_in(await as_("administrator"), LIST)
    for name in ("employee", "moderator", "guest_a"):
        browser = await as_(name)
        assert (await browser.post((address + way) if way else "/admin/imports", {})).status_code == 403
        assert (await browser.get(address)).status_code == 403
        assert (await browser.get(f"{address}/problems")).status_code == 403
    assert (await (await as_("administrator")).post(f"/admin/imports/nothing{way or '/start'}")).status_code == 404


async def test_what_is_wrong_can_be_downloaded_in_the_readers_language(as_, world):
    browser = await as_("administrator")
    await execute("UPDATE identity SET language = 'nl' WHERE person = {}", world.person_id["administrator"])
    _, address = await hand_in(browser, "name;email\nX;nothing\n")
    response = await browser.get(f"{address}/problems")
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert "2;E-mailadres;‘nothing’ is geen volledig e-mailadres" in response.text


async def test_a_list_is_stopped_thrown_away_and_swept_out(as_):
    browser = await as_("administrator")
    number, address = await hand_in(browser, LIST)
    await execute("UPDATE people_import SET state = 'running' WHERE id = {}", number)
    assert (await browser.post(f"{address}/removal")).status_code == 303
    assert (await browser.post(f"{address}/stop")).status_code == 303
    await run_import(number)
    assert "ada@x.example" not in await everybody()
    await go_ahead(browser, number, address)
    assert "ada@x.example" in await everybody()
    assert (await browser.post(f"{address}/removal")).status_code == 303
    assert await fetch_value("SELECT count(*) FROM import_line WHERE people_import = {}", number) == 0
    number, _ = await hand_in(browser, LIST)
    await execute("UPDATE people_import SET created_at = plein_now() - interval '31 days'")
    await sweep_imports()
    assert await fetch_value("SELECT count(*) FROM people_import") == 0


async def test_an_import_that_was_killed_goes_on_and_does_nothing_twice(fresh_db, tmp_path):
    """By the command line, killed with -9 in the middle, and called again."""
    file = tmp_path / "many.csv"
    lines = "".join(f"P {n};p{n}@x.example;N{n}\n" for n in range(1500))
    file.write_text("name;email;number\n" + lines)
    script = "from portal.imports import jobs; jobs.BATCH = 100; from portal.cli import main; main()"
    command = [sys.executable, "-c", script, "people", "import", str(file)]
    environment = os.environ | {"DATABASE_URL": fresh_db}
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert process.stdout is not None
    while b"of 1,500 lines" not in (said := await process.stdout.readline()):
        assert said, "it ended before it had begun"
    process.send_signal(signal.SIGKILL)
    await process.wait()
    some = await fetch_value("SELECT count(*) FROM identity WHERE email LIKE 'p%@x.example'")
    assert 0 < some < 1500
    assert some % 100 == 0
    again = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    told = (await again.communicate())[0].decode()
    assert again.returncode == 0, told
    assert "Going on where it was stopped" in told
    assert await fetch_value("SELECT count(*) FROM identity WHERE email LIKE 'p%@x.example'") == 1500
    assert await fetch_value("SELECT count(*) FROM personnel") == 1500
    assert await fetch_value("SELECT count(*) FROM event WHERE kind = 'people.imported'") == 1


async def test_two_workers_at_once_do_nothing_twice(fresh_db, world, monkeypatch):
    from portal.imports.actions import hand_in as keep

    monkeypatch.setattr(jobs, "BATCH", 50)
    text = "name;email\n" + "".join(f"P {n};p{n}@x.example\n" for n in range(400))
    number, _ = await keep(None, text.encode(), kind="people", file_name="", make_units=False, deactivate_missing=False)
    await read_import(number)
    await execute("UPDATE people_import SET state = 'running' WHERE id = {}", number)
    await asyncio.gather(*(run_import(number) for _ in range(3)))
    assert await fetch_value("SELECT count(*) FROM identity WHERE email LIKE 'p%@x.example'") == 400
    assert (
        await fetch_value("SELECT count(*) FROM person p WHERE NOT EXISTS (SELECT FROM identity WHERE person = p.id)")
        == 0
    )
    assert (await state(number))["done"] == 400


@pytest.mark.parametrize("who", ["employee", "administrator"])
async def test_a_list_that_is_not_hers_to_hand_in_is_not_even_read(as_, who):
    browser, read = await as_(who), []

    async def body():
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="people.csv"\r\n\r\n'
        for n in range(20):
            read.append(n)
            yield b"x" * 60_000
        yield b"\r\n--b--\r\n"

    kind = {"Content-Type": "multipart/form-data; boundary=b", "Sec-Fetch-Site": "same-origin"}
    sent = await browser.http.request("POST", "/admin/imports", content=body(), headers=kind)
    if who == "administrator":
        assert len(read) == 20, "the control: what is hers is read"
    else:
        assert (sent.status_code, read) == (403, [])
