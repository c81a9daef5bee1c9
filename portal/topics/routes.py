"""Topics and who answers for them, for administrators; and when somebody is away, for herself."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed, JustLeft, Taken
from portal.access.policy import Action, require
from portal.colleagues.forms import chosen_colleague
from portal.text.language import gettext
from portal.topics import actions, queries
from portal.topics.actions import Whose, WithoutOwner
from portal.topics.forms import AbsenceForm, AbsenceOfForm, RuleForm, TopicForm, WhoForm
from portal.topics.queries import Answering
from portal.topics.words import PARTS, STATES
from portal.units.forms import chosen_unit
from portal.units.queries import all_units
from portal.web.beside import Beside, collided
from portal.web.errors import found
from portal.web.forms import Form
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/admin/topics")
async def list_topics(request: Request) -> Response[Any]:
    """All topics with who answers for each, and who would get something."""
    require(request.actor, Action.TOPIC_EDIT)
    topics, units = await queries.topics(request.actor), await all_units(request.actor)
    asked = {name: request.query_params.get(name, "").replace("\0", "") for name in ("topic", "unit")}
    form = WhoForm(**asked).offer(topics)
    unit = chosen_unit(form, "unit", units)
    about = (next((t.id for t in topics if t.public_id == asked["topic"]), None), unit.id if unit else None)
    shown = "unit" in request.query_params and not form.errors
    return page(
        request,
        "topics/list.html",
        fragment="who",
        section="admin",
        topics=topics,
        rules=await queries.rules(request.actor),
        units=units,
        states=STATES,
        parts=PARTS,
        form=form,
        candidates=await queries.who_would_get_it(request.actor, *about) if shown else [],
        used=await queries.rule_used(request.actor, *about) if shown else None,
    )


@get("/admin/topics/new")
async def new_topic(request: Request) -> Response[Any]:
    """An empty form."""
    require(request.actor, Action.TOPIC_EDIT)
    return _topic_page(request, TopicForm())


@post("/admin/topics")
async def add_topic(request: Request) -> Response[Any]:
    """Adds it."""
    require(request.actor, Action.TOPIC_EDIT)
    return await _save(request, None)


@get("/admin/topics/{public_id:str}")
async def topic_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The form as it was saved last."""
    require(request.actor, Action.TOPIC_EDIT)
    topic = found(await queries.get_topic(request.actor, public_id))
    return _topic_page(request, await _filled(request, topic), topic)


@post("/admin/topics/{public_id:str}")
async def edit_topic(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Saves it."""
    require(request.actor, Action.TOPIC_EDIT)
    return await _save(request, found(await queries.get_topic(request.actor, public_id)))


async def _filled(request: Request, topic: queries.TopicRow) -> TopicForm:
    rule = await queries.get_rule(request.actor, topic.id, None)
    return TopicForm.of(topic, rule, found(await queries.standing(request.actor, topic)))


async def _save(request: Request, topic: queries.TopicRow | None) -> Response[Any]:
    form = await TopicForm.sent(request)
    content = await form.content(request.actor)
    if content is not None:
        try:
            await actions.save_topic(request.actor, topic, content, form_key=form.once, seen=form.seen.data)
            return see_other("/admin/topics", "holds-now")
        except Changed:
            stands = found(await queries.get_topic(request.actor, topic.public_id if topic else ""))
            return _topic_page(request, form, stands, await collided(form, await _filled(request, stands), "name"))
        except Taken:
            form.refuse("name", gettext("There is a topic with this name already."))
        except WithoutOwner:
            form.refuse("owner", gettext("Nobody would answer for it: name somebody."))
        except JustLeft:
            form.refuse("owner", gettext("Somebody whom you named has just left. Name somebody else."))
    return _topic_page(request, form, topic)


def _topic_page(
    request: Request, form: Form, topic: queries.TopicRow | None = None, changed: Beside | None = None
) -> Response[Any]:
    context: dict[str, Any] = {"form": form, "topic": topic, "changed": changed}
    return page(request, "topics/form.html", section="admin", status=form.status, **context)


# --- who answers where ---


@get("/admin/topics/rule")
async def rule_page(request: Request) -> Response[Any]:
    """Who answers for a topic in a unit, to be changed; or a new rule."""
    require(request.actor, Action.TOPIC_EDIT)
    topics, units = await queries.topics(request.actor), await all_units(request.actor)
    topic = next((t for t in topics if t.public_id == request.query_params.get("topic", "")), None)
    unit = units.of_address(request.query_params.get("unit", ""))
    form = RuleForm(topic=topic.public_id if topic else "", unit=units.path(unit.id) if unit else "").offer(topics)
    place = (topic.id if topic else None, unit.id if unit else None)
    if request.query_params.get("new"):
        form.seen.data = Answering().seen
    else:
        form = await _as_it_stands(request, form, place)
    return await _rule_page(request, form, place)


@post("/admin/topics/rule")
async def set_rule(request: Request) -> Response[Any]:
    """Says who answers there."""
    require(request.actor, Action.TOPIC_EDIT)
    form, place = await _rule_sent(request)
    answers = await form.answers(request.actor)
    changed = None
    if answers is not None:
        try:
            await actions.set_rule(request.actor, *place, answers, seen=form.seen.data or "")
            return see_other("/admin/topics", "holds-now")
        except Changed:
            changed = await collided(form, await _as_it_stands(request, form, place), "owner")
        except JustLeft:
            form.refuse("owner", gettext("Somebody whom you named has just left. Name somebody else."))
    return await _rule_page(request, form, place, changed)


@post("/admin/topics/rule/removal")
async def remove_rule(request: Request) -> Response[Any]:
    """The next wider rule holds instead."""
    require(request.actor, Action.TOPIC_EDIT)
    form, place = await _rule_sent(request)
    if not form.placed:
        return await _rule_page(request, form, place)
    try:
        await actions.remove_rule(request.actor, *place)
    except WithoutOwner:
        form.refuse("owner", gettext("Somebody has to answer for it: name somebody else instead."))
        return await _rule_page(request, form, place)
    return see_other("/admin/topics", "holds-now")


Place = tuple[int | None, int | None]


async def _rule_sent(request: Request) -> tuple[RuleForm, Place]:
    topics = await queries.topics(request.actor)
    form = (await RuleForm.sent(request)).offer(topics)
    form.valid()
    unit = chosen_unit(form, "unit", await all_units(request.actor))
    topic = next((t.id for t in topics if t.public_id == form.topic.data), None)
    return form, (topic, unit.id if unit else None)


async def _as_it_stands(request: Request, form: RuleForm, place: Place) -> RuleForm:
    rule = await queries.get_rule(request.actor, *place)
    return form.of(rule, await queries.answering(request.actor, *place))


async def _rule_page(request: Request, form: RuleForm, place: Place, changed: Beside | None = None) -> Response[Any]:
    rule = await queries.get_rule(request.actor, *place) if form.placed and form.of_a_rule else None
    context: dict[str, Any] = {"form": form, "rule": rule, "changed": changed}
    return page(request, "topics/rule.html", section="admin", status=form.status, **context)


# --- who is away ---


@get("/admin/topics/absences")
async def list_absences(request: Request) -> Response[Any]:
    """Who is away from now on."""
    require(request.actor, Action.TOPIC_EDIT)
    return await _absences(request, AbsenceOfForm())


@post("/admin/topics/absences")
async def note_absence_of(request: Request) -> Response[Any]:
    """Notes that somebody is away."""
    require(request.actor, Action.TOPIC_EDIT)
    form = await AbsenceOfForm.sent(request)
    form.valid()
    colleague = await chosen_colleague(request.actor, form, "colleague")
    if colleague is None or not form.complete:
        return await _absences(request, form)
    await _note(request, colleague.id, form)
    return see_other("/admin/topics/absences", "absence-noted")


@post("/admin/topics/absences/{public_id:str}/removal")
async def remove_absence_of(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Somebody is back, or never went."""
    require(request.actor, Action.TOPIC_EDIT)
    await actions.remove_absence(request.actor, found(await queries.get_absence(request.actor, public_id)))
    return see_other("/admin/topics/absences", "holds-now")


async def _absences(request: Request, form: Form) -> Response[Any]:
    away = await queries.absences(request.actor)
    return page(request, "topics/absences.html", section="admin", form=form, absences=away, status=form.status)


@get("/settings/absences")
async def own_absences(request: Request) -> Response[Any]:
    """When one is away oneself."""
    require(request.actor, Action.ABSENCE_NOTE, Whose(request.actor.id))
    return await _own_absences(request, AbsenceForm())


@post("/settings/absences")
async def note_absence(request: Request) -> Response[Any]:
    """Notes that one is away."""
    require(request.actor, Action.ABSENCE_NOTE, Whose(request.actor.id))
    form = await AbsenceForm.sent(request)
    if not form.valid():
        return await _own_absences(request, form)
    await _note(request, request.actor.id, form)
    return see_other("/settings/absences", "absence-noted")


@post("/settings/absences/{public_id:str}/removal")
async def remove_absence(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """One is back, or never went."""
    await actions.remove_absence(request.actor, found(await queries.get_absence(request.actor, public_id)))
    return see_other("/settings/absences", "holds-now")


async def _own_absences(request: Request, form: Form) -> Response[Any]:
    away = await queries.absences(request.actor, request.actor.id)
    return page(request, "topics/own_absences.html", form=form, absences=away, status=form.status)


async def _note(request: Request, person: int, form: Any) -> None:
    days = {"from_day": form.from_day.data, "until_day": form.until_day.data}
    await actions.note_absence(request.actor, person, **days, form_key=form.once)


router = Router(
    path="/",
    route_handlers=[
        list_topics,
        new_topic,
        add_topic,
        topic_page,
        edit_topic,
        rule_page,
        set_rule,
        remove_rule,
        list_absences,
        note_absence_of,
        remove_absence_of,
        own_absences,
        note_absence,
        remove_absence,
    ],
)
