"""Deeds: what a person may do to something of which she may do several things, each on a page of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action
from portal.web.forms import Form
from portal.web.request import Request

Do = Callable[[Actor, Any, Any], Awaitable[None]]


class Deed(NamedTuple):
    """One of them: by which right, its form, its words with what they mean, and the action that it leads to;
    and how its form is fitted to what it is about, where that says what may be asked."""

    action: Action
    form: type[Form]
    words: str
    lead: str
    do: Do
    fitted: Callable[[Any], type[Form]] | None = None

    def form_for(self, thing: Any) -> type[Form]:
        """Its form, as this thing has it."""
        return self.fitted(thing) if self.fitted else self.form

    async def sent(self, request: Request, thing: Any, changed: str) -> Form:
        """The form as it was sent; the deed is done if it is complete. `changed`: what is said when somebody else
        was faster."""
        form: Form = await self.form_for(thing).sent(request)
        if form.valid():
            try:
                with form.screened():
                    await self.do(request.actor, thing, form)
            except Changed:
                form.refuse("form_key", changed)
        return form
