"""The organisation's working calendar."""

from piccolo.columns import Boolean, Date, SmallInt, Text, Time

from portal.db import DB
from portal.tables.base import Table


class WorkingHours(Table, db=DB):
    """From when to when is worked on a weekday (1 is Monday), on the organisation's clocks."""

    weekday = SmallInt(unique=True)
    opens = Time()
    closes = Time()


class CalendarDay(Table, db=DB):
    """A day that is not as its weekday says; `country`: a holiday of that country, empty where somebody entered it."""

    day = Date(unique=True)
    name = Text()
    working = Boolean(default=False)
    country = Text(default="")
