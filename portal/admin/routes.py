"""The administrators' pages: what waits for them, people, roles."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.about import SLUGS
from portal.access.conflicts import Changed, Taken
from portal.access.policy import Action, require
from portal.admin import people, roles
from portal.admin.forms import AddPersonForm, EditPersonForm, EnterForm, RoleForm, chosen_role
from portal.colleagues.forms import chosen_colleague
from portal.notifications import actions, queries
from portal.settings import settings
from portal.spaces.owners import WithoutOwner
from portal.text.language import gettext
from portal.text.roles import ROLE_NAMES
from portal.topics.queries import gaps
from portal.topics.words import missing, place_of
from portal.units.forms import chosen_unit
from portal.units.queries import all_units
from portal.web.beside import Beside, collided
from portal.web.errors import found
from portal.web.forms import Form
from portal.web.page import page, see_other
from portal.web.request import Request

MOST_TO_CHOOSE = 200  # units in one list; where there are more, the tree leads to them


@get("/admin")
async def overview(request: Request) -> Response[Any]:
    """What waits for an administrator."""
    require(request.actor, Action.ADMINISTER)
    return page(
        request,
        "admin/overview.html",
        section="admin",
        slugs=SLUGS,
        undelivered=await queries.undelivered_mail(request.actor),
        mail_leaves=bool(settings().smtp_url),
        missing=[(gap.kind, missing(gap), place_of(gap)) for gap in await gaps(request.actor)],
        demo=await people.holds_the_demo(request.actor),
        now=request.now,
    )


@post("/admin/mail/{public_id:str}/retry")
async def retry_mail(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Tries a message again that was given up."""
    require(request.actor, Action.MAIL_RETRY)
    mail = found(await queries.get_undelivered(request.actor, public_id))
    await actions.retry_mail(request.actor, mail)
    return see_other("/admin", "mail-retried")


# --- people ---


@get("/admin/people")
async def list_people(request: Request) -> Response[Any]:
    """Everyone, to be searched and narrowed down."""
    require(request.actor, Action.PEOPLE_MANAGE)
    wanted, show = request.query_params.get("wanted", ""), request.query_params.get("show", "active")
    paths = await all_units(request.actor)
    unit = paths.of_address(request.query_params.get("unit", ""))
    listed = await people.people(
        request.actor,
        wanted=wanted,
        show=show,
        unit=unit.id if unit else None,
        after=request.query_params.get("after", ""),
    )
    return page(
        request,
        "admin/people.html",
        fragment="results",
        section="admin",
        role_names=ROLE_NAMES,
        tally=await people.tally(request.actor),
        listed=listed,
        wanted=wanted,
        show=show if show in people.SHOW else "active",
        unit=unit,
        units=sorted(paths.units.values(), key=lambda u: u.name.casefold())
        if len(paths.units) <= MOST_TO_CHOOSE
        else [],
        now=request.now,
    )


@get("/admin/people/new")
async def new_person(request: Request) -> Response[Any]:
    """An empty form."""
    require(request.actor, Action.PEOPLE_MANAGE)
    form = AddPersonForm(language=request.actor.language)
    form.offer(request.actor.organisation_name, await people.sisters(request.actor))
    return page(request, "admin/person_new.html", section="admin", form=form)


@post("/admin/people")
async def add_person(request: Request) -> Response[Any]:
    """Lets somebody in."""
    require(request.actor, Action.PEOPLE_MANAGE)
    form = await AddPersonForm.sent(request)
    form.offer(request.actor.organisation_name, await people.sisters(request.actor)).valid()
    unit = chosen_unit(form, "unit", await all_units(request.actor))
    if form.complete:
        try:
            added = await people.add_person(
                request.actor,
                email=form.email.data,
                name=form.name.data,
                title=form.title.data,
                language=form.language.data,
                number=form.number.data,
                org_unit=unit.id if unit else None,
                home=form.home,
                invite=form.invite.data,
            )
        except Taken as taken:
            _refuse_taken(form, taken)
    if not form.complete:
        return page(request, "admin/person_new.html", section="admin", form=form, status=form.status)
    return see_other(f"/admin/people/{added}", "person-added")


@get("/admin/people/{public_id:str}")
async def person_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What the organisation says of somebody, to be changed."""
    person = found(await people.get_person(request.actor, public_id))
    return await _person_page(request, person, EditPersonForm.of(person, await all_units(request.actor)))


@post("/admin/people/{public_id:str}")
async def edit_person(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Saves it."""
    person = found(await people.get_person(request.actor, public_id))
    form = await EditPersonForm.sent(request)
    form.valid()
    units = await all_units(request.actor)
    unit = chosen_unit(form, "unit", units)
    if form.complete:
        try:
            await people.edit_person(
                request.actor,
                person,
                name=form.name.data,
                email=form.email.data,
                title=form.title.data,
                number=form.number.data,
                org_unit=unit.id if unit else None,
                seen=form.seen.data,
            )
        except Taken as taken:
            _refuse_taken(form, taken)
        except Changed:
            stands = found(await people.get_person(request.actor, public_id))
            return await _person_page(
                request, stands, form, await collided(form, EditPersonForm.of(stands, units), "name")
            )
    if not form.complete:
        return await _person_page(request, person, form)
    return see_other(f"/admin/people/{public_id}", "person-saved")


async def _person_page(
    request: Request, person: people.PersonRow, form: EditPersonForm, changed: Beside | None = None
) -> Response[Any]:
    context: dict[str, Any] = {"person": person, "form": form, "changed": changed, "now": request.now}
    return page(request, "admin/person.html", section="admin", status=form.status, **context)


def _refuse_taken(form: Form, taken: Taken) -> None:
    words = {
        "email": gettext("Somebody has this address already."),
        "number": gettext("Somebody has this personnel number already."),
    }
    form.refuse(taken.field, words[taken.field])


# --- roles ---


@get("/admin/roles")
async def roles_page(request: Request) -> Response[Any]:
    """Who has which role in a space; with the colleague who is to get one, where somebody comes from her page."""
    require(request.actor, Action.ROLE_GIVE)
    asked = request.query_params
    return await _roles_page(request, asked.get("space", ""), called=asked.get("colleague", ""))


@post("/admin/roles/entry")
async def enter(request: Request) -> Response[Any]:
    """Goes into a closed group, which its members are told."""
    require(request.actor, Action.ROLE_GIVE)
    form = await EnterForm.sent(request)
    form.valid()
    space = await roles.space_by_address(request.actor, form.address.data) if form.complete else None
    if form.complete and (space is None or space.kind == "organisation"):
        form.refuse("address", gettext("There is no group at this address."))
    if space is None or not form.complete:
        return await _roles_page(request, "", enter_form=form)
    await roles.give_role(request.actor, space, request.actor.id, chosen_role(form))
    return see_other(f"/spaces/{space.public_id}", "space-entered")


@post("/admin/roles/{public_id:str}")
async def give_role(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Gives a colleague a role."""
    space = await _space(request, public_id)
    form = (await RoleForm.sent(request)).offer(space)
    form.valid()
    chosen = await chosen_colleague(request.actor, form, "colleague")
    if chosen is None or not form.complete:
        return await _roles_page(request, public_id, form)
    await roles.give_role(request.actor, space, chosen.id, chosen_role(form))
    return see_other(f"/admin/roles?space={public_id}", "role-given")


@post("/admin/roles/{public_id:str}/end")
async def take_role(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Takes a role away."""
    space = await _space(request, public_id)
    form = (await RoleForm.sent(request)).offer(space)
    form.valid()
    chosen = await chosen_colleague(request.actor, form, "colleague")
    if chosen is not None and form.complete:
        try:
            await roles.take_role(request.actor, space, chosen.id, chosen_role(form))
        except roles.WithoutAdministrator:
            form.refuse("colleague", gettext("Nobody else is an administrator. Give somebody that role first."))
        except WithoutOwner:
            form.refuse("colleague", gettext("Nobody else owns this group. Give somebody that role first."))
    if not form.complete:
        refused = [str(error) for errors in form.errors.values() for error in errors]
        return await _roles_page(request, public_id, refused=refused)
    return see_other(f"/admin/roles?space={public_id}", "role-taken")


async def _space(request: Request, public_id: str) -> roles.SpaceOfRoles:
    require(request.actor, Action.ROLE_GIVE)
    known = await roles.spaces_of_roles(request.actor)
    return found(next((space for space in known if space.public_id == public_id), None))


async def _roles_page(
    request: Request,
    public_id: str,
    form: RoleForm | None = None,
    enter_form: EnterForm | None = None,
    called: str = "",
    refused: list[str] | None = None,
) -> Response[Any]:
    known = await roles.spaces_of_roles(request.actor)
    space = next((space for space in known if space.public_id == public_id), known[0])
    return page(
        request,
        "admin/roles.html",
        fragment="roles",
        section="admin",
        role_names=ROLE_NAMES,
        spaces=known,
        space=space,
        holders=await roles.holders(request.actor, space),
        form=form or RoleForm(colleague=called).offer(space),
        enter_form=enter_form or EnterForm(),
        refused=refused or [],
        status=422 if refused else max(form.status if form else 200, enter_form.status if enter_form else 200),
    )


router = Router(
    path="/",
    route_handlers=[
        overview,
        retry_mail,
        list_people,
        new_person,
        add_person,
        person_page,
        edit_person,
        roles_page,
        enter,
        give_role,
        take_role,
    ],
)
