"""What every request passes: who is it, is she signed in, and does the form come from our own page?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from portal.access.actor import Actor, actor_of_session
from portal.access.eyes import COOKIE, as_guest
from portal.access.masks import masked
from portal.access.policy import Action, Forbidden, require
from portal.access.tokens import token_sha256
from portal.access.unread import unread
from portal.db import execute, fetch_one, hold_connection, leave_connection, stand_behind_wall
from portal.settings import settings
from portal.text.language import read_from_now
from portal.web.page import organisation_name
from portal.web.photos import keep_up
from portal.web.request import CSRF_FIELD, Request, Typed

SAFE = {"GET", "HEAD", "OPTIONS"}
UNREAD = unread()
SEEN_EVERY = 60  # seconds; how exactly `last_seen_at` is kept
#: Marks a route that answers people who are not signed in.
PUBLIC = {"public": True}
#: Marks a route that takes files of administrators alone.
OF_ADMINISTRATORS = {"administrators": True}
#: Marks a route that needs to know nobody: it asks the database nothing.
PLAIN = {"public": True, "plain": True}


#: Marks a route that a guest needs who has not accepted the newest house rules yet.
BEFORE_RULES = {"before_rules": True}
RULES = "SELECT a.id, a.language, a.body_html, a.created_at FROM about_page a WHERE a.id = {}"


class SignedOut(Exception):
    """Nobody is signed in where somebody has to be. Carries what was typed, so that nothing is lost."""

    def __init__(self, typed: Typed | None) -> None:
        super().__init__("signed out")
        self.typed = typed


class Rules(msgspec.Struct, frozen=True):
    """House rules, as they stand now."""

    id: int
    language: str
    body_html: str
    created_at: datetime


class NewRules(Exception):
    """A guest accepted house rules that are older than those that hold: she reads these first. Carries what was typed,
    so that nothing is lost."""

    def __init__(self, rules: Rules, typed: Typed | None) -> None:
        super().__init__("new house rules")
        self.rules, self.typed = rules, typed


class CrossSite(Exception):
    """A form that was not sent from one of our pages."""


class StaleForm(Exception):
    """Our own form, but of another session: shown again as it was typed, to be sent once more."""

    def __init__(self, typed: Typed) -> None:
        super().__init__("stale form")
        self.typed = typed


async def entrance(request: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Finds the actor; nobody passes without signing in, and no form that another site sent."""
    assert isinstance(request, Request)
    if handler.opt.get("plain"):
        return
    if request.method not in SAFE:
        _same_site(request)
        if request.takes_files:
            sender = await recognise(request)
            if sender is None:
                raise SignedOut(Typed([]))  # nobody fills the disk without signing in
            if handler.opt.get("administrators"):
                require(sender, Action.ADMINISTER)  # nor with lists that are not hers to hand in
        await request.typed()  # the whole body before anybody's rights: nobody outlives them by sending slowly
    actor = await recognise(request)
    if actor is None:
        request.scope["plein_organisation"] = await organisation_name()  # type: ignore[typeddict-unknown-key]
        if not handler.opt.get("public"):
            raise SignedOut(None if request.method in SAFE else await request.typed())
        return
    actor = await _masked(request, await _eyes(request, actor))
    if actor.guest and not handler.opt.get("public"):
        await stand_behind_wall(actor.id, actor.space_ids)
    if request.method not in SAFE:
        await _own_form(request)
    if actor.rules and not (handler.opt.get("public") or handler.opt.get("before_rules")):
        rules = await fetch_one(Rules, RULES, actor.rules)
        assert rules is not None
        raise NewRules(rules, None if request.method in SAFE else await request.typed())
    await _seen(actor)


#: Where one is oneself though one looks about as a guest: at what is one's own, and where one's duties are.
OWN = (
    *("/settings", "/preferences", "/notifications", "/votes", "/receipts", "/screenings", "/house-rules"),
    *("/sign-", "/password-reset", "/set-up", "/about", "/admin", "/moderation", "/health"),
)
#: What ends it, or has nothing to do with what one looks at.
ENDS = ("/as-guest/end", "/sign-out", "/preferences")


async def _eyes(request: Request, actor: Actor) -> Actor:
    """Herself, or the guest through whose eyes she looks. Nobody writes meanwhile."""
    space, path = request.cookies.get(COOKIE, ""), request.url.path
    if not space or path.startswith(OWN):
        return actor
    guest = await as_guest(actor, space)
    if guest is None or path.endswith(ENDS):
        return actor
    if request.method not in SAFE:
        raise Forbidden(Action.SPACE_SEE_AS_GUEST)
    request.scope["plein_actor"] = guest  # type: ignore[typeddict-unknown-key]
    return guest


async def _masked(request: Request, actor: Actor) -> Actor:
    """Herself, or who signs what she wrote without her name."""
    actor = await masked(actor, request.url.path)
    request.scope["plein_actor"] = actor  # type: ignore[typeddict-unknown-key]
    return actor


async def recognise(request: Request) -> Actor | None:
    """Finds out who asks, and makes all further texts for her."""
    token = request.session_token
    actor = await actor_of_session(token_sha256(token), UNREAD) if token else None
    request.scope["plein_actor"] = actor  # type: ignore[typeddict-unknown-key]
    if actor:
        request.scope["plein_person"] = actor.id  # type: ignore[typeddict-unknown-key]
        await keep_up(actor.photo_changes)
    read_from_now(request.reader)
    return actor


def _same_site(request: Request) -> None:
    """Browsers say where a form comes from; what says nothing and carries a cookie is refused."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise CrossSite
        return
    origin = request.headers.get("origin")
    if origin is not None:
        if origin != settings().base_url:
            raise CrossSite
    elif request.headers.get("cookie"):
        raise CrossSite


async def _own_form(request: Request) -> None:
    token = request.headers.get("x-csrf-token") or (await request.typed()).get(CSRF_FIELD)
    if not request.csrf_matches(token):
        raise StaleForm(await request.typed())


def with_one_connection(app: ASGIApp) -> ASGIApp:
    """Around every request: one that reads holds one connection, and what is held is given back, however it ended. One
    that writes takes its body and its passwords slowly: it holds none, unless it is a guest's."""

    async def pass_on(scope: Scope, receive: Receive, send: Send) -> None:
        if scope.get("method") == "GET":
            hold_connection()
        try:
            await app(scope, receive, send)
        finally:
            await leave_connection()

    return pass_on


SEEN = """
    UPDATE session SET last_seen_at = plein_now(), idle_until = plein_now() + (idle_until - last_seen_at)
    WHERE id = {} AND last_seen_at < plein_now() - make_interval(secs => {})
"""


async def _seen(actor: Actor) -> None:
    if actor.last_seen_at and (actor.now - actor.last_seen_at).total_seconds() > SEEN_EVERY:
        await execute(SEEN, actor.session, SEEN_EVERY)
