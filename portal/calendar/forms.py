"""The forms of the working calendar."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import wtforms
import wtforms.widgets

from portal.accounts.forms import ZoneField, zones
from portal.calendar.holidays import countries, regions
from portal.calendar.queries import Day, Hours, Place
from portal.text.dates import weekday_name
from portal.text.language import gettext, reader
from portal.web.forms import (
    DayField,
    FilesField,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    at_most,
    lazy,
    options,
    required,
)

WEEKDAYS = range(1, 8)
LONGEST_NAME = 120
LIST = 60_000  # characters of a list


class TimeField(wtforms.Field):
    """A time of day, as browsers send it; `data` is it, `raw_data` what was typed."""

    widget = wtforms.widgets.TextInput()
    data: time | None

    def process_formdata(self, valuelist: list[str]) -> None:
        """Reads it, without seconds."""
        self.data = None
        if not valuelist or not valuelist[0].strip():
            return
        try:
            self.data = time.fromisoformat(valuelist[0].strip()).replace(second=0, microsecond=0, tzinfo=None)
        except ValueError:
            raise ValueError(gettext("Give a time, such as 09:00.")) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.strftime("%H:%M") if self.data else ""


class HoursForm(Form):
    """On which clocks, and from when to when on each weekday; a day without times is free."""

    zone = ZoneField(lazy("Time zone"), choices=zones)
    opens_1, closes_1 = TimeField(lazy("From")), TimeField(lazy("To"))
    opens_2, closes_2 = TimeField(lazy("From")), TimeField(lazy("To"))
    opens_3, closes_3 = TimeField(lazy("From")), TimeField(lazy("To"))
    opens_4, closes_4 = TimeField(lazy("From")), TimeField(lazy("To"))
    opens_5, closes_5 = TimeField(lazy("From")), TimeField(lazy("To"))
    opens_6, closes_6 = TimeField(lazy("From")), TimeField(lazy("To"))
    opens_7, closes_7 = TimeField(lazy("From")), TimeField(lazy("To"))

    def __init__(self, formdata: Any = None, obj: Any = None, **values: Any) -> None:
        super().__init__(formdata=formdata, obj=obj, **values)
        for day in WEEKDAYS:  # whose field it is, for the list of errors above the form
            self[f"opens_{day}"].description = self[f"closes_{day}"].description = weekday_name(day)

    @classmethod
    def of(cls, place: Place, hours: list[Hours]) -> HoursForm:
        """As it is now."""
        times = {f"opens_{day.weekday}": day.opens for day in hours} | {
            f"closes_{day.weekday}": day.closes for day in hours
        }
        return cls(zone=place.zone, **times)

    @property
    def days(self) -> list[tuple[str, Any, Any]]:
        """Each weekday's name with its two fields."""
        return [(weekday_name(day), self[f"opens_{day}"], self[f"closes_{day}"]) for day in WEEKDAYS]

    def hours(self) -> list[Hours]:
        """The weekdays on which is worked, once all of them are right; else the errors stand at their fields."""
        self.valid()
        found = []
        for day in WEEKDAYS:
            opens, closes = self[f"opens_{day}"], self[f"closes_{day}"]
            if opens.errors or closes.errors or (opens.data is None and closes.data is None):
                continue
            if opens.data is None or closes.data is None:
                missing = opens if opens.data is None else closes
                self.refuse(missing.name, gettext("Give both times, or none where the day is free."))
            elif closes.data <= opens.data:
                self.refuse(closes.name, gettext("The day ends before it begins."))
            else:
                found.append(Hours(day, opens.data, closes.data))
        if not found and self.complete:
            self.refuse("opens_1", gettext("Somebody has to work: give the hours of at least one day."))
        return found


class CountryForm(Form):
    """Whose holidays are kept."""

    country = SelectField(lazy("Country"), default="")
    region = SelectField(lazy("Region"), default="")

    def offer(self) -> CountryForm:
        """All countries, and the regions of the chosen one; a region of another country is none."""
        self.country.choices = options([("", gettext("None: enter the days yourself")), *countries(reader().language)])
        here = regions(self.country.data or "")
        self.region.choices = options([("", gettext("The whole country")), *((name, name) for name in here)])
        if self.region.data not in here:
            self.region.data = ""
        return self

    @classmethod
    def of(cls, place: Place) -> CountryForm:
        """As it is now."""
        code, _, region = place.country.partition("-")
        return cls(country=code, region=region).offer()

    @property
    def chosen(self) -> str:
        """The country, with its region where one is chosen."""
        return "-".join(part for part in (self.country.data, self.region.data) if part)


class DayForm(Form):
    """A day that is not as its weekday says."""

    day = DayField(lazy("Day"), [required(lazy("Say which day."))])
    name = StringField(lazy("What is it?"), [required(lazy("Say what day it is.")), at_most(LONGEST_NAME)])
    working = RadioField(
        lazy("Then"), choices=options([("", lazy("nobody works")), ("y", lazy("one works"))]), default=""
    )

    @property
    def chosen(self) -> Day:
        """What it says."""
        assert self.day.data is not None
        return Day(self.day.data, self.name.data or "", self.working.data == "y", "")


class ThisDay(Form):
    """Which day is meant."""

    day = DayField(lazy("Day"), [required(lazy("Say which day."))])


class DaysForm(Form):
    """Many days at once: a list that is typed, pasted, or taken out of a file."""

    list = TextAreaField(lazy("The list"), [at_most(LIST)])
    file = FilesField(lazy("Or a file"))
    tried = HiddenField()


def read_year(typed: str, today: date) -> int:
    """The year that is shown."""
    return int(typed) if typed.isdecimal() and len(typed) == 4 and 2000 <= int(typed) < 2200 else today.year
