"""The policy register: what holds, what is proposed, and what changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.conflicts import Changed, Taken
from portal.access.policy import Action, require
from portal.colleagues.forms import chosen_colleague
from portal.ideas.actions import Content
from portal.policies import actions, queries
from portal.policies.forms import NOTICE, DropForm, OwnerForm, ProposalForm, RegisterForm
from portal.policies.queries import PolicyRow, VersionRow
from portal.posts.queries import get_stream
from portal.text.difference import compared
from portal.text.language import gettext, reader
from portal.web.beside import Beside, collided
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/policies")
async def list_policies(request: Request) -> Response[Any]:
    """All of them."""
    return page(
        request,
        "policies/list.html",
        section="answers",
        policies=await queries.policies(request.actor),
        now=request.now,
    )


@get("/policies/new")
async def new_policy(request: Request) -> Response[Any]:
    """An empty form."""
    require(request.actor, Action.POLICY_REGISTER)
    return _registering(request, RegisterForm(language=request.actor.language))


@post("/policies")
async def register(request: Request) -> Response[Any]:
    """Writes down what holds already."""
    require(request.actor, Action.POLICY_REGISTER)
    form = await RegisterForm.sent(request)
    form.valid()
    owner = await chosen_colleague(request.actor, form, "owner_called")
    wording = form.wording(request.now)
    if owner is None or wording is None:
        return _registering(request, form)
    words = {"title": form.title.data, "about": form.about.data, "language": form.language.data}
    try:
        public_id = await actions.register(request.actor, **words, owner=owner.id, wording=wording, form_key=form.once)
    except Taken:
        form.refuse("title", gettext("There is a policy with this name already. Its owner can propose a change of it."))
        return _registering(request, form)
    return see_other(f"/policies/{public_id}", "policy-registered")


@get("/policies/{public_id:str}")
async def show_policy(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What holds or is proposed, what changed in it, and why."""
    policy = found(await queries.get_policy(request.actor, public_id))
    texts = await queries.versions(request.actor, policy)
    shown = found(_chosen(texts, request.query_params.get("version", "")))
    before = next((text for text in texts if text.version < shown.version and text.standing != "dropped"), None)
    return page(
        request,
        "policies/show.html",
        section="answers",
        policy=policy,
        texts=texts,
        shown=shown,
        before=before,
        pieces=await compared(before.body, shown.body) if before else None,
        led=await queries.answers_that_led(request.actor, policy),
        now=request.now,
    )


@get("/policies/{public_id:str}/proposal")
async def proposal_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The text that holds, to be changed."""
    policy = found(await queries.get_policy(request.actor, public_id))
    require(request.actor, Action.POLICY_PROPOSE, policy)
    texts = await queries.versions(request.actor, policy)
    today = request.now.astimezone(reader().tz).date()
    days = {"comments_until": today + timedelta(days=NOTICE), "in_force_from": today + timedelta(days=NOTICE + 7)}
    form = ProposalForm(body=_newest(texts).body, version=texts[0].version + 1, **days)
    return _proposing(request, policy, form)


@post("/policies/{public_id:str}/proposal")
async def propose(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Publishes the change, and opens the post in which people speak about it."""
    policy = found(await queries.get_policy(request.actor, public_id))
    require(request.actor, Action.POLICY_PROPOSE, policy)
    form = await ProposalForm.sent(request)
    form.valid()
    texts = await queries.versions(request.actor, policy)
    before = next((text.body for text in texts if text.standing == "in force"), "")
    wording = form.wording(request.now, before)
    if wording is None:
        return _proposing(request, policy, form)
    try:
        stream = found(await get_stream(request.actor, policy.space_public_id))
        version, key = form.version.data, form.once
        await actions.propose(
            request.actor, policy, wording, stream, _post(policy, form), version=version, form_key=key
        )
    except Changed:
        texts = await queries.versions(request.actor, policy)
        newest = ProposalForm(body=_newest(texts).body, version=texts[0].version + 1)
        return _proposing(request, policy, form, await collided(form, newest, "body"))
    return see_other(f"/policies/{public_id}", "policy-proposed")


def _post(policy: PolicyRow, form: ProposalForm) -> Content:
    """What stands above the thread in which people speak about a version."""
    title = gettext("Version %(n)s of “%(policy)s”") % {"n": form.version.data, "policy": policy.title}
    text = f"{form.summary.data}\n\n{form.reason.data}\n\n[{policy.title}](/policies/{policy.public_id})"
    return Content(kind="discussion", title=title, body=text, tags=[], language=policy.language, register=True)


@get("/policies/{public_id:str}/proposal/end")
async def drop_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Take it back?"""
    policy = found(await queries.get_policy(request.actor, public_id))
    require(request.actor, Action.POLICY_DROP, policy)
    return page(request, "policies/drop.html", section="answers", form=DropForm(), policy=policy)


@post("/policies/{public_id:str}/proposal/end")
async def drop(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Takes a proposal back; what holds goes on."""
    policy = found(await queries.get_policy(request.actor, public_id))
    require(request.actor, Action.POLICY_DROP, policy)
    form = await DropForm.sent(request)
    if not form.valid():
        return page(request, "policies/drop.html", section="answers", form=form, policy=policy, status=form.status)
    try:
        await actions.drop(request.actor, policy, form.why.data)
    except Changed:
        form.refuse("why", gettext("It has come into force meanwhile: propose a new version."))
        return page(request, "policies/drop.html", section="answers", form=form, policy=policy, status=form.status)
    return see_other(f"/policies/{public_id}", "policy-dropped")


@get("/policies/{public_id:str}/owner")
async def owner_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Whose is it?"""
    policy = found(await queries.get_policy(request.actor, public_id))
    require(request.actor, Action.POLICY_HAND_OVER, policy)
    return page(request, "policies/owner.html", section="answers", form=OwnerForm(), policy=policy)


@post("/policies/{public_id:str}/owner")
async def hand_over(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Gives it another owner."""
    policy = found(await queries.get_policy(request.actor, public_id))
    require(request.actor, Action.POLICY_HAND_OVER, policy)
    form = await OwnerForm.sent(request)
    form.valid()
    owner = await chosen_colleague(request.actor, form, "owner_called", policy.space)
    if owner is not None and form.complete:
        try:
            await actions.hand_over(request.actor, policy, owner.id)
            return see_other(f"/policies/{public_id}", "policy-handed-over")
        except Changed:
            form.refuse("owner_called", gettext("Somebody gave it another owner meanwhile."))
    return page(request, "policies/owner.html", section="answers", form=form, policy=policy, status=form.status)


def _chosen(texts: list[VersionRow], version: str) -> VersionRow | None:
    """The version that is asked for; without a wish the one that waits, else the one that holds."""
    if version:
        return next((text for text in texts if str(text.version) == version), None)
    return _newest(texts)


def _newest(texts: list[VersionRow]) -> VersionRow:
    return next(text for text in texts if text.standing != "dropped")


def _registering(request: Request, form: Any) -> Response[Any]:
    part = "preview" if "preview" in form.typed else None
    return page(request, "policies/register.html", section="answers", fragment=part, form=form, status=form.status)


def _proposing(request: Request, policy: PolicyRow, form: Any, changed: Beside | None = None) -> Response[Any]:
    return page(
        request,
        "policies/proposal.html",
        fragment="preview" if "preview" in form.typed else None,
        form=form,
        policy=policy,
        changed=changed,
        days=NOTICE,
        status=form.status,
    )


router = Router(
    path="/",
    route_handlers=[
        list_policies,
        new_policy,
        register,
        show_policy,
        proposal_page,
        propose,
        drop_page,
        drop,
        owner_page,
        hand_over,
    ],
)
