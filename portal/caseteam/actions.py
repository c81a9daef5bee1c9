"""What the owner of a case and her team do. None of it moves a date of the case (rule 23)."""

from __future__ import annotations

from datetime import date

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.caseteam.queries import ConsultationRow
from portal.db import execute, fetch_value, transaction
from portal.escalation.actions import DayOutOfRange, NotEligible
from portal.escalation.moving import hold, hold_for, move, oblige, possible
from portal.escalation.queries import CaseRow
from portal.events.kinds import Kind
from portal.files import MB, store
from portal.files.kinds import Refused
from portal.files.store import Kept, Upload
from portal.settings import settings
from portal.text.language import gettext
from portal.text.markdown import rendered

# An employee who is there, has no part in it that everybody may know (rule 6), and is not on it by another role.
STAFF = """
    INSERT INTO case_role (escalation, space, person, role) SELECT e.id, e.space, {}, {} FROM escalation e
    WHERE e.id = {} AND plein_in_office({}) AND {}::bigint <> ALL (plein_openly_barred(e))
        AND NOT EXISTS (SELECT FROM case_role r WHERE r.escalation = e.id AND r.person = {} AND r.until IS NULL
            AND r.role <> 'promise')
    RETURNING id
"""
RELEASE = """
    UPDATE case_role r SET until = plein_now() FROM person p
    WHERE p.public_id = {} AND r.person = p.id AND r.escalation = {} AND r.role IN ('adviser', 'counsel')
        AND r.until IS NULL RETURNING r.person
"""


async def staff(actor: Actor, case: CaseRow, person: int, role: str) -> None:
    """The owner takes an adviser or counsel onto the team, who reads the item from then on (rule 21) and is told.
    Raises NotEligible, Changed."""
    require(actor, Action.ESCALATION_STAFF, case)
    async with transaction():
        held = await hold_for(case.id, Kind.CASE_STAFFED)
        if await fetch_value(STAFF, person, role, case.id, person, person, person) is None:
            raise NotEligible
        await move(case.id, Kind.CASE_STAFFED, actor=actor.id, member=person, why=role)
        await oblige(Kind.DUTY_STAFFED, held, person, why=role)


async def release(actor: Actor, case: CaseRow, person_public_id: str) -> None:
    """An adviser or counsel leaves the team, and what she read because of it. Raises Changed."""
    require(actor, Action.ESCALATION_STAFF, case)
    async with transaction():
        await hold_for(case.id, Kind.CASE_RELEASED)
        person = await fetch_value(RELEASE, person_public_id, case.id)
        if person is None:
            raise Changed
        await move(case.id, Kind.CASE_RELEASED, actor=actor.id, member=person)


NOTE = """
    INSERT INTO case_note (escalation, space, author, body, body_html, form_key)
    SELECT e.id, e.space, {}, {}, {}, {} FROM escalation e
    WHERE e.id = {} AND EXISTS (SELECT FROM case_role r
        WHERE r.escalation = e.id AND r.person = {} AND r.until IS NULL AND r.role <> 'promise')
    ON CONFLICT (author, form_key) DO NOTHING RETURNING id
"""
KNOWN = "SELECT id FROM case_note WHERE author = {} AND form_key = {}"
ATTACH = """
    INSERT INTO case_file (escalation, space, note, author, kind, name, file, size)
    SELECT n.escalation, n.space, n.id, n.author, {}, {}, {}, {} FROM case_note n WHERE n.id = {}
"""
TAKEN = "SELECT coalesce(sum(size), 0)::bigint FROM case_file WHERE escalation = {}"


async def write_note(actor: Actor, case: CaseRow, text: str, uploads: list[Upload], form_key: str) -> list[str]:
    """A note of the team with its files, which stand as they are from then on: all of it, or, where a file can't be
    taken, nothing and the reasons. The same form twice is one note. Raises Changed and store.NoRoom."""
    require(actor, Action.ESCALATION_NOTE, case)
    html = await rendered(text)
    kept, problems = await _looked_at(uploads)
    written = False
    try:
        if not problems:
            async with transaction():
                await hold(case.id)
                written = await _write(actor, case, (text, html), kept, form_key, problems)
    finally:
        if not written:
            for _, one in kept:
                store.remove(one.file)
    return problems


async def _looked_at(uploads: list[Upload]) -> tuple[list[tuple[str, Kept]], list[str]]:
    kept, problems = [], []
    for upload in uploads:
        try:
            kept.append((upload.name, await store.keep(upload)))
        except Refused as reason:
            problems.append(str(reason))
    return kept, problems


async def _write(
    actor: Actor,
    case: CaseRow,
    words: tuple[str, str],
    kept: list[tuple[str, Kept]],
    form_key: str,
    problems: list[str],
) -> bool:
    if sum(one.size for _, one in kept) + await fetch_value(TAKEN, case.id) > settings().files_per_idea_mb * MB:
        problems.append(
            gettext("That does not fit: the files of one case may have %(n)s MB together.")
            % {"n": settings().files_per_idea_mb}
        )
        return False
    note = await fetch_value(NOTE, actor.id, *words, form_key, case.id, actor.id)
    if note is None and await fetch_value(KNOWN, actor.id, form_key) is None:
        raise Changed
    for called, one in kept if note else ():
        await execute(ATTACH, one.kind, called, one.file, one.size, note)
    return note is not None


# It is late once the day on which it is expected is over.
CONSULT = """
    INSERT INTO consultation (escalation, space, kind, person, body, asked_by, due_on, due_at, form_key)
    SELECT e.id, e.space, {}, {}, {}, {}, {}, plein_day_over({}), {}
    FROM escalation e WHERE e.id = {} AND {}::date >= plein_day(plein_now())
    ON CONFLICT (asked_by, form_key) DO NOTHING RETURNING id
"""
ASKED = "SELECT id FROM consultation WHERE asked_by = {} AND form_key = {}"
ON_TEAM = "SELECT id FROM case_role WHERE escalation = {} AND person = {} AND until IS NULL AND role <> 'promise'"


async def consult(
    actor: Actor, case: CaseRow, *, kind: str, person: int, question: str, due_on: date, form_key: str
) -> None:
    """The owner asks legal, the works council or communication, and everybody reads that she does, and until when; who
    is asked joins the team. Raises NotEligible, DayOutOfRange, Changed."""
    require(actor, Action.ESCALATION_CONSULT, case)
    async with transaction():
        held = await hold_for(case.id, Kind.CASE_CONSULTED)
        if await fetch_value(ASKED, actor.id, form_key):
            return
        if await fetch_value(ON_TEAM, case.id, person) is None:
            await fetch_value(STAFF, person, "counsel", case.id, person, person, person)
        if await fetch_value(ON_TEAM, case.id, person) is None or person == actor.id:
            raise NotEligible
        asked = (kind, person, question, actor.id, due_on, due_on, form_key)
        if await fetch_value(CONSULT, *asked, case.id, due_on) is None:
            raise DayOutOfRange
        await move(case.id, Kind.CASE_CONSULTED, actor=actor.id, about=kind, on=due_on.isoformat())
        await oblige(Kind.DUTY_CONSULTED, held, person, about=kind)


ADVISE = """
    UPDATE consultation SET outcome = {}, answer = {}, answer_html = {}, answered_at = plein_now()
    WHERE id = {} AND answered_at IS NULL RETURNING kind, CASE WHEN EXISTS (SELECT FROM case_role r
        WHERE r.escalation = consultation.escalation AND r.person = asked_by AND r.until IS NULL
            AND r.role <> 'promise') THEN asked_by END AS asked_by
"""


async def advise(actor: Actor, asked: ConsultationRow, outcome: str, text: str) -> None:
    """Who was asked answers, for the team alone; everybody reads that she did. Who decides is told, and who asked, if
    she is on the case still. Raises Changed."""
    require(actor, Action.CONSULTATION_ANSWER, asked)
    html = await rendered(text)
    async with transaction():
        held = await hold(asked.escalation)
        advised = await execute(ADVISE, outcome, text, html, asked.id)
        if not advised or not possible(held, Kind.CASE_ADVISED):
            raise Changed
        kind = advised[0]["kind"]
        await move(held.id, Kind.CASE_ADVISED, actor=actor.id, about=kind)
        for person in {held.owner, advised[0]["asked_by"]}:
            await oblige(Kind.DUTY_ADVISED, held, person, about=kind)
