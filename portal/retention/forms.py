"""The form of a retention list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.retention.queries import RuleRow
from portal.text.retention import CATEGORIES
from portal.web.forms import (
    DayField,
    Form,
    HiddenNumber,
    NumberField,
    StringField,
    TextAreaField,
    at_most,
    lazy,
    required,
)

LONGEST = 100  # years


class ListForm(Form):
    """Each kind of thing with its years and its ground, and who consented."""

    notes_years = NumberField(lazy("Years"), 0, LONGEST)
    notes_ground = StringField(lazy("Ground"), [required(lazy("Name the ground.")), at_most(300)])
    files_years = NumberField(lazy("Years"), 0, LONGEST)
    files_ground = StringField(lazy("Ground"), [required(lazy("Name the ground.")), at_most(300)])
    consultations_years = NumberField(lazy("Years"), 0, LONGEST)
    consultations_ground = StringField(lazy("Ground"), [required(lazy("Name the ground.")), at_most(300)])
    case_years = NumberField(lazy("Years"), 0, LONGEST)
    case_ground = StringField(lazy("Ground"), [required(lazy("Name the ground.")), at_most(300)])
    reason = TextAreaField(lazy("Why does it change?"), [required(lazy("Say why it changes.")), at_most(1000)])
    consent_by = StringField(
        lazy("Who consented for the works council?"), [required(lazy("Name who consented.")), at_most(120)]
    )
    consent_on = DayField(lazy("When?"), [required(lazy("Say on which day."))])
    read = HiddenNumber(default=0)

    @classmethod
    def of(cls, rules: Sequence[RuleRow], read: int) -> ListForm:
        """As it holds today; why it changes, and who consents to that, is still to be said."""
        kept: dict[str, Any] = {f"{kind}_years": 0 for kind in CATEGORIES}
        for rule in rules:
            kept |= {f"{rule.kind}_years": rule.years or 0, f"{rule.kind}_ground": rule.ground}
        return cls(**kept, read=read)

    def rules(self) -> dict[str, tuple[int | None, str]]:
        """By kind: after how many years it goes (none: never), and on which ground."""
        return {kind: (self[f"{kind}_years"].data or None, self[f"{kind}_ground"].data) for kind in CATEGORIES}
