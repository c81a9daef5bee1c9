"""What came after some of the demo's answers: what supporters say of them, promises, and objections."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from portal.crowd.asking import SCHEDULE
from portal.db import execute, fetch_value
from portal.text.markdown import to_html

CONTENT = Path(__file__).parent / "content" / "after_answers.toml"

OBJECTION = """
    INSERT INTO comment (idea, space, author, kind, state, body, body_html, language, created_at)
    SELECT id, space, {}, 'objection', 'published', {}, {}, {}, {} FROM idea WHERE title = {}
"""
CASE = """
    INSERT INTO escalation (idea, space, state, origin, setting, owner, started_at, acknowledge_due_at,
        statement_due_at, due_at, half_at, soon_at, overdue2_at, overdue3_at, answered_at)
    SELECT i.id, i.space, {}, 'threshold', s.id, {}, x.began, plein_working_days_after(x.began, 1),
        plein_working_days_after(x.began, 3), plein_working_days_after(x.began, 10), x.began, x.began, x.began,
        x.began, {}
    FROM idea i, (SELECT max(id) AS id FROM escalation_setting) s, (SELECT {}::timestamptz AS began) x
    WHERE i.title = {} RETURNING id
"""
# As the clock and the owner would have told it.
TOLD = """
    INSERT INTO event (kind, space, escalation, occurred_at, particulars)
    SELECT {}, e.space, e.id, x.moment, jsonb_build_object('owner', {}::bigint, 'level', e.level, 'due', e.due_at,
        'topic', e.topic, 'unit', e.unit, 'started', e.started_at,
        'worked', plein_working_minutes(e.started_at, x.moment))
    FROM escalation e CROSS JOIN (SELECT {}::timestamptz AS moment) x WHERE e.id = {}
"""
PROMISE = """
    INSERT INTO promise (idea, space, answer, escalation, from_version, author, body, language, owner, due_on,
        created_at)
    SELECT a.idea, a.space, a.id, e.id, a.version, a.author, a.next_step, a.language, a.next_owner, plein_day({}), {}
    FROM answer a JOIN escalation e ON e.idea = a.idea WHERE e.id = {} RETURNING id
"""
NEWS = """
    INSERT INTO promise_news (promise, space, author, kind, body, body_html, language, was_due_on, created_at)
    SELECT id, space, {}, {}, {}, {}, {}, plein_day({}), {} FROM promise WHERE id = {}
"""
ASKED = """
    INSERT INTO crowd_question (idea, space, escalation, round, promise, until)
    SELECT idea, space, id, 1, {}, plein_now() + interval '1 day' FROM escalation WHERE id = {} RETURNING id
"""
SUPPORTED = """
    INSERT INTO vote (person, idea, space, guest) SELECT p.id, i.id, i.space, FALSE
    FROM idea i JOIN escalation e ON e.idea = i.id AND e.id = {} CROSS JOIN person p
    WHERE p.id = ANY({}) AND p.id <> i.author ON CONFLICT DO NOTHING
"""
REPLIES = """
    INSERT INTO crowd_reply (question, space, person, yes)
    SELECT q.id, q.space, v.person, row_number() OVER (ORDER BY v.id) <= {} FROM crowd_question q
    JOIN vote v ON v.idea = q.idea AND NOT v.guest AND v.person <> ALL({}) WHERE q.id = {} ORDER BY v.id LIMIT {}
"""
UNTIL = """
    UPDATE crowd_question SET until = {}, outcome = CASE WHEN {} THEN 'yes' END,
        ended_at = CASE WHEN {} THEN {}::timestamptz END
    WHERE id = {}
"""
# Support came bit by bit over some days, and the first statement in time.
GROWN = """
    UPDATE vote SET created_at = x.began - interval '5 days' * (1 - x.nth / x.whole::float) ^ 2
    FROM (SELECT v.id, e.started_at AS began, row_number() OVER (ORDER BY v.id) AS nth, i.t1_at_count AS whole
        FROM vote v JOIN idea i ON i.id = v.idea JOIN escalation e ON e.idea = i.id WHERE e.id = {}) x
    WHERE x.id = vote.id AND x.nth <= x.whole
"""
GROWN_SINCE = """
    UPDATE vote SET created_at = e.started_at + (vote.id % 7) * interval '9 hours'
    FROM escalation e WHERE e.idea = vote.idea AND e.id = {} AND vote.created_at < e.started_at - interval '5 days'
"""
POSTED = "UPDATE idea SET published_at = created_at WHERE id = (SELECT idea FROM escalation WHERE id = {})"
STATED = """
    UPDATE escalation SET statement = {}, statement_html = {}, statement_by = owner,
        statement_at = started_at + interval '26 hours' WHERE id = {}
"""
OVER = "UPDATE escalation SET ended_at = {} WHERE id = {}"
KEPT = "UPDATE promise SET state = 'kept', done_at = {}, ended_at = {} WHERE id = {}"
#: What happened after the answer, by the state that it came to.
PATHS: dict[str, tuple[str, ...]] = {
    "answered": (),
    "committed": ("case.committed",),
    "closed": ("case.committed", "case.implemented", "case.verified", "case.closed"),
}


async def keep_promises(people: Mapping[str, int], moment: datetime) -> None:
    """Seeds it all; who tries out the demo supports what supporters are asked about."""
    content = tomllib.loads(CONTENT.read_text())

    def at(days: float | None) -> datetime | None:
        return None if days is None else moment + timedelta(days=days)

    for entry in content["objection"]:
        text = entry["text"]
        words = (people[entry["author"]], text, to_html(text), entry["language"], at(entry["day"]))
        await execute(OBJECTION, *words, entry["post"])
    for entry in content["case"]:
        await _case(entry, people, at)


async def _case(entry: dict[str, Any], people: Mapping[str, int], at: Any) -> None:
    owner, began, answered = people[entry["owner"]], at(entry["reached"]), at(entry["answered"])
    case = await fetch_value(CASE, entry["state"], owner, answered, began, entry["post"])
    for kind, when, whose in (
        ("case.held", began, None),
        ("case.qualified", began + timedelta(hours=7), None),
        ("case.assigned", began + timedelta(hours=8), owner),
    ):
        await execute(TOLD, kind, whose, when, case)
    await execute(TOLD, "case.statement", owner, began + timedelta(hours=26), case)
    await execute(STATED, entry["statement"], to_html(entry["statement"]), case)
    hers = [people[key] for key in ("noor", "yara", "joris")]
    await execute(SUPPORTED, case, hers)
    await execute(GROWN, case)
    await execute(GROWN_SINCE, case)
    await execute(POSTED, case)
    await execute(TOLD, "case.answered", owner, answered, case)
    if "asked" in entry:
        await _asked(entry["asked"], case, None, hers, at)
    promised = entry.get("promise")
    if promised is None:
        return
    promise = await fetch_value(PROMISE, at(promised["due"]), answered, case)
    for news in promised["news"]:
        said = (news["kind"], news["text"], to_html(news["text"]), news["language"], at(news.get("was")))
        await execute(NEWS, people[news["by"]], *said, at(news["day"]), promise)
    over = await _asked(promised["asked"], case, promise, hers, at)
    moments = [answered, at(promised["news"][-1]["day"]), over, over]
    for kind, when in zip(PATHS[entry["state"]], moments, strict=False):
        await execute(TOLD, kind, owner, when, case)
    if entry["state"] == "closed":
        await execute(KEPT, moments[1], over, promise)
        await execute(OVER, over, case)


async def _asked(entry: dict[str, Any], case: int, promise: int | None, kept_free: list[int], at: Any) -> datetime:
    """What supporters said so far, or in the end; until when they are asked."""
    until: datetime = at(entry["until"])
    question = await fetch_value(ASKED, promise, case)
    await execute(REPLIES, entry["yes"], kept_free, question, entry["replied"])
    over = until < at(0)
    await execute(UNTIL, until, over, over, until, question)
    if not over:
        space = await fetch_value("SELECT space FROM escalation WHERE id = {}", case)
        await execute(SCHEDULE, case, space, "crowd_asked", question, until)
    return until
