"""The forms of groups."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.spaces.queries import Colleague, colleague, reads
from portal.text.language import LANGUAGES, gettext
from portal.web.forms import Form, RadioField, StringField, TextAreaField, at_most, lazy, options, required


class GroupForm(Form):
    """A new group."""

    name = StringField(lazy("Name"), [required(lazy("Give the group a name.")), at_most(80)])
    purpose = TextAreaField(
        lazy("What is it for?"), [required(lazy("Say in a line what the group is for.")), at_most(500)]
    )
    access = RadioField(
        lazy("Who can read it?"),
        [required(lazy("Choose who can read the group."))],
        choices=options([("open", lazy("Every colleague")), ("closed", lazy("Members only"))]),
        default="open",
    )
    language = RadioField(lazy("Language"), choices=options(LANGUAGES.items()))


class AddMemberForm(Form):
    """A colleague to take in."""

    email = StringField(
        lazy("E-mail address of a colleague"),
        [required(lazy("Give your colleague’s e-mail address.")), at_most(254)],
    )


async def chosen_colleague(actor: Actor, form: Form, field: str, space: int | None = None) -> Colleague | None:
    """The colleague whose address was typed into `field`; else an error there, also when she can't read `space`."""
    address = form[field].data
    if form.only_shown or not address or form[field].errors:
        return None
    chosen = await colleague(actor, address)
    if chosen is None:
        form.refuse(field, gettext("There is no colleague with this address."))
    elif space is not None and not await reads(actor, chosen.id, space):
        form.refuse(field, gettext("This colleague can’t read that space."))
    return chosen
