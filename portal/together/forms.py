"""The forms of working together."""

from __future__ import annotations

from portal.web.forms import Form, StringField, TextAreaField, at_most, lazy, required


class InviteForm(Form):
    """A colleague to write along."""

    email = StringField(
        lazy("E-mail address of a colleague"),
        [required(lazy("Give your colleague’s e-mail address.")), at_most(254)],
    )


class OfferForm(Form):
    """What one could do."""

    body = TextAreaField(lazy("I can help with…"), [required(lazy("Say what you can help with.")), at_most(300)])
