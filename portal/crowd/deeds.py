"""What may be done to a promise."""

from __future__ import annotations

from typing import Any

from portal.access.actor import Actor
from portal.access.policy import Action
from portal.crowd import actions, forms
from portal.crowd.queries import PromiseRow
from portal.text.language import gettext, lazy
from portal.web.deeds import Deed


async def _news(actor: Actor, promise: PromiseRow, form: Any) -> None:
    await actions.tell_news(actor, promise, body=form.body.data, form_key=form.once)


async def _date(actor: Actor, promise: PromiseRow, form: Any) -> None:
    if form.due_on.data <= actor.now.date():
        form.refuse("due_on", gettext("Give a day that is still to come."))
        return
    await actions.move_date(actor, promise, due_on=form.due_on.data, reason=form.body.data, form_key=form.once)


async def _done(actor: Actor, promise: PromiseRow, form: Any) -> None:
    await actions.report_done(actor, promise, body=form.body.data, form_key=form.once)


#: By the last part of the address.
DEEDS = {
    "news": Deed(
        Action.PROMISE_TELL,
        forms.NewsForm,
        lazy("Tell how it goes"),
        lazy(
            "Everybody reads it, and who took part hears of it. Without news for some weeks the case is opened again."
        ),
        _news,
    ),
    "done": Deed(
        Action.PROMISE_TELL,
        forms.DoneForm,
        lazy("Say that it is done"),
        lazy("Whoever supported it is asked whether it is done. Where half of them say no, the case is opened again."),
        _done,
    ),
    "date": Deed(
        Action.PROMISE_MOVE,
        forms.DateForm,
        lazy("Move the date"),
        lazy(
            "Everybody reads your reason. The day that it had stays to be read. From the second time on, who stands "
            "above the owner is told."
        ),
        _date,
    ),
}
