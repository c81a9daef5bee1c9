"""The forms of getting in."""

from __future__ import annotations

from importlib.resources import files
from typing import Any
from zoneinfo import available_timezones

import wtforms
from wtforms.validators import StopValidation

from portal.accounts.passwords import problem_with
from portal.text.language import LANGUAGES, gettext
from portal.web.forms import (
    BooleanField,
    Form,
    HiddenNumber,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    at_most,
    lazy,
    options,
    required,
)


class SignInForm(Form):
    """E-mail and password."""

    email = StringField(lazy("E-mail"), [required(lazy("Give your e-mail address."))])
    password = PasswordField(lazy("Password"), [required(lazy("Give your password."))])


class AskForMailForm(Form):
    """Where to send a link: to choose a new password, or to sign in."""

    email = StringField(lazy("E-mail"), [required(lazy("Give your e-mail address.")), at_most(254)])


def new_password() -> PasswordField:
    """The field; a form that inherits it declares it again, so that errors are listed in the order of the page."""
    return PasswordField(lazy("New password"), [required(lazy("Choose a new password."))])


class NewPasswordForm(Form):
    """A new password, once; what is typed can be shown, so it isn't asked twice."""

    password = new_password()
    own_words: tuple[str, ...] = ()

    def validate_password(self, field: wtforms.Field) -> None:
        """Long enough and not easily guessed."""
        if problem := problem_with(field.data or "", *self.own_words):
            raise StopValidation(problem)


class ChangePasswordForm(NewPasswordForm):
    """The same for who is signed in: the present one first."""

    current_password = PasswordField(lazy("Present password"), [required(lazy("Give your present password."))])
    password = new_password()


def zones() -> list[Any]:
    """The time zones that countries have today, each by one name."""
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines()
    names = sorted(line.split("\t")[2] for line in lines if not line.startswith("#"))
    return options((name, name.replace("_", " ")) for name in names)


class ZoneField(SelectField):
    """A time zone; one that was stored stays, also by a name that is offered no longer."""

    def iter_choices(self) -> Any:
        """Those on offer, after the one that is there."""
        offered = list(super().iter_choices())
        if self.data in available_timezones() and self.data not in {choice[0] for choice in offered}:
            yield (self.data, self.data.replace("_", " "), True, {})
        yield from offered


class SettingsForm(Form):
    """How one wants to read, and what mail."""

    language = RadioField(lazy("Language"), choices=options(LANGUAGES.items()))
    zone = ZoneField(lazy("Time zone"), choices=zones)
    theme = RadioField(
        lazy("Light or dark"),
        choices=options([("", lazy("As my device")), ("light", lazy("Light")), ("dark", lazy("Dark"))]),
    )
    wants_mail = BooleanField(
        lazy("Send me mail about what I wrote, follow or take part in, and when somebody asks or mentions me")
    )


class PreferencesForm(Form):
    """The switches in the footer."""

    language = StringField(lazy("Language"))
    theme = StringField(lazy("Light or dark"))

    def validate_language(self, field: wtforms.Field) -> None:
        """One of ours."""
        if field.data and field.data not in LANGUAGES:
            raise StopValidation(gettext("Choose one of the languages on offer."))

    def validate_theme(self, field: wtforms.Field) -> None:
        """One of ours."""
        if field.data and field.data not in ("light", "dark", "device"):
            raise StopValidation(gettext("Choose light, dark, or as the device has it."))


class RulesForm(Form):
    """Which house rules one accepts."""

    page = HiddenNumber(default=0)
