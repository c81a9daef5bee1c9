"""Inviting guests, coming in by an invitation, and wishes for colleagues."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.policy import Action, require
from portal.access.tokens import token_sha256
from portal.accounts import throttle
from portal.accounts.routes import follow_link, with_session
from portal.files.dialect import decoded
from portal.files.lists import Tried, mark
from portal.invitations import actions, queries
from portal.invitations.forms import (
    LIST,
    AcceptForm,
    GuestListForm,
    InviteForm,
    RefuseForm,
    RenewForm,
    WishForm,
)
from portal.invitations.guest_list import Line, Usual, try_out
from portal.invitations.recipients import OF_LISTS, words_for
from portal.partners.queries import partners
from portal.text.language import reader
from portal.web.errors import found
from portal.web.guards import PUBLIC
from portal.web.page import page, see_other
from portal.web.request import Request
from portal.web.uploads import LARGEST_TEXT

TAKES_A_LIST = {"files": True, "largest_file": LARGEST_TEXT}
KIND = "invitation"  # of links, for the brake on guessing them


# --- for whoever invites ---


@get("/spaces/{public_id:str}/guests")
async def guests_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Who is a guest, who is invited, who is wished for, and whose time ends."""
    space = found(await queries.guest_space(request.actor, public_id))
    require(request.actor, Action.GUEST_RENEW, space)
    return page(
        request,
        "invitations/guests.html",
        section="groups",
        space=space,
        guests=await queries.guests(request.actor, space),
        invitations=await queries.open_invitations(request.actor, space),
        wishes=await queries.wishes(request.actor, space),
        now=request.now,
    )


@get("/spaces/{public_id:str}/guests/new")
async def invite_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An empty form, or one filled with what a guest wished for."""
    space = found(await queries.guest_space(request.actor, public_id))
    require(request.actor, Action.GUEST_INVITE, space)
    form = InviteForm().after_wish(await _wish(request, space, request.query_params.get("wish", "")))
    return await _invite_page(request, space, form)


@post("/spaces/{public_id:str}/guests")
async def invite(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Invites somebody by mail."""
    space = found(await queries.guest_space(request.actor, public_id))
    require(request.actor, Action.GUEST_INVITE, space)
    form = (await InviteForm.sent(request)).offer(request.actor, space, await partners(request.actor))
    form.valid()
    await form.judge(request.actor, space)
    if not form.complete:
        return await _invite_page(request, space, form)
    terms = form.ends_at, form.language.data, form.first_day
    who = actions.Invited(form.mailbox, form.name.data, form.chosen_partner.id, *terms)
    wish = await _wish(request, space, form.wish.data)
    await actions.invite(request.actor, space, [who], words=form.words.data, rights=_rights(form), wish=wish)
    return see_other(f"/spaces/{public_id}/guests", "guest-invited")


@get("/spaces/{public_id:str}/guests/list")
async def list_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """A form for many people at once."""
    space = found(await queries.guest_space(request.actor, public_id))
    require(request.actor, Action.GUEST_INVITE, space)
    return await _list_page(request, space, GuestListForm())


@post("/spaces/{public_id:str}/guests/list", opt=TAKES_A_LIST)
async def invite_list(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """A trial run, which names each bad line; a list that was tried, and that is good, is carried out."""
    space = found(await queries.guest_space(request.actor, public_id))
    require(request.actor, Action.GUEST_INVITE, space)
    form = (await GuestListForm.sent(request)).offer(request.actor, space, await partners(request.actor))
    tried = await _tried(request, space, form) if form.valid() else None
    day = str(form.first_day or "") if space.preboarding else form.until.data
    seen = mark(form.list.data, form.partner.data or "", day)
    if tried is None or not tried.good or form.tried.data != seen:
        form.tried.data = seen if tried and tried.good else ""
        return await _list_page(request, space, form, tried)
    usual, ends_at = form.chosen_partner, form.ends_at
    people = [
        actions.Invited(
            who.email,
            who.name,
            (who.partner or usual).id,
            who.until or ends_at,
            who.language or form.language.data,
            who.starts_on,
        )
        for who in tried.rows
    ]
    await actions.invite(request.actor, space, people, words=form.words.data, rights=_rights(form))
    return see_other(f"/spaces/{public_id}/guests", "guests-invited")


@post("/spaces/{public_id:str}/guests/renewal")
async def renew(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """A guest stays for another while, or all do whose time ends soon."""
    space = found(await queries.guest_space(request.actor, public_id))
    form = await RenewForm.sent(request)
    renewed = await actions.renew(request.actor, space, form.guest.data or "")
    return see_other(f"/spaces/{public_id}/guests", "guests-renewed" if renewed else "")


@post("/sent-invitations/{public_id:str}/mail")
async def send_again(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """A new link, for another seven days."""
    invitation = found(await queries.get_invitation(request.actor, public_id))
    await actions.send_again(request.actor, invitation)
    return see_other(f"/spaces/{invitation.space_public_id}/guests", "guest-invited")


@post("/sent-invitations/{public_id:str}/revocation")
async def revoke(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Takes it back."""
    invitation = found(await queries.get_invitation(request.actor, public_id))
    await actions.revoke(request.actor, invitation)
    return see_other(f"/spaces/{invitation.space_public_id}/guests", "invitation-revoked")


async def _wish(request: Request, space: queries.GuestSpace, public_id: str | None) -> queries.Wish | None:
    wish = await queries.get_wish(request.actor, public_id) if public_id else None
    return wish if wish and wish.space == space.id and wish.state == "waiting" else None


async def _tried(request: Request, space: queries.GuestSpace, form: GuestListForm) -> Tried[Line]:
    """Reads what was typed, or the file, whose text stands in the form from then on."""
    content = (form.list.data or "").encode()
    if form.file.data:
        file = form.file.data[0]
        if file.too_large or file.size > LIST:
            return Tried(problem="many")
        content = await asyncio.to_thread(os.pread, file.fd, file.size, 0)
        form.list.data = decoded(content)[0]
    usual = Usual(form.chosen_partner, form.first_day, reader().tz)
    return await try_out(request.actor, space, content, form.known, usual)


async def _invite_page(request: Request, space: queries.GuestSpace, form: InviteForm) -> Response[Any]:
    known = await partners(request.actor)
    form.offer(request.actor, space, known)
    return page(
        request,
        "invitations/invite.html",
        section="groups",
        space=space,
        form=form,
        partners=known,
        colleague=form.is_colleague,
        status=form.status,
    )


async def _list_page(
    request: Request, space: queries.GuestSpace, form: GuestListForm, tried: Tried[Line] | None = None
) -> Response[Any]:
    form.offer(request.actor, space, await partners(request.actor))
    wrong = tried is not None and not tried.good
    return page(
        request,
        "invitations/list.html",
        section="groups",
        space=space,
        form=form,
        tried=tried,
        words_for=words_for,
        of_lists=OF_LISTS,
        status=422 if wrong else form.status,
    )


def _rights(form: Any) -> actions.Rights:
    return actions.Rights(form.may_write.data, form.may_vote.data, form.may_download.data)


# --- for whoever is invited ---


@get("/invitations/{token:str}", opt=PUBLIC)
async def welcome_page(request: Request, token: FromPath[str]) -> Response[Any]:
    """Only shows what it is about, and a form: mail scanners open links."""
    invitation = await _invitation(request, token)
    if invitation is None:
        return _unusable(request)
    return _welcome(request, token, invitation, AcceptForm().for_guest(invitation))


@post("/invitations/{token:str}", opt=PUBLIC)
async def accept(request: Request, token: FromPath[str]) -> Response[Any]:
    """Comes in; the invitation is used up."""
    invitation = await _invitation(request, token)
    if invitation is None:
        return _unusable(request)
    form = (await AcceptForm.sent(request)).for_guest(invitation)
    if not form.valid():
        return _welcome(request, token, invitation, form)
    try:
        came_in = await actions.accept(
            token,
            invitation,
            request.actor_or_none,
            name=form.called,
            language=request.reader.language,
            user_agent=request.headers.get("user-agent", ""),
        )
    except actions.NotForYou as refused:
        return _welcome(request, token, invitation, form, refused.why)
    if came_in is None:
        return _unusable(request)
    response = see_other(f"/spaces/{came_in.space_public_id}", "came-in")
    return with_session(response, came_in.token) if came_in.token else response


@post("/invitations/{token:str}/refusal", opt=PUBLIC)
async def refuse(request: Request, token: FromPath[str]) -> Response[Any]:
    """Does not come, and says so."""
    if await _invitation(request, token) is None or not await actions.refuse(token):
        return _unusable(request)
    return page(request, "invitations/unusable.html", refused=True)


async def _invitation(request: Request, token: str) -> queries.Welcome | None:
    await follow_link(request, KIND)
    invitation = await queries.welcome(token_sha256(token), request.reader.language)
    if invitation:
        await throttle.link_leads_somewhere(KIND, request.address)
    return invitation


def _welcome(
    request: Request, token: str, invitation: queries.Welcome, form: AcceptForm, why: str = ""
) -> Response[Any]:
    return page(
        request,
        "invitations/welcome.html",
        invitation=invitation,
        token=token,
        form=form,
        why=why,
        status=403 if why else form.status,
    )


def _unusable(request: Request) -> Response[Any]:
    """Used, out of date, taken back, or never there: no difference."""
    return page(request, "invitations/unusable.html", refused=False, status=404)


# --- wishes of guests ---


@get("/spaces/{public_id:str}/wishes")
async def wish_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """A guest asks for a colleague, and sees whom she asked for."""
    space = found(await queries.guest_space(request.actor, public_id))
    require(request.actor, Action.GUEST_WISH, space)
    return await _wish_page(request, space, WishForm())


@post("/spaces/{public_id:str}/wishes")
async def wish(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Asks."""
    space = found(await queries.guest_space(request.actor, public_id))
    require(request.actor, Action.GUEST_WISH, space)
    form = await WishForm.sent(request)
    if not form.valid():
        return await _wish_page(request, space, form)
    await actions.wish(request.actor, space, name=form.name.data, email=form.mailbox, words=form.words.data)
    return see_other(f"/spaces/{public_id}/wishes", "guest-wished")


@get("/wishes/{public_id:str}/refusal")
async def refuse_wish_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An empty form."""
    wish = found(await queries.get_wish(request.actor, public_id))
    require(request.actor, Action.WISH_DECIDE, wish)
    return page(request, "invitations/refuse_wish.html", section="groups", wish=wish, form=RefuseForm())


@post("/wishes/{public_id:str}/refusal")
async def refuse_wish(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Decides against it."""
    wish = found(await queries.get_wish(request.actor, public_id))
    require(request.actor, Action.WISH_DECIDE, wish)
    form = await RefuseForm.sent(request)
    if not form.valid():
        return page(request, "invitations/refuse_wish.html", section="groups", wish=wish, form=form, status=form.status)
    await actions.refuse_wish(request.actor, wish, form.reason.data)
    return see_other(f"/spaces/{wish.space_public_id}/guests", "wish-refused")


async def _wish_page(request: Request, space: queries.GuestSpace, form: WishForm) -> Response[Any]:
    wishes = await queries.wishes(request.actor, space)
    return page(
        request, "invitations/wish.html", section="groups", space=space, form=form, wishes=wishes, status=form.status
    )


router = Router(
    path="/",
    route_handlers=[
        guests_page,
        invite_page,
        invite,
        list_page,
        invite_list,
        renew,
        send_again,
        revoke,
        welcome_page,
        accept,
        refuse,
        wish_page,
        wish,
        refuse_wish_page,
        refuse_wish,
    ],
)
