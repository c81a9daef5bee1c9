"""The working calendar, for administrators."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from litestar import Response, Router, get, post

from portal.access.policy import Action, require
from portal.calendar import actions, queries
from portal.calendar.day_list import OF_LISTS, try_out, words_for
from portal.calendar.forms import LIST, CountryForm, DayForm, DaysForm, HoursForm, ThisDay, read_year
from portal.calendar.holidays import YEARS_AHEAD
from portal.files.dialect import decoded
from portal.files.lists import Tried, mark
from portal.text.dates import month_name
from portal.web.page import page, see_other
from portal.web.request import Request
from portal.web.uploads import LARGEST_TEXT

TAKES_A_LIST = {"files": True, "largest_file": LARGEST_TEXT}
ADDRESS = "/admin/calendar"


@get("/admin/calendar")
async def show_calendar(request: Request) -> Response[Any]:
    """When is worked, and a year's days that are not as their weekday says."""
    require(request.actor, Action.CALENDAR_EDIT)
    return await _calendar(request)


@post("/admin/calendar/hours")
async def set_hours(request: Request) -> Response[Any]:
    """When is worked."""
    require(request.actor, Action.CALENDAR_EDIT)
    form = await HoursForm.sent(request)
    hours = form.hours()
    if not form.complete:
        return await _calendar(request, hours_form=form)
    await actions.set_hours(request.actor, form.zone.data, hours)
    return see_other(ADDRESS, "holds-now")


@post("/admin/calendar/country")
async def keep_country(request: Request) -> Response[Any]:
    """Whose holidays are kept."""
    require(request.actor, Action.CALENDAR_EDIT)
    form = (await CountryForm.sent(request)).offer()
    if not form.valid():
        return await _calendar(request, country_form=form)
    await actions.keep_country(request.actor, form.chosen)
    return see_other(ADDRESS, "holds-now")


@post("/admin/calendar/days")
async def enter_day(request: Request) -> Response[Any]:
    """A day that is not as its weekday says."""
    require(request.actor, Action.CALENDAR_EDIT)
    form = await DayForm.sent(request)
    if not form.valid():
        return await _calendar(request, day_form=form)
    await actions.enter_days(request.actor, [form.chosen])
    return see_other(f"{ADDRESS}?year={form.chosen.day.year}", "holds-now")


@post("/admin/calendar/days/removal")
async def remove_day(request: Request) -> Response[Any]:
    """It is as its weekday says."""
    require(request.actor, Action.CALENDAR_EDIT)
    form = await ThisDay.sent(request)
    if not form.valid():
        return see_other(ADDRESS)
    await actions.remove_day(request.actor, form.day.data)
    return see_other(f"{ADDRESS}?year={form.day.data.year}", "holds-now")


async def _calendar(
    request: Request,
    hours_form: HoursForm | None = None,
    country_form: CountryForm | None = None,
    day_form: DayForm | None = None,
) -> Response[Any]:
    place = await queries.place(request.actor)
    year = read_year(request.query_params.get("year", ""), place.today)
    forms = (
        hours_form or HoursForm.of(place, await queries.working_hours(request.actor)),
        country_form or CountryForm.of(place),
        day_form or DayForm(),
    )
    return page(
        request,
        "calendar/year.html",
        fragment="year",
        section="admin",
        place=place,
        year=year,
        last_year=place.today.year + YEARS_AHEAD,
        month_name=month_name,
        days=await queries.days_of(request.actor, year),
        worked=await queries.days_worked(request.actor, year),
        hours_form=forms[0],
        country_form=forms[1],
        day_form=forms[2],
        status=max(form.status for form in forms),
    )


@get("/admin/calendar/list")
async def list_page(request: Request) -> Response[Any]:
    """A form for many days at once."""
    require(request.actor, Action.CALENDAR_EDIT)
    return _list_page(request, DaysForm())


@post("/admin/calendar/list", opt=TAKES_A_LIST)
async def enter_list(request: Request) -> Response[Any]:
    """A trial run, which names each bad line; a list that was tried, and that is good, is carried out."""
    require(request.actor, Action.CALENDAR_EDIT)
    form = await DaysForm.sent(request)
    tried = await _tried(form) if form.valid() else None
    seen = mark(form.list.data or "")
    if tried is None or not tried.good or form.tried.data != seen:
        form.tried.data = seen if tried and tried.good else ""
        return _list_page(request, form, tried)
    await actions.enter_days(request.actor, tried.rows)
    return see_other(f"{ADDRESS}?year={tried.rows[0].day.year}", "holds-now")


async def _tried(form: Any) -> Tried[queries.Day]:
    """Reads what was typed, or the file, whose text stands in the form from then on."""
    content = (form.list.data or "").encode()
    if form.file.data:
        file = form.file.data[0]
        if file.too_large or file.size > LIST:
            return Tried(problem="many")
        content = await asyncio.to_thread(os.pread, file.fd, file.size, 0)
        form.list.data = decoded(content)[0].replace("\r\n", "\n").strip()
        content = form.list.data.encode()
    return try_out(content)


def _list_page(request: Request, form: DaysForm, tried: Tried[queries.Day] | None = None) -> Response[Any]:
    wrong = tried is not None and not tried.good
    return page(
        request,
        "calendar/list.html",
        section="admin",
        form=form,
        tried=tried,
        words_for=words_for,
        of_lists=OF_LISTS,
        status=422 if wrong else form.status,
    )


router = Router(
    path="/",
    route_handlers=[show_calendar, set_hours, keep_country, enter_day, remove_day, list_page, enter_list],
)
