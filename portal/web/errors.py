"""Errors as pages. Malformed input is a 4xx with a message, PostgreSQL gone a 503; nobody sees a traceback."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

import asyncpg
import structlog
from litestar import Response
from litestar.exceptions import HTTPException
from litestar.exceptions import NotFoundException as NotFound
from litestar.types import Receive, Scope, Send

from portal.access.conflicts import SpaceStill, WriterGone, WriterPaused
from portal.access.policy import Forbidden, Paused
from portal.db import COLLIDED, NO_ROOM, TOO_SLOW, UNREACHABLE
from portal.files.store import NoRoom
from portal.text.language import lazy, read_from_now
from portal.text.markdown import TooLong
from portal.web.forms import text_areas
from portal.web.guards import CrossSite, NewRules, SignedOut, StaleForm, recognise
from portal.web.page import environment, html, own_address, page, page_before, see_other
from portal.web.request import Request, Typed

log = structlog.get_logger()
T = TypeVar("T")

WORDS: dict[int, tuple[str, str]] = {
    400: (
        lazy("We can't read that"),
        lazy("Something in the request is damaged. Go back, and try it again from the page itself."),
    ),
    403: (
        lazy("This is not yours to do"),
        lazy("Either this is for somebody else to do, or its time has passed. What you could read, you still can."),
    ),
    404: (
        lazy("There is nothing at this address"),
        lazy("It may have moved, or it never was. For things that are not meant for you this page looks the same."),
    ),
    405: (lazy("That does not work here"), lazy("Go back, and use the buttons of the page.")),
    413: (
        lazy("That is too much at once"),
        lazy(
            "What you sent is larger than this page takes. Go back: your text is still there."
            " Make it shorter, or take fewer or smaller files."
        ),
    ),
    429: (lazy("One moment, please"), lazy("That was a lot in a short time. Wait a little, and try again.")),
    500: (
        lazy("Something broke on our side"),
        lazy("It is noted. Go back, and try again; if it stays, tell your administrator the reference."),
    ),
    503: (
        lazy("Somebody came in between"),
        lazy("Several people did something here at the same moment, and yours did not go through. Try it again."),
    ),
    507: (
        lazy("There is no room left"),
        lazy("The disk is full, so nothing can be saved right now. What is there can be read. Keep your text."),
    ),
}
TOOK_TOO_LONG = (
    lazy("That took too long"),
    lazy(
        "The database was busy with this for longer than it may be, so it was stopped, and nothing was saved. Try it "
        "again in a moment; if it stays, tell your administrator."
    ),
)
#: What PostgreSQL says of input that no column can take: too large a number, a bad character, a broken time.
UNREADABLE = (asyncpg.DataError, UnicodeError, RecursionError, OverflowError)


def _where(request: Request) -> str:
    """The route for the log, not the address: an address may hold the token of a reset."""
    return str(request.scope.get("path_template") or "no route")


def error_page(
    request: Request, status: int, reference: str = "", detail: str = "", words: tuple[str, str] | None = None
) -> Response[bytes]:
    """The page for an error, in the product's style."""
    read_from_now(request.reader)
    heading, text = words or WORDS.get(status, WORDS[400 if status < 500 else 500])
    return page(
        request,
        "errors/error.html",
        status=status,
        code=status,
        heading=heading,
        text=detail or text,
        reference=reference,
        texts=request.texts_typed(text_areas()),
    )


def on_http(request: Request, error: HTTPException) -> Response[bytes]:
    """What Litestar or a handler refused."""
    if error.status_code >= 500:
        return on_bug(request, error)
    if not request.was_recognised:
        return Unrecognised(request, error)
    return _refusal(request, error)


def _refusal(request: Request, error: HTTPException) -> Response[bytes]:
    response = error_page(request, error.status_code, detail=error.detail if error.status_code == 400 else "")
    response.headers.update(error.headers or {})
    return response


class Unrecognised(Response[Any]):
    """The error page for what is refused before anybody asked who it is (an address or method without a route, a body
    that can't be read): that is found out now."""

    def __init__(self, request: Request, error: HTTPException) -> None:
        super().__init__(None)
        self.request = request
        self.error = error

    def to_asgi_response(self, *arguments: Any, **options: Any) -> Any:
        """Answers once the actor is known."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            try:
                await recognise(self.request)
                response = _refusal(self.request, self.error)
            except UNREACHABLE as error:
                response = on_unreachable(self.request, error)
            except TOO_SLOW as error:
                response = on_too_slow(self.request, error)
            await response.to_asgi_response(*arguments, **options)(scope, receive, send)

        return answer


def on_forbidden(request: Request, error: Forbidden | SpaceStill) -> Response[bytes]:
    """Seen, but not allowed."""
    return error_page(request, 403)


def on_paused(request: Request, error: Paused | WriterPaused) -> Response[bytes]:
    """A moderator decided that she does not write in this space for a while; what she typed is shown, to be kept."""
    read_from_now(request.reader)
    response = page(
        request,
        "errors/paused.html",
        status=403,
        until=error.until if isinstance(error, Paused) else None,
        texts=request.texts_typed(text_areas()),
    )
    return _instead_of_all(response)


def on_gone(request: Request, error: WriterGone) -> Response[bytes]:
    """Her time in this space ended while the request was under way: for her it is there no more."""
    return error_page(request, 404)


def on_cross_site(request: Request, error: CrossSite) -> Response[bytes]:
    """A form from elsewhere."""
    return error_page(request, 403)


#: Fields that no person fills in: what a button says.
ON_BUTTONS = {"weight"}
#: What people fill in. What such a field looks up by itself asks for no page.
FIELDS = {"input", "select", "textarea"}


def on_signed_out(request: Request, error: SignedOut) -> Response[Any]:
    """On to signing in, and back; what was typed comes along and is shown again afterwards."""
    address = request.own_address
    if _looked_up(request):
        return html(request, b"", 401)
    if error.typed is None and not request.headers.get("HX-Request"):
        return see_other("/sign-in" + ("" if address == "/" else "?" + urlencode({"next": address})))
    return _sign_in_again(request, address, error)


def _looked_up(request: Request) -> bool:
    """Whether a field asks this by itself while somebody fills in the form around it. No answer to that takes the form
    away: she is told when she sends it, and it is kept then."""
    return request.method == "GET" and request.headers.get("HX-Source", "").split("#")[0] in FIELDS


def _instead_of_all(response: Response[Any]) -> Response[Any]:
    """Shown from its top in place of the whole page, also where htmx asked for a piece of it."""
    response.headers["HX-Retarget"] = "body"
    response.headers["HX-Reswap"] = "innerHTML show:top"
    return response


def _sign_in_again(request: Request, address: str, error: SignedOut) -> Response[Any]:
    kept, address = _to_come_back_to(request, address, error.typed)
    response = page(
        request,
        "accounts/sign_in.html",
        status=401,
        form=None,
        email="",
        next=address,
        kept=kept,
        writer=error.typed.writer if error.typed else "",
        wait=0,
        failed=False,
    )
    return _instead_of_all(response)


def _to_come_back_to(request: Request, address: str, typed: Typed | None) -> tuple[list[tuple[str, str]], str]:
    """What was typed, and where it is shown again."""
    kept = typed.kept() if typed else []
    if typed and {name for name, _ in kept} <= ON_BUTTONS:
        # A button was pressed: its address is no page to come back to, and what it would have done is pressed anew.
        return [], page_before(request)
    return kept, address


def on_new_rules(request: Request, error: NewRules) -> Response[bytes]:
    """The house rules that hold now, to be read and accepted; then it goes on where she was."""
    if _looked_up(request):
        return html(request, b"", 204)
    kept, address = _to_come_back_to(request, request.own_address, error.typed)
    response = page(request, "accounts/rules.html", status=409, rules=error.rules, next=address, kept=kept)
    return _instead_of_all(response)


def on_stale_form(request: Request, error: StaleForm) -> Response[bytes]:
    """A form of an earlier session: kept, and shown again; also one that was carried along on the way back in."""
    carried = bool(error.typed.carried)
    response = page(
        request,
        "accounts/resume.html",
        status=409,
        action=own_address(error.typed.get("next")).split("?")[0] if carried else request.url.path,
        kept=error.typed.kept_for(request.person),
        after="signing in" if carried else "a while",
    )
    return _instead_of_all(response)


def on_unreachable(request: Request, error: BaseException) -> Response[bytes]:
    """PostgreSQL is gone, starting or stopping: a page that needs neither it nor anybody signed in."""
    log.warning("database unreachable", path=_where(request), error=type(error).__name__)
    who = request.reader
    read_from_now(who)
    text = environment().get_template("errors/unavailable.html").render(language=who.language)
    response = html(request, text.encode(), 503)
    response.headers["Retry-After"] = "5"
    return response


def on_collided(request: Request, error: BaseException) -> Response[bytes]:
    """What somebody else did at the same moment went first; what was typed is shown, to be kept."""
    log.warning("transactions collided", path=_where(request), error=type(error).__name__)
    response = error_page(request, 503)
    response.headers["Retry-After"] = "5"
    return response


def on_too_slow(request: Request, error: BaseException) -> Response[bytes]:
    """A statement was stopped; what was typed is shown, to be kept."""
    log.warning("statement took too long", path=_where(request))
    response = error_page(request, 503, words=TOOK_TOO_LONG)
    response.headers["Retry-After"] = "5"
    return response


def on_no_room(request: Request, error: BaseException) -> Response[bytes]:
    """The disk is full."""
    log.error("disk full", path=_where(request))
    return error_page(request, 507)


def on_unreadable(request: Request, error: BaseException) -> Response[bytes]:
    """Input that passed every form and that nothing can store."""
    log.info("unreadable input", path=_where(request), error=type(error).__name__)
    return error_page(request, 400)


def on_too_long(request: Request, error: TooLong) -> Response[bytes]:
    """A text within its form's limit that formatting blows up beyond measure."""
    return error_page(request, 413)


def on_bug(request: Request, error: Exception) -> Response[bytes]:
    """Our fault: logged with a reference, which is all that the page tells."""
    reference = secrets.token_hex(4)
    log.error("unhandled error", path=_where(request), reference=reference, exc_info=error)
    return error_page(request, 500, reference)


HANDLERS: dict[int | type[Exception], Callable[[Any, Any], Response[Any]]] = {
    HTTPException: on_http,
    Forbidden: on_forbidden,
    SpaceStill: on_forbidden,
    Paused: on_paused,
    WriterPaused: on_paused,
    WriterGone: on_gone,
    CrossSite: on_cross_site,
    SignedOut: on_signed_out,
    StaleForm: on_stale_form,
    NewRules: on_new_rules,
    TooLong: on_too_long,
    **dict.fromkeys(UNREADABLE, on_unreadable),
    **dict.fromkeys(UNREACHABLE, on_unreachable),
    **dict.fromkeys(TOO_SLOW, on_too_slow),
    **dict.fromkeys(COLLIDED, on_collided),
    **dict.fromkeys((*NO_ROOM, NoRoom), on_no_room),
    Exception: on_bug,
}


def found(thing: T | None) -> T:
    """The thing, or a 404 when the scope did not bring it to light."""
    if thing is None:
        raise NotFound
    return thing
