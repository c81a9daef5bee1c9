"""Proofs 11 and 16: a unit of 4 is told of nowhere, also not by subtraction; and replaying the events gives every state
and every number of the scoreboard."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import msgspec
import pytest
from msgspec.structs import asdict

from portal.access.actor import Actor
from portal.db import execute, fetch_value, transaction
from portal.escalation.moving import move
from portal.escalation.replay import replay
from portal.escalation.states import OWED, TRANSITIONS, State
from portal.events.kinds import Kind
from portal.scoreboard.board import KEPT_FOR, Board, all_together, board
from portal.scoreboard.numbers import PARTS
from portal.scoreboard.queries import cases_behind, sums
from tests.client import text_of
from tests.escalation.stage import Stage, at, days_later, make_office, make_stage
from tests.world import NOW, World, set_clock

UNITS = {"roads": 6, "water": 5, "attic": 4}
BEGUN = """
    INSERT INTO escalation (idea, space, state, origin, setting, topic, unit, owner, started_at, acknowledge_due_at,
        statement_due_at, due_at, half_at, soon_at, overdue2_at, overdue3_at)
    SELECT i.id, i.space, 'triage', 'moderator', max(s.id), {}, {}, {}, plein_now(), plein_now(), plein_now(),
        plein_working_days_after(plein_now(), 10), plein_now(), plein_now(), plein_now(), plein_now()
    FROM idea i, escalation_setting s WHERE i.id = {} GROUP BY i.id RETURNING id
"""


@pytest.fixture
async def stage(rollback: Any, world: World) -> Stage:
    """A place that everybody reads, with three units of which one has 4 people."""
    made = await make_stage(world, 12)
    await execute("UPDATE space SET open = TRUE WHERE id = {}", made.space)
    await make_office(made)
    await execute("UPDATE topic SET state = 'published' WHERE id = {}", made.topic)
    for name, people in UNITS.items():
        made.heads[name] = await fetch_value("INSERT INTO org_unit (name) VALUES ({}) RETURNING id", name)
        await made.add_people(people, unit=made.heads[name])
    return made


async def begin(stage: Stage, unit: str, clock: datetime = NOW) -> int:
    """A case of a unit, assigned."""
    await set_clock(clock)
    post = await stage.post()
    case: int = await fetch_value(BEGUN, stage.topic, stage.heads[unit], stage.heads["owner"], post)
    await moved(case, Kind.CASE_OPENED, Kind.CASE_ASSIGNED)
    return case


async def moved(case: int, *kinds: Kind) -> None:
    """These happen to it now."""
    async with transaction():
        for kind in kinds:
            await move(case, kind)


async def shown(stage: Stage, person: str = "employee") -> Board:
    """The scoreboard as somebody reads it."""
    return board(await sums(await stage.actor(stage.world.person_id[person])))


async def a_history(stage: Stage) -> None:
    """Answered in time and late, owed and late, promised, kept, reopened, reviewed, withdrawn, diverted; in two quarters."""
    cases = [
        await begin(stage, unit) for unit in ("roads", "roads", "roads", "roads", "roads", "water", "water", "attic")
    ]
    await set_clock(await days_later(NOW, 1))
    for case in cases[:4]:
        await moved(case, Kind.CASE_STATEMENT)
    await set_clock(await days_later(NOW, 3))
    for case in cases[:5]:
        await moved(case, Kind.CASE_ANSWERED)
    await moved(cases[0], Kind.CASE_COMMITTED, Kind.CASE_IMPLEMENTED, Kind.CASE_VERIFIED)
    await moved(cases[1], Kind.CASE_COMMITTED, Kind.CASE_REOPENED)
    await moved(cases[2], Kind.CASE_UNDER_REVIEW, Kind.CASE_ANSWERED)
    later = await days_later(NOW, 60)
    more = [await begin(stage, "water", later) for _ in range(5)]
    await moved(more[0], Kind.CASE_WITHDRAWN)
    await moved(more[1], Kind.CASE_DIVERTED)
    await at(await days_later(later, 12))
    await moved(more[2], Kind.CASE_ANSWERED)


# --- proof 16 -----------------------------------------------------------------


async def told_by_events(zone: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Every number, worked out of nothing but the rows of the log, one after the other."""
    logs: dict[int, list[tuple[str, datetime, dict[str, Any]]]] = defaultdict(list)
    rows = await execute(
        "SELECT v.escalation, v.kind, v.occurred_at AT TIME ZONE {} AS at, v.particulars FROM event v"
        " JOIN space s ON s.id = v.space AND s.open WHERE v.escalation IS NOT NULL AND starts_with(v.kind, 'case.')"
        " ORDER BY v.id",
        zone,
    )
    for row in rows:
        logs[row["escalation"]].append((row["kind"], row["at"], msgspec.json.decode(row["particulars"])))
    groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for log in logs.values():
        fact = fact_of(log)
        if fact["state"] in (State.DROPPED, State.MERGED, State.WITHDRAWN, State.DIVERTED):
            continue
        for key in (("whole", ""), ("topic", fact["topic"]), ("unit", fact["unit"]), ("quarter", fact["quarter"])):
            groups[key].append(fact)
    return {key: summed(facts) for key, facts in groups.items()}


def fact_of(log: list[tuple[str, datetime, dict[str, Any]]]) -> dict[str, Any]:
    """What one case comes to."""
    fact: dict[str, Any] = {"state": None, "overdue": 0, "passed": False, "kept": 0, "judged": 0, "reviewed": 0}
    answered = None
    for kind, _, told in log:
        fact["state"] = TRANSITIONS[Kind(kind)].after or fact["state"]
        if kind in ("case.statement", "case.answered"):
            fact.setdefault("stated", told["worked"])
        if kind == "case.answered" and answered is None:
            answered, fact["took"] = told, told["worked"]
        fact["overdue"] = told["step"] if kind == "case.overdue" else fact["overdue"]
        if kind in ("case.answered", "case.reopened"):
            fact["overdue"] = 0
        fact["passed"] |= kind == "case.overdue" and answered is None
        fact["kept"] += kind == "case.verified"
        fact["judged"] += kind in ("case.verified", "case.reopened")
        fact["reviewed"] |= kind == "case.under_review"
    moment = next((when for kind, when, _ in log if kind == "case.answered"), None)
    last = log[-1][2]
    started = datetime.fromisoformat(last["started"]).astimezone(NOW.tzinfo)
    due = datetime.fromisoformat((answered or last)["due"]).astimezone(NOW.tzinfo).replace(tzinfo=None)
    fact |= {
        "in_time": moment is not None and moment <= due,
        "was_due": moment is not None or fact["passed"],
        "topic": last["topic"],
        "unit": last["unit"],
        "quarter": f"{started.year}-{(started.month + 2) // 3}",
    }
    return fact


def summed(facts: list[dict[str, Any]]) -> dict[str, Any]:
    """What they come to together."""
    stated = [fact["stated"] for fact in facts if "stated" in fact]
    took = [fact["took"] for fact in facts if "took" in fact]
    owed = [fact for fact in facts if fact["state"] in OWED]
    return {
        "cases": len(facts),
        "was_due": sum(fact["was_due"] for fact in facts),
        "in_time": sum(fact["in_time"] for fact in facts),
        "stated": len(stated),
        "to_statement": median(stated) if stated else None,
        "answered": len(took),
        "to_answer": median(took) if took else None,
        "owed": len(owed),
        **{f"overdue{n}": sum(fact["overdue"] == n for fact in owed) for n in (1, 2, 3)},
        "reviewed": sum(fact["reviewed"] for fact in facts),
        "judged": sum(fact["judged"] for fact in facts),
        "kept": sum(fact["kept"] for fact in facts),
    }


async def on_the_page(actor: Actor) -> dict[tuple[str, Any], dict[str, Any]]:
    """The sums behind the scoreboard, with the ids of topics and units instead of their addresses."""
    tables = {"topic": "SELECT public_id, id FROM topic", "unit": "SELECT public_id, id FROM org_unit"}
    ids = {part: {row["public_id"]: row["id"] for row in await execute(sql)} for part, sql in tables.items()}
    found = {}
    for one in await sums(actor):
        numbers = asdict(one)
        part, key, _, _ = (numbers.pop(name) for name in ("part", "key", "name", "people"))
        found[part, ids[part][key] if part in ids else key] = numbers
    return found


# From the rows of the cases, where a row says it too: what changed silently tells another story there.
OF_ROWS = """
    SELECT count(*)::int AS cases, count(e.answered_at)::int AS answered,
        (count(*) FILTER (WHERE e.state = ANY({})))::int AS owed,
        (count(*) FILTER (WHERE e.answered_at <= e.due_at AND e.round = 1))::int AS in_time
    FROM escalation e JOIN space s ON s.id = e.space AND s.open WHERE e.state <> ALL({})
"""


async def by_rows() -> dict[str, int]:
    """The same of the whole, as the rows of the cases have it."""
    left_out = [State.DROPPED, State.MERGED, State.WITHDRAWN, State.DIVERTED]
    (row,) = await execute(OF_ROWS, list(OWED), left_out)
    return dict(row)


async def test_replaying_the_events_gives_every_state_and_every_number(stage):
    await a_history(stage)
    for row in await execute("SELECT id, state, owner, level, due_at FROM escalation"):
        assert asdict(await replay(row["id"])) == {name: row[name] for name in ("state", "owner", "level", "due_at")}
    shown_numbers = await on_the_page(await stage.actor(stage.world.person_id["employee"]))
    assert shown_numbers == await told_by_events("Europe/Amsterdam")
    whole = shown_numbers["whole", ""]
    # 8 and 3 of the 5: one withdrawn, one diverted; one of the 6 answers was late, three of the first wait for longer, as does the one reopened
    assert (whole["cases"], whole["answered"], whole["in_time"], whole["was_due"]) == (11, 6, 5, 11)
    assert (whole["reviewed"], whole["kept"], whole["judged"]) == (1, 1, 2)
    assert whole["overdue1"] + whole["overdue2"] + whole["overdue3"] == 6
    assert (whole["stated"], whole["to_statement"], whole["to_answer"]) == (6, 480, 1440)


async def test_a_row_that_was_changed_silently_no_longer_says_what_the_events_say(stage):
    await a_history(stage)
    actor = await stage.actor(stage.world.person_id["employee"])
    before = (await on_the_page(actor))["whole", ""]
    assert (await by_rows()).items() <= before.items()
    changed = "UPDATE escalation SET due_at = due_at + interval '200 days' WHERE answered_at > due_at"
    assert await fetch_value(f"WITH c AS ({changed} RETURNING 1) SELECT count(*) FROM c") == 1
    assert (await by_rows())["in_time"] == before["in_time"] + 1
    assert (await on_the_page(actor))["whole", ""] == before


async def test_each_number_has_its_cases_behind_it(stage):
    await a_history(stage)
    actor = await stage.actor(stage.world.person_id["employee"])
    whole = next(one for one in await sums(actor) if one.part == "whole")
    assert len((await cases_behind(actor, "cases")).rows) == whole.cases
    assert sum(case.in_time or False for case in (await cases_behind(actor, "on-time")).rows) == whole.in_time
    assert len((await cases_behind(actor, "on-time")).rows) == whole.was_due
    assert median(case.stated or 0 for case in (await cases_behind(actor, "statement")).rows) == whole.to_statement
    assert median(case.took or 0 for case in (await cases_behind(actor, "answer")).rows) == whole.to_answer
    assert sum(case.overdue > 0 for case in (await cases_behind(actor, "late")).rows) == 6
    assert sum(case.reviews > 0 for case in (await cases_behind(actor, "reviews")).rows) == whole.reviewed
    assert sum(case.judged for case in (await cases_behind(actor, "promises")).rows) == whole.judged
    unit = next(one for one in await sums(actor) if one.part == "unit" and one.name == "roads")
    assert len((await cases_behind(actor, "cases", "unit", unit.key)).rows) == unit.cases == 5


async def test_numbers_beside_other_things_are_counted_every_few_minutes_and_say_when(stage, as_):
    for _ in range(5):
        await begin(stage, "roads")
    actor, guest = [await stage.actor(stage.world.person_id[who]) for who in ("employee", "guest_a")]
    page = re.sub("<[^>]+>", "", text_of(await (await as_("employee")).get("/answers")))
    assert "Counted at 15:00." in page
    await begin(stage, "roads")
    for late, cases in ((KEPT_FOR - timedelta(seconds=1), 5), (KEPT_FOR, 6)):
        assert (await all_together(actor, NOW + late)).sums.cases == cases
    assert await all_together(guest, NOW + KEPT_FOR) is None


# --- proof 11 -----------------------------------------------------------------


def told_of(shown: Board, part: str = "unit") -> dict[str, frozenset[str]]:
    """The groups of a part that are told of, with the numbers."""
    return {line.sums.name: line.numbers for line in shown.parts[part]}


async def test_a_unit_of_4_people_is_suppressed_also_by_subtraction(stage):
    for unit, cases in (("roads", 9), ("water", 6), ("attic", 7)):
        for _ in range(cases):
            await begin(stage, unit)
    # of the three, the one with 4 people is not told, and neither is the smallest of the others: the total would tell
    assert set(told_of(await shown(stage))) == {"roads"}
    await execute("UPDATE person SET org_unit = {} WHERE id = {}", stage.heads["attic"], stage.people[3])
    assert set(told_of(await shown(stage))) == {"roads", "water", "attic"}


async def test_a_unit_of_4_cases_is_suppressed_also_by_subtraction(stage):
    for unit, cases in (("roads", 9), ("water", 6)):
        for _ in range(cases):
            await begin(stage, unit)
    assert set(told_of(await shown(stage))) == {"roads", "water"}
    await execute("UPDATE person SET org_unit = {} WHERE id = {}", stage.heads["attic"], stage.people[3])
    for _ in range(4):
        await begin(stage, "attic")
    assert set(told_of(await shown(stage))) == {"roads"}


async def test_a_number_of_fewer_than_5_cases_is_suppressed_in_a_group_that_is_told(stage):
    roads = [await begin(stage, "roads") for _ in range(9)]
    water = [await begin(stage, "water") for _ in range(6)]
    for case in [*roads, *water[:4]]:
        await moved(case, Kind.CASE_ANSWERED)
    groups = told_of(await shown(stage))
    assert "answer" not in groups["water"]
    assert "answer" not in groups["roads"], "else 13 less 9 would tell of the 4"
    await moved(water[4], Kind.CASE_ANSWERED)
    groups = told_of(await shown(stage))
    assert "answer" in groups["water"]
    assert "answer" in groups["roads"]


async def test_fewer_than_5_cases_in_all_are_told_nowhere(stage):
    for _ in range(4):
        await begin(stage, "roads")
    few = await shown(stage)
    assert not few.whole.numbers
    assert all(not few.parts[part] for part in PARTS)


async def test_what_is_suppressed_stands_on_no_page_and_in_no_file(stage, as_):
    for unit, cases in (("roads", 9), ("water", 6), ("attic", 7)):
        for _ in range(cases):
            await begin(stage, unit)
    employee = await as_("employee")
    keys = {one.name: one.key for one in await sums(await stage.actor(stage.world.person_id["employee"]))}
    page = await employee.get("/answers/scoreboard")
    assert "roads" in page.text
    assert "attic" not in page.text
    assert "water" not in page.text
    rows = list(csv.reader(io.StringIO((await employee.get("/answers/scoreboard/file")).text), delimiter=";"))
    assert [row[1] for row in rows if row[0] == "By unit of who asked"] == ["roads"]
    assert (await employee.get(f"/answers/scoreboard/cases?by=unit&of={keys['roads']}")).status_code == 200
    assert (await employee.get(f"/answers/scoreboard/cases?by=unit&of={keys['attic']}")).status_code == 404
    assert (await employee.get("/answers/scoreboard/answer")).status_code == 404


# --- who reads it, and what counts ---------------------------------------------


async def test_what_not_everybody_reads_is_counted_for_nobody(stage):
    for _ in range(6):
        await begin(stage, "roads")
    await execute("UPDATE space SET open = FALSE WHERE id = {}", stage.space)
    assert not (await shown(stage)).whole.numbers
    member = await stage.actor(stage.people[2])
    assert next(one for one in await sums(member) if one.part == "whole").cases == 0


async def test_what_moderators_hid_is_neither_counted_nor_listed(stage):
    for _ in range(6):
        await begin(stage, "roads")
    await execute(
        "UPDATE idea SET state = 'hidden' WHERE id = (SELECT min(idea) FROM escalation WHERE space = {})", stage.space
    )
    moderator = await stage.actor(stage.heads["moderator"])
    assert next(one for one in await sums(moderator) if one.part == "whole").cases == 5
    assert len((await cases_behind(moderator, "cases")).rows) == 5


async def test_guests_and_sister_organisations_have_no_scoreboard(stage, as_):
    guest = await as_("guest_a")
    assert (await guest.get("/answers/scoreboard")).status_code == 403
    assert (await guest.get("/answers/scoreboard/file")).status_code == 403
    assert "/answers/scoreboard" not in (await guest.get("/answers")).text
