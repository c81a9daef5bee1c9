"""The form of a service."""

from __future__ import annotations

from portal.web.beside import SeenForm
from portal.web.forms import BooleanField, StringField, TextAreaField, at_most, lazy, required


class ServiceForm(SeenForm):
    """A service or process of the organisation."""

    name = StringField(lazy("Name"), [required(lazy("Give the service a name.")), at_most(80)])
    description = TextAreaField(lazy("What is it?"), [at_most(500)])
    archived = BooleanField(lazy("It is no more"))
