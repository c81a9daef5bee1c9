"""Pages: a template, whole or the one block that htmx asked for."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import msgspec
from isal import isal_zlib
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2_fragments import render_block
from litestar import Response
from litestar.datastructures import Cookie
from markupsafe import Markup

from portal.access.actor import Actor
from portal.access.policy import Action, can
from portal.db import fetch_value
from portal.files.kinds import KINDS
from portal.settings import ROOT, settings
from portal.text import counts, dates, mentions
from portal.text.answers import ANSWER_KINDS
from portal.text.language import Reader, gettext, lazy, ngettext, read_from_now, reader
from portal.text.reactions import REACTIONS
from portal.text.roles import ROLE_NAMES
from portal.text.spaces import CHECKS, KIND_NAMES, LABELS, PRESETS
from portal.text.statuses import STEPS
from portal.web import art, photos
from portal.web.assets import assets
from portal.web.request import Request

FLASH_COOKIE = "flash"
#: What a page may say once after something was done, by the code that travels in a cookie.
FLASHES: dict[str, str] = {
    "signed-out": lazy("You are signed out."),
    "resumed": lazy("You are signed in again. Your text is here as it was; it is not sent yet."),
    "not-yours": lazy("The text that was kept was written by somebody else, so it is not shown to you."),
    "preferences": lazy("Your preferences are saved."),
    "password-changed": lazy("Your password is changed. All your other sessions have ended."),
    "session-ended": lazy("That session has ended."),
    "votes-spent": lazy("You have given all your votes, or all that one idea may get. Take one back first."),
    "draft-kept": lazy("Saved. It is a draft that only you see."),
    "draft-thrown-away": lazy("The draft is gone."),
    "campaign-proposed": lazy("It is proposed. Who decides about it hears of it, by mail or on signing in."),
    "campaign-accepted": lazy("You accepted it: the campaign is open. Who proposed it hears of it."),
    "campaign-accepted-ahead": lazy(
        "You accepted it. The campaign begins on the day that stands below; until then nothing can be added."
    ),
    "campaign-declined": lazy("You declined it. Who proposed it hears why."),
    "campaign-saved": lazy("The campaign is saved."),
    "campaign-extended": lazy("The campaign is extended. Everyone who takes part and wants mail hears of it."),
    "campaign-cancelled": lazy("The campaign is stopped. Everyone who took part and wants mail hears why."),
    "campaign-archived": lazy("The campaign is archived. It is found with the filter “Archived”."),
    "followed": lazy("You follow this now: you hear of it by mail."),
    "unfollowed": lazy("You follow this no more."),
    "idea-proposed": lazy("Your idea is there. Colleagues can support it and comment on it now."),
    "action-asked": lazy("Thank you. The moderators of this space look at it, and you read here what comes of it."),
    "became-idea": lazy("It is an idea now. Who wrote, supports or follows it hears of it."),
    "request-settled": lazy("That is settled. Whoever asked reads your words with the post."),
    "delegate-named": lazy("Your colleague may post as a delegate now."),
    "delegate-ended": lazy("That is over. What was posted stays as it is."),
    "post-published": lazy("Your post is there. Colleagues can support it and comment on it now."),
    "idea-saved": lazy("Your changes are saved. The text before is kept."),
    "draft-saved": lazy("Your draft is saved. Only you and who writes along with you can see it."),
    "draft-discarded": lazy("The draft is thrown away."),
    "idea-corrected": lazy("Your correction stands below the text. Whoever voted for the idea is told."),
    "moved": lazy("It is moved. Whoever reads this space finds it here now."),
    "idea-put-back": lazy("Your idea is back, in the lists and open for comments."),
    "idea-withdrawn": lazy("Your idea is withdrawn. Its page stays, with your reason."),
    "idea-answered": lazy("Your answer is published. Everyone who took part and wants mail hears of it."),
    "profile-saved": lazy("Your profile is saved. Colleagues see it as you chose."),
    "photo-saved": lazy("Your photo is there."),
    "photo-removed": lazy("Your photo is gone; your initials stand there again."),
    "attached": lazy("Your files are attached."),
    "file-asked": lazy(
        "You asked for the file. Who answers for this space hears of it, and you hear what she or he says."
    ),
    "file-answered": lazy("It is answered. Who asked hears of it."),
    "attachment-described": lazy("Your words are saved."),
    "attachment-removed": lazy("The file is gone."),
    "answer-corrected": lazy("The new text is published. The one before is kept, and all are told again."),
    "status-changed": lazy("It says so on the idea now. Author and followers hear of it."),
    "co-author-invited": lazy("Your colleague is asked to write along, and can say yes or no."),
    "co-author-out": lazy("Your colleague doesn’t write this idea along any more."),
    "co-author-joined": lazy(
        "You write this idea along now. A vote that you gave it is taken back, because it is yours now."
    ),
    "co-author-ended": lazy("You don’t write this idea along."),
    "help-offered": lazy("Your offer stands on the idea now. Its authors hear of it by mail."),
    "help-taken-back": lazy("Your offer is taken back."),
    "thresholds-changed": lazy("The new charter holds for what is published from now on."),
    "policy-registered": lazy("The policy stands in the register."),
    "policy-proposed": lazy("The change is proposed. Everybody can speak about it now."),
    "policy-dropped": lazy("The proposal is taken back. What holds goes on."),
    "policy-handed-over": lazy("The policy has another owner."),
    "service-saved": lazy("The service is saved."),
    "workshop-captured": lazy("All ideas are there. Whoever you named is asked whether they are theirs."),
    "claimed": lazy("You said that it is yours. Who wrote it down is asked to confirm it."),
    "claimed-before": lazy("Somebody was earlier. Nothing was changed."),
    "handed-over": lazy("It is your idea now. A vote that you gave it is taken back."),
    "capture-refused": lazy("It is not yours, then. Your name is gone from it."),
    "claim-confirmed": lazy("The idea belongs to its author now."),
    "claim-rejected": lazy("The claim is refused. The idea waits for its author."),
    "awaits-check": lazy("It is kept. A moderator looks at it first; then everybody in the space reads it."),
    "comment-added": lazy("Your comment is there."),
    "comment-saved": lazy("Your comment is changed."),
    "comment-removed": lazy("Your comment is removed."),
    "digest-written": lazy("Your digest is there. The one before is kept."),
    "space-started": lazy("It is there. You can add colleagues now."),
    "space-saved": lazy("Your changes are saved."),
    "space-archived": lazy("It is archived: it can be read, and nothing is written in it."),
    "space-reopened": lazy("It goes on."),
    "space-kept": lazy("It stays. Nobody is asked again for a while."),
    "card-saved": lazy("Your card is saved."),
    "highlighted": lazy("It stands where you want it."),
    "charter-changed": lazy("The new charter holds. Who belongs here is shown it."),
    "charter-accepted": lazy("You accepted the charter."),
    "group-joined": lazy("You belong to this group now."),
    "group-left": lazy("You left the group."),
    "guest-removed": lazy("The guest sees nothing of this space any more."),
    "member-added": lazy("Your colleague belongs to the group now."),
    "guest-invited": lazy("The invitation is on its way."),
    "guests-invited": lazy("The invitations are on their way."),
    "guests-renewed": lazy("That is done: they stay longer, and you answer for them."),
    "invitation-revoked": lazy("The invitation is taken back. Its link opens nothing any more."),
    "rules-accepted": lazy("Thank you for reading the house rules."),
    "came-in": lazy("Welcome. This is the space that you were invited to."),
    "guest-wished": lazy("Your host hears of it, and decides."),
    "chapter-saved": lazy("The chapter is saved."),
    "chapter-removed": lazy("The chapter is gone."),
    "mentor-offered": lazy("Thank you. You hear by mail whom you look after."),
    "mentor-ended": lazy("You look after nobody here any more."),
    "first-day-moved": lazy("The first day is changed. What is open and until when follow it."),
    "wish-refused": lazy("You said no. The guest who asked reads why."),
    "partner-saved": lazy("The organisation is saved."),
    "page-saved": lazy("The page is saved. The text before is kept."),
    "person-added": lazy("Your colleague is there."),
    "person-saved": lazy("The changes are saved."),
    "person-deactivated": lazy("This person is deactivated, and signed out everywhere."),
    "person-erased": lazy("Nothing says any more who this was. What was written stays."),
    "person-still-here": lazy("Deactivate this person first."),
    "person-is-guest": lazy("This person is a guest now, and signs in anew."),
    "person-activated": lazy("This person can sign in again."),
    "role-given": lazy("The role is given."),
    "role-taken": lazy("The role is taken away."),
    "space-entered": lazy("You are in. The members of this group hear of it by mail."),
    "set-up": lazy("Everything is set up. Make the house rules and the privacy page your own, and let colleagues in."),
    "demo-removed": lazy("The demo is gone. You begin with an empty portal."),
    "import-removed": lazy("The list is thrown away."),
    "unit-added": lazy("The unit is there."),
    "unit-saved": lazy("The unit is saved."),
    "unit-merged": lazy("Both units are one now."),
    "unit-removed": lazy("The unit is removed."),
    "holds-now": lazy("Saved. It holds from now on."),
    "absence-noted": lazy("Noted. A deputy answers meanwhile."),
    "reported": lazy("Thank you. The moderators of this space look at it; nobody is told that it was you."),
    "item-claimed": lazy("You are on it for 15 minutes. Colleagues see that."),
    "item-released": lazy("You left it to others."),
    "item-held": lazy("A colleague was quicker and is on it."),
    "item-decided": lazy("That is decided. Whoever has to be told is told."),
    "item-changed": lazy("This was changed meanwhile, so it was not undone."),
    "decision-undone": lazy("Your decision is undone. It stays in the history, and the author is told."),
    "appeal-decided": lazy("The appeal is decided. The author is told."),
    "appealed": lazy("Your appeal is there. You hear what comes of it."),
    "put-back": lazy("It is up again, with your new text."),
    "mail-retried": lazy("The message will be sent again."),
}
#: Those of them that tell what was not done.
REFUSALS = {"not-yours", "votes-spent", "claimed-before", "person-still-here", "item-held", "item-changed"}
#: Stands in what is rendered for the token of forms, which is another on every page.
CSRF = secrets.token_urlsafe(24)
HTML = "text/html; charset=utf-8"
WORTH_COMPRESSING = 1000  # bytes
IN_ADDRESSES = "/?#[]@!$&'()*+,;=:~%"  # what a whole address may hold beside letters and digits; a header takes ASCII


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates of pages. Mail has an environment of its own."""
    env = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=-1,
        extensions=["jinja2.ext.i18n"],
    )
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
        status_badge=art.status_badge,
        statuses=STEPS,
        presets=PRESETS,
        space_kinds=KIND_NAMES,
        role_names=ROLE_NAMES,
        labels=LABELS,
        checks=CHECKS,
        answer_kinds=ANSWER_KINDS,
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
        said_plainly=mentions.plain,
        reaction_kinds=REACTIONS,
        Action=Action,
    )
    env.filters["number"] = dates.number
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


@lru_cache(maxsize=8000)
def _rendered(template: str, who: Reader, photo_changes: int, given: tuple[tuple[str, Any], ...]) -> Markup:
    return Markup(environment().get_template(template).render(dict(given)))  # noqa: S704  autoescaped


class Face(msgspec.Struct, frozen=True):
    """As much of the actor as the frame of a page shows."""

    public_id: str
    name: str
    guest: bool
    administrator: bool
    moderator: bool = False
    unread: int = 0


def _face(actor: Actor) -> Face:
    return Face(actor.public_id, actor.name, actor.guest, actor.administrator, bool(actor.moderates), actor.unread)


def part(template: str, **given: Any) -> Markup:
    """A part that many pages show. It is made once for equal values: it knows nothing but what it is given, so it can
    be neither out of date nor somebody else's. The fewer people and moments it is given, the more often it is there
    already: `mine` rather than the actor, `today` rather than now."""
    return _rendered(template, reader(), photos.changes(), tuple(given.items()))


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
    context |= {
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
    }
    if fragment and request.wants_fragment:
        text = render_block(environment(), template, fragment, **context)
    else:
        text = environment().get_template(template).render(context)
    response = html(request, text.replace(CSRF, request.csrf), status)
    if flash is not None and not request.wants_fragment:
        response.delete_cookie(FLASH_COOKIE)
    if actor is not None:
        _remember(request, response, language=actor.language, theme=actor.theme)
    return response


#: What a page is about, by the names under which pages are given it.
ABOUT = ("idea", "campaign", "proposal", "comment", "attachment", "item", "receipt", "workshop", "thing", "queue")


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


def keep_choice(response: Response[Any], name: str, value: str) -> None:
    """A cookie that outlives the session, for a year."""
    response.set_cookie(
        Cookie(key=name, value=value, max_age=31_536_000, httponly=True, secure=settings().secure, samesite="lax")
    )


def html(request: Request, text: str, status: int = 200) -> Response[bytes]:
    """HTML as a response, compressed where the browser takes it."""
    body = text.encode("utf-8", "replace")
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
