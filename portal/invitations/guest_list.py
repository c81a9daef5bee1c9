"""A list of people to invite: every line becomes somebody to invite, or says what is wrong with it."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

import msgspec

from portal.access.actor import Actor
from portal.files.dialect import Unreadable, taken_apart
from portal.files.lists import Tried, Wrong, records
from portal.invitations.queries import GuestSpace
from portal.invitations.recipients import (
    address_problem,
    end_after,
    end_of,
    first_day_problem,
    person_problem,
)
from portal.partners.queries import PartnerRow
from portal.text.address import mailbox
from portal.text.dates import read_listed_date
from portal.text.language import LANGUAGES

MOST = 300  # people in one list
LIMITS = {"email": 254, "name": 120, "partner": 120, "until": 40, "starts": 40, "language": 20}


class Line(msgspec.Struct):
    """Somebody to invite. What the line does not say is for the whole list."""

    line: int
    email: str = ""
    name: str = ""
    partner: PartnerRow | None = None
    until: datetime | None = None
    starts_on: date | None = None
    language: str = ""


class Usual(msgspec.Struct, frozen=True):
    """What holds for lines that say nothing else, and the zone of who wrote them."""

    partner: PartnerRow | None
    starts_on: date | None
    zone: tzinfo


async def try_out(
    actor: Actor, space: GuestSpace, content: bytes, known: list[PartnerRow], usual: Usual
) -> Tried[Line]:
    """Reads the list and says what would be done; changes nothing."""
    try:
        sheet = taken_apart(content, "guests")
    except Unreadable as error:
        return Tried(problem=error.problem)
    tried, seen = Tried[Line](), dict[str, int]()
    for at, values in records(sheet):
        if len(tried.rows) + len(tried.wrong) >= MOST:
            tried.problem = "many"
            break
        line = Line(at)
        wrong = (
            [Wrong(at, *values)] if isinstance(values, tuple) else _fill(line, values, space, known, usual, actor.now)
        )
        if not wrong:
            first = seen.setdefault(line.email.casefold(), at)
            problem = ("twice", str(first)) if first != at else await person_problem(actor, space, line.email)
            problem = problem or address_problem(line.email, None if space.preboarding else line.partner)
            wrong = [Wrong(at, *problem)] if problem else []
        tried.wrong += wrong
        tried.rows += [] if wrong else [line]
    if not tried.rows and not tried.wrong:
        tried.problem = tried.problem or "empty"
    return tried


def _fill(
    line: Line, values: dict[str, str], space: GuestSpace, known: list[PartnerRow], usual: Usual, now: datetime
) -> list[Wrong]:
    at = line.line
    whole = " ".join(values[part] for part in ("first", "infix", "last") if values.get(part))
    values["name"] = values.get("name") or whole
    wrong = [Wrong(at, "long", values[name][:40]) for name, n in LIMITS.items() if len(values.get(name, "")) > n]
    if any(not value.isprintable() for value in values.values()):
        return [*wrong, Wrong(at, "characters")]
    line.name, line.partner = " ".join(values["name"].split()), usual.partner
    if typed := values.get("partner"):
        line.partner = next((row for row in known if row.name.casefold() == typed.casefold()), None)
        wrong += [] if line.partner else [Wrong(at, "no partner", typed[:60])]
    elif usual.partner is None:
        wrong.append(Wrong(at, "partner"))
    email = values.get("email", "")
    if not email:
        wrong.append(Wrong(at, "missing"))
    elif problem := address_problem(email, None):
        wrong.append(Wrong(at, *problem))
    line.email = mailbox(email) or ""
    if space.preboarding:
        wrong += _first_day(line, values.get("starts", ""), space, usual)
    elif typed := values.get("until"):
        line.until = end_of(read_listed_date(typed), usual.zone, now)
        wrong += [] if line.until else [Wrong(at, "date", typed[:40])]
    if typed := values.get("language"):
        line.language = typed.lower()
        wrong += [] if line.language in LANGUAGES else [Wrong(at, "language", typed[:40])]
    return wrong


def _first_day(line: Line, typed: str, space: GuestSpace, usual: Usual) -> list[Wrong]:
    """Who starts comes until some days after that; the line's own day, or that of the whole list."""
    line.starts_on = read_listed_date(typed) if typed else usual.starts_on
    if line.starts_on is None or first_day_problem(line.starts_on, space):
        return [Wrong(line.line, "first day", typed[:40]) if typed else Wrong(line.line, "no day")]
    line.until = end_after(line.starts_on, space)
    return []
