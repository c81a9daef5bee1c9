"""The page of a case, put together: for everybody who reads the item, and with the answer's form for who writes it."""

from __future__ import annotations

from typing import Any

from litestar import Response

from portal.access.policy import Action, allowed, can
from portal.answers.desk import Desk
from portal.answers.drafts import draft_of
from portal.answers.queries import AnswerRow, policies_to_choose
from portal.cases import queries
from portal.cases.chart import drawn
from portal.cases.deeds import deeds_for, why_no_question
from portal.cases.forms import ApprovalForm
from portal.cases.next import nearest
from portal.caseteam.forms import NoteForm
from portal.db import read_together
from portal.escalation.queries import CaseRow
from portal.files.kinds import ACCEPT
from portal.ideas.queries import IdeaRow, get_idea
from portal.starts.queries import starts_to_choose
from portal.text import cases as words
from portal.text.markdown import rendered
from portal.web.beside import Beside
from portal.web.errors import found
from portal.web.page import page
from portal.web.request import Request


async def desk_of(request: Request, row: CaseRow, idea: IdeaRow) -> Desk:
    """What answering a case needs, in one statement."""
    actor = request.actor
    known = await read_together(
        policies=policies_to_choose(actor),
        starts=starts_to_choose(actor),
        draft=draft_of(actor, row),
        owner=queries.owner_of(actor, row),
    )
    owner = next(((one.public_id, one.name) for one in known["owner"]), None)
    draft = next(iter(known["draft"]), None)
    return Desk(request, idea, known["policies"], known["starts"], owed=True, secret=True, draft=draft, decider=owner)


async def _waiting(desk: Desk) -> AnswerRow | None:
    """What waits for a second yes, as everybody would read it."""
    draft = desk.draft
    if draft is None or draft.decision is None:
        return None
    said = draft.decision
    return desk.row(
        await rendered(said.reason),
        kind=said.kind,
        summary=said.summary,
        from_when=said.from_when,
        next_step=said.next_step,
        next_owner_name=draft.next_owner_name,
        next_date=said.next_date,
        category=said.category,
        review_on=said.review_on,
        approver_name=draft.approver_name,
        questions=said.questions,
        replies=said.replies,
    )


async def show(
    request: Request,
    row: CaseRow,
    *,
    desk: Desk | None = None,
    form: Any = None,
    changed: Beside | None = None,
    agreeing: Any = None,
) -> Response[Any]:
    """Where a case stands. `form` and `agreeing`: as they were sent; `changed`: what somebody else saved meanwhile."""
    actor, idea = request.actor, found(await get_idea(request.actor, row.idea_public_id))
    drafts = can(actor, Action.ESCALATION_DRAFT, row) and not idea.answered
    agrees = can(actor, Action.ANSWER_APPROVE, row)
    if desk is None and (drafts or agrees or row.drafted):
        desk = await desk_of(request, row, idea)
    if form is None and desk and drafts:
        form = desk.filled()
    known = await queries.all_of(actor, row, idea)
    facts, growth = known["facts"], known["growth"] if idea.supporters is not None else []
    limits = (facts.t1_at_count, facts.t2_at_count)
    return page(
        request,
        "cases/show.html",
        section="cases",
        case=row,
        idea=idea,
        facts=facts,
        growth=growth,
        chart=drawn(growth, facts.begun, facts.today, limits),
        timeline=[
            (line, one)
            for one in known["happened"]
            if (line := words.told(one.kind, one.owner_name, one.about, one.on))
        ],
        team=known["team"],
        together=known["together"],
        room={name: known[name] for name in queries.ROOM} if row.on_team else None,
        note=NoteForm() if row.on_team else None,
        accept=ACCEPT,
        after=known["after"],
        words=words,
        deeds=deeds_for(actor, row),
        no_question=why_no_question(actor, row),
        duty=nearest(actor, row),
        triages=can(actor, Action.ESCALATION_TRIAGE, row),
        answer=next(iter(known.get("answer", ())), None),
        may=allowed(actor, idea, Action.ANSWER_CORRECT),
        form=form,
        saved=0,
        draft=desk.draft if desk else None,
        shown=await desk.preview(form) if desk and form else None,
        waiting=await _waiting(desk) if desk else None,
        agreeing=agreeing or (ApprovalForm(version=desk.draft.version) if agrees and desk and desk.draft else None),
        changed=changed,
        publishes=can(actor, Action.IDEA_ANSWER, idea),
        now=request.now,
        status=max(one.status for one in (form, agreeing) if one) if form or agreeing else 200,
    )
