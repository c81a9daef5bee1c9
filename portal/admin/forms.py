"""The forms of the administration."""

from __future__ import annotations

import wtforms
from wtforms.validators import StopValidation

from portal.access.actor import Actor, Role
from portal.admin import roles
from portal.admin.people import PersonRow, Sister
from portal.colleagues.forms import ColleagueField, chosen_colleague
from portal.colleagues.queries import Colleague
from portal.text.address import is_address, what_is_wrong_with
from portal.text.language import LANGUAGES, gettext
from portal.text.roles import ROLE_NAMES
from portal.units.paths import UnitPaths
from portal.web.beside import SeenForm
from portal.web.forms import (
    BooleanField,
    Form,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
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

    employee = BooleanField(lazy("Is an employee from now on"))
    apart = ("employee",)

    @classmethod
    def of(cls, person: PersonRow, units: UnitPaths) -> EditPersonForm:
        """As it was saved last."""
        return cls(obj=person, unit=units.path(person.org_unit))


class DeactivateForm(Form):
    """Who takes over, where something would have nobody."""

    successor = ColleagueField(lazy("Who takes over?"))


class BecomeGuestForm(DeactivateForm):
    """The spaces that somebody keeps as a guest, and who takes over what would have nobody."""

    spaces = TextAreaField(
        lazy("Guest spaces"),
        [
            required(lazy("Give the address of at least one guest space, as a member sees it in the browser.")),
            at_most(2000),
        ],
    )


async def chosen_spaces(actor: Actor, form: BecomeGuestForm) -> list[roles.SpaceOfRoles]:
    """Those at the addresses that were given, a line each; an error where one is no place for guests."""
    found: list[roles.SpaceOfRoles] = []
    for address in (form.spaces.data or "").split():
        space = await roles.space_by_address(actor, address)
        if space is None or space.kind not in ("guest", "section"):
            form.refuse("spaces", gettext("There is no guest space at %(address)s.") % {"address": address})
        elif space.id not in [other.id for other in found]:
            found.append(space)
    return found


class EraseForm(Form):
    """The name of whom it is about, typed as a confirmation."""

    confirmation = StringField(lazy("Type the name of this person"))
    name = ""

    def validate_confirmation(self, field: wtforms.Field) -> None:
        """The very name."""
        if (field.data or "").casefold() != self.name.casefold():
            words = gettext("Type “%(name)s”, so that nobody does this by mistake.")
            raise StopValidation(words % {"name": self.name})


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


async def chosen_successor(actor: Actor, form: Form, person: int) -> Colleague | None:
    """Who takes over, if somebody was named; an error where it is the very person who leaves."""
    heir = await chosen_colleague(actor, form, "successor")
    if heir is not None and heir.id == person:
        form.refuse("successor", gettext("Name somebody else than the colleague who leaves."))
        return None
    return heir


def chosen_role(form: Form) -> Role:
    """The role that was picked."""
    return Role(form["role"].data)
