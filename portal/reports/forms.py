"""The form of a report."""

from __future__ import annotations

from portal.text.rules import HOUSE_RULES
from portal.web.forms import BooleanField, Form, RadioField, TextAreaField, at_most, lazy, options, required


class ReportForm(Form):
    """Which rule it breaks, and whatever else helps."""

    rule = RadioField(
        lazy("Which house rule is it about?"),
        [required(lazy("Choose the house rule."))],
        choices=options((key, rule.name) for key, rule in HOUSE_RULES.items()),
    )
    sensitive = BooleanField(lazy("It is sensitive, and should be out of sight until somebody has looked at it"))
    words = TextAreaField(lazy("What should the moderators know?"), [at_most(1000)])
