"""The form in which many ideas are written down at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import wtforms
from wtforms.validators import StopValidation

from portal.text.language import LANGUAGES, gettext
from portal.text.markdown import LONGEST
from portal.web.forms import (
    OTHER_YEAR,
    YEARS,
    Form,
    RadioField,
    StringField,
    TextAreaField,
    at_most,
    lazy,
    options,
    required,
)
from portal.web.request import Request

ROWS = 6  # ideas that an empty form has room for
MOST = 48  # with three fields each they stay below what a form may hold
FIELDS = ("title", "text", "whom")


class WorkshopForm(Form):
    """A workshop, and a row for each idea: what, more about it, and for whom it is written down."""

    name = StringField(lazy("What was it called?"), [required(lazy("Name the workshop.")), at_most(120)])
    held_on = StringField(lazy("When was it?"), [required(lazy("Say when it was."))])
    place = StringField(lazy("Where?"), [at_most(120)])
    language = RadioField(lazy("Language"), choices=options(LANGUAGES.items()))
    day: date | None = None
    rows = 0

    @classmethod
    def of(cls, rows: int) -> type[WorkshopForm]:
        """With room for so many ideas."""
        fields: dict[str, Any] = {"rows": rows}
        for n in range(rows):
            row = gettext("Idea %(n)s") % {"n": n + 1}
            fields[f"title_{n}"] = StringField(lazy("Title"), [at_most(90)], description=row)
            fields[f"text_{n}"] = TextAreaField(lazy("More about it"), [at_most(LONGEST)], description=row)
            fields[f"whom_{n}"] = StringField(lazy("On behalf of"), [at_most(120)], description=row)
        return type("WorkshopForm", (cls,), fields)

    @classmethod
    async def sent(cls, request: Request, **options: Any) -> Any:
        """With as many rows as were sent, and more when more are asked for."""
        typed = await request.typed()
        rows = max([n + 1 for n in range(MOST) if f"title_{n}" in typed], default=ROWS)
        kind = cls.of(min(MOST, rows + ROWS) if "more" in typed else rows)
        form = await super(WorkshopForm, kind).sent(request, **options)
        form.only_shown = form.only_shown or "more" in typed
        return form

    @property
    def filled(self) -> list[int]:
        """The numbers of the rows in which something stands."""
        return [n for n in range(self.rows) if any(self[f"{name}_{n}"].data for name in FIELDS)]

    def texts_at(self, places: Sequence[int]) -> list[str]:
        """The rows that were filled, by their numbers; else what the workshop is called."""
        return [f"text_{self.filled[n]}" for n in places] or ["name"]

    def validate(self, extra_validators: Any = None) -> bool:
        """Every row that was begun has a title and says for whom; and there is one."""
        super().validate(extra_validators)
        for n in self.filled:
            if not self[f"title_{n}"].data:
                self.refuse(f"title_{n}", gettext("Give this idea a title."))
            if not self[f"whom_{n}"].data:
                self.refuse(f"whom_{n}", gettext("Say whose idea it is: a name or an e-mail address."))
        if not self.filled:
            self.refuse("title_0", gettext("Write down one idea at least."))
        return not self.errors

    def validate_held_on(self, field: wtforms.Field) -> None:
        """A date."""
        try:
            day = date.fromisoformat(field.data or "")
        except ValueError:
            raise StopValidation(gettext("Give a date, such as 2027-01-31.")) from None
        if day.year not in YEARS:
            raise StopValidation(OTHER_YEAR)
        self.day = day
