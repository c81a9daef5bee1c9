"""The form of a retention list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.retention.queries import RuleRow
from portal.text.retention import CATEGORIES
from portal.web.consent import ConsentedForm
from portal.web.forms import NumberField, StringField, at_most, lazy, required

LONGEST = 100  # years


def _rule(kind: str) -> tuple[NumberField, StringField]:
    """Its years and its ground; what is wrong with them is told with what they are of."""
    of = CATEGORIES[kind].name
    ground = StringField(lazy("Ground"), [required(lazy("Name the ground.")), at_most(300)], description=of)
    return NumberField(lazy("Years"), 0, LONGEST, description=of), ground


class ListForm(ConsentedForm):
    """Each kind of thing with its years and its ground."""

    notes_years, notes_ground = _rule("notes")
    files_years, files_ground = _rule("files")
    consultations_years, consultations_ground = _rule("consultations")
    case_years, case_ground = _rule("case")

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
