"""The form of the charter."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from wtforms.validators import StopValidation

from portal.text.dates import decimal
from portal.text.language import gettext
from portal.thresholds.actions import Numbers
from portal.thresholds.queries import SettingRow
from portal.web.consent import ConsentedForm
from portal.web.forms import NumberField, StringField, lazy


class FactorField(StringField):
    """What the square root of the audience is multiplied with; with a point or a comma."""

    factor: float = 0

    def pre_validate(self, form: Any) -> None:
        """From 0.1 to 100."""
        super().pre_validate(form)
        try:
            self.factor = float(Decimal((self.data or "").replace(",", ".")))
        except (InvalidOperation, ValueError):
            self.factor = 0
        if not 0.1 <= self.factor <= 100:
            raise StopValidation(gettext("Give a number from 0.1 to 100, such as 1.5."))


class CharterForm(ConsentedForm):
    """Thresholds and clocks."""

    k1 = FactorField(lazy("Factor: an answer is owed"))
    k2 = FactorField(lazy("Factor: the next level decides"))
    cap1 = NumberField(lazy("At most so many percent: an answer is owed"), 1, 100)
    cap2 = NumberField(lazy("At most so many percent: the next level decides"), 1, 100)
    triage1_hours = NumberField(lazy("Who decides is named within hours"), 1, 40)
    triage2_hours = NumberField(lazy("… one level up"), 1, 40)
    acknowledge1_days = NumberField(lazy("She says when the answer comes within days"), 1, 30)
    acknowledge2_hours = NumberField(lazy("… one level up, within hours"), 1, 40)
    statement1_days = NumberField(lazy("First statement within days"), 1, 60)
    statement2_days = NumberField(lazy("… one level up, within days"), 1, 60)
    answer_days = NumberField(lazy("Answer within days"), 1, 120)
    news1_days = NumberField(lazy("News about a promise every so many days"), 1, 250)
    news2_days = NumberField(lazy("… one level up, every so many days"), 1, 250)
    extension_days = NumberField(lazy("An extension has at most so many days"), 1, 60)
    overdue2_days = NumberField(lazy("Late by so many days: the manager has it"), 1, 60)
    overdue3_days = NumberField(lazy("Late by so many days: the top of the line has it"), 2, 120)

    @classmethod
    def of(cls, setting: SettingRow) -> CharterForm:
        """As it holds today; why it changes, and who consents to that, is still to be said."""
        kept = {name: getattr(setting, name) for name in msgspec.structs.asdict(setting) if name in NUMBERS}
        factors = {name: decimal(kept[name]) for name in ("k1", "k2")}
        return cls(**kept | factors, read=setting.id)

    def validate_k2(self, field: FactorField) -> None:
        """The next level takes no fewer."""
        if field.factor < self.k1.factor:
            raise StopValidation(gettext("The next level takes no fewer people than an answer."))

    def validate_cap2(self, field: NumberField) -> None:
        """The next level takes no fewer."""
        if (field.data or 0) < (self.cap1.data or 0):
            raise StopValidation(gettext("The next level takes no fewer people than an answer."))

    def validate_overdue3_days(self, field: NumberField) -> None:
        """One step after the other."""
        if (field.data or 0) <= (self.overdue2_days.data or 0):
            raise StopValidation(gettext("The top of the line comes after the manager."))

    def numbers(self) -> Numbers:
        """What it says."""
        kept = {name: self[name].data for name in NUMBERS}
        return Numbers(**kept | {"k1": self.k1.factor, "k2": self.k2.factor})


NUMBERS = Numbers.__struct_fields__
