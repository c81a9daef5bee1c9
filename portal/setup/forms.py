"""The forms of the first run, and of the demo's end."""

from __future__ import annotations

import wtforms
from wtforms.validators import StopValidation

from portal.accounts.forms import NewPasswordForm, new_password, zones
from portal.text.address import is_address, what_is_wrong_with
from portal.text.language import LANGUAGES, gettext
from portal.web.forms import Form, RadioField, SelectField, StringField, at_most, lazy, options, required


class _Code(Form):
    """That it is whoever started Plein."""

    code = StringField(lazy("Code"), [required(lazy("Give the code that stands in the terminal.")), at_most(60)])


class _Organisation(Form):
    """Whom this installation serves."""

    organisation = StringField(lazy("Organisation"), [required(lazy("Give the organisation’s name.")), at_most(80)])
    language = RadioField(lazy("Language"), choices=options(LANGUAGES.items()), default="nl")
    zone = SelectField(lazy("Time zone"), choices=zones, default="Europe/Amsterdam")


class SetUpForm(_Code, _Organisation, NewPasswordForm):
    """The code of the terminal, the organisation, and its first administrator."""

    name = StringField(lazy("Your name"), [required(lazy("Give the name that colleagues know you by.")), at_most(120)])
    email = StringField(lazy("E-mail"), [required(lazy("Give your e-mail address.")), at_most(254)])
    password = new_password()

    def validate_email(self, field: wtforms.Field) -> None:
        """An address that mail can go to."""
        if field.data and not is_address(field.data):
            raise StopValidation(what_is_wrong_with(field.data))

    def validate_password(self, field: wtforms.Field) -> None:
        """Nothing that stands in this very form."""
        email = self.email.data or ""
        self.own_words = (self.name.data or "", email, self.organisation.data or "")
        super().validate_password(field)


class RemoveDemoForm(_Organisation):
    """What the organisation is called from now on, and the demo's name, typed as a confirmation."""

    confirmation = StringField(lazy("Type the name of the demo organisation"))
    demo_name = ""

    def validate_confirmation(self, field: wtforms.Field) -> None:
        """The very name."""
        if (field.data or "").casefold() != self.demo_name.casefold():
            raise StopValidation(
                gettext("Type “%(name)s”, so that nobody does this by mistake.") % {"name": self.demo_name}
            )
