"""The forms of the administration."""

from __future__ import annotations

import wtforms
from wtforms.validators import StopValidation

from portal.access.actor import Role
from portal.admin import roles
from portal.admin.people import PersonRow, Sister
from portal.colleagues.forms import ColleagueField
from portal.text.address import is_address, what_is_wrong_with
from portal.text.language import LANGUAGES
from portal.text.roles import ROLE_NAMES
from portal.units.paths import UnitPaths
from portal.web.beside import SeenForm
from portal.web.forms import (
    BooleanField,
    Form,
    RadioField,
    SelectField,
    StringField,
    at_most,
    lazy,
    options,
    required,
)


class _AboutPerson(Form):
    """What the organisation says of somebody."""

    name = StringField(lazy("Name"), [required(lazy("Give the name that colleagues know her by.")), at_most(120)])
    email = StringField(lazy("E-mail"), [required(lazy("Give the e-mail address.")), at_most(254)])
    title = StringField(lazy("What she does"), [at_most(120)])
    unit = StringField(lazy("Unit"), [at_most(500)])
    number = StringField(lazy("Personnel number"), [at_most(40)])

    def validate_email(self, field: wtforms.Field) -> None:
        """An address that mail can go to."""
        if field.data and not is_address(field.data):
            raise StopValidation(what_is_wrong_with(field.data))


class AddPersonForm(_AboutPerson):
    """A new colleague, of the organisation itself or of a sister of it."""

    sister = SelectField(lazy("Of which organisation?"), choices=[], default="")
    language = RadioField(lazy("Language"), choices=options(LANGUAGES.items()))
    invite = BooleanField(lazy("Send a mail with a link to choose a password"), default=True)

    def offer(self, organisation: str, sisters: list[Sister]) -> AddPersonForm:
        """The organisation itself, and its sisters; with no sisters there is nothing to ask."""
        self.sister.choices = options([("", organisation), *((row.public_id, row.name) for row in sisters)])
        self.sisters = sisters
        return self

    @property
    def home(self) -> int | None:
        """The sister organisation that was chosen."""
        return next((row.id for row in self.sisters if row.public_id == self.sister.data), None)


class EditPersonForm(SeenForm, _AboutPerson):
    """The same for who is there already."""

    @classmethod
    def of(cls, person: PersonRow, units: UnitPaths) -> EditPersonForm:
        """As it was saved last."""
        return cls(obj=person, unit=units.path(person.org_unit))


class RoleForm(Form):
    """A colleague and her role."""

    colleague = ColleagueField(lazy("Colleague"), [required(lazy("Name a colleague."))])
    role = SelectField(lazy("Role"), choices=[])

    def offer(self, space: roles.SpaceOfRoles) -> RoleForm:
        """The roles that there are in this space."""
        self.role.choices = options((role.value, ROLE_NAMES[role.value]) for role in roles.ROLES[space.kind])
        return self


class EnterForm(Form):
    """A closed group by its address, and what the administrator will be there."""

    address = StringField(
        lazy("Address of the group"),
        [required(lazy("Give the address that a member sees in the browser.")), at_most(300)],
    )
    role = SelectField(
        lazy("Role"), choices=lambda: options((role.value, ROLE_NAMES[role.value]) for role in roles.ROLES["group"])
    )


def chosen_role(form: Form) -> Role:
    """The role that was picked."""
    return Role(form["role"].data)
