"""The members of a space and their roles, the community manager's card, highlights and figures."""

from __future__ import annotations

from typing import Any, TypeVar

from litestar import Response, Router, get, post
from litestar.datastructures import Cookie
from litestar.params import FromPath

from portal.access.actor import Role
from portal.access.eyes import COOKIE
from portal.access.policy import Action, require
from portal.colleagues.forms import ColleagueForm, chosen_colleague
from portal.colleagues.queries import Colleague
from portal.ideas.queries import get_idea
from portal.settings import settings
from portal.spaces.owners import WithoutOwner
from portal.spaces.queries import SpaceRow, get_space
from portal.stewards import actions, queries
from portal.stewards.beginnings import beginnings
from portal.stewards.forms import CardForm, HighlightForm, RoleForm
from portal.text.counts import FEW
from portal.text.language import gettext
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request

LONGEST = 80  # letters that are looked for


@get("/spaces/{public_id:str}/members")
async def members_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Who belongs to it, by name."""
    space = found(await get_space(request.actor, public_id))
    called = request.query_params.get("q", "")[:LONGEST]
    listed = await queries.members(request.actor, space, called, request.query_params.get("after", ""))
    context: dict[str, Any] = {"space": space, "listed": listed, "called": called, "now": request.now}
    return page(request, "stewards/members.html", fragment="results", section="groups", **context)


async def _space_to(request: Request, public_id: str, action: Action) -> SpaceRow:
    """A space to do this in, or 404; 403 for who may not."""
    space = found(await get_space(request.actor, public_id))
    require(request.actor, action, space)
    return space


NamesOne = TypeVar("NamesOne", bound=ColleagueForm)


async def _named(request: Request, kind: type[NamesOne]) -> tuple[NamesOne, Colleague | None]:
    """A form that names a colleague, and whom; nobody while something in it is to be mended."""
    form: NamesOne = await kind.sent(request)
    form.valid()
    chosen = await chosen_colleague(request.actor, form, "colleague")
    return form, chosen if form.complete else None


@get("/spaces/{public_id:str}/members/new")
async def add_member_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """An empty form."""
    space = await _space_to(request, public_id, Action.SPACE_ADD_MEMBER)
    return page(request, "stewards/add_member.html", section="groups", form=ColleagueForm(), space=space)


@post("/spaces/{public_id:str}/members")
async def add_member(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Takes a colleague in."""
    space = await _space_to(request, public_id, Action.SPACE_ADD_MEMBER)
    form, chosen = await _named(request, ColleagueForm)
    if chosen is None:
        return page(request, "stewards/add_member.html", section="groups", form=form, space=space, status=form.status)
    await actions.add_member(request.actor, space, chosen)
    return see_other(f"/spaces/{public_id}", "member-added")


@get("/spaces/{public_id:str}/roles")
async def roles_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Who looks after it; owners give and take roles here."""
    space = await _space_to(request, public_id, Action.SPACE_GIVE_ROLE)
    return await _roles(request, space, RoleForm())


async def _roles(request: Request, space: SpaceRow, form: RoleForm) -> Response[Any]:
    holders = await queries.caretakers(request.actor, space)
    context: dict[str, Any] = {
        "space": space,
        "form": form,
        "holders": holders,
        "given": actions.GIVEN,
    }
    return page(request, "stewards/roles.html", section="groups", status=form.status, **context)


@post("/spaces/{public_id:str}/roles")
async def give_role(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Gives a colleague a role."""
    space = await _space_to(request, public_id, Action.SPACE_GIVE_ROLE)
    form, chosen = await _named(request, RoleForm)
    if chosen is None:
        return await _roles(request, space, form)
    await actions.give_role(request.actor, space, chosen, Role(form.role.data))
    return see_other(f"/spaces/{public_id}/roles", "role-given")


@post("/spaces/{public_id:str}/roles/end")
async def take_role(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Takes a role away."""
    space = await _space_to(request, public_id, Action.SPACE_GIVE_ROLE)
    form, chosen = await _named(request, RoleForm)
    if chosen is None:
        return await _roles(request, space, form)
    try:
        await actions.take_role(request.actor, space, chosen, Role(form.role.data))
    except WithoutOwner:
        form.refuse("colleague", gettext("Nobody else owns it. Give somebody that role first."))
        return await _roles(request, space, form)
    still_owner = chosen.id != request.actor.id or form.role.data != Role.OWNER
    return see_other(f"/spaces/{public_id}" + ("/roles" if still_owner else ""), "role-taken")


@get("/spaces/{public_id:str}/card")
async def card_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The community manager's own card, to be written."""
    space = await _space_to(request, public_id, Action.CARD_WRITE)
    form = CardForm(obj=await queries.own_card(request.actor, space))
    return page(request, "stewards/card.html", section="groups", space=space, form=form)


@post("/spaces/{public_id:str}/card")
async def write_card(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Saves it."""
    space = await _space_to(request, public_id, Action.CARD_WRITE)
    form = await CardForm.sent(request)
    if not form.valid():
        return page(request, "stewards/card.html", section="groups", space=space, form=form, status=form.status)
    await actions.write_card(request.actor, space, form.office_hours.data, form.whereabouts.data)
    return see_other(f"/spaces/{public_id}", "card-saved")


@get("/spaces/{public_id:str}/figures")
async def figures_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """How much is written here, never by whom."""
    space = await _space_to(request, public_id, Action.SPACE_SEE_FIGURES)
    figures = await queries.figures(request.actor, space)
    told = await beginnings(request.actor) if space.preboarding or space.kind == "organisation" else []
    context: dict[str, Any] = {"space": space, "figures": figures, "few": FEW, "beginnings": told}
    return page(request, "stewards/figures.html", section="groups", **context)


@get("/ideas/{public_id:str}/highlight")
async def highlight_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Whether it is pinned or featured."""
    idea = found(await get_idea(request.actor, public_id))
    require(request.actor, Action.IDEA_HIGHLIGHT, idea)
    lit = await queries.highlights_of(request.actor, idea)
    form = HighlightForm(pin="pin" in lit, feature="feature" in lit)
    return page(request, "stewards/highlight.html", section="campaigns", idea=idea, form=form)


@post("/ideas/{public_id:str}/highlight")
async def highlight(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Saves it."""
    idea = found(await get_idea(request.actor, public_id))
    require(request.actor, Action.IDEA_HIGHLIGHT, idea)
    form = await HighlightForm.sent(request)
    if form.valid():
        try:
            await actions.highlight(request.actor, idea, {kind for kind in ("pin", "feature") if form[kind].data})
        except actions.Full:
            form.refuse("pin", gettext("Three ideas stand at the top already. Take one down first."))
    if not form.complete:
        return page(request, "stewards/highlight.html", section="campaigns", idea=idea, form=form, status=form.status)
    return see_other(idea.address, "highlighted")


@post("/spaces/{public_id:str}/as-guest")
async def look_as_guest(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Through a guest's eyes from now on, until one leaves or closes the browser."""
    space = found(await get_space(request.actor, public_id))
    await actions.look_as_guest(request.actor, space)
    response = see_other(f"/spaces/{public_id}")
    response.set_cookie(Cookie(key=COOKIE, value=public_id, httponly=True, secure=settings().secure, samesite="lax"))
    return response


@post("/spaces/{public_id:str}/as-guest/end")
async def look_as_oneself(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Through one's own eyes again."""
    found(await get_space(request.actor, public_id))
    response = see_other(f"/spaces/{public_id}")
    response.delete_cookie(COOKIE)
    return response


router = Router(
    path="/",
    route_handlers=[
        *(members_page, add_member_page, add_member, roles_page, give_role, take_role),
        *(card_page, write_card, figures_page, highlight_page, highlight, look_as_guest, look_as_oneself),
    ],
)
