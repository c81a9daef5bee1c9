"""The forms of a case team."""

from __future__ import annotations

from portal.colleagues.forms import ColleagueField
from portal.text.cases import ADVICE, CONSULTED, NAMED_ROLES
from portal.text.markdown import LONGEST
from portal.web.forms import DayField, FilesField, Form, RadioField, TextAreaField, at_most, lazy, options, required


class StaffForm(Form):
    """Who joins the team, and as what."""

    who = ColleagueField(lazy("Who joins the team?"), [required(lazy("Name the colleague."))])
    role = RadioField(
        lazy("What for?"), [required(lazy("Choose one of the two."))], choices=options(NAMED_ROLES.items())
    )


class ConsultForm(Form):
    """Whose advice is asked, about what, and until when."""

    about = RadioField(
        lazy("Whose advice do you ask?"), [required(lazy("Choose one."))], choices=options(CONSULTED.items())
    )
    who = ColleagueField(lazy("Who answers?"), [required(lazy("Name the colleague."))])
    words = TextAreaField(
        lazy("What do you ask? Only the case team reads it."), [required(lazy("Write the question.")), at_most(LONGEST)]
    )
    on = DayField(lazy("Until when?"), [required(lazy("Name the day."))])


class NoteForm(Form):
    """A note, with files that belong to it."""

    body = TextAreaField(lazy("Write a private note"), [required(lazy("Write the note.")), at_most(LONGEST)])
    files = FilesField(lazy("Files"))


class AdviceForm(Form):
    """What whoever was asked says."""

    outcome = RadioField(lazy("What do you say?"), [required(lazy("Choose one."))], choices=options(ADVICE.items()))
    words = TextAreaField(lazy("Your advice"), [required(lazy("Write your advice.")), at_most(LONGEST)])
