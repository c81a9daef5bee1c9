"""Pages: a template, whole or the one block that htmx asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from secrets import token_urlsafe
from types import FunctionType
from typing import Any
from urllib.parse import quote

import msgspec
from isal import isal_zlib
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.runtime import Context
from jinja2_fragments import render_block
from litestar import Response
from litestar.datastructures import Cookie
from markupsafe import Markup, escape

from portal.access.actor import Actor
from portal.access.policy import Action, allowed, can
from portal.db import fetch_value
from portal.files.kinds import KINDS
from portal.settings import ROOT, settings
from portal.text import counts, dates, mentions
from portal.text.answers import ANSWER_KINDS, CATEGORIES
from portal.text.cases import STILL
from portal.text.language import Reader, gettext, ngettext, read_from_now, reader
from portal.text.names import called
from portal.text.reactions import REACTIONS
from portal.text.roles import ROLE_NAMES
from portal.text.spaces import CHECKS, KIND_NAMES, LABELS, PRESETS
from portal.text.statuses import STEPS
from portal.web import art, photos
from portal.web.assets import assets
from portal.web.flashes import FLASHES, REFUSALS
from portal.web.hidden import MARK, ONCE, new_mark
from portal.web.kept import Kept
from portal.web.request import Request

FLASH_COOKIE = "flash"
#: Stand for the token of forms, and for the reader's name and face.
CSRF, NAME, PICTURE = (new_mark() for _ in range(3))
#: Stand for the large parts of a page.
LARGE = [new_mark() for _ in range(4)]
HTML = "text/html"
WORTH_COMPRESSING = 1000  # bytes
PARTS, LARGE_PARTS = 64, 64  # MB of each that a process keeps
IN_ADDRESSES = "/?#[]@!$&'()*+,;=:~%"  # what a whole address may hold beside letters and digits; a header takes ASCII


class PlainCalls(Context):
    """Functions of ours, of which none asks for the context, are called without looking first what they ask for: a page
    calls some hundred."""

    def call(
        self, thing: Callable[..., Any], /, *args: Any, _loop_vars: Any = None, _block_vars: Any = None, **given: Any
    ) -> Any:
        """What a template writes as `thing(…)`."""
        if type(thing) is FunctionType:
            return thing(*args, **given)
        return super().call(thing, *args, _loop_vars=_loop_vars, _block_vars=_block_vars, **given)


class Templates(Environment):
    """All templates share one set of globals: Jinja would look through two of them for each name."""

    def make_globals(self, d: Any) -> Any:
        """None but those."""
        assert not d, "what a template needs is given to it"
        return self.globals


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of pages. Mail has an environment of its own."""
    env = Templates(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
        extensions=["jinja2.ext.i18n"],
    )
    env.context_class = PlainCalls
    env.newstyle_gettext = True  # type: ignore[attr-defined]
    env.globals.update(
        _=_text,
        gettext=_text,
        ngettext=_texts,
        asset=assets().url,
        icon=art.icon,
        avatar=art.avatar,
        person=art.person,
        tiles=art.tiles,
        skyline=art.skyline,
        answer_badge=art.answer_badge,
        owed_badge=art.owed_badge,
        status_badge=art.status_badge,
        statuses=STEPS,
        presets=PRESETS,
        space_kinds=KIND_NAMES,
        role_names=ROLE_NAMES,
        labels=LABELS,
        checks=CHECKS,
        answer_kinds=ANSWER_KINDS,
        answer_categories=CATEGORIES,
        clock_stands=STILL,
        supporters=counts.supporters,
        comments=counts.comments,
        votes_given=counts.votes_given,
        file_size=counts.file_size,
        file_kinds=KINDS,
        when=dates.when,
        deadline=dates.deadline,
        day=dates.day,
        time_of_day=dates.time_of_day,
        plain_date=dates.plain_date,
        last_day=dates.last_day,
        short_date=dates.short_date,
        weekday=dates.weekday,
        time_left=dates.time_left,
        part=part,
        said=mentions.shown,
        reaction_kinds=REACTIONS,
        Action=Action,
    )
    env.filters["number"] = dates.number
    env.filters["decimal"] = dates.decimal
    env.filters["called"] = called
    env.filters["dialled"] = lambda phone: "".join(c for c in phone if c in "+0123456789")
    # only for columns named *_html, which text.markdown cleaned when they were written
    env.filters["safe_html"] = mentions.unnamed
    return env


# Jinja's own come through the template's context each time; a page has a hundred texts, and most say the same to all.
def _text(message: str, **values: Any) -> Markup:
    """A text in the reader's language, its values escaped."""
    return Markup(gettext(message)) % values if values else _plain(message, reader().language)  # noqa: S704  ours


@lru_cache(maxsize=4000)
def _plain(message: str, language: str) -> Markup:
    return Markup(gettext(message)) % {}  # noqa: S704  a text of ours


def _texts(one: str, many: str, num: int, **values: Any) -> Markup:
    """A text for one or for many."""
    return Markup(ngettext(one, many, num)) % {"num": num, **values}  # noqa: S704  a text of ours


def _render(template: str, who: Reader, photo_changes: int, given: tuple[tuple[str, Any], ...]) -> Markup:
    return Markup(environment().get_template(template).render(dict(given)))  # noqa: S704  autoescaped


_rendered = Kept(_render, PARTS)


class Face(msgspec.Struct, frozen=True):
    """As much of the actor as the frame of a page shows. Marks stand in for her name and her face, so that one frame
    serves all."""

    guest: bool
    administrator: bool
    moderator: bool = False
    unread: int = 0
    has_cases: bool = False
    name: Markup = Markup(NAME)  # noqa: S704  ours
    picture: Markup = Markup(PICTURE)  # noqa: S704  ours


def _face(actor: Actor) -> Face:
    return Face(
        actor.guest,
        actor.administrator,
        moderator=bool(actor.moderates),
        unread=actor.unread,
        has_cases=actor.has_cases and not actor.guest,
    )


def part(template: str, **given: Any) -> Markup:
    """A part that many pages show. It is made once for equal values: it knows nothing but what it is given, so it can
    be neither out of date nor somebody else's. The fewer people and moments it is given, the more often it is there
    already: `mine` rather than the actor, `today` rather than now."""
    return _rendered(template, reader(), photos.changes(), tuple(given.items()))


def _send(template: str, who: Reader, photo_changes: int, given: tuple[tuple[str, Any], ...]) -> tuple[bytes, ...]:
    """A large part as it is sent, cut where the token of forms stands."""
    return tuple(_sent(environment().get_template(template).render(dict(given))).split(CSRF.encode()))


_as_sent = Kept(_send, LARGE_PARTS)


class LargeParts:
    """The large parts of one page, such as a page of a thread: kept like `part`, but apart from them, and as they are
    sent. While the page is rendered a mark stands in for each."""

    def __init__(self) -> None:
        self.taken: list[tuple[bytes, ...]] = []

    def take(self, template: str, **given: Any) -> Markup:
        """The mark of the part that these values make."""
        self.taken.append(_as_sent(template, reader(), photos.changes(), tuple(given.items())))
        return Markup(LARGE[len(self.taken) - 1])  # noqa: S704  ours

    def put_in(self, text: str, token: str, actor: Actor | None) -> bytes:
        """The page as it is sent: its large parts and its reader's name and face where they belong, the token in all
        of its forms, and a key in the one that nobody has typed into. It is gone over once, for all marks alike."""
        own = {CSRF: token, ONCE: token_urlsafe(9)}
        if actor is not None:
            own[NAME], own[PICTURE] = escape(actor.name), art.avatar(actor.public_id, actor.name, actor.guest, "s")
        put = {mark.encode(): _sent(what) for mark, what in own.items()}
        put |= {mark.encode(): token.encode().join(part) for mark, part in zip(LARGE, self.taken, strict=False)}
        first, *rest = _sent(text).split(b"\0")
        pieces = [first]
        for piece in rest:
            mark = b"\0" + piece[:MARK]
            pieces += (put[mark], piece[MARK:]) if mark in put else (b"\0", piece)
        return b"".join(pieces)


def page(
    request: Request,
    template: str,
    *,
    fragment: str | None = None,
    status: int = 200,
    section: str = "",
    **context: Any,
) -> Response[bytes]:
    """The page, or only its block `fragment` when htmx asks for a part. Block name = DOM id = fragment name."""
    who = request.reader
    read_from_now(who)
    actor = request.actor_or_none
    context.setdefault("outside", actor is not None and _place_of(context) in actor.with_guests)
    said = "resumed" if request.resumed else request.cookies.get(FLASH_COOKIE, "")
    flash = FLASHES.get(said)
    large = LargeParts()
    own = {
        "actor": actor,
        "who": _face(actor) if actor else None,
        "anonymous": actor is None and "plein_actor" in request.scope,
        "organisation": {"name": actor.organisation_name if actor else request.scope.get("plein_organisation", "")},
        "language": who.language,
        "theme": request.theme,
        "csrf": CSRF,
        "path": request.url.path,
        "address": request.own_address,
        "section": section,
        "today": dates.start_of_day(actor.now) if actor else None,
        "minute": actor.now.replace(second=0, microsecond=0) if actor else None,
        "flash": flash,
        "flash_refuses": said in REFUSALS,
        "can": _asking_for(actor),
        "allowed": _listing_for(actor),
        "large_part": large.take,
    }
    assert not own.keys() & context.keys(), "every page has these already"
    context |= own
    if fragment and request.wants_fragment:
        text = render_block(environment(), template, fragment, **context)
    else:
        text = environment().get_template(template).render(context)
    response = html(request, large.put_in(text, request.csrf, actor), status)
    if flash is not None and not request.wants_fragment:
        response.delete_cookie(FLASH_COOKIE)
    if actor is not None:
        _remember(request, response, language=actor.language, theme=actor.theme)
    return response


#: What a page is about, by the names under which pages are given it.
ABOUT = (
    "idea",
    "campaign",
    "proposal",
    "comment",
    "attachment",
    "item",
    "receipt",
    "workshop",
    "thing",
    "queue",
    "file",
    "wish",
)


def _place_of(context: dict[str, Any]) -> int | None:
    """The space that a page is about, or in which that stands."""
    if space := context.get("space"):
        return int(space.id)
    about = next((context[name] for name in ABOUT if context.get(name) is not None), None)
    place = getattr(about, "space", None)
    return place if isinstance(place, int) else None


def _remember(request: Request, response: Response[Any], **choices: str) -> None:
    """Keeps a person's choices in cookies, for the pages that don't know who asks: signing in, unknown addresses."""
    for name, value in choices.items():
        if request.cookies.get(name, "") != value:
            keep_choice(response, name, value)


def keep_choice(response: Response[Any], name: str, value: str, seconds: int = 31_536_000) -> None:
    """A cookie that outlives the session, for a year."""
    response.set_cookie(
        Cookie(key=name, value=value, max_age=seconds, httponly=True, secure=settings().secure, samesite="lax")
    )


def _sent(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def html(request: Request, body: bytes, status: int = 200) -> Response[bytes]:
    """HTML as a response, compressed where the browser takes it."""
    headers = {"Vary": "Accept-Encoding, HX-Request"}
    if len(body) > WORTH_COMPRESSING and "gzip" in request.headers.get("accept-encoding", ""):
        packer = isal_zlib.compressobj(level=1, wbits=31)
        body = packer.compress(body) + packer.flush()
        headers["Content-Encoding"] = "gzip"
    return Response(body, status_code=status, media_type=HTML, headers=headers)


def see_other(address: str, flash: str = "") -> Response[bytes]:
    """On to another page of ours, after something was done; `flash` is a key of FLASHES."""
    response = Response(b"", status_code=303, media_type="text/plain", headers={"Location": address})
    if flash:
        assert flash in FLASHES, flash
        response.set_cookie(
            Cookie(key=FLASH_COOKIE, value=flash, max_age=60, httponly=True, secure=settings().secure, samesite="lax")
        )
    return response


def own_address(address: str) -> str:
    """An address that was sent along, if it is a plain path of ours; else the home page."""
    if address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable():
        return quote(address, safe=IN_ADDRESSES)
    return "/"


def page_before(request: Request) -> str:
    """The page of ours on which a button was pressed, as the browser tells; else the home page."""
    before = request.headers.get("referer", "")
    own = settings().base_url
    return own_address(before.removeprefix(own)) if before.startswith(f"{own}/") else "/"


async def organisation_name() -> str:
    """The organisation's name, for pages that nobody is signed in on."""
    return str(await fetch_value("SELECT name FROM organisation") or "")


def _asking_for(actor: Any) -> Callable[..., bool]:
    def ask(action: Action, thing: Any = None) -> bool:
        return actor is not None and can(actor, action, thing)

    return ask


def _listing_for(actor: Any) -> Callable[..., tuple[str, ...]]:
    def ask(thing: Any, *actions: Action) -> tuple[str, ...]:
        return () if actor is None else allowed(actor, thing, *actions)

    return ask
