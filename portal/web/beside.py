"""Two editors of one thing: the later one loses nothing, and sees what was saved meanwhile beside what she typed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from portal.text.difference import Piece, differences
from portal.text.language import gettext
from portal.web.forms import (
    BooleanField,
    FilesField,
    Form,
    HiddenField,
    PasswordField,
    SelectField,
    TagsField,
)

APART = (FilesField, PasswordField)


class SeenForm(Form):
    """A form of what others change, too: `seen` tells what stood there when it was filled in."""

    seen = HiddenField()
    mark = "seen"


class Beside(msgspec.Struct, frozen=True):
    """Of each field in which what was saved is another than what was typed: its label, and both texts in pieces.
    `by`, `at`: who saved it and when, where that is known."""

    fields: list[tuple[str, list[Piece]]]
    by: str | None = None
    at: datetime | None = None


async def collided(
    form: Any, saved: Any, field: str, *, by: str | None = None, at: datetime | None = None
) -> Beside | None:
    """Refuses, at one of its fields, a form that was filled from what stands no more. `saved`: the same form with what
    stands now; sent once more, the form takes the place of that. None where nothing of it is another."""
    said = gettext("This was saved elsewhere meanwhile. Compare, then save again: nothing of yours is lost.")
    form.refuse(field, said)
    form[form.mark].data = saved[form.mark].data
    typed = words(form)
    changed = await differences({name: text for name, text in words(saved).items() if name in typed}, typed)
    if not changed:
        return None
    return Beside([(str(form[name].label.text), pieces) for name, pieces in changed.items()], by, at)


def words(form: Form) -> dict[str, str]:
    """What a form says, field by field, as people read it; without what it carries along unseen, and what only helps
    to fill it in."""
    return {f.name: _words(f) for f in form.asks if not isinstance(f, APART) and f.name not in form.apart}


def _words(field: Any) -> str:
    if isinstance(field, BooleanField):
        return gettext("Yes") if field.data else gettext("No")
    if isinstance(field.data, list):
        return (", " if isinstance(field, TagsField) else "\n").join(field.data)
    if isinstance(field, SelectField) or getattr(field, "choices", None):
        return next((str(label) for value, label, *_ in field.iter_choices() if value == field.data), field.data or "")
    return str(field._value())
