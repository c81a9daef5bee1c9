"""The forms of units."""

from __future__ import annotations

from portal.colleagues.forms import ColleagueField
from portal.text.language import gettext
from portal.units.paths import Unit, UnitPaths
from portal.web.beside import SeenForm
from portal.web.forms import Form, StringField, at_most, lazy, required


class UnitForm(SeenForm):
    """A unit: new, renamed, moved, or led by somebody else."""

    name = StringField(lazy("Name"), [required(lazy("Give the unit a name.")), at_most(120)])
    code = StringField(lazy("Code"), [at_most(40)])
    parent = StringField(lazy("Lies under"), [at_most(500)])
    head = ColleagueField(lazy("Head"))


class MergeForm(Form):
    """Where everybody of a unit goes."""

    into = StringField(lazy("Merge into"), [required(lazy("Say which unit takes it up.")), at_most(500)])


def chosen_unit(form: Form, field: str, units: UnitPaths) -> Unit | None:
    """The unit that was written into `field`; an error there when it means none or several."""
    written = form[field].data
    if form.only_shown or not written or form[field].errors:
        return None
    fitting = units.found(written)
    if len(fitting) == 1:
        return units.units[fitting[0]]
    if fitting:
        form.refuse(field, gettext("Several units are called that. Write those above it too, such as North > Team 2."))
    else:
        form.refuse(field, gettext("There is no unit with this name or code."))
    return None
