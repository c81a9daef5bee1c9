"""The forms of the administration."""

from __future__ import annotations

import wtforms
from wtforms.validators import StopValidation

from portal.access.actor import Actor, Role
from portal.admin import deactivation, roles
from portal.text.address import is_address
from portal.text.language import LANGUAGES, gettext
from portal.text.roles import ROLE_NAMES
from portal.web.forms import BooleanField, Form, RadioField, SelectField, StringField, at_most, lazy, options, required


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
            raise StopValidation(gettext("This is no complete e-mail address, such as name@example.org."))


class AddPersonForm(_AboutPerson):
    """A new colleague."""

    language = RadioField(lazy("Language"), choices=options(LANGUAGES.items()))
    invite = BooleanField(lazy("Send a mail with a link to choose a password"), default=True)


class EditPersonForm(_AboutPerson):
    """The same for who is there already."""

    employee = BooleanField(lazy("Is an employee from now on"))


class DeactivateForm(Form):
    """Who takes over, where something would have nobody."""

    successor = StringField(lazy("Who takes over? (e-mail address of a colleague)"), [at_most(254)])


class RoleForm(Form):
    """A colleague and her role."""

    email = StringField(
        lazy("E-mail address of a colleague"),
        [required(lazy("Give your colleague’s e-mail address.")), at_most(254)],
    )
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


async def chosen_colleague(actor: Actor, form: Form) -> roles.Candidate | None:
    """The colleague whose address was typed; else an error there."""
    if form.only_shown or form["email"].errors:
        return None
    found = await roles.candidate(actor, form["email"].data)
    if found is None:
        form.refuse("email", gettext("There is no colleague with this address."))
    return found


async def chosen_successor(actor: Actor, form: Form, person: int) -> deactivation.Successor | None:
    """Who takes over, if an address was typed; an error where nobody else has it."""
    if form.only_shown or not form["successor"].data or form["successor"].errors:
        return None
    found = await deactivation.successor(actor, form["successor"].data, person)
    if found is None:
        form.refuse("successor", gettext("There is no other colleague with this address."))
    return found


def chosen_role(form: Form) -> Role:
    """The role that was picked."""
    return Role(form["role"].data)
