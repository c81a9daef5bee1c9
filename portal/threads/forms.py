"""The form of a digest."""

from __future__ import annotations

from portal.text.language import LANGUAGES
from portal.web.forms import (
    Form,
    HiddenNumber,
    RadioField,
    StringField,
    TextAreaField,
    at_most,
    lazy,
    options,
    required,
)

LONGEST = 4000


class DigestForm(Form):
    """A thread in short, and how it came to be. `version`: the one that was changed, 0 for none."""

    body = TextAreaField(lazy("In short"), [required(lazy("Say what the thread says.")), at_most(LONGEST)])
    how = StringField(
        lazy("How you made it"),
        [required(lazy("Say how you made it: what you read, and how you chose.")), at_most(300)],
    )
    language = RadioField(lazy("Language"), choices=options(LANGUAGES.items()))
    version = HiddenNumber(default=0)
