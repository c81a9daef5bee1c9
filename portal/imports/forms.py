"""Handing in a list."""

from __future__ import annotations

from portal.web.forms import (
    BooleanField,
    FilesField,
    Form,
    HiddenField,
    RadioField,
    lazy,
    options,
    required,
)


class ImportForm(Form):
    """A file, and how far it goes."""

    kind = RadioField(
        lazy("What does it list?"),
        choices=options([("people", lazy("People")), ("units", lazy("Units"))]),
        default="people",
    )
    file = FilesField(lazy("File"), [required(lazy("Choose a file."))])
    make_units = BooleanField(lazy("Add units that people are in and that aren’t there yet"))
    deactivate_missing = BooleanField(lazy("Deactivate colleagues who are not on the list"))


class StartForm(Form):
    """Going ahead with what the trial run said: its mark travels along."""

    seen = HiddenField()
