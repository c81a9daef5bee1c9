"""The form of a case's record."""

from __future__ import annotations

from portal.web.forms import Form, TextAreaField, at_most, lazy, required


class CaseRecordForm(Form):
    """What it is made for."""

    reason = TextAreaField(lazy("What is it made for?"), [required(lazy("Say what it is made for.")), at_most(500)])
