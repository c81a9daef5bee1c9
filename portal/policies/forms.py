"""The forms of the register."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from portal.colleagues.forms import ColleagueField
from portal.policies import actions
from portal.text.language import LANGUAGES, gettext, reader
from portal.text.markdown import LONGEST
from portal.web.forms import (
    DayField,
    Form,
    HiddenNumber,
    PreviewedForm,
    RadioField,
    StringField,
    TextAreaField,
    at_most,
    lazy,
    options,
    required,
)

#: How many days people have to speak about a change, unless it says why there are fewer.
NOTICE = 14


class WordingForm(PreviewedForm):
    """The text of a version."""

    body = TextAreaField(lazy("The text"), [required(lazy("Give the whole text.")), at_most(LONGEST)])
    summary = TextAreaField(
        lazy("In a few sentences"),
        [required(lazy("Say it in a few sentences, for whoever reads no more.")), at_most(500)],
    )
    in_force_from = DayField(lazy("In force from"), [required(lazy("Say from which day it holds."))])

    def midnight(self) -> datetime:
        """When that day begins."""
        return datetime.combine(self.data["in_force_from"], time(), reader().tz)


class RegisterForm(WordingForm):
    """A policy that holds already."""

    order = ("title", "about", "owner_called", "summary", "body", "in_force_from", "language")

    title = StringField(lazy("Name"), [required(lazy("Give the policy a name.")), at_most(120)])
    about = StringField(lazy("What is it about, and for whom?"), [at_most(300)])
    owner_called = ColleagueField(lazy("Who owns it?"), [required(lazy("Name the colleague who answers for it."))])
    language = RadioField(lazy("Language of the text"), choices=options(LANGUAGES.items()))

    def wording(self, now: datetime) -> actions.Wording | None:
        """The text that holds; None, with an error, where it is still to come."""
        if not self.in_force_from.errors and self.in_force_from.data and self.midnight() > now:
            self.refuse("in_force_from", gettext("Register what holds today; what comes later is proposed after it."))
        if not self.complete:
            return None
        said = self.data
        return actions.Wording(body=said["body"], summary=said["summary"], in_force_at=self.midnight())


class ProposalForm(WordingForm):
    """A change that people can speak about."""

    reason = TextAreaField(lazy("Why does it change?"), [required(lazy("Say why it changes.")), at_most(4000)])
    comments_until = DayField(lazy("Comments until"), [required(lazy("Say until when people can speak about it."))])
    urgent = StringField(lazy("Why so soon?"), [at_most(300)])
    version = HiddenNumber(default=2)
    order = ("body", "summary", "reason", "comments_until", "in_force_from", "urgent")
    apart = ("summary", "reason", "comments_until", "in_force_from", "urgent")

    def wording(self, now: datetime, before: str) -> actions.Wording | None:
        """The change, if it is one, and in time."""
        if self.body.data and self.body.data == before:
            self.refuse("body", gettext("Change something first: this is what stands there already."))
        last, first = self.comments_until.data, self.in_force_from.data
        closes = datetime.combine(last, time(), reader().tz) + timedelta(days=1) if last else now
        if last and closes < now + timedelta(days=NOTICE) and not self.urgent.data:
            words = gettext("People have %(days)s days to speak about a change; if there are fewer, say why.")
            self.refuse("comments_until", words % {"days": NOTICE})
        elif last and closes <= now:
            self.refuse("comments_until", gettext("Give a day that is still to come."))
        if last and first and self.midnight() < closes:
            self.refuse("in_force_from", gettext("It comes into force after the last day for comments."))
        if not self.complete:
            return None
        said = {name: self.data[name] for name in ("body", "summary", "reason", "urgent")}
        return actions.Wording(**said, comments_until=closes, in_force_at=self.midnight())


class DropForm(Form):
    """Taking a proposal back."""

    why = TextAreaField(lazy("Why?"), [required(lazy("Say why it is taken back.")), at_most(1000)])


class OwnerForm(Form):
    """Another owner."""

    owner_called = ColleagueField(lazy("Who owns it from now on?"), [required(lazy("Name a colleague."))])
