"""Writing a campaign step by step, proposing it, and the decision owner's yes or no."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.access.actor import Actor
from portal.access.conflicts import Changed, Closed, told_apart
from portal.access.policy import Action, require
from portal.db import Made, execute, fetch_one, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.proposals.queries import Proposal, QuestionRow
from portal.tables.base import new_public_id
from portal.text.markdown import rendered

START = """
    INSERT INTO campaign (public_id, space, author, state, title, lead, brief, brief_html, language, form_key)
    VALUES ({}, {}, {}, 'draft', {}, {}, {}, {}, {}, {}) ON CONFLICT (author, form_key) DO NOTHING
    RETURNING id, public_id
"""
ASK = """
    INSERT INTO question (public_id, campaign, space, version, position, kind, label, help, options, required)
    SELECT {}, id, space, {}, {}, {}, {}, {}, {}, {} FROM campaign WHERE id = {}
"""


async def start(
    actor: Actor,
    space: int,
    *,
    title: str,
    lead: str,
    brief: str,
    language: str,
    questions: list[QuestionRow],
    form_key: str,
) -> str:
    """A draft that nobody else sees; gives its public id. The same form twice starts one."""
    require(actor, Action.CAMPAIGN_PROPOSE)
    html = await rendered(brief)
    async with transaction():
        made = await fetch_one(
            Made, START, new_public_id(), space, actor.id, title, lead, brief, html, language, form_key
        )
        if made is None:
            return str(
                await fetch_value(
                    "SELECT public_id FROM campaign WHERE author = {} AND form_key = {}", actor.id, form_key
                )
            )
        await _ask(made.id, 1, questions)
    return made.public_id


async def _ask(campaign: int, version: int, questions: list[QuestionRow]) -> None:
    for position, q in enumerate(questions, 1):
        await execute(ASK, new_public_id(), version, position, q.kind, q.label, q.help, q.options, q.required, campaign)


# Only what was read is written over: neither what somebody else saved, nor what began meanwhile.
GUARD = "version = version + 1 WHERE id = {} AND version = {} AND plein_phase(campaign, plein_now()) = {} RETURNING id"
SAVE_QUESTION = f"""
    UPDATE campaign SET title = {{}}, lead = {{}}, brief = {{}}, brief_html = {{}}, language = {{}}, {GUARD}
"""
SAVE_PURPOSE = f"UPDATE campaign SET need = {{}}, goal = {{}}, measure = {{}}, {GUARD}"
SAVE_PEOPLE = f"""
    UPDATE campaign SET space = {{}}, expected_readers = {{}}, sponsor = {{}}, promise = {{}}, decision_owner = {{}},
        {GUARD}
"""
SAVE_DATES = f"""
    UPDATE campaign SET collect_from = {{}}, discuss_from = {{}}, vote_from = {{}}, decide_from = {{}},
        done_from = {{}}, {GUARD}
"""
SAVE_VOTING = f"""
    UPDATE campaign SET vote_method = {{}}, votes_each = {{}}, votes_per_idea = {{}}, hide_counts = {{}},
        rank_blind = {{}}, top = {{}}, {GUARD}
"""
SAVE_FORM = f"UPDATE campaign SET tags = {{}}, form_version = {{}}, {GUARD}"


def _guard(proposal: Proposal) -> tuple[int, int, str]:
    return proposal.id, proposal.version, proposal.phase


async def _saved(actor: Actor, proposal: Proposal, campaign: int | None) -> None:
    """Raises Changed when nothing was written. A draft is nobody's business, and leaves no event."""
    if campaign is None:
        raise Changed
    if proposal.state != "draft":
        await record(Kind.CAMPAIGN_EDITED, actor=actor.id, space=proposal.space, campaign=proposal.id)


async def save_question(actor: Actor, proposal: Proposal, *, title: str, lead: str, brief: str, language: str) -> None:
    """What is asked. Raises Changed."""
    require(actor, Action.CAMPAIGN_EDIT, proposal)
    html = await rendered(brief)
    async with transaction():
        await _saved(
            actor, proposal, await fetch_value(SAVE_QUESTION, title, lead, brief, html, language, *_guard(proposal))
        )


async def save_purpose(actor: Actor, proposal: Proposal, *, need: str, goal: str, measure: str) -> None:
    """Why it is asked. Raises Changed."""
    require(actor, Action.CAMPAIGN_EDIT, proposal)
    async with transaction():
        await _saved(actor, proposal, await fetch_value(SAVE_PURPOSE, need, goal, measure, *_guard(proposal)))


async def save_people(
    actor: Actor,
    proposal: Proposal,
    *,
    space: int,
    expected_readers: int | None,
    sponsor: int | None,
    promise: str,
    decision_owner: int | None,
) -> None:
    """Who takes part and who stands for it; who is asked anew to decide hears of it. Raises Changed."""
    require(actor, Action.CAMPAIGN_EDIT, proposal)
    async with transaction():
        await _saved(
            actor,
            proposal,
            await fetch_value(
                SAVE_PEOPLE, space, expected_readers, sponsor, promise, decision_owner, *_guard(proposal)
            ),
        )
        if proposal.state == "proposed" and decision_owner != proposal.decision_owner:
            await record(Kind.CAMPAIGN_PROPOSED, actor=actor.id, space=proposal.space, campaign=proposal.id)


async def save_dates(actor: Actor, proposal: Proposal, begins: dict[str, datetime | None]) -> None:
    """When each phase begins. Raises Changed, also when collecting has begun meanwhile."""
    require(actor, Action.CAMPAIGN_EDIT, proposal)
    phases = ("collect", "discuss", "vote", "decide", "done")
    async with transaction():
        dates = [begins[f"{phase}_from"] for phase in phases]
        await _saved(actor, proposal, await fetch_value(SAVE_DATES, *dates, *_guard(proposal)))


async def save_voting(
    actor: Actor,
    proposal: Proposal,
    *,
    vote_method: str,
    votes_each: int,
    votes_per_idea: int,
    hide_counts: bool,
    rank_blind: bool,
    top: int | None,
) -> None:
    """How people vote. Raises Changed, and Closed once votes were given: the database keeps the method then."""
    require(actor, Action.CAMPAIGN_EDIT, proposal)
    async with told_apart({"vote_method_kept": Closed}):
        chosen = (vote_method, votes_each, votes_per_idea, hide_counts, rank_blind, top)
        await _saved(actor, proposal, await fetch_value(SAVE_VOTING, *chosen, *_guard(proposal)))


async def save_form(
    actor: Actor, proposal: Proposal, *, tags: list[str], before: list[QuestionRow], questions: list[QuestionRow]
) -> None:
    """What people fill in. Once the campaign is open a change makes a new version: ideas keep the questions that they
    were written under. Raises Changed."""
    require(actor, Action.CAMPAIGN_EDIT, proposal)
    same = [_content(q) for q in before] == [_content(q) for q in questions]
    version = proposal.form_version + (0 if same or proposal.unopened else 1)
    async with transaction():
        await _saved(actor, proposal, await fetch_value(SAVE_FORM, tags, version, *_guard(proposal)))
        if not same:
            await execute("DELETE FROM question WHERE campaign = {} AND version = {}", proposal.id, version)
            await _ask(proposal.id, version, questions)


def _content(question: QuestionRow) -> tuple[Any, ...]:
    return (question.kind, question.label, question.help, question.options, question.required)


PROPOSE = """
    UPDATE campaign SET state = 'proposed', proposed_at = plein_now(), version = version + 1
    WHERE id = {} AND version = {} AND state IN ('draft', 'declined') RETURNING id
"""


async def propose(actor: Actor, proposal: Proposal) -> None:
    """Asks the decision owner. Raises Changed; the database refuses what does not name everything."""
    require(actor, Action.CAMPAIGN_EDIT, proposal)
    async with transaction():
        if await fetch_value(PROPOSE, proposal.id, proposal.version) is None:
            raise Changed
        await record(Kind.CAMPAIGN_PROPOSED, actor=actor.id, space=proposal.space, campaign=proposal.id)


ACCEPT = """
    UPDATE campaign SET state = 'open', accepted_at = plein_now(), version = version + 1
    WHERE id = {} AND version = {} AND state = 'proposed' AND decision_owner = {} AND discuss_from > plein_now()
    RETURNING id
"""


async def accept(actor: Actor, proposal: Proposal, version: int) -> None:
    """The decision owner's yes to what she read: the campaign opens. Raises Changed if it is something else by now."""
    require(actor, Action.CAMPAIGN_DECIDE, proposal)
    async with transaction():
        if await fetch_value(ACCEPT, proposal.id, version, actor.id) is None:
            raise Changed
        await record(Kind.CAMPAIGN_OPENED, actor=actor.id, space=proposal.space, campaign=proposal.id)


DECLINE = """
    WITH declined AS (
        UPDATE campaign SET state = 'declined', version = version + 1
        WHERE id = {} AND state = 'proposed' AND decision_owner = {} RETURNING id, space
    )
    INSERT INTO campaign_notice (campaign, space, kind, author, reason, language)
    SELECT id, space, 'declined', {}, {}, {} FROM declined RETURNING id
"""


async def decline(actor: Actor, proposal: Proposal, reason: str) -> None:
    """The decision owner's no, with its reason; its author can change it and propose it again. Raises Changed."""
    require(actor, Action.CAMPAIGN_DECIDE, proposal)
    async with transaction():
        if await fetch_value(DECLINE, proposal.id, actor.id, actor.id, reason, actor.language) is None:
            raise Changed
        await record(Kind.CAMPAIGN_DECLINED, actor=actor.id, space=proposal.space, campaign=proposal.id)


async def discard(actor: Actor, proposal: Proposal) -> None:
    """Throws a draft away that nobody else ever saw."""
    require(actor, Action.CAMPAIGN_DISCARD, proposal)
    await execute("DELETE FROM campaign WHERE id = {} AND state = 'draft' AND author = {}", proposal.id, actor.id)
