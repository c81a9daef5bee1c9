"""Signing in and out, and the links that lead in."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.exceptions import TooManyRequestsException
from litestar.params import FromPath

from portal.access.tokens import token_sha256
from portal.accounts import actions, queries, throttle
from portal.accounts.forms import (
    AskForMailForm,
    NewPasswordForm,
    PreferencesForm,
    RulesForm,
    SignInForm,
)
from portal.settings import settings
from portal.text.language import LANGUAGES, ngettext
from portal.web.errors import found
from portal.web.guards import BEFORE_RULES, PUBLIC
from portal.web.page import keep_choice, own_address, page, page_before, see_other
from portal.web.request import Request, session_cookie

#: The cookie of a language that was chosen by who is not signed in yet, and for how many seconds it waits for her.
CHOSEN, CHOSEN_FOR = "chosen-language", 600
#: The cookie that says that a text waits on the page from which a link was asked for, as long as such a link works.
WAITS, WAITS_FOR = "text-waits", 3600


@get("/sign-in", opt=PUBLIC)
async def sign_in_page(request: Request) -> Response[Any]:
    """The way in; who is in already goes on."""
    goal = own_address(request.query_params.get("next", "/"))
    if request.actor_or_none:
        return see_other(goal)
    if not request.scope.get("plein_organisation"):
        return see_other("/set-up")
    return _sign_in(request, SignInForm(), goal)


@post("/sign-in", opt=PUBLIC)
async def sign_in(request: Request) -> Response[Any]:
    """Starts a session. What was being written when an earlier one ended is shown again afterwards."""
    form = await SignInForm.sent(request)
    typed = await request.typed()
    goal = own_address(typed.get("next", "/"))
    kept = typed.carried
    if not form.valid():
        return _sign_in(request, form, goal, kept)
    try:
        started = await actions.sign_in(
            form.email.data, form.password.data, request.address, request.headers.get("user-agent", "")
        )
    except actions.MailboxUnconfirmed:
        return _ask_for_link(request, await AskForMailForm.sent(request), sent=True)
    except throttle.Wait as wait:
        response = _sign_in(request, form, goal, kept, wait=wait.seconds, status=429)
        response.headers["Retry-After"] = str(wait.seconds)
        return response
    if started is None:
        return _sign_in(request, form, goal, kept, failed=True, status=422)
    person, token = started
    if kept and typed.written_by(person):
        request.scope["plein_token"] = token  # type: ignore[typeddict-unknown-key]
        again = page(request, "accounts/resume.html", action=goal.split("?")[0], kept=kept, after="signing in")
        return await _let_in(request, again, person, token)
    return await _let_in(request, see_other(goal, "not-yours" if kept else _waiting(request)), person, token)


@post("/sign-in/kept", opt=PUBLIC)
async def sign_in_again(request: Request) -> Response[Any]:
    """The same page once more with the text that it carries: in another language, or from a page that sends a link."""
    form = await SignInForm.sent(request)
    typed = await request.typed()
    language = typed.get("language")
    if language in LANGUAGES:
        request.scope["plein_language"] = language  # type: ignore[typeddict-unknown-key]
    response = _sign_in(request, form, own_address(typed.get("next", "/")), typed.carried)
    if language in LANGUAGES:
        _speak(response, language)
    return response


@post("/house-rules/acceptance", opt=BEFORE_RULES)
async def accept_rules(request: Request) -> Response[Any]:
    """A guest accepts the house rules that she was shown; it goes on where she was."""
    typed = await request.typed()
    goal = own_address(typed.get("next", "/"))
    form = await RulesForm.sent(request)
    if form.valid():
        await actions.accept_rules(request.actor, form.page.data)
    if typed.carried:
        return page(request, "accounts/resume.html", action=goal.split("?")[0], kept=typed.carried, after="the rules")
    return see_other(goal, "rules-accepted")


@post("/sign-out", opt=BEFORE_RULES)
async def sign_out(request: Request) -> Response[Any]:
    """Ends this session."""
    await actions.sign_out(request.actor)
    response = see_other("/sign-in", "signed-out")
    response.set_cookie(_session_cookie("", max_age=0))
    return response


@get("/password-reset", opt=PUBLIC)
async def ask_for_reset_page(request: Request) -> Response[Any]:
    """Who forgot the password asks for a link."""
    return _ask_for_reset(request, AskForMailForm())


@post("/password-reset", opt=PUBLIC)
async def ask_for_reset(request: Request) -> Response[Any]:
    """Says the same whether there is such an account or not."""
    form = await AskForMailForm.sent(request)
    if form.valid():
        try:
            await actions.ask_for_reset(form.email.data, request.address)
        except throttle.Wait as wait:
            form.refuse("email", wait_words(wait.seconds))
            return _ask_for_reset(request, form, status=429)
    return _ask_for_reset(request, form, sent=form.complete)


@get("/password-reset/{token:str}", opt=PUBLIC)
async def reset_page(request: Request, token: FromPath[str]) -> Response[Any]:
    """Only shows the form: mail scanners open links."""
    if await queries.open_reset(token_sha256(token)) is None:
        return _used_up(request)
    return page(request, "accounts/reset.html", form=NewPasswordForm(), token=token)


@post("/password-reset/{token:str}", opt=PUBLIC)
async def reset(request: Request, token: FromPath[str]) -> Response[Any]:
    """Sets the new password; the link is used up."""
    link = await queries.open_reset(token_sha256(token))
    if link is None:
        return _used_up(request)
    account = found(await queries.account_of_person(link.person))
    form = await NewPasswordForm.sent(request)
    form.own_words = (account.name, account.email)
    if not form.valid():
        return page(request, "accounts/reset.html", form=form, token=token, status=form.status)
    if not await actions.use_reset(token, form.password.data):
        return _used_up(request)
    return see_other("/sign-in", "password-changed")


# --- guests sign in by a link ---


@get("/sign-in/link", opt=PUBLIC)
async def ask_for_link_page(request: Request) -> Response[Any]:
    """A guest asks for a link to sign in with."""
    return _ask_for_link(request, AskForMailForm())


@post("/sign-in/link", opt=PUBLIC)
async def ask_for_link(request: Request) -> Response[Any]:
    """Says the same whether there is such a guest or not."""
    form = await AskForMailForm.sent(request)
    if form.valid():
        try:
            await actions.ask_for_link(form.email.data, request.address)
        except throttle.Wait as wait:
            form.refuse("email", wait_words(wait.seconds))
            return _ask_for_link(request, form, status=429)
    return _ask_for_link(request, form, sent=form.complete)


@get("/sign-in/link/{token:str}", opt=PUBLIC)
async def link_page(request: Request, token: FromPath[str]) -> Response[Any]:
    """Only shows a button: mail scanners open links."""
    if await _open_link(request, token) is None:
        return _ask_for_link(request, AskForMailForm(), used_up=True, status=404)
    return page(request, "accounts/link.html", token=token)


@post("/sign-in/link/{token:str}", opt=PUBLIC)
async def sign_in_by_link(request: Request, token: FromPath[str]) -> Response[Any]:
    """Starts a session; the link is used up."""
    session = None
    if await _open_link(request, token) is not None:
        session = await actions.sign_in_by_link(token, request.headers.get("user-agent", ""))
    if session is None:
        return _ask_for_link(request, AskForMailForm(), used_up=True, status=404)
    person, token = session
    return await _let_in(request, see_other("/", _waiting(request)), person, token)


@post("/preferences", opt=PUBLIC)
async def save_preferences(request: Request) -> Response[Any]:
    """Language and theme, from the footer; kept in a cookie where nobody is signed in."""
    form = await PreferencesForm.sent(request)
    goal = (await request.typed()).get("next")
    response = see_other(own_address(goal) if goal else page_before(request))
    if not form.valid():
        return response
    theme = form.theme.data and form.theme.data.replace("device", "")
    if request.actor_or_none:
        chose_theme = "theme" in form.typed
        await actions.save_preferences(request.actor, form.language.data, theme if chose_theme else None)
    for name, value in (("language", form.language.data), ("theme", theme)):
        if name in form.typed:
            keep_choice(response, name, value)
    if form.language.data and not request.actor_or_none:
        keep_choice(response, CHOSEN, form.language.data, CHOSEN_FOR)
    return response


def _speak(response: Response[Any], language: str) -> None:
    """In this language from now on, on this browser, and for who signs in next."""
    keep_choice(response, "language", language)
    keep_choice(response, CHOSEN, language, CHOSEN_FOR)


def _waiting(request: Request) -> str:
    """What is said to who comes in while her text waits on the page from which she asked for a link."""
    return "text-waits" if WAITS in request.cookies else ""


async def _let_in(request: Request, response: Response[Any], person: int, token: str) -> Response[Any]:
    """With her session; and in the language that she chose on the way in, not that of who sat here before her."""
    chosen = request.cookies.get(CHOSEN, "")
    if chosen in LANGUAGES:
        await actions.speak(person, chosen)
        response.delete_cookie(CHOSEN)
    if WAITS in request.cookies:
        response.delete_cookie(WAITS)
    return with_session(response, token)


def _sign_in(
    request: Request,
    form: SignInForm,
    goal: str,
    kept: list[tuple[str, str]] | None = None,
    *,
    wait: int = 0,
    failed: bool = False,
    status: int = 0,
) -> Response[Any]:
    return page(
        request,
        "accounts/sign_in.html",
        form=form,
        next=goal,
        kept=kept or [],
        writer=form.typed.writer,
        wait=wait,
        failed=failed,
        status=status or form.status,
    )


async def _open_link(request: Request, token: str) -> queries.Reset | None:
    await follow_link(request, "sign-in link")
    link = await queries.open_sign_in_link(token_sha256(token))
    if link:
        await throttle.link_leads_somewhere("sign-in link", request.address)
    return link


async def follow_link(request: Request, kind: str) -> None:
    """Before a link is looked up. Whoever tried too many that lead nowhere is told to wait."""
    try:
        await throttle.follow_link(kind, request.address)
    except throttle.Wait as wait:
        raise TooManyRequestsException(headers={"Retry-After": str(wait.seconds)}) from None


def _ask_for_link(
    request: Request, form: AskForMailForm, *, sent: bool = False, used_up: bool = False, status: int = 0
) -> Response[Any]:
    return _ask_for_mail(request, "accounts/ask_for_link.html", form, sent, used_up, status)


def _ask_for_reset(
    request: Request, form: AskForMailForm, *, sent: bool = False, used_up: bool = False, status: int = 0
) -> Response[Any]:
    return _ask_for_mail(request, "accounts/ask_for_reset.html", form, sent, used_up, status)


def _ask_for_mail(
    request: Request, template: str, form: AskForMailForm, sent: bool, used_up: bool, status: int
) -> Response[Any]:
    """The page, which keeps what was being written: the link opens beside it, and then it leads back to the text."""
    kept = form.typed.carried
    response = page(
        request,
        template,
        form=form,
        sent=sent,
        used_up=used_up,
        next=own_address(form.typed.get("next", "/")),
        kept=kept,
        writer=form.typed.writer,
        status=status or form.status,
    )
    if sent and kept:
        keep_choice(response, WAITS, "1", WAITS_FOR)
    return response


def _used_up(request: Request) -> Response[Any]:
    """A link that was used, is out of date or never was: no difference, and the way to a new one."""
    return _ask_for_reset(request, AskForMailForm(), used_up=True, status=404)


def wait_words(seconds: int) -> str:
    """How long somebody waits who tried too often."""
    return ngettext("You tried often. Wait %(n)s second.", "You tried often. Wait %(n)s seconds.", seconds) % {
        "n": seconds
    }


def with_session(response: Response[Any], token: str) -> Response[Any]:
    """A session cookie: gone when the browser closes its session, out of reach of scripts."""
    response.set_cookie(_session_cookie(token))
    return response


def _session_cookie(token: str, max_age: int | None = None) -> Cookie:
    return Cookie(
        key=session_cookie(),
        value=token,
        max_age=max_age,
        httponly=True,
        secure=settings().secure,
        samesite="lax",
    )


router = Router(
    path="/",
    route_handlers=[
        sign_in_page,
        sign_in,
        sign_in_again,
        sign_out,
        accept_rules,
        ask_for_reset_page,
        ask_for_reset,
        reset_page,
        reset,
        ask_for_link_page,
        ask_for_link,
        link_page,
        sign_in_by_link,
        save_preferences,
    ],
)
