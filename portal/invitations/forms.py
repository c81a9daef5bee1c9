"""The forms of invitations."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import wtforms
from wtforms.validators import StopValidation

from portal.access.actor import Actor
from portal.invitations.queries import GuestSpace, Welcome, Wish
from portal.invitations.recipients import (
    address_problem,
    end_after,
    end_of,
    first_day_problem,
    person_problem,
    words_for,
)
from portal.partners.queries import PartnerRow
from portal.text.address import mailbox
from portal.text.dates import read_date
from portal.text.language import LANGUAGES, gettext, reader
from portal.web.forms import (
    BooleanField,
    DayField,
    FilesField,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    at_most,
    choose_from,
    lazy,
    options,
    required,
)

WORDS = 1000  # characters that an invitation may say
LIST = 40_000  # characters of a list that is typed in


def _until() -> StringField:
    return StringField(lazy("Until when"), [required(lazy("Say until when."))])


def _starts_on() -> DayField:
    return DayField(lazy("First day"), [required(lazy("Say on which day she or he starts."))])


def _words() -> TextAreaField:
    return TextAreaField(lazy("A word of your own"), [at_most(WORDS)])


class Terms(Form):
    """What holds for everybody who is invited by one form: from where, with which rights, until when; or where people
    are who start soon, from when."""

    partner = SelectField(lazy("Organisation"), choices=[])
    may_write = BooleanField(lazy("Write: ideas, comments and files"), default=True)
    may_vote = BooleanField(lazy("Vote"), default=True)
    may_download = BooleanField(lazy("Download files; else she or he asks for each"), default=True)
    until, starts_on = _until(), _starts_on()
    words = _words()
    language = RadioField(lazy("Language of the mail"), choices=options(LANGUAGES.items()))
    ends_at: datetime | None = None
    now: datetime

    def offer(self, actor: Actor, space: GuestSpace, known: list[PartnerRow]) -> Any:
        """With the organisations to choose from, and the usual end where nothing is typed."""
        self.partner.choices = choose_from((row.public_id, row.name) for row in known)
        self.known = known
        self.space, self.now = space, actor.now
        if space.preboarding:
            del self.until
        else:
            del self.starts_on
        if not self.typed and self.until:
            usual = actor.now.astimezone(reader().tz).date() + timedelta(days=space.days)
            self.until.data = self.until.data or usual.isoformat()
        if not self.typed:
            self.language.data = actor.language
        return self

    @property
    def chosen_partner(self) -> PartnerRow | None:
        """The organisation that was chosen."""
        return next((row for row in self.known if row.public_id == self.partner.data), None)

    def validate_until(self, field: wtforms.Field) -> None:
        """A day within a year."""
        self.ends_at = end_of(read_date(field.data), reader().tz, self.now)
        if self.ends_at is None:
            raise StopValidation(gettext("Choose a day between tomorrow and a year from now."))

    def validate_starts_on(self, field: wtforms.Field) -> None:
        """A day within a year; until some days after it she may come."""
        if field.data and (problem := first_day_problem(field.data, self.space)):
            raise StopValidation(problem)
        self.ends_at = end_after(field.data, self.space) if field.data else None

    @property
    def first_day(self) -> date | None:
        """Her first day, where people start."""
        return self.starts_on.data if self.starts_on else None


class InviteForm(Terms):
    """One person."""

    guest_email = StringField(lazy("E-mail"), [required(lazy("Give the e-mail address of your guest.")), at_most(254)])
    name = StringField(lazy("Name"), [at_most(120)])
    partner = SelectField(lazy("Organisation"), [required(lazy("Choose an organisation."))], choices=[])
    until, starts_on, words = _until(), _starts_on(), _words()  # again: errors are listed in the order of the page
    wish = HiddenField()
    is_colleague = False

    def after_wish(self, wish: Wish | None) -> Any:
        """Filled with what a guest wished for."""
        if wish and not self.typed:
            self.guest_email.data, self.name.data = wish.email, wish.name
            self.partner.data, self.wish.data = wish.partner_public_id, wish.public_id
        return self

    async def judge(self, actor: Actor, space: GuestSpace) -> None:
        """Adds what only the database knows to the errors. That somebody is a colleague comes before her domain."""
        if self.only_shown or self.guest_email.errors or not self.guest_email.data:
            return
        problem = address_problem(self.guest_email.data, None) or await person_problem(
            actor, space, self.guest_email.data
        )
        of_partner = None if space.preboarding else self.chosen_partner  # who starts is invited at home
        if problem := problem or address_problem(self.guest_email.data, of_partner):
            self.is_colleague = problem[0] == "colleague"
            self.refuse("guest_email", words_for(*problem))

    @property
    def mailbox(self) -> str:
        """The address as it is kept."""
        return mailbox(self.guest_email.data or "") or ""


class GuestListForm(Terms):
    """Many people at once: a list that is typed, pasted, or taken out of a file."""

    list = TextAreaField(lazy("The list"), [at_most(LIST)])
    file = FilesField(lazy("Or a file"))
    partner = SelectField(lazy("Organisation"), choices=[])
    until = _until()
    starts_on = DayField(lazy("First day"))
    words = _words()
    tried = HiddenField()


class AcceptForm(Form):
    """Coming in: how one is called."""

    name = StringField(lazy("Your name"), [required(lazy("Say how you are called.")), at_most(120)])

    def for_guest(self, invitation: Welcome) -> Any:
        """Who is known is not asked."""
        if invitation.known_as:
            del self.name
        elif not self.typed:
            self.name.data = invitation.name
        return self

    @property
    def called(self) -> str:
        """The name that was given, or nothing where it is known."""
        return str(self.name.data) if self.name is not None else ""


class WishForm(Form):
    """A colleague whom a guest would like to have there."""

    name = StringField(lazy("Name"), [required(lazy("Say who it is.")), at_most(120)])
    guest_email = StringField(lazy("E-mail"), [required(lazy("Give your colleague’s e-mail address.")), at_most(254)])
    words = TextAreaField(lazy("Why would it help?"), [required(lazy("Say why it would help.")), at_most(500)])

    def validate_guest_email(self, field: wtforms.Field) -> None:
        """Somebody's own address; whether it fits the organisation is for the host to see."""
        if problem := address_problem(field.data, None):
            raise StopValidation(words_for(*problem))

    @property
    def mailbox(self) -> str:
        """The address as it is kept."""
        return mailbox(self.guest_email.data or "") or ""


class RefuseForm(Form):
    """Why a wish is not granted; the guest reads it."""

    reason = StringField(lazy("Why not?"), [required(lazy("Say why not.")), at_most(300)])


class RenewForm(Form):
    """Whose time goes on: one guest, or all that end soon."""

    guest = HiddenField()
