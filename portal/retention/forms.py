"""The form of a retention list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.retention.queries import RuleRow
from portal.text.retention import CATEGORIES
from portal.web.consent import ConsentedForm
from portal.web.forms import NumberField, StringField, at_most, lazy, required

LONGEST = 100  # years


class ListForm(ConsentedForm):
    """Each kind of thing with its years and its ground."""

    notes_years = NumberField(lazy("Years"), 0, LONGEST)
    notes_ground = StringField(lazy("Ground"), [required(lazy("Name the ground.")), at_most(300)])
    files_years = NumberField(lazy("Years"), 0, LONGEST)
    files_ground = StringField(lazy("Ground"), [required(lazy("Name the ground.")), at_most(300)])
    consultations_years = NumberField(lazy("Years"), 0, LONGEST)
    consultations_ground = StringField(lazy("Ground"), [required(lazy("Name the ground.")), at_most(300)])
    case_years = NumberField(lazy("Years"), 0, LONGEST)
    case_ground = StringField(lazy("Ground"), [required(lazy("Name the ground.")), at_most(300)])

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
