"""The request: who asks, in which language, and what was typed."""

from __future__ import annotations

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import parse_qsl

from litestar import Request as LitestarRequest
from litestar.datastructures import State
from litestar.exceptions import ClientException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from portal.access.actor import Actor
from portal.files import MB
from portal.files.store import Upload
from portal.settings import settings
from portal.text.language import LANGUAGES, Reader, best_language, lazy
from portal.web.uploads import LARGEST_TEXT, receive

MOST_FIELDS = 200
CSRF_FIELD = "csrf_token"
#: A form that is to be shown again as it was typed carries this field; it is then neither checked nor carried out.
RESUMED_FIELD = "resumed"
#: How the names of fields begin that belong to another form than the one that carries them.
CARRIED = "kept:"


class Typed:
    """What somebody typed into a form: names with their values, in the order sent, and the files that came along. Read
    it through a form class."""

    def __init__(self, pairs: list[tuple[str, str]], files: list[Upload] | None = None) -> None:
        self.pairs = pairs
        self.files = files or []

    def get(self, name: str, default: str = "") -> str:
        """The first value of a field."""
        return next((value for key, value in self.pairs if key == name), default)

    def getlist(self, name: str) -> list[str]:
        """All values of a field; WTForms asks for this."""
        return [value for key, value in self.pairs if key == name]

    def __contains__(self, name: str) -> bool:
        return any(key == name for key, _ in self.pairs)

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self.pairs))

    def __len__(self) -> int:
        return len(self.pairs)

    def kept_for(self, person: int) -> list[tuple[str, str]]:
        """The same, but nothing of what somebody else wrote."""
        return self.kept() if self.written_by(person) else []

    def written_by(self, person: int) -> bool:
        """Whether this person wrote it, or nobody was signed in then."""
        return self.writer in ("", writer_mark(person))

    @property
    def writer(self) -> str:
        """The mark of who wrote this form, if she was signed in then; signing in carries it along in a field."""
        return self.get("writer") or self.get(CSRF_FIELD).partition(".")[2]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was being written when a session ended, as a form on the way back in carries it along."""
        return [(name.removeprefix(CARRIED), value) for name, value in self.pairs if name.startswith(CARRIED)]

    def kept(self) -> list[tuple[str, str]]:
        """The fields that a person filled in, without tokens and passwords: what may be carried to another page."""
        if self.carried:
            return self.carried
        machinery = (CSRF_FIELD, RESUMED_FIELD, "preview", "shape", "next", "writer")
        return [(k, v) for k, v in self.pairs if k not in machinery and "password" not in k]


class Request(LitestarRequest[Any, Any, State]):
    """Litestar's request with the words of this product."""

    @property
    def actor(self) -> Actor:
        """Who asks; only where the guard lets nobody in without signing in."""
        actor = self.actor_or_none
        assert actor is not None, "this route is public: ask for actor_or_none"
        return actor

    @property
    def actor_or_none(self) -> Actor | None:
        """Who asks, if she is signed in."""
        return self.scope.get("plein_actor")  # type: ignore[return-value]

    @property
    def person(self) -> int:
        """Who is signed in, where somebody is: herself, also where she acts as her mask or looks through other eyes."""
        person: int = self.scope["plein_person"]  # type: ignore[typeddict-item]
        return person

    @property
    def was_recognised(self) -> bool:
        """Whether it was asked who it is, or nobody needs to know."""
        handler = self.scope.get("route_handler")
        return "plein_actor" in self.scope or (handler is not None and bool(handler.opt.get("plain")))

    @property
    def now(self) -> datetime:
        """The database's clock at the start of this request."""
        return self.actor.now

    @property
    def wants_fragment(self) -> bool:
        """Whether htmx asks for a part of the page."""
        return self.headers.get("HX-Request") == "true" and self.headers.get("HX-Request-Type") != "full"

    @property
    def reader(self) -> Reader:
        """Language and zone: the person's own, else by cookie or browser."""
        actor = self.actor_or_none
        if actor is not None:
            return Reader.at(actor.now, actor.language, actor.zone)
        chosen = self.scope.get("plein_language") or self.cookies.get("language", "")
        if chosen not in LANGUAGES:
            chosen = best_language(self.headers.get("accept-language", ""))
        return Reader(chosen)

    @property
    def theme(self) -> str:
        """ "light", "dark", or "" to follow the device."""
        actor = self.actor_or_none
        chosen = actor.theme if actor is not None else self.cookies.get("theme", "")
        return chosen if chosen in ("light", "dark") else ""

    @property
    def session_token(self) -> str:
        """The token that the browser shows, whatever it is worth; after signing in, the fresh one."""
        fresh: str | None = self.scope.get("plein_token")  # type: ignore[assignment]
        return fresh or self.cookies.get(session_cookie(), "")

    @property
    def csrf(self) -> str:
        """A token for this session's forms, masked anew for each page so that compression can't tell it; and behind it
        a mark of who writes, by which her text finds her again when the session has ended."""
        own = _csrf_of(self.session_token)
        mask = secrets.token_bytes(len(own))
        masked = urlsafe_b64encode(mask + _xor(mask, own)).decode()
        return f"{masked}.{writer_mark(self.person)}" if self.actor_or_none else masked

    def csrf_matches(self, token: str) -> bool:
        """Whether a form's token belongs to this session; anything malformed does not."""
        own = _csrf_of(self.session_token)
        try:
            raw = urlsafe_b64decode(token.partition(".")[0].encode("ascii"))
        except ValueError:
            return False
        mask, masked = raw[: len(own)], raw[len(own) :]
        if len(masked) != len(own):
            return False
        return hmac.compare_digest(_xor(mask, masked), own)

    @property
    def resumed(self) -> bool:
        """Whether a form comes back after signing in again, only to be shown."""
        read: Typed | None = self.scope.get("plein_typed")  # type: ignore[assignment]
        return read is not None and RESUMED_FIELD in read

    def texts_typed(self, areas: frozenset[str]) -> list[str]:
        """The texts of a form that was read and could not be carried out, so that they can be taken along: what stands
        in `areas`, however short, and whatever else has several words."""
        read: Typed | None = self.scope.get("plein_typed")  # type: ignore[assignment]
        kept = read.kept() if read else []
        return [value for name, value in kept if value.strip() and (name in areas or len(value.split()) > 1)]

    async def typed(self) -> Typed:
        """The form that was sent. Raises a 400 for what is no form of at most 200 fields in UTF-8 without NUL."""
        known: Typed | None = self.scope.get("plein_typed")  # type: ignore[assignment]
        if known is None:
            known = await self._read_form()
            self.scope["plein_typed"] = known  # type: ignore[typeddict-unknown-key]
        return known

    async def _read_form(self) -> Typed:
        kind = self.headers.get("content-type", "")
        if not self.takes_files:
            return _parse(kind, await self.body())
        if kind.split(";")[0].strip().lower() == "multipart/form-data":
            largest = self.scope["route_handler"].opt.get("largest_file", settings().file_mb * MB)
            pairs, files = await receive(kind, self.stream(), MOST_FIELDS, largest)
            return _checked(pairs, files)
        if self.content_length is None or self.content_length > LARGEST_TEXT:
            raise RequestEntityTooLarge
        return _parse(kind, await self.body())

    @property
    def takes_files(self) -> bool:
        """Whether this address takes forms with files."""
        return bool(self.scope["route_handler"].opt.get("files"))

    @property
    def own_address(self) -> str:
        """Path and query of this page, to come back to."""
        return self.url.path + (f"?{self.url.query}" if self.url.query else "")

    @property
    def address(self) -> str:
        """Where the request comes from; the forwarded address only when the proxy is one that we know."""
        peer = self.client.host if self.client else ""
        found = _plain(peer)
        if found is None or not _is_known_proxy(found):
            return str(found or peer)
        # A proxy adds its own line, or its own part of one, behind whatever it was sent.
        told = self.headers.getall("x-forwarded-for", [""])[-1]
        return str(_plain(told.rsplit(",", 1)[-1].strip()) or found)


def session_cookie() -> str:
    """The name of the session's cookie: bound to this host and to https wherever there is https."""
    return "__Host-sid" if settings().secure else "sid"


@lru_cache(maxsize=10_000)
def writer_mark(person: int) -> str:
    """Says whether a form was written by this person, and nothing to anybody else."""
    return hmac.digest(settings().secret_key.encode(), b"writer:%d" % person, "sha256").hex()[:32]


def _csrf_of(session_token: str) -> bytes:
    key = settings().secret_key.encode()
    return hmac.digest(key, b"csrf:" + session_token.encode("utf-8", "surrogatepass"), "sha256")


def _xor(one: bytes, other: bytes) -> bytes:
    """Of two that are equally long."""
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(len(one))


def _plain(address: str) -> IPv4Address | IPv6Address | None:
    """An address; one of IPv4 as itself also where whoever listens on both writes it as one of IPv6."""
    try:
        known = ip_address(address)
    except ValueError:
        return None
    return (known.ipv4_mapped if known.version == 6 else None) or known


@lru_cache(maxsize=1000)
def _is_known_proxy(peer: IPv4Address | IPv6Address) -> bool:
    return any(peer in ip_network(network) for network in settings().trusted_proxies)


def _parse(content_type: str, body: bytes) -> Typed:
    if body and content_type.split(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise ClientException(detail=lazy("This address takes forms only."), status_code=400)
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError:  # covers UnicodeDecodeError and too many fields
        raise ClientException(detail=lazy("The form that was sent is damaged."), status_code=400) from None
    return _checked(pairs)


def _checked(pairs: list[tuple[str, str]], files: list[Upload] | None = None) -> Typed:
    if any("\0" in key or "\0" in value for key, value in pairs):
        raise ClientException(detail=lazy("The form holds a character that can't be stored (NUL)."), status_code=400)
    return Typed([(key, value.replace("\r\n", "\n")) for key, value in pairs], files)
