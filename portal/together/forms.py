"""The forms of working together."""

from __future__ import annotations

from portal.colleagues.forms import ColleagueField
from portal.web.forms import Form, TextAreaField, at_most, lazy, required


class InviteForm(Form):
    """A colleague to write along."""

    colleague = ColleagueField(lazy("Colleague"), [required(lazy("Name a colleague."))])


class OfferForm(Form):
    """What one could do."""

    body = TextAreaField(lazy("I can help with…"), [required(lazy("Say what you can help with.")), at_most(300)])
