"""Telling people of an event: a notice for each, and a mail for those whom mail reaches. There is no other way."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from portal.db import QueryString, execute, transaction
from portal.events.jobs import queue
from portal.events.kinds import Kind

BATCH = 2000  # people in one statement

#: What somebody has to do. It is told whatever was muted, by mail also to who switched mail off or never signed in, and
#: stays new until it is done.
DUTY: frozenset[Kind] = frozenset(
    {kind for kind in Kind if kind.startswith("duty.")} - {Kind.DUTY_BOUNCED}
    | {Kind.CAMPAIGN_PROPOSED, Kind.MODERATION_ASSIGNED, Kind.MODERATION_APPEALED, Kind.TOPIC_OWNER_LEFT}
    | {Kind.DELEGATE_NAMED, Kind.DELEGATE_ENDED}
)
#: What the owner of a case, or who stands above her, has to do until it is answered.
OF_OWNER = frozenset({Kind.DUTY_ASSIGNED, Kind.DUTY_REMINDER, Kind.DUTY_OVERDUE, Kind.DUTY_EXTENSION})
OF_TEAM = frozenset({Kind.DUTY_STAFFED, Kind.DUTY_CONSULTED, Kind.DUTY_ADVISED, Kind.DUTY_APPROVAL, Kind.DUTY_OFFERED})
OF_CASE = OF_OWNER | OF_TEAM | {Kind.DUTY_TRIAGE, Kind.DUTY_UNOWNED}

#: These end only the duties of whom the case is no longer: who owns it now has just been told.
PASSED_ON = (Kind.CASE_HANDED_OVER, Kind.CASE_RAISED, Kind.CASE_CONFLICT, Kind.CASE_OVERDUE)
#: By what a duty is done: this event, about the same thing, ends those that were there before it. Where a kind of duty
#: has several subjects, one may be named: "kind/about".
SETTLES: dict[Kind, frozenset[str]] = {
    Kind.CAMPAIGN_PROPOSED: frozenset({Kind.CAMPAIGN_PROPOSED}),  # somebody else is asked
    Kind.CAMPAIGN_OPENED: frozenset({Kind.CAMPAIGN_PROPOSED}),
    Kind.CAMPAIGN_DECLINED: frozenset({Kind.CAMPAIGN_PROPOSED}),
    Kind.MODERATION_ASSIGNED: frozenset({Kind.MODERATION_ASSIGNED}),  # it is somebody else's turn
    Kind.MODERATION_DECIDED: frozenset({Kind.MODERATION_ASSIGNED}),
    Kind.MODERATION_APPEAL_DECIDED: frozenset({Kind.MODERATION_APPEALED}),
    Kind.THRESHOLD_REACHED: frozenset({Kind.DUTY_WATCH}),
    Kind.IDEA_WITHDRAWN: frozenset({Kind.DUTY_WATCH}),
    Kind.CASE_ASSIGNED: frozenset({Kind.DUTY_TRIAGE, Kind.DUTY_UNOWNED}),
    Kind.CASE_ACKNOWLEDGED: frozenset({Kind.DUTY_ASSIGNED}),
    Kind.CASE_STATEMENT: frozenset({"duty.reminder/statement"}),
    Kind.CASE_ADVISED: frozenset({Kind.DUTY_CONSULTED}),
    Kind.ANSWER_SENT_BACK: frozenset({Kind.DUTY_APPROVAL}),
    Kind.HANDOVER_ENDED: frozenset({Kind.DUTY_OFFERED}),
    Kind.CASE_CLARIFIED: frozenset({"duty.reminder/question"}),
    Kind.CASE_EXTENDED: frozenset({Kind.DUTY_EXTENSION}),
    Kind.CASE_EXTENSION_REFUSED: frozenset({Kind.DUTY_EXTENSION}),
    **dict.fromkeys(PASSED_ON, OF_OWNER - {Kind.DUTY_OVERDUE} | {Kind.DUTY_OFFERED}),
    **dict.fromkeys(
        (
            *(Kind.CASE_ANSWERED, Kind.CASE_WITHDRAWN, Kind.CASE_REMOVED, Kind.CASE_MERGED, Kind.CASE_DIVERTED),
            Kind.CASE_CLOSED,
        ),
        OF_CASE,
    ),
    **dict.fromkeys(
        (Kind.PROMISE_NEWS, Kind.PROMISE_MOVED, Kind.PROMISE_DONE, Kind.PROMISE_KEPT, Kind.PROMISE_BROKEN),
        frozenset({Kind.DUTY_PROMISE}),
    ),
    Kind.DUTY_SCREEN: frozenset({Kind.DUTY_SCREEN}),
    Kind.SCREENING_SETTLED: frozenset({Kind.DUTY_SCREEN}),
}


class Needs(StrEnum):
    """The role without which a notice is not shown."""

    MODERATOR = "moderator"
    ADMINISTRATOR = "administrator"
    HOST = "host"


# What an event `e` is about: its idea, else its campaign, else its space.
THING = QueryString("""
    SELECT coalesce(i.space, c.space, e.space) AS space, CASE WHEN i.id IS NULL THEN e.campaign END AS campaign,
        i.id AS idea, e.comment, e.answer, i.campaign AS within
    FROM e LEFT JOIN comment k ON k.id = e.comment LEFT JOIN answer a ON a.id = e.answer
    LEFT JOIN escalation z ON z.id = e.escalation
    LEFT JOIN idea i ON i.public_id = e.particulars ->> 'idea_public_id' OR i.id = coalesce(e.idea, k.idea, a.idea,
        z.idea, CASE WHEN e.kind IN ('duty.watch', 'duty.promise') THEN (e.particulars ->> 'item')::bigint END)
    LEFT JOIN campaign c ON c.id = e.campaign
""")
# Nothing that its reader has to see, to be told.
NOTHING = QueryString("""
    SELECT NULL::bigint AS space, NULL::bigint AS campaign, NULL::bigint AS idea, NULL::bigint AS comment,
        NULL::bigint AS answer, NULL::bigint AS within FROM e
""")
AT_ONCE = QueryString("plein_now()")
ALWAYS = QueryString("TRUE")


class Telling(msgspec.Struct, frozen=True):
    """Who hears of an event, and how. `people` is a SELECT of each `person`, out of the event `e` and the thing `t`
    (`about`). `alone`: not shown as one with others of its kind about the same thing. `personal`: no mute keeps it from
    her. A mail is `due`, where it is `wanted`, for a notice `n`."""

    kind: str
    people: QueryString
    about: QueryString = THING
    needs: Needs | None = None
    alone: bool = False
    personal: bool = False
    due: QueryString = AT_ONCE
    wanted: QueryString = ALWAYS


# Whoever heard of the event before, by whatever kind, hears nothing more: UNIQUE (event, person).
TELL = """
    WITH e AS MATERIALIZED (SELECT * FROM event WHERE id = {}),
    t AS MATERIALIZED ({}),
    heard AS MATERIALIZED (
        SELECT DISTINCT x.person FROM e CROSS JOIN t CROSS JOIN LATERAL (
            SELECT coalesce(k.behind, n.person) AS person FROM ({}) n LEFT JOIN mask k ON k.person = n.person) x
        JOIN person p ON p.id = x.person AND p.active
        WHERE x.person > {} AND x.person IS DISTINCT FROM
                coalesce((SELECT k.behind FROM mask k WHERE k.person = e.actor), e.actor)
            AND (t.space IS NULL OR EXISTS (
                SELECT FROM readership r WHERE r.person = x.person AND r.space = t.space OFFSET 0) OR EXISTS (
                SELECT FROM case_role w WHERE w.person = x.person AND w.escalation = e.escalation AND w.until IS NULL))
            AND ({} OR NOT EXISTS (SELECT FROM mute u WHERE u.person = x.person AND (u.idea = t.idea
                OR u.campaign IN (t.campaign, t.within)
                OR u.space = t.space AND u.campaign IS NULL AND u.idea IS NULL)))
        ORDER BY x.person LIMIT {}
    ), n AS (
        INSERT INTO notice (person, event, kind, space, campaign, idea, comment, answer, needs, duty, bundle)
        SELECT h.person, e.id, k.kind, t.space, t.campaign, t.idea, t.comment, t.answer, {}, k.duty,
            CASE WHEN k.alone OR t.space IS NULL THEN 'e' || e.id
                ELSE k.kind || coalesce(' i' || t.idea, ' c' || t.campaign, ' s' || t.space) END
            || CASE WHEN k.duty THEN ' duty' ELSE '' END
        FROM heard h, e, t, (SELECT {}::text AS kind, {}::boolean AS duty, {}::boolean AS alone) k
        ON CONFLICT (event, person) DO NOTHING RETURNING *
    ), mailing AS (
        INSERT INTO mail (kind, recipient, event, due_at)
        SELECT n.kind, n.person, n.event, {} FROM n JOIN e ON e.id = n.event
        WHERE (n.duty OR EXISTS (SELECT FROM mailed m WHERE m.person = n.person)) AND {}
        ON CONFLICT (event, recipient, kind) DO NOTHING RETURNING id
    )
    SELECT (SELECT count(*) FROM heard) AS heard, (SELECT max(person) FROM heard) AS last,
        (SELECT count(*) FROM mailing) AS mails
"""


async def tell(event: int, kind: Kind, telling: Telling) -> None:
    """Notices and mails for all of them, so many in one statement, each of which commits. A second time, or by two
    workers at once, nobody hears it twice."""
    last, heard = 0, BATCH
    while heard == BATCH:
        async with transaction():
            told = await execute(
                TELL,
                event,
                telling.about,
                telling.people,
                last,
                telling.personal or kind in DUTY,
                BATCH,
                telling.needs,
                telling.kind,
                kind in DUTY,
                telling.alone,
                telling.due,
                telling.wanted,
            )
            heard, last = told[0]["heard"], told[0]["last"]
            if told[0]["mails"]:
                await queue("deliver_mail")


# The same case, campaign or idea, or, where there is none, the same space and item.
SAME = """
    n.duty AND n.read_at IS NULL AND d.id = n.event AND s.id > d.id
        AND EXISTS (SELECT FROM unnest({}::text[], {}::text[]) x (duty, by) WHERE x.by = s.kind
            AND x.duty IN (d.kind, d.kind || '/' || (d.particulars ->> 'about')))
        AND (d.escalation = s.escalation OR n.campaign = s.campaign OR n.idea = s.idea
            OR n.campaign IS NULL AND n.idea IS NULL
            AND n.space IS NOT DISTINCT FROM s.space
            AND d.particulars ->> 'item' IS NOT DISTINCT FROM s.particulars ->> 'item')
        AND (s.kind <> 'case.advised' OR s.actor = n.person)
        AND (s.kind <> ALL({}) OR (s.particulars ->> 'owner')::bigint IS DISTINCT FROM n.person)
"""
DONE = f"UPDATE notice n SET read_at = s.occurred_at FROM event d, event s WHERE s.id = {{}} AND {SAME}"
DONE_ALREADY = f"UPDATE notice n SET read_at = s.occurred_at FROM event d, event s WHERE d.id = {{}} AND {SAME}"


async def settle(event: int, kind: Kind) -> None:
    """Duties that are done are not new any more: those that this event ends, and this one itself, where what ends it
    was quicker."""
    pairs = [(str(duty), by.value) for by, duties in SETTLES.items() for duty in duties]
    duties, by = [duty for duty, _ in pairs], [ends for _, ends in pairs]
    if kind in SETTLES:
        await execute(DONE, event, duties, by, list(PASSED_ON))
    if kind in DUTY:
        await execute(DONE_ALREADY, event, duties, by, list(PASSED_ON))
