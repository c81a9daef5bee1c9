"""The forms of a profile."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

import wtforms
from wtforms.validators import StopValidation

from portal.access.fields import FIELDS
from portal.text.language import gettext, reader
from portal.web.forms import (
    OTHER_YEAR,
    YEARS,
    FilesField,
    Form,
    SelectField,
    StringField,
    TagsField,
    TextAreaField,
    at_most,
    lazy,
    options,
    required,
)

PHONE = re.compile(r"\+?[0-9][0-9 ().-]{2,28}")
COLLEAGUES = [
    ("me", lazy("Only me")),
    ("circle", lazy("My unit and my groups")),
    ("colleagues", lazy("All colleagues")),
]
EVERYONE = [*COLLEAGUES, ("everyone", lazy("All colleagues, and guests in my groups"))]

#: What stands at what a guest tells, where what she brings is looked at first.
UNSEEN = lazy(
    "What you bring is looked at first where you are a guest, and this can’t be. Leave it as it was, or empty."
)

#: The fields that no guest is shown, whatever their owner chose.
PERSONNEL = ("phone", "place")


class SkillsField(TagsField):
    """What one may be asked about."""

    most = 12
    longest = 40
    shape = re.compile(r"^\w[\w +/&.’'-]*$")
    too_many = lazy("Name at most %(n)s.")
    no_tag = lazy("“%(tag)s” is too long or has odd characters: use a few plain words, at most 40 characters.")


def _for(words: str, field: str) -> Any:
    return SelectField(words, choices=options(COLLEAGUES if field in PERSONNEL else EVERYONE))


class ProfileForm(Form):
    """What one tells of oneself, and for whom. `ends` is when the status goes away by itself. A guest's name stands as
    she came in with it."""

    name = StringField(lazy("Name"), [required(lazy("Give the name that colleagues know you by.")), at_most(120)])
    title = StringField(lazy("What you do"), [at_most(120)])
    status_line = StringField(lazy("Your status"), [at_most(60)])
    status_day = StringField(lazy("Until the end of"))
    phone = StringField(lazy("Phone"), [at_most(30)])
    place = StringField(lazy("Place"), [at_most(80)])
    hours = StringField(lazy("When you can be reached"), [at_most(80)])
    skills = SkillsField(lazy("People may ask me about"))
    about = TextAreaField(lazy("In your own words"), [at_most(500)])
    status_for = _for(lazy("Status"), "status")
    phone_for = _for(lazy("Phone"), "phone")
    place_for = _for(lazy("Place"), "place")
    hours_for = _for(lazy("When you can be reached"), "hours")
    skills_for = _for(lazy("What I may be asked about"), "skills")
    about_for = _for(lazy("In your own words"), "about")
    ends: datetime | None = None
    today: date | None = None

    def __init__(self, formdata: Any = None, obj: Any = None, *, guest: bool = False, **values: Any) -> None:
        super().__init__(formdata=formdata, obj=obj, **values)
        if guest:
            del self.name

    def hold(self, told: Any) -> None:
        """Refuses whatever is neither as it was told before nor empty."""
        for field in ("title", *FIELDS):
            shown = "status_line" if field == "status" else field
            if self[shown].data and self[shown].data != getattr(told, field):
                self.refuse(shown, str(UNSEEN))

    def validate_phone(self, field: wtforms.Field) -> None:
        """A number that a phone can dial."""
        if field.data and not PHONE.fullmatch(field.data):
            raise StopValidation(gettext("Give a number such as +31 6 5550 0142 or 4423."))

    def validate_status_day(self, field: wtforms.Field) -> None:
        """A day, where one is given, that is not over."""
        if not field.data:
            return
        try:
            last = date.fromisoformat(field.data)
        except ValueError:
            raise StopValidation(gettext("Give a date, such as 2027-01-31.")) from None
        if last.year not in YEARS:
            raise StopValidation(OTHER_YEAR)
        if self.today and last < self.today:
            raise StopValidation(gettext("Give a day that is still to come."))
        self.ends = datetime.combine(last + timedelta(days=1), time.min, reader().tz)

    @property
    def told(self) -> dict[str, Any]:
        """The fields of the profile with whom each is for, as columns."""
        chosen = {name: self[name].data for field in FIELDS for name in (field, f"{field}_for") if name in self}
        return chosen | {"status": self.status_line.data}


class PhotoForm(Form):
    """One picture."""

    photo = FilesField(lazy("Photo"), [required(lazy("Choose a picture."))])
