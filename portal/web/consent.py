"""Forms that change what holds for everybody: each change says why, and who consented to it for the works council."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import wtforms

from portal.text.language import gettext, lazy
from portal.web.forms import DayField, Form, HiddenNumber, StringField, TextAreaField, at_most, required

CONSENT = ("reason", "consent_by", "consent_on")


class ConsentedForm(Form):
    """Why it changes and who consented, after the fields of whoever extends it; `read` is the version that it was made
    from."""

    reason = TextAreaField(lazy("Why does it change?"), [required(lazy("Say why it changes.")), at_most(1000)])
    consent_by = StringField(
        lazy("Who consented for the works council?"), [required(lazy("Name who consented.")), at_most(120)]
    )
    consent_on = DayField(lazy("When?"), [required(lazy("Say on which day."))])
    read = HiddenNumber(default=0)
    mark = "read"
    apart = CONSENT

    def __iter__(self) -> Iterator[wtforms.Field]:
        """As they stand on the page: what changes comes before why."""
        consent = [self[name] for name in CONSENT]
        yield from (field for field in super().__iter__() if field not in consent)
        yield from consent

    def consent(self, today: date) -> dict[str, Any] | None:
        """Checks every field: why it changes and who consented, or None where something is left to mend."""
        self.valid()
        if self.consent_on.data and self.consent_on.data > today:
            self.refuse("consent_on", gettext("Give a day that has been."))
        return {name: self[name].data for name in CONSENT} if self.complete else None
