"""The form of a starting text."""

from __future__ import annotations

from portal.starts.queries import Words
from portal.text.answers import ANSWER_KINDS
from portal.text.language import LANGUAGES
from portal.text.markdown import LONGEST
from portal.web.beside import SeenForm
from portal.web.forms import RadioField, StringField, TextAreaField, at_most, lazy, options, required


class StartForm(SeenForm):
    """A short text from which answers may start."""

    name = StringField(lazy("What it is for"), [required(lazy("Say in a few words what it is for.")), at_most(80)])
    language = RadioField(lazy("Language"), choices=options(LANGUAGES.items()))
    kind = RadioField(
        lazy("The decision"),
        choices=options([("", lazy("Any")), *((kind, words.choice) for kind, words in ANSWER_KINDS.items())]),
        default="",
    )
    summary = StringField(lazy("The answer in one line"), [at_most(200)])
    reason = TextAreaField(lazy("Why?"), [required(lazy("Write a text to begin with.")), at_most(LONGEST)])
    next_step = StringField(lazy("What happens next?"), [at_most(300)])

    def words(self) -> Words:
        """What it says."""
        return Words(**{name: self[name].data or "" for name in Words.__struct_fields__})
