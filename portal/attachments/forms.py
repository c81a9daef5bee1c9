"""The forms of what is attached."""

from __future__ import annotations

from portal.web.forms import FilesField, Form, StringField, at_most, lazy, required


class AttachForm(Form):
    """Files, several at once."""

    files = FilesField(lazy("Files"), [required(lazy("Choose one file or more."))])


class DescriptionForm(Form):
    """What an image shows, or a file holds."""

    description = StringField(lazy("What does it show?"), [at_most(300)])
