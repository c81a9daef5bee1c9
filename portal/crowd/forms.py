"""The forms of what comes after an answer."""

from __future__ import annotations

from portal.colleagues.forms import ColleagueField
from portal.text.markdown import LONGEST
from portal.web.forms import DayField, Form, HiddenField, StringField, TextAreaField, at_most, lazy, required


class ReplyForm(Form):
    """Two buttons: yes, or no."""

    says = HiddenField(default="")

    @property
    def said(self) -> bool | None:
        """What was said; none where that is neither."""
        return {"yes": True, "no": False}.get(self.says.data or "")


class PromiseForm(Form):
    """What will be done, by whom, until when."""

    body = StringField(lazy("What is promised?"), [required(lazy("Say what will be done.")), at_most(300)])
    owner = ColleagueField(lazy("Who sees to it?"), [required(lazy("Name the colleague who sees to it."))])
    due_on = DayField(lazy("Until when?"), [required(lazy("Say until which day."))])


class NewsForm(Form):
    """How it goes."""

    body = TextAreaField(lazy("How does it go?"), [required(lazy("Say how it goes.")), at_most(LONGEST)])


class DateForm(Form):
    """Another day, and why."""

    due_on = DayField(lazy("The new day"), [required(lazy("Say until which day."))])
    body = TextAreaField(lazy("Why?"), [required(lazy("Give the reason.")), at_most(1000)])


class DoneForm(Form):
    """What was done."""

    body = TextAreaField(lazy("What was done?"), [required(lazy("Say what was done.")), at_most(LONGEST)])


class AdoptForm(Form):
    """Why one goes on with it."""

    text_field = "reason"
    reason = TextAreaField(lazy("Why do you go on with it?"), [required(lazy("Say why, in a line.")), at_most(1000)])
