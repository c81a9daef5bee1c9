"""How a case begins: by T1, by the date that a campaign promised or its stop, by a moderator's hand, or unasked."""

from __future__ import annotations

from portal.db import execute, fetch_value
from portal.escalation.moving import deciders, give_all, hold_all, move, move_all, oblige_all
from portal.events.kinds import Kind

#: There is an official answer, not only a statement on the way to one.
ANSWERED = "EXISTS (SELECT FROM answer a WHERE a.idea = i.id AND a.kind <> 'statement')"
# The clocks run from `began` (rule 1); what a campaign owes is due on the date that it promised, and where it was
# stopped before, after the time that every answer takes, if that is sooner. An item has one open case, and one for each
# time that it reached T1; what stands under a lead has none beside the lead's (rule 12).
BEGIN = f"""
    INSERT INTO escalation (idea, space, state, level, height, origin, reason, opened_by, setting, topic, unit,
        started_at, hold_until, acknowledge_due_at, statement_due_at, due_at, half_at, soon_at, overdue2_at,
        overdue3_at)
    SELECT i.id, i.space, CASE WHEN x.origin = 'threshold' THEN 'qualifying' ELSE 'triage' END,
        1 + (x.second AND i.t2_at IS NOT NULL)::int, (x.second AND i.t2_at IS NOT NULL)::int, x.origin, x.reason, x.by,
        s.id, i.topic, p.org_unit, x.began,
        CASE WHEN x.origin = 'threshold' THEN plein_working_after(x.began, s.hold_hours * 60) END,
        plein_working_days_after(x.began, s.acknowledge1_days), plein_working_days_after(x.began, s.statement1_days),
        least(x.due_at, plein_working_days_after(x.began, s.answer_days)), x.began, x.began, x.began, x.began
    FROM idea i JOIN campaign c ON c.id = i.campaign JOIN person p ON p.id = i.author
    CROSS JOIN LATERAL (
        SELECT {{}}::text AS origin, {{}}::text AS reason, {{}}::bigint AS by, plein_owed_on(i, c) AS owed_on) o
    CROSS JOIN LATERAL (
        SELECT o.*, o.origin = 'campaign' AS second, CASE o.origin WHEN 'campaign' THEN c.done_from END AS due_at,
            CASE o.origin WHEN 'threshold' THEN i.t1_at ELSE plein_now() END AS began) x
    JOIN escalation_setting s ON s.id = coalesce(i.setting, (SELECT max(n.id) FROM escalation_setting n))
    WHERE i.id = {{}} AND i.state = 'published' AND NOT {ANSWERED} AND x.began IS NOT NULL
        AND (x.origin <> 'threshold' OR x.owed_on IS NULL) AND (x.origin <> 'campaign' OR x.owed_on <= plein_now())
        AND NOT EXISTS (SELECT FROM cluster_item k WHERE k.idea = i.id AND k.left_at IS NULL)
        AND NOT EXISTS (SELECT FROM escalation e WHERE e.idea = i.id
            AND (e.ended_at IS NULL OR x.origin = 'threshold' AND e.started_at = i.t1_at
                OR x.origin = 'campaign' AND e.origin = 'campaign'))
    ON CONFLICT DO NOTHING RETURNING id
"""


# Who answers, or puts it under a lead, holds it, too: either finds the case that was begun before, and none is begun
# after.
HOLD_ITEM = "SELECT id FROM idea WHERE id = {} FOR NO KEY UPDATE"


async def open_case(idea: int, origin: str, *, actor: int | None = None, reason: str = "") -> int | None:
    """Begins the case of an item, in the caller's transaction; gives it. None where there is one, or nothing is owed:
    so it may be asked as often as one likes."""
    await execute(HOLD_ITEM, idea)
    case: int | None = await fetch_value(BEGIN, origin, reason, actor, idea)
    if case is not None:
        kind = Kind.CASE_HELD if origin == "threshold" else Kind.CASE_OPENED
        await move(case, kind, actor=actor, origin=origin)
    return case


# The moderator of the space with the least to look at; nobody who decides, or wrote it. `few`: nobody is left, or, of
# what has no name, fewer than two as far as everybody knows: else it would be told that the only moderator wrote it.
MODERATORS = """
    WITH called AS MATERIALIZED (
        SELECT e.id, e.space, e.idea, k.behind, k.id IS NOT NULL AS nameless, b.barred
        FROM escalation e JOIN idea i ON i.id = e.idea LEFT JOIN mask k ON k.person = i.author
        CROSS JOIN LATERAL (SELECT plein_openly_barred(e) AS barred OFFSET 0) b WHERE e.id = ANY({})
    ), deciding AS MATERIALIZED (
        SELECT d.idea, d.person FROM plein_deciding(ARRAY(SELECT c.idea FROM called c)) d
    ), moderator AS MATERIALIZED (
        SELECT m.space, m.person, (SELECT count(*) FROM moderation_item o
            WHERE o.assigned_to = m.person AND o.state = 'open') AS has
        FROM (SELECT DISTINCT m.space, m.person FROM membership m
            WHERE m.space IN (SELECT c.space FROM called c)
                AND m.role IN ('moderator', 'owner') AND (m.until IS NULL OR m.until > plein_now())) m
        WHERE plein_there(m.person, plein_now())
    ), may AS MATERIALIZED (
        SELECT c.id, m.person, m.has FROM called c JOIN moderator m ON m.space = c.space
        WHERE m.person <> ALL (c.barred)
            AND NOT EXISTS (SELECT FROM deciding d WHERE d.idea = c.idea AND d.person = m.person)
            AND NOT EXISTS (SELECT FROM case_role r WHERE r.escalation = c.id AND r.person = m.person)
    )
    SELECT c.id, (
            SELECT m.person FROM may m WHERE m.id = c.id AND m.person IS DISTINCT FROM c.behind
            ORDER BY m.has, m.person LIMIT 1) AS person,
        (SELECT count(*) FROM may m WHERE m.id = c.id) <= c.nameless::int AS few
    FROM called c
"""
NAME_SOMEBODY = """
    WITH called AS MATERIALIZED (
        SELECT e.id, e.idea, plein_barred(e) AS barred FROM escalation e WHERE e.id = ANY({})
    ), deciding AS MATERIALIZED (
        SELECT d.idea, d.person FROM plein_deciding(ARRAY(SELECT c.idea FROM called c)) d
    )
    SELECT c.id, a.person
    FROM (SELECT DISTINCT m.person FROM membership m WHERE m.role = 'administrator') a CROSS JOIN called c
    WHERE plein_in_office(a.person) AND a.person <> ALL (c.barred)
        AND NOT EXISTS (SELECT FROM deciding d WHERE d.idea = c.idea AND d.person = a.person)
"""
ADMINISTRATORS = """
    SELECT DISTINCT m.person FROM membership m JOIN person p ON p.id = m.person AND p.active
    WHERE m.role = 'administrator'
"""


# Whoever owned it may be gone: an owner is named anew. Its clocks ran on (rule 1), so this alone is due once more.
AGAIN = """
    UPDATE escalation e SET owner = NULL, triage_due_at = plein_working_after(plein_now(), 60 * s.triage1_hours)
    FROM escalation_setting s WHERE e.id = {} AND s.id = e.setting
"""
ONCE_MORE = """
    INSERT INTO case_step (escalation, space, kind, nth, due_at)
    SELECT e.id, e.space, 'triage_missed', 1 + (SELECT coalesce(max(s.nth), 0) FROM case_step s
        WHERE s.escalation = e.id AND s.kind = 'triage_missed'), e.triage_due_at
    FROM escalation e WHERE e.id = {}
"""


async def go_on_from_triage(case: int, kind: Kind, *, actor: int | None = None) -> None:
    """A case that stood aside goes on, due as before (`kind`: why)."""
    await execute(AGAIN, case)
    await move(case, kind, actor=actor)
    await execute(ONCE_MORE, case)
    await call_for_triage([case])


async def call_for_triage(cases: list[int]) -> None:
    """A moderator is asked to name topic and owner of each; where too few may, the administrators are, too; else the
    clock does it."""
    held = await hold_all(cases)
    rows = await execute(MODERATORS, cases)
    few = [row["id"] for row in rows if row["few"]]
    administrators = await execute(NAME_SOMEBODY, few) if few else []
    called = dict.fromkeys((row["id"], row["person"]) for row in [*rows, *administrators])
    await oblige_all(Kind.DUTY_TRIAGE, [(held[case], person) for case, person in called])


# However long it took to find her, an owner has half a day until she is taken for silent.
LEAST_HOURS = 4
GRANT = """
    UPDATE escalation
    SET acknowledge_due_at = greatest(acknowledge_due_at, (SELECT plein_working_after(plein_now(), 60 * {})))
    WHERE id = ANY({})
"""


async def assign_all(cases: list[int]) -> None:
    """Who answers by the rules for each of these owns it (rule 5). Where nobody is left the administrators are told."""
    await _give(cases, await deciders(cases))


async def assign(case: int, *, actor: int | None = None, named: int | None = None) -> None:
    """The same of one; or who was named owns it."""
    await _give([case], {case: named} if named else await deciders([case]), actor)


async def _give(cases: list[int], owners: dict[int, int | None], actor: int | None = None) -> None:
    held = await hold_all(cases)
    owned = [case for case in cases if owners[case] is not None]
    void = [held[case] for case in cases if owners[case] is None]
    told = [row["person"] for row in await execute(ADMINISTRATORS)] if void else []
    await oblige_all(Kind.DUTY_UNOWNED, [(case, person) for case in void for person in told])
    await execute(GRANT, LEAST_HOURS, owned)
    await give_all([(held[case], owners[case]) for case in owned])
    await move_all(owned, Kind.CASE_ASSIGNED, actor=actor)
