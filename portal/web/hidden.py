"""What a form carries along unseen."""

from __future__ import annotations

import secrets
from typing import Any

import wtforms
import wtforms.widgets
from markupsafe import Markup, escape
from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from portal.text.language import gettext

MARK = 32  # letters of a mark, behind the character by which it is found


def new_mark() -> str:
    """Stands in a text for what is another on each page or for each reader, until the page is sent. It begins with the
    one character that no text of anybody's holds: the database takes none."""
    return "\0" + secrets.token_urlsafe(MARK * 3 // 4)


#: Stands for the key of a form into which nobody has typed; each page puts a new one there.
ONCE = new_mark()


class FormKey(wtforms.HiddenField):
    """The key of a form. Nearly every page has one, so it is drawn without looking which attributes it might have."""

    def __call__(self, **attributes: Any) -> Markup:
        """As it stands in a form."""
        assert not attributes, "a key has none"
        return Markup(f'<input id="{self.id}" name="{self.name}" type="hidden" value="{escape(self.data)}">')  # noqa: S704


class HiddenNumber(wtforms.IntegerField):
    """A whole number that the page carries along; what is no such number is refused."""

    widget = wtforms.widgets.HiddenInput()

    def _value(self) -> str:
        """The number that holds now: what was typed may have been out of date."""
        return "" if self.data is None else str(self.data)

    def pre_validate(self, form: BaseForm) -> None:
        """Within what a column can hold."""
        if self.data is not None and not 0 <= self.data < 2**31:
            raise StopValidation(gettext("Not a valid integer value."))


#: Fields that nobody sees.
HIDDEN = (wtforms.HiddenField, HiddenNumber)
