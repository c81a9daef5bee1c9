"""The forms in which somebody leaves: who takes over, which spaces she keeps, and her name, typed once more."""

from __future__ import annotations

import wtforms
from wtforms.validators import StopValidation

from portal.access.actor import Actor
from portal.admin import roles
from portal.colleagues.forms import ColleagueField, chosen_colleague
from portal.colleagues.queries import Colleague
from portal.text.language import gettext
from portal.web.forms import Form, StringField, TextAreaField, at_most, lazy, required


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


async def chosen_successor(actor: Actor, form: Form, person: int) -> Colleague | None:
    """Who takes over, if somebody was named; an error where it is the very person who leaves."""
    heir = await chosen_colleague(actor, form, "successor")
    if heir is not None and heir.id == person:
        form.refuse("successor", gettext("Name somebody else than the colleague who leaves."))
        return None
    return heir
