"""The form of a move: where to, and that one saw who reads it then."""

from __future__ import annotations

from portal.text.language import gettext
from portal.web.forms import BooleanField, Form, HiddenField, lazy


class MoveForm(Form):
    """Where it goes; `seen`: the audience as it was shown."""

    to = HiddenField()
    seen = HiddenField()
    sure = BooleanField(lazy("Yes, move it"))

    def valid(self) -> bool:
        """Nothing is moved by the way."""
        if super().valid() and not self.sure.data:
            self.refuse("sure", gettext("Confirm that you want to move it."))
        return self.complete
