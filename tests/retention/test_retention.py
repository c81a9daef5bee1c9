"""Retention lists: what is over goes, and is written down; before that, and otherwise, nothing does."""

from datetime import date, timedelta

import asyncpg
import pytest

from portal.access.actor import actor_of_person
from portal.access.conflicts import Changed
from portal.db import execute, fetch_value, transaction
from portal.files.store import path_of
from portal.retention.actions import set_list
from portal.retention.jobs import destroy_what_is_over
from portal.retention.queries import due
from tests.client import text_of
from tests.pages.forms import errors_of, form_of
from tests.sitemap import RETENTION
from tests.world import NOW, set_clock

NOTE = "Nothing stands in the way."
THINGS = {"notes": "case_note", "files": "case_file", "consultations": "consultation", "case": "case_role"}
YEAR = timedelta(days=366)


@pytest.fixture
async def ended(rollback, world) -> int:
    """A case with a note, a file and advice, which ends now."""
    case: int = world.case_id["decide"]
    await execute(
        "INSERT INTO case_note (escalation, space, author, body, body_html) SELECT id, space, owner, {}, 'N'"
        " FROM escalation WHERE id = {}",
        NOTE,
        case,
    )
    await execute("UPDATE escalation SET statement = 'S', statement_html = 'S' WHERE id = {}", case)
    await execute("UPDATE escalation SET state = 'closed', ended_at = plein_now() WHERE id = {}", case)
    return case


async def listed(world, read: int = 0, **years: int | None) -> None:
    """A list: these kinds for so many years, all others for good."""
    administrator = await actor_of_person(world.person_id["administrator"])
    rules = {kind: (years.get(kind), "Law") for kind in THINGS}
    await set_list(
        administrator, rules, reason="Why", consent_by="Anouk Piersma", consent_on=date(2026, 6, 1), read=read
    )


async def left() -> dict[str, int]:
    """How many of each there are."""
    return {kind: await fetch_value(f"SELECT count(*) FROM {table}") for kind, table in THINGS.items()}


async def test_without_a_list_nothing_is_ever_destroyed(world, ended):
    before = await left()
    await set_clock(NOW + 100 * YEAR)
    await destroy_what_is_over()
    assert await left() == before
    assert await due() == []


async def test_what_is_over_goes_with_its_files_and_copies_and_the_log_tells_no_contents(as_, world, ended):
    file, copy = await fetch_value("SELECT file FROM case_file"), await fetch_value("SELECT file FROM case_record")
    await listed(world, notes=1, files=2, consultations=3)
    before = await left()
    await set_clock(NOW + timedelta(days=364))
    await destroy_what_is_over()
    assert await left() == before  # a day early
    await set_clock(NOW + YEAR)
    trial = text_of(await (await as_("administrator")).get("/admin/retention"))
    assert world.case["decide"] in trial
    assert await left() == before  # the trial run destroys nothing
    await destroy_what_is_over()
    assert await left() == before | {"notes": 0}
    assert await fetch_value("SELECT count(*) FROM case_record") == 0
    assert not path_of(copy).exists()
    assert path_of(file).exists()
    await set_clock(NOW + 3 * YEAR)
    await destroy_what_is_over()
    await destroy_what_is_over()
    assert await left() == before | {"notes": 0, "files": 0, "consultations": 0}
    assert not path_of(file).exists()
    lines = await execute("SELECT kind, things, escalation FROM retention_log ORDER BY id")
    assert [(row["kind"], row["things"]) for row in lines] == [("notes", 1), ("files", 1), ("consultations", 1)]
    page = text_of(await (await as_("administrator")).get("/admin/retention"))
    assert NOTE not in page
    assert "version 1, Law" in page


async def test_the_cases_own_texts_go_and_its_page_still_stands(as_, world, ended):
    await listed(world, case=1)
    await set_clock(NOW + YEAR)
    await destroy_what_is_over()
    assert await fetch_value("SELECT statement || question FROM escalation WHERE id = {}", ended) == ""
    assert await fetch_value("SELECT count(*) FROM case_role WHERE escalation = {}", ended) == 0
    assert (await (await as_("employee")).get(f"/cases/{world.case['decide']}")).status_code == 200


async def test_a_case_that_is_open_keeps_everything(world, ended):
    await execute("UPDATE escalation SET state = 'triage', ended_at = NULL WHERE ended_at IS NOT NULL")
    await listed(world, notes=1, files=1, consultations=1, case=1)
    before = await left()
    await set_clock(NOW + 50 * YEAR)
    await destroy_what_is_over()
    assert await left() == before


async def test_nothing_goes_while_the_lead_is_open_or_a_promise_is(world, ended):
    await listed(world, notes=1, files=1, consultations=1)
    before, idea = await left(), world.idea_id["decide"]
    await execute("UPDATE escalation SET state = 'merged' WHERE id = {}", ended)
    await execute(
        "INSERT INTO cluster_item (lead, idea, space, added_by, opt_out_until)"
        " SELECT {}, id, space, author, plein_now() FROM idea WHERE id = {}",
        *(world.idea_id["discuss"], idea),
    )
    await set_clock(NOW + 2 * YEAR)
    await destroy_what_is_over()
    assert await left() == before, "its lead has no answer yet"
    with pytest.raises(asyncpg.RestrictViolationError):
        async with transaction():
            await execute(
                "INSERT INTO retention_log (list, kind, escalation, things, ended_at)"
                " SELECT (SELECT max(id) FROM retention_list), 'notes', id, 1, ended_at FROM escalation WHERE id = {}",
                ended,
            )
    lead = world.case_id["discuss"]
    await execute("UPDATE escalation SET state = 'closed', ended_at = plein_now() WHERE id = {}", lead)
    await destroy_what_is_over()
    assert await left() == before, "its years begin with the end of its lead"
    await set_clock(NOW + 4 * YEAR)
    await execute("UPDATE promise SET escalation = {} WHERE state = 'open'", ended)
    await destroy_what_is_over()
    assert await fetch_value("SELECT count(*) FROM case_note WHERE escalation = {}", ended), "a promise is open"
    await execute("UPDATE promise SET state = 'kept' WHERE escalation = {}", ended)
    await destroy_what_is_over()
    assert await left() == before | {"notes": 0, "files": 0, "consultations": 0}


async def test_the_database_lets_nothing_go_before_its_time_and_keeps_lists_and_log(world, ended):
    await listed(world, notes=1)
    forbidden = [
        "DELETE FROM case_note",
        "DELETE FROM case_file",
        "DELETE FROM consultation",
        "UPDATE retention_list SET reason = 'Another'",
        "UPDATE retention_rule SET years = 1",
        "DELETE FROM retention_rule",
        "INSERT INTO retention_log (list, kind, escalation, things, ended_at) SELECT (SELECT max(id) FROM retention_list),"
        " 'notes', id, 1, ended_at FROM escalation WHERE ended_at IS NOT NULL",
    ]
    await _refused(forbidden)
    await set_clock(NOW + YEAR)
    await destroy_what_is_over()
    await _refused(["UPDATE retention_log SET things = 2", "DELETE FROM retention_log"])


async def _refused(statements: list[str]) -> None:
    for statement in statements:
        with pytest.raises(asyncpg.RestrictViolationError):
            async with transaction():
                await execute(statement)


@pytest.mark.parametrize("who", ["employee", "sponsor", "guest_a"])
async def test_only_administrators_set_it(as_, who):
    browser = await as_(who)
    status = (await browser.get("/admin/retention")).status_code
    assert status in (403, 404)
    assert (await browser.post("/admin/retention", RETENTION)).status_code == status


async def test_a_form_of_another_time_is_refused_where_there_is_no_list_yet(as_, world):
    sent = await (await as_("administrator")).post("/admin/retention", RETENTION | {"read": "7"})
    assert (sent.status_code, set(errors_of(sent))) == (422, {"reason"})
    assert form_of(sent, "/admin/retention")["read"] == "0"


async def test_a_list_is_set_from_its_form_with_the_works_councils_consent(as_, world, rollback):
    administrator = await as_("administrator")
    empty = await administrator.post("/admin/retention", RETENTION | {"notes_ground": "", "consent_by": ""})
    assert empty.status_code == 422
    assert 'id="notes_ground-error"' in empty.text
    assert 'id="consent_by-error"' in empty.text
    assert "Private notes of case teams: Ground – Name the ground." in text_of(empty), "of which of the four"
    late = await administrator.post("/admin/retention", RETENTION | {"consent_on": "2027-01-01"})
    assert late.status_code == 422
    assert (await administrator.post("/admin/retention", RETENTION | {"case_years": "0"})).status_code == 303
    page = text_of(await administrator.get("/admin/retention"))
    assert "Anouk Piersma" in page
    assert "for good" in page
    stale = await administrator.post("/admin/retention", RETENTION)
    assert stale.status_code == 422
    with pytest.raises(Changed):
        await listed(world)
