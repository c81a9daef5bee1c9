"""The forms of working together."""

from __future__ import annotations

from portal.web.forms import Form, TextAreaField, at_most, lazy, required


class OfferForm(Form):
    """What one could do."""

    body = TextAreaField(lazy("I can help with…"), [required(lazy("Say what you can help with.")), at_most(300)])
