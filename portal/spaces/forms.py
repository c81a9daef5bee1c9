"""The forms of groups."""

from __future__ import annotations

from portal.colleagues.forms import ColleagueField
from portal.text.language import LANGUAGES
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

    colleague = ColleagueField(lazy("Colleague"), [required(lazy("Name a colleague."))])
