"""The forms of a page as a browser sees them: what stands in them, what is wrong with them, and sending them slowly."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest

from portal.web.forms import Form
from portal.web.request import Request
from tests.client import Browser


class _Forms(HTMLParser):
    """Collects forms by address, with the value of each field, and the error at each field by its name."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self.errors: dict[str, str] = {}
        self.pressed: dict[str, str] = {}  # what Enter presses: the name of a form's first button
        self._action = ""
        self._fields: dict[str, str] | None = None
        self._inside = ""  # of a textarea or select: its name
        self._error = ""

    def handle_starttag(self, tag: str, pairs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in pairs}
        name, value = attributes.get("name", ""), attributes.get("value", "")
        if tag == "form":
            self._action = attributes.get("action", "")
            self._fields = self.forms.setdefault(self._action, {})
        elif tag == "p" and attributes.get("class") == "error":
            self._error = attributes["id"].removesuffix("-error")
        elif self._fields is None:
            return
        elif tag == "button" and attributes.get("type") == "submit":
            self.pressed.setdefault(self._action, name)
        elif tag == "input" and name:
            if attributes.get("type") not in ("radio", "checkbox") or "checked" in attributes:
                self._fields[name] = value
        elif tag in ("textarea", "select") and name:
            self._inside = name
            self._fields[name] = ""
        elif tag == "option" and "selected" in attributes:
            self._fields[self._inside] = value

    def handle_data(self, data: str) -> None:
        if self._error:
            self.errors[self._error] = self.errors.get(self._error, "") + data.strip()
        elif self._inside and self._fields is not None and self.lasttag == "textarea":
            self._fields[self._inside] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None
        elif tag in ("textarea", "select"):
            if tag == "textarea" and self._fields is not None and self._inside:
                self._fields[self._inside] = self._fields[self._inside].removeprefix("\n")
            self._inside = ""
        elif tag == "p":
            self._error = ""


def _read(response: httpx.Response) -> _Forms:
    parser = _Forms()
    parser.feed(response.text)
    return parser


def form_of(response: httpx.Response, action: str) -> dict[str, str]:
    """The form of a page that leads to `action`: what the browser would send."""
    forms = _read(response).forms
    assert action in forms, f"no form for {action} among {list(forms)}"
    return forms[action]


def forms_of(response: httpx.Response) -> dict[str, dict[str, str]]:
    """All forms of a page, by where they lead."""
    return _read(response).forms


def pressed_by_enter(response: httpx.Response, action: str) -> str:
    """The name of the button that Enter in a line of a form presses; "" for one that only sends it."""
    return _read(response).pressed[action]


def errors_of(response: httpx.Response) -> dict[str, str]:
    """What is wrong, by field."""
    return _read(response).errors


async def post_slowly(
    browser: Browser, path: str, data: dict[str, Any], meanwhile: Callable[[], Awaitable[Any]]
) -> httpx.Response:
    """Sends a form that is carried out late: the page has loaded the thing, then `meanwhile` happens, then the write."""
    sent = Form.sent.__func__  # type: ignore[attr-defined]
    waiting = [meanwhile]

    async def late(cls: type[Form], /, request: Request, **options: Any) -> Any:
        form = await sent(cls, request, **options)
        if waiting:
            await waiting.pop()()
        return form

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Form, "sent", classmethod(late))
        response = await browser.post(path, data)
    assert not waiting, "the form was not read"
    return response
