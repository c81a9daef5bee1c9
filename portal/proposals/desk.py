"""A step at work: its form as it is stored, what somebody else saved meanwhile, and writing it."""

from __future__ import annotations

from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import Changed, Closed, fingerprint
from portal.access.policy import Action, require
from portal.calendar.queries import working_days_ahead
from portal.colleagues.forms import chosen_colleague
from portal.proposals import actions
from portal.proposals.forms import (
    MOST_QUESTIONS,
    SPARE,
    STEPS,
    USUAL,
    PeopleStep,
    Step,
    StepForm,
    as_fields,
    idea_form_step,
    steps_of,
    usual_dates,
)
from portal.proposals.queries import Proposal, QuestionRow, get_proposal, questions
from portal.spaces.queries import Audience, Choice, audience, own_spaces
from portal.text.language import gettext
from portal.web.beside import Beside, collided, words
from portal.web.errors import found
from portal.web.forms import choose_from
from portal.web.request import Request, Typed


class Work(msgspec.Struct, frozen=True):
    """A step of a campaign, loaded for somebody who may write it."""

    proposal: Proposal
    step: Step
    questions: list[QuestionRow]
    spaces: list[Choice]


async def load(actor: Actor, public_id: str, name: str) -> Work:
    """A step that can be changed, or 404; 403 for who may not."""
    proposal = found(await get_proposal(actor, public_id))
    require(actor, Action.CAMPAIGN_EDIT, proposal)
    step = found(STEPS.get(name) if any(step.name == name for step in steps_of(proposal)) else None)
    return Work(
        proposal,
        step,
        await questions(actor, proposal.id, proposal.form_version) if name == "form" else [],
        await own_spaces(actor) if name == "people" and proposal.movable else [],
    )


def _kind(work: Work, typed: Typed | None) -> tuple[type[StepForm], dict[str, Any]]:
    """The class of the step's form, and what its fields hold that are no columns of the campaign."""
    if work.step.name != "form":
        return work.step.form, {}
    sent = len([name for name in typed or () if name.startswith("label_")])
    rows = min(MOST_QUESTIONS, max(len(work.questions) + SPARE, sent))
    return idea_form_step(rows), as_fields(work.questions)


def stored(work: Work) -> StepForm:
    """The step's form as it was saved last."""
    kind, values = _kind(work, None)
    form = kind(obj=work.proposal, **values)
    if isinstance(form, PeopleStep):
        form.space.data = work.proposal.space_public_id if work.proposal.expected_readers is not None else ""
        _fix_people(form, work)
    form.seen.data = fingerprint(*sorted(words(form).items()))
    return form


def _fix_people(form: PeopleStep, work: Work) -> None:
    """The audience stands once somebody was asked, and who decides once she has accepted."""
    form.space.choices = choose_from([(s.public_id, s.called) for s in work.spaces])
    if not work.proposal.movable:
        del form.space
    if not work.proposal.unopened:
        del form.decision_owner_called


async def offered(work: Work, request: Request) -> StepForm:
    """The form as it is first shown: where no date was given yet, with dates proposed."""
    form = stored(work)
    if work.step.name == "dates" and not any(form[name].data for name in form.asked):
        days = await working_days_ahead(request.actor, list(USUAL.values()))
        for name, moment in usual_dates(days).items():
            form[name].data = moment
    return form


async def sent(work: Work, request: Request) -> StepForm:
    """The form as it was sent."""
    kind, values = _kind(work, await request.typed())
    form: StepForm = await kind.sent(request, obj=work.proposal, **values)
    if isinstance(form, PeopleStep):
        _fix_people(form, work)
    return form


async def carry_out(actor: Actor, work: Work, form: Any) -> Beside | None:
    """Writes a step if it is complete. Gives what somebody else saved meanwhile; then nothing was written."""
    form.valid()
    if not work.proposal.movable and not form.only_shown:
        form.demand()
    people = await _people(actor, work, form) if work.step.name == "people" else {}
    if not form.complete:
        return None
    saved = stored(work)
    if form.seen.data and form.seen.data != saved.seen.data and words(saved) != words(form):
        return await collided(form, saved, form.asked[0])
    try:
        await _write(actor, work, form, people)
    except Changed:
        again = await load(actor, work.proposal.public_id, work.step.name)
        return await collided(form, stored(again), form.asked[0])
    except Closed:
        form.refuse("vote_method", gettext("Votes have been given: how people vote stands now."))
    return None


async def _people(actor: Actor, work: Work, form: Any) -> dict[str, Any]:
    """Those who were named, if each of them is a colleague who reads the space."""
    proposal = work.proposal
    space, readers = proposal.space, proposal.expected_readers
    if "space" in form and form.space.data:
        space = next((s.id for s in work.spaces if s.public_id == form.space.data), space)
        counted = await audience(actor, space)
        readers = counted.colleagues + counted.guests if counted else None
    sponsor = await chosen_colleague(actor, form, "sponsor_called", space)
    owner = (
        await chosen_colleague(actor, form, "decision_owner_called", space) if "decision_owner_called" in form else None
    )
    return {
        "space": space,
        "expected_readers": readers,
        "sponsor": sponsor.id if sponsor else None,
        "decision_owner": owner.id if owner else None if proposal.unopened else proposal.decision_owner,
    }


async def _write(actor: Actor, work: Work, form: Any, people: dict[str, Any]) -> None:
    proposal, values = work.proposal, {name: form[name].data for name in form.asked}
    match work.step.name:
        case "question":
            await actions.save_question(actor, proposal, **values)
        case "purpose":
            await actions.save_purpose(actor, proposal, **values)
        case "people":
            await actions.save_people(actor, proposal, promise=form.promise.data, **people)
        case "dates":
            await actions.save_dates(actor, proposal, values)
        case "voting":
            await actions.save_voting(actor, proposal, **values)
        case "form":
            await actions.save_form(
                actor, proposal, tags=form.tags.data, before=work.questions, questions=form.asked_questions()
            )


async def readers_of(actor: Actor, work: Work, form: Any) -> Audience | None:
    """Who will be able to read it, for the space that is chosen."""
    if work.step.name != "people":
        return None
    chosen = form.space.data if "space" in form else work.proposal.space_public_id
    space = next((s.id for s in work.spaces if s.public_id == chosen), None if work.spaces else work.proposal.space)
    return await audience(actor, space) if space is not None else None
