"""The forms of those who look after a space."""

from __future__ import annotations

from portal.colleagues.forms import ColleagueForm
from portal.stewards.actions import GIVEN
from portal.text.roles import ROLE_NAMES
from portal.web.forms import (
    BooleanField,
    Form,
    SelectField,
    StringField,
    TextAreaField,
    at_most,
    lazy,
    options,
    required,
)


class RoleForm(ColleagueForm):
    """A colleague and a role."""

    role = SelectField(lazy("Role"), choices=lambda: options((role.value, ROLE_NAMES[role.value]) for role in GIVEN))


class CardForm(Form):
    """When and where the community manager is to be found."""

    office_hours = StringField(lazy("Office hours"), [required(lazy("Say when you can be reached.")), at_most(200)])
    whereabouts = TextAreaField(lazy("Where you are to be found"), [at_most(300)])


class HighlightForm(Form):
    """Where an idea stands in its space."""

    pin = BooleanField(lazy("At the top of the space"))
    feature = BooleanField(lazy("In the spotlight"))
