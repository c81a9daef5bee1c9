"""The field in which a colleague is named, wherever one is."""

from __future__ import annotations

from wtforms.form import BaseForm
from wtforms.validators import StopValidation

from portal.access.actor import Actor
from portal.colleagues.queries import Colleague, colleagues_called, colleagues_like
from portal.text.language import gettext
from portal.web.forms import Form, StringField, lazy, required

LONGEST = 254
NEAR = 3  # names that are offered where nobody has the one that was typed


class ColleagueField(StringField):
    """A colleague's name, or her e-mail address; `chosen_colleague` says who that is."""

    def pre_validate(self, form: BaseForm) -> None:
        """No longer than a name or an address."""
        super().pre_validate(form)
        if len(self.data or "") > LONGEST:
            raise StopValidation(gettext("Give a name or an e-mail address."))


class ColleagueForm(Form):
    """One colleague."""

    colleague = ColleagueField(lazy("Colleague"), [required(lazy("Name a colleague."))])


async def chosen_colleague(actor: Actor, form: Form, field: str, space: int | None = None) -> Colleague | None:
    """The one colleague who is named in `field`; else an error there, also when she can't read `space`."""
    words = form[field].data
    if form.only_shown or not words or form[field].errors:
        return None
    found = await colleagues_called(actor, words, space or actor.organisation_space)
    meant = [one for one in found if one.reads] or found
    if len(meant) == 1 and (meant[0].reads or space is None):
        return meant[0]
    if len(meant) > 1:
        form.refuse(field, gettext("Several colleagues are called so: give the e-mail address."))
    elif meant:
        form.refuse(field, gettext("This colleague can’t read that space."))
    else:
        form.refuse(field, await _nobody(actor, words, space))
    return None


async def _nobody(actor: Actor, words: str, space: int | None) -> str:
    """That there is nobody; and who is called nearly so."""
    nobody = gettext("There is no colleague with this name or address.")
    near = await colleagues_like(actor, space or actor.organisation_space, words)
    if not near:
        return nobody
    names = ", ".join(one.words for one in near[:NEAR])
    return f"{nobody} " + gettext("Do you mean %(names)s?") % {"names": names}
