"""The forms of what is attached."""

from __future__ import annotations

from portal.text.language import gettext
from portal.web.forms import FilesField, Form, RadioField, StringField, TextAreaField, at_most, lazy, options, required


class AttachForm(Form):
    """Files, several at once."""

    files = FilesField(lazy("Files"), [required(lazy("Choose one file or more."))])


class DescriptionForm(Form):
    """What an image shows, or a file holds."""

    text_field = "description"
    description = StringField(lazy("What does it show?"), [at_most(300)])


class AskForm(Form):
    """What somebody needs a file for."""

    text_field = "words"

    words = TextAreaField(lazy("What do you need it for?"), [at_most(500)])


class AnswerWishForm(Form):
    """Whether she gets it; a refusal says why."""

    text_field = "reason"

    answer = RadioField(
        lazy("Does she or he get it?"),
        [required(lazy("Choose one of the two."))],
        choices=options([("give", lazy("Yes, this file and no other")), ("refuse", lazy("No"))]),
    )
    reason = TextAreaField(lazy("Why not?"), [at_most(500)])

    def valid(self) -> bool:
        """A refusal without a reason is none."""
        valid = super().valid()
        if self.answer.data == "refuse" and not (self.reason.data or "").strip():
            self.refuse("reason", gettext("Say why: whoever asked reads it."))
            return False
        return valid
