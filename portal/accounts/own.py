"""One's own settings, password and sessions."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.accounts import actions, queries, throttle
from portal.accounts.forms import ChangePasswordForm, SettingsForm
from portal.accounts.routes import wait_words, with_session
from portal.text.language import gettext
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/settings")
async def settings_page(request: Request) -> Response[Any]:
    """How one wants to read, and what mail."""
    account = await queries.own_settings(request.actor)
    return page(request, "accounts/settings.html", form=SettingsForm(obj=account))


@post("/settings")
async def save_settings(request: Request) -> Response[Any]:
    """Saves them."""
    form = await SettingsForm.sent(request)
    if not form.valid():
        return page(request, "accounts/settings.html", form=form, status=form.status)
    chosen = form.data
    del chosen["form_key"]
    await actions.save_settings(request.actor, **chosen)
    return see_other("/settings", "preferences")


@get("/settings/password")
async def password_page(request: Request) -> Response[Any]:
    """A new password for oneself."""
    return page(request, "accounts/password.html", form=ChangePasswordForm())


@post("/settings/password")
async def change_password(request: Request) -> Response[Any]:
    """Changes it; all other sessions end."""
    account = found(await queries.own_account(request.actor))
    form = await ChangePasswordForm.sent(request)
    form.own_words = (account.name, account.email, request.actor.organisation_name)
    form.valid()
    if form.current_password.data and not form.only_shown:
        try:
            if not await actions.confirm_password(request.actor, account, form.current_password.data, request.address):
                form.refuse("current_password", gettext("This is not your present password."))
        except throttle.Wait as wait:
            form.refuse("current_password", wait_words(wait.seconds))
    if not form.complete:
        return page(request, "accounts/password.html", form=form, status=form.status)
    token = await actions.change_password(
        request.actor, account, form.password.data, request.headers.get("user-agent", "")
    )
    if token is None:
        return see_other("/sign-in", "password-changed")
    return with_session(see_other("/settings/sessions", "password-changed"), token)


@get("/settings/sessions")
async def sessions_page(request: Request) -> Response[Any]:
    """Where one is signed in."""
    sessions = await queries.own_sessions(request.actor)
    return page(request, "accounts/sessions.html", sessions=sessions, this=request.actor.session, now=request.now)


@post("/settings/sessions/{public_id:str}/end")
async def end_session(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Ends one of them."""
    session = found(await queries.own_session(request.actor, public_id))
    await actions.end_session(request.actor, session)
    return see_other("/settings/sessions", "session-ended")


@post("/settings/sessions/end-others")
async def end_other_sessions(request: Request) -> Response[Any]:
    """Ends all but this one."""
    await actions.end_other_sessions(request.actor)
    return see_other("/settings/sessions", "session-ended")


router = Router(
    path="/",
    route_handlers=[
        *(settings_page, save_settings, password_page, change_password),
        *(sessions_page, end_session, end_other_sessions),
    ],
)
