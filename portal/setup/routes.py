"""The set-up page of an empty installation, and the page that removes the demo."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from litestar import Response, Router, get, post
from litestar.exceptions import NotFoundException

from portal.access.policy import Action, require
from portal.accounts import throttle
from portal.accounts.actions import sign_in
from portal.accounts.routes import with_session
from portal.setup import actions
from portal.setup.forms import RemoveDemoForm, SetUpForm
from portal.text.language import gettext
from portal.web.errors import found
from portal.web.guards import PUBLIC
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/set-up", opt=PUBLIC)
async def set_up_page(request: Request) -> Response[Any]:
    """The form, as long as nothing is set up; without the code of the terminal it does nothing."""
    _refuse_once_set_up(request)
    return page(request, "setup/set_up.html", form=SetUpForm(language=request.reader.language))


@post("/set-up", opt=PUBLIC)
async def set_up(request: Request) -> Response[Any]:
    """Sets everything up and signs the first administrator in."""
    _refuse_once_set_up(request)
    form = await SetUpForm.sent(request)
    form.valid()
    try:
        if not form.only_shown and not form.code.errors and not await _set_up(request, form):
            form.refuse("code", gettext("This is not the code of the terminal, or it was used already."))
    except throttle.Wait as wait:
        form.refuse("code", gettext("That was tried too often. Wait %(n)s seconds.") % {"n": wait.seconds})
    if not form.complete:
        return page(request, "setup/set_up.html", form=form, status=form.status)
    agent = request.headers.get("user-agent", "")
    started = await sign_in(form.email.data, form.password.data, request.address, agent)
    return with_session(see_other("/admin", "set-up"), started[1]) if started else see_other("/sign-in")


async def _set_up(request: Request, form: SetUpForm) -> bool:
    """False where the code is wrong, which is told with all else that is; the rest has to be right for anything to
    happen."""
    if not form.complete:
        return await actions.is_the_code(form.code.data or "", request.address)
    return await actions.set_up(
        form.code.data or "",
        request.address,
        organisation=form.organisation.data or "",
        language=form.language.data,
        zone=form.zone.data,
        name=form.name.data or "",
        email=form.email.data or "",
        password=form.password.data or "",
    )


def _refuse_once_set_up(request: Request) -> None:
    if request.actor_or_none or request.scope.get("plein_organisation"):
        raise NotFoundException


@get("/admin/demo")
async def demo_page(request: Request) -> Response[Any]:
    """What removing the demo means."""
    require(request.actor, Action.DEMO_REMOVE)
    form = RemoveDemoForm(organisation="", language=request.actor.language)
    return await _demo_page(request, form)


@post("/admin/demo")
async def remove_demo(request: Request) -> Response[Any]:
    """Removes it, and nothing else."""
    require(request.actor, Action.DEMO_REMOVE)
    found(await actions.lost_with_demo(request.actor))
    form = await RemoveDemoForm.sent(request)
    form.demo_name = request.actor.organisation_name
    if form.valid():
        with suppress(actions.NobodyLeft):  # the page says so, and how to go on
            await actions.remove_demo(request.actor, form.organisation.data, form.language.data, form.zone.data)
            return see_other("/admin", "demo-removed")
    return await _demo_page(request, form, 200 if form.only_shown else 422)


async def _demo_page(request: Request, form: RemoveDemoForm, status: int = 200) -> Response[Any]:
    lost = found(await actions.lost_with_demo(request.actor))
    stays = await actions.somebody_stays(request.actor)
    return page(request, "setup/demo.html", section="admin", form=form, lost=lost, stays=stays, status=status)


router = Router(path="/", route_handlers=[set_up_page, set_up, demo_page, remove_demo])
