"""Reporting an idea, a comment, a file or a campaign."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.params import FromPath

from portal.access.policy import Action, require
from portal.colleagues.names import names_in
from portal.reports import actions, queries
from portal.reports.forms import ReportForm
from portal.reports.queries import Thing
from portal.text.rules import HOUSE_RULES
from portal.web.errors import found
from portal.web.page import page, see_other
from portal.web.request import Request


@get("/ideas/{public_id:str}/report")
async def report_idea_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What is wrong with this idea?"""
    return await _report_page(request, found(await queries.idea_to_report(request.actor, public_id)))


@post("/ideas/{public_id:str}/report")
async def report_idea(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Tells the moderators."""
    return await _report(request, found(await queries.idea_to_report(request.actor, public_id)))


@get("/comments/{public_id:str}/report")
async def report_comment_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What is wrong with this comment?"""
    return await _report_page(request, found(await queries.comment_to_report(request.actor, public_id)))


@post("/comments/{public_id:str}/report")
async def report_comment(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Tells the moderators."""
    return await _report(request, found(await queries.comment_to_report(request.actor, public_id)))


@get("/campaigns/{public_id:str}/report")
async def report_campaign_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What is wrong with this campaign?"""
    return await _report_page(request, found(await queries.campaign_to_report(request.actor, public_id)))


@post("/campaigns/{public_id:str}/report")
async def report_campaign(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Tells the moderators."""
    return await _report(request, found(await queries.campaign_to_report(request.actor, public_id)))


@get("/attachments/{public_id:str}/report")
async def report_file_page(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """What is wrong with this file?"""
    return await _report_page(request, found(await queries.file_to_report(request.actor, public_id)))


@post("/attachments/{public_id:str}/report")
async def report_file(request: Request, public_id: FromPath[str]) -> Response[Any]:
    """Tells the moderators."""
    return await _report(request, found(await queries.file_to_report(request.actor, public_id)))


async def _report_page(request: Request, thing: Thing, form: ReportForm | None = None) -> Response[Any]:
    if not thing.reported:
        require(request.actor, Action.THING_REPORT, thing)
    form = form or ReportForm()
    return page(
        request,
        "reports/report.html",
        section="campaigns",
        form=form,
        thing=thing,
        names=await names_in(request.actor, [thing.body_html]),
        rules=HOUSE_RULES,
        status=form.status,
    )


async def _report(request: Request, thing: Thing) -> Response[Any]:
    if thing.reported:
        return see_other(thing.address, "reported")
    require(request.actor, Action.THING_REPORT, thing)
    form = await ReportForm.sent(request)
    if not form.valid():
        return await _report_page(request, thing, form)
    sensitive = bool(form.sensitive.data)
    beyond = await actions.report(request.actor, thing, form.rule.data, form.words.data, sensitive=sensitive)
    if beyond:
        return see_other(thing.address, "reported-beyond")
    if sensitive:
        return see_other("/", "reported-sensitive")
    return see_other(thing.address, "reported")


router = Router(
    path="/",
    route_handlers=[
        report_idea_page,
        report_idea,
        report_comment_page,
        report_comment,
        report_campaign_page,
        report_campaign,
        report_file_page,
        report_file,
    ],
)
