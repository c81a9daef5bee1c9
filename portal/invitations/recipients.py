"""Who may be invited: what is wrong with an address, in words that tell nothing about people whom one doesn't see."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from portal.access.actor import Actor
from portal.files import lists
from portal.invitations.queries import GuestSpace, known
from portal.partners.queries import PartnerRow
from portal.text.address import has_other_letters, is_shared, mailbox
from portal.text.language import gettext, lazy

LONGEST_STAY = 366  # days

#: What can be wrong; %(value)s is what it is about.
PROBLEMS: dict[str, str] = {
    "address": lazy("“%(value)s” is no complete e-mail address. Complete it."),
    "letters": lazy(
        "“%(value)s” has letters before the @ that e-mail addresses here can’t have, such as ë. Write it with plain "
        "letters, as in zoe@example.org."
    ),
    "shared": lazy(
        "“%(value)s” looks like a mailbox that several people read. A guest is one person: give her or his own address."
    ),
    "domain": lazy(
        "Addresses of this organisation end in %(value)s. Check the address, or choose another organisation."
    ),
    "colleague": lazy("%(value)s is a colleague, and needs no invitation: add her or him as a member."),
    "here": lazy("%(value)s is in this space already."),
    "invited": lazy("“%(value)s” is invited already. Send that invitation again instead."),
    "twice": lazy("The same address stands on line %(value)s. Keep one of the two."),
    "missing": lazy("The address is missing."),
    "no partner": lazy("There is no organisation “%(value)s”. Write it as it stands in the list of organisations."),
    "partner": lazy("Say which organisation she or he comes from, here or for the whole list."),
    "no day": lazy("Say on which day she or he starts, here or for the whole list."),
    "first day": lazy("“%(value)s” is no day between today and a year from now. Write it like 2027-01-31."),
    "date": lazy("“%(value)s” is no day within a year from now. Write it like 2027-01-31."),
    "language": lazy("“%(value)s” is no language of the portal. Write nl or en."),
    **lists.OF_LINES,
}
#: With a whole list.
OF_LISTS: dict[str, str] = {
    **lists.OF_LISTS,
    "no heading": lazy("The first line has to say what each column is; it needs at least “E-mail”."),
    "many": lazy("This is a long list. Invite at most 300 people at once."),
}


def words_for(problem: str, value: str) -> str:
    """A problem in the reader's language."""
    return str(PROBLEMS[problem]) % {"value": value}


def address_problem(email: str, partner: PartnerRow | None) -> tuple[str, str] | None:
    """What is wrong with an address by itself: its form, whose it is, or that it is not of this organisation."""
    kept = mailbox(email)
    if kept is None or len(kept) > 254:
        return "letters" if has_other_letters(email) else "address", email[:80]
    if is_shared(kept):
        return "shared", kept
    if partner is not None and kept.partition("@")[2] not in partner.domains:
        return "domain", gettext(" or ").join(f"@{domain}" for domain in partner.domains)
    return None


async def person_problem(actor: Actor, space: GuestSpace, email: str) -> tuple[str, str] | None:
    """Why somebody need not be invited: she is there, or a colleague, as far as the actor sees her."""
    who = await known(actor, space, mailbox(email) or email)
    if who.here:
        return "here", who.name
    if who.kind and who.kind != "guest":
        return "colleague", who.name
    return ("invited", email) if who.invited else None


def first_day_problem(day: date, space: GuestSpace) -> str | None:
    """What is wrong with a first day, on the organisation's calendar."""
    if space.today <= day <= space.today + timedelta(days=LONGEST_STAY):
        return None
    return gettext("Choose a day between today and a year from now.")


def end_after(first_day: date, space: GuestSpace) -> datetime:
    """Until when somebody may come who is no employee by then."""
    last = first_day + timedelta(days=space.no_show_days)
    return datetime.combine(last + timedelta(days=1), time.min, ZoneInfo(space.zone))


def end_of(day: date | None, zone: tzinfo, now: datetime) -> datetime | None:
    """The end of a day within a year from now, else None."""
    today = now.astimezone(zone).date()
    if day is None or not today < day <= today + timedelta(days=LONGEST_STAY):
        return None
    return datetime.combine(day + timedelta(days=1), time.min, zone)
