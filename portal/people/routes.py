"""Finding people, and one's own profile. Somebody's page is in pages/."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.files.kinds import ACCEPT_IMAGES, Refused
from portal.people import actions, queries
from portal.people.forms import UNSEEN, PhotoForm, ProfileForm
from portal.text.language import reader
from portal.web.errors import found
from portal.web.files import send_file
from portal.web.page import page, see_other
from portal.web.request import Request
from portal.web.uploads import LARGEST_FORM, WITH_FILES

LONGEST_SEARCH = 100


@get("/people")
async def people(request: Request) -> Response[Any]:
    """Everybody with whom one shares a space, narrowed down by words, unit and skill."""
    asked = request.query_params
    words = asked.get("q", "")[:LONGEST_SEARCH].replace("\0", "")
    filters = queries.Filters(words, asked.get("unit", ""), asked.get("skill", ""))
    return page(
        request,
        "people/list.html",
        fragment="results",
        section="people",
        filters=filters,
        listed=await queries.people(request.actor, filters, asked.get("after", "")),
        facets=await queries.facets(request.actor, filters),
        head=await queries.head_of(request.actor, filters.unit) if filters.unit else None,
        most=queries.FACETS_OF,
        now=request.now,
    )


@get("/people/{public_id:str}/photo")
async def photo(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Somebody's photo, where she may be seen."""
    return await _photo(request, public_id, small=False)


@get("/people/{public_id:str}/photo/small")
async def small_photo(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """The same, as it stands beside names."""
    return await _photo(request, public_id, small=True)


async def _photo(request: Request, public_id: str, *, small: bool) -> Response[Any]:
    file = found(await queries.photo_of(request.actor, public_id)).file
    current = request.query_params.get("v", "") == file
    return await send_file(request, file, "image/webp", "photo.webp", small=small, kept=current)


@get("/settings/profile")
async def profile_page(request: Request) -> Response[Any]:
    """What one tells of oneself, and for whom."""
    own = found(await queries.own_profile(request.actor))
    return _profile(request, own, _form_of(request, own), PhotoForm())


@post("/settings/profile")
async def save_profile(request: Request) -> Response[Any]:
    """Saves it."""
    own = found(await queries.own_profile(request.actor))
    form = await ProfileForm.sent(request, guest=request.actor.guest)
    form.today = request.now.astimezone(reader().tz).date()
    if form.valid() and own.checked_first:
        form.hold(own)
    if not form.complete:
        return _profile(request, own, form, PhotoForm())
    name = form.name.data if form.name else None
    try:
        await actions.save_profile(request.actor, name=name, title=form.title.data, status_until=form.ends, **form.told)
    except actions.Unseen:
        form.hold(own)
        return _profile(request, own, form, PhotoForm())
    return see_other("/settings/profile", "profile-saved")


@get("/settings/photo")
async def back_to_the_profile(request: Request) -> Response[Any]:
    """Where a photo was refused, the browser shows this address: asked for again, it leads back."""
    return see_other("/settings/profile")


@post("/settings/photo", opt=WITH_FILES, request_max_body_size=LARGEST_FORM)
async def change_photo(request: Request) -> Response[Any]:
    """A new photo."""
    own = found(await queries.own_profile(request.actor))
    form = await PhotoForm.sent(request)
    if form.valid() and own.checked_first:
        form.refuse("photo", str(UNSEEN))
    elif form.complete:
        try:
            await actions.change_photo(request.actor, form.photo.data[0])
        except Refused as reason:
            form.refuse("photo", str(reason))
        except actions.Unseen:
            form.refuse("photo", str(UNSEEN))
    if not form.complete:
        return _profile(request, own, _form_of(request, own), form)
    return see_other("/settings/profile", "photo-saved")


@post("/settings/photo/removal")
async def remove_photo(request: Request) -> Response[Any]:
    """Initials again."""
    await actions.remove_photo(request.actor)
    return see_other("/settings/profile", "photo-removed")


def _form_of(request: Request, own: queries.OwnProfile) -> ProfileForm:
    """The form as it was saved last; a status that ends at midnight lasts until the day before."""
    last = own.status_until - timedelta(seconds=1) if own.status and own.status_until else None
    day = last.astimezone(reader().tz).date().isoformat() if last else ""
    return ProfileForm(obj=own, guest=request.actor.guest, status_line=own.status, status_day=day)


def _profile(request: Request, own: queries.OwnProfile, form: ProfileForm, photo_form: PhotoForm) -> Response[Any]:
    return page(
        request,
        "people/profile.html",
        form=form,
        photo_form=photo_form,
        own=own,
        accept=ACCEPT_IMAGES,
        status=422 if 422 in (form.status, photo_form.status) else 200,
    )


router = Router(
    path="/",
    route_handlers=[
        people,
        photo,
        small_photo,
        profile_page,
        save_profile,
        back_to_the_profile,
        change_photo,
        remove_photo,
    ],
)
