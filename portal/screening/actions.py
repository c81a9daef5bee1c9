"""Screening: publishing, diverting, taking back, appealing, and deciding on an appeal.

What is diverted leaves no text behind but the sealed one, which goes once its appeal is over; and no event about it but
those that tell one person of her duty, or her receipt.
"""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.comments.announcing import announce as announce_comment
from portal.db import execute, fetch_value, transaction
from portal.escalation.moving import OPEN_CASE, hold, move, possible
from portal.escalation.opening import go_on_from_triage
from portal.escalation.steps import go_on_in_sight
from portal.events.jobs import queue
from portal.events.kinds import Kind
from portal.events.log import record
from portal.ideas.announcing import announce
from portal.ideas.holding import hold_above
from portal.ideas.nameless import needs_a_name
from portal.screening.queries import ScreeningRow
from portal.sensitive.queries import Door
from portal.text.markdown import excerpt, rendered

DECIDE = """
    UPDATE screening SET state = {}, category = coalesce({}, category), decided_by = {}, decided_at = plein_now(),
        words = {}, door = {} WHERE id = {} AND state = 'open' RETURNING id
"""
# A draft that was never published is new; what was there before stays where it was among the others. As it was when it
# was decided: changed since then, it may be reported again.
PUBLISH_IDEA = """
    UPDATE idea SET state = 'published',
        updated_at = (SELECT max(x.decided_at) FROM screening x WHERE x.idea = idea.id),
        created_at = CASE WHEN published_at IS NULL THEN plein_now() ELSE created_at END
    WHERE id = {} AND state = 'draft' AND version = {} RETURNING author
"""
PUBLISH_COMMENT = """
    UPDATE comment SET state = 'published' WHERE id = {} AND state IN ('hidden', 'draft') AND version = {}
    RETURNING author
"""


async def publish(actor: Actor, row: ScreeningRow, *, words: str, version: int) -> bool:
    """There is nothing sensitive in it: its readers read it. False where it can't be posted without a name any more:
    it stays its author's draft. Raises Changed when its author changed it meanwhile."""
    require(actor, Action.SCREENING_DECIDE, row)
    if version != row.version:
        raise Changed
    async with transaction():
        await _decide(row, "published", None, actor, words, None)
        await hold_above(row.idea, row.comment)
        if row.idea and await needs_a_name(row.idea):
            await _tell(row)
            return False
        if row.idea:
            author = await fetch_value(PUBLISH_IDEA, row.idea, version)
        else:
            author = await fetch_value(PUBLISH_COMMENT, row.comment, version)
        if author is None:
            raise Changed
        if row.idea and (case := await fetch_value(OPEN_CASE, row.idea)) is not None:
            await go_on_in_sight(await hold(case), row.created_at)
        await _announce(row, author)
        await _tell(row)
    return True


async def _announce(row: ScreeningRow, author: int) -> None:
    """What nobody had read yet is heard of, in its author's name or in nobody's."""
    if row.idea and row.was == "draft":
        await announce(row.idea, row.space, author)
    elif row.comment and row.found == "words":
        await announce_comment(row.comment, row.space, author, new=row.was == "draft")


# Versions, corrections and files are not kept for it.
SEAL = """
    INSERT INTO sealed_text (screening, title, body, parts)
    SELECT x.id, coalesce(i.title, ''), coalesce(k.body, i.body), CASE WHEN i.id IS NULL THEN '{{}}'::jsonb
        ELSE jsonb_build_object('tags', i.tags, 'core_questions', i.core_questions, 'service', i.service, 'replies',
            coalesce((SELECT jsonb_object_agg(r.question, r.value) FROM idea_reply r WHERE r.idea = i.id), '{{}}')) END
    FROM screening x
    LEFT JOIN idea i ON i.id = x.idea LEFT JOIN comment k ON k.id = x.comment WHERE x.id = {}
"""
RECORD = "INSERT INTO sealed_record (outcome, category, person, door) VALUES ({}, {}, {}, {})"


async def divert(
    actor: Actor, row: ScreeningRow, *, category: str, door: Door | None, words: str, version: int
) -> None:
    """It belongs at another door: out of sight for everybody, with nothing left behind. Raises Changed."""
    require(actor, Action.SCREENING_DECIDE, row)
    if version != row.version:
        raise Changed
    async with transaction():
        await _decide(row, "diverted", category, actor, words, door.id if door else None)
        await execute(SEAL, row.id)
        await _wipe(row)
        await execute(RECORD, "diverted", category, actor.id, door.name_en if door else "")
        await _tell(row)


async def _decide(
    row: ScreeningRow, state: str, category: str | None, actor: Actor, words: str, door: int | None
) -> None:
    if await fetch_value(DECIDE, state, category, actor.id, words, door, row.id) is None:
        raise Changed


async def _tell(row: ScreeningRow, by: int | None = None) -> None:
    await record(Kind.SCREENING_SETTLED, actor=by, person=row.person, item=row.public_id)


TAKE_BACK = """
    UPDATE screening x SET state = 'taken back' WHERE x.id = {} AND x.state = 'open' AND (x.was = 'draft'
        OR NOT EXISTS (SELECT FROM answer a WHERE a.idea = x.idea)
            AND NOT EXISTS (SELECT FROM escalation e WHERE e.idea = x.idea AND e.ended_at IS NULL))
    RETURNING x.id
"""
UNWRITE = "UPDATE comment SET state = 'diverted', body = '', body_html = '' WHERE id = {} AND state = 'draft'"


async def take_back(actor: Actor, row: ScreeningRow) -> None:
    """Its author takes it back: what nobody read stays her draft, but for a comment; that is gone, as what was
    published. Raises Changed."""
    require(actor, Action.SCREENING_TAKE_BACK, row)
    async with transaction():
        if await fetch_value(TAKE_BACK, row.id) is None:
            raise Changed
        if row.was == "published":
            await _wipe(row)
        elif row.comment:
            await execute(UNWRITE, row.comment)
        await _tell(row, actor.id)


# Of an idea or a comment: what judged it kept of it, and what was to be told of it.
TRACES = """
    reports AS (UPDATE report r SET title = '', body_html = '', words = '' FROM moderation_item x, me
        WHERE x.id = r.item AND x.{0} = me.id),
    decisions AS (UPDATE decision d SET title = '', body_html = '' FROM moderation_item x, me
        WHERE x.id = d.item AND x.{0} = me.id),
    items AS (UPDATE moderation_item x SET state = 'closed' FROM me WHERE x.{0} = me.id AND x.state <> 'closed'),
    notices AS (DELETE FROM notice x USING me WHERE x.{0} = me.id),
    mails AS (DELETE FROM mail x USING event e, me WHERE e.id = x.event AND e.{0} = me.id AND x.sent_at IS NULL)
"""
WIPE_IDEA = f"""
    WITH me AS (SELECT {{}}::bigint AS id),
    versions AS (DELETE FROM idea_version x USING me WHERE x.idea = me.id),
    replies AS (DELETE FROM idea_reply x USING me WHERE x.idea = me.id),
    corrections AS (DELETE FROM correction x USING me WHERE x.idea = me.id),
    files AS (DELETE FROM attachment x USING me WHERE x.idea = me.id),
    {TRACES.format("idea")}
    UPDATE idea x SET state = 'diverted', title = '', body = '', body_html = '', excerpt = '', tags = '{{{{}}}}',
        core_questions = '{{{{}}}}', service = NULL, edited_by = NULL FROM me WHERE x.id = me.id
"""
WIPE_COMMENT = f"""
    WITH me AS (SELECT {{}}::bigint AS id),
    versions AS (DELETE FROM comment_version x USING me WHERE x.comment = me.id),
    mentions AS (DELETE FROM mention x USING me WHERE x.comment = me.id),
    {TRACES.format("comment")}
    UPDATE comment x SET state = CASE WHEN {{}} THEN 'diverted' ELSE 'removed' END, body = '', body_html = ''
    FROM me WHERE x.id = me.id
"""


# Files that were made of it before, or are being made, are asked for again; what holds them is swept with the hour.
# What others wrote, supported or follow is among their own data.
WIPE_FILES = """
    WITH cases AS (DELETE FROM case_record WHERE space = {}), spaces AS (DELETE FROM space_record WHERE space = {})
    DELETE FROM data_export e WHERE e.person = {} OR {} AND coalesce(e.made_at, plein_now()) >= (
        SELECT i.created_at FROM idea i WHERE i.id = {} UNION ALL SELECT k.created_at FROM comment k WHERE k.id = {})
"""


async def _wipe(row: ScreeningRow) -> None:
    """Nothing of its text stays anywhere but where it is sealed, nor in a file; its case, if there is one, ends."""
    await hold_above(row.idea, row.comment)
    if row.idea:
        await execute(WIPE_IDEA, row.idea)
    else:
        await execute(WIPE_COMMENT, row.comment, row.was == "draft")
    was_read = row.was == "published"
    await execute(WIPE_FILES, row.space, row.space, row.person, was_read, row.idea, row.comment)
    await queue("forget_words")
    case = await fetch_value(OPEN_CASE, row.idea) if row.idea else None
    if case is not None and possible(await hold(case), Kind.CASE_DIVERTED):
        await move(case, Kind.CASE_DIVERTED)


APPEAL = """
    UPDATE screening SET appeal_words = {}, appealed_at = plein_now()
    WHERE id = {} AND state = 'diverted' AND appealed_at IS NULL RETURNING id
"""


async def appeal(actor: Actor, row: ScreeningRow, words: str) -> None:
    """Asks the neutral to look at it. Raises Changed."""
    require(actor, Action.SCREENING_APPEAL, row)
    async with transaction():
        if await fetch_value(APPEAL, words, row.id) is None:
            raise Changed


ANSWER = """
    UPDATE screening SET outcome = {}, outcome_words = {}, outcome_at = plein_now()
    WHERE id = {} AND outcome IS NULL AND appealed_at IS NOT NULL RETURNING id
"""
RESTORE_IDEA = """
    UPDATE idea i SET state = {}, title = {}, body = {}, body_html = {}, excerpt = {},
        tags = ARRAY(SELECT jsonb_array_elements_text(t.parts -> 'tags')),
        core_questions = ARRAY(SELECT jsonb_array_elements_text(t.parts -> 'core_questions')),
        service = (SELECT v.id FROM service v WHERE v.id = (t.parts ->> 'service')::bigint),
        updated_at = (SELECT max(x.outcome_at) FROM screening x WHERE x.idea = i.id),
        created_at = CASE WHEN i.published_at IS NULL THEN plein_now() ELSE i.created_at END
    FROM sealed_text t WHERE i.id = {} AND i.state = 'diverted' AND t.screening = {} RETURNING i.author
"""
RESTORE_REPLIES = """
    INSERT INTO idea_reply (idea, space, question, value)
    SELECT i.id, i.space, q.id, r.value FROM sealed_text t CROSS JOIN jsonb_each_text(t.parts -> 'replies') r
    JOIN question q ON q.id = r.key::bigint JOIN idea i ON i.id = {} AND i.campaign = q.campaign
    WHERE t.screening = {}
"""
RESTORE_COMMENT = """
    UPDATE comment SET state = 'published', body = {}, body_html = {}
    WHERE id = {} AND state IN ('removed', 'diverted') RETURNING author
"""
ENDED_CASE = "SELECT max(id) FROM escalation WHERE idea = {} AND state = 'diverted'"
UNSEAL = "DELETE FROM sealed_text WHERE screening = {}"


async def decide_appeal(actor: Actor, row: ScreeningRow, *, outcome: str, words: str) -> None:
    """Granted, it is published with all that was sealed of it, and its answer is owed as before, or, where it
    can't be posted without a name any more, it is its author's draft; upheld or not, that goes. Raises Changed."""
    require(actor, Action.SCREENING_DECIDE_APPEAL, row)
    html = await rendered(row.body)
    async with transaction():
        if await fetch_value(ANSWER, outcome, words, row.id) is None:
            raise Changed
        if outcome == "granted":
            await hold_above(row.idea, row.comment)
            kept = row.idea is not None and await needs_a_name(row.idea)
            if row.idea:
                texts = "draft" if kept else "published", row.title, row.body, html, excerpt(html)
                author = await fetch_value(RESTORE_IDEA, *texts, row.idea, row.id)
                await execute(RESTORE_REPLIES, row.idea, row.id)
                if case := await fetch_value(ENDED_CASE, row.idea):
                    await go_on_from_triage(case, Kind.CASE_RESUMED)
            else:
                author = await fetch_value(RESTORE_COMMENT, row.body, html, row.comment)
            if not kept:
                await _announce(row, author)
            await execute(RECORD, "restored", row.category, actor.id, "")
        await execute(UNSEAL, row.id)
        await _tell(row)
