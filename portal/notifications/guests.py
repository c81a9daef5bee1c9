"""Mail about guests: the invitation itself, and what those hear who invite, answer for guests, or are guests."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.accounts.actions import LINK_MINUTES, new_sign_in_token
from portal.db import QueryString, fetch, fetch_one
from portal.events.kinds import Kind
from portal.invitations.actions import new_invitation_token
from portal.invitations.queries import STANDING
from portal.notifications.written import Written
from portal.settings import settings
from portal.tables import ColleagueWish, Invitation, Membership, Space
from portal.text.dates import last_day, moment, plain_date
from portal.text.language import Reader, gettext, ngettext, reading

# Who invited hears who came and who does not, those who invite there, that a guest wishes for a colleague; and
# administrators, that nobody answers for guests any more.
HOSTS = QueryString("""
    SELECT i.invited_by AS person FROM invitation i WHERE i.id = (e.particulars ->> 'invitation')::bigint
    UNION SELECT m.person FROM membership m WHERE m.space = e.space AND e.kind = 'guest.wished'
        AND m.role IN ('owner', 'community_manager') AND (m.until IS NULL OR m.until > plein_now())
    UNION SELECT s.host FROM space s WHERE s.id = e.space AND e.kind = 'guest.wished'
""")
# A guest hears what was decided about her wish, and, with who answers for her, of her end; and whoever answers for
# somebody else's guests now.
CONCERNED = QueryString("""
    SELECT w.person FROM colleague_wish w WHERE w.id = (e.particulars ->> 'wish')::bigint AND e.kind <> 'guest.wished'
    UNION SELECT (e.particulars ->> 'sponsor')::bigint
    UNION SELECT unnest(string_to_array(e.particulars ->> 'members', ','))::bigint
""")
NOBODY_ANSWERS = QueryString("""
    SELECT m.person FROM membership m WHERE m.role = 'administrator' AND e.particulars ->> 'sponsor' IS NULL
""")


class InvitationMail(msgspec.Struct, frozen=True):
    """What an invitation says. `space` is empty where the label keeps its name out of mail."""

    email: str
    name: str
    language: str
    words: str
    space: str
    host: str
    organisation: str
    zone: str
    expires_at: datetime
    now: datetime


INVITATION = f"""
    SELECT i.email, i.name, i.language, i.words, CASE WHEN s.label = 'internal' THEN s.name ELSE '' END AS space,
        b.name AS host, g.name AS organisation, g.zone, i.expires_at, plein_now() AS now
    FROM invitation i JOIN space s ON s.id = i.space JOIN identity b ON b.person = i.invited_by
    CROSS JOIN organisation g
    WHERE i.id = {{}} AND {STANDING}
"""


async def invitation_mail(invitation: int) -> InvitationMail | None:
    """The invitation, as long as it stands."""
    return await fetch_one(InvitationMail, INVITATION, invitation)


async def write_invitation(invitation: int, mail: InvitationMail) -> Written:
    """To somebody who may be nobody here yet."""
    with reading(Reader.at(mail.now, mail.language, mail.zone)):
        space = mail.space or gettext("a space at %(organisation)s") % {"organisation": mail.organisation}
        token = await new_invitation_token(invitation)
        return gettext("%(name)s invites you to %(space)s") % {"name": mail.host, "space": space}, {
            "mail": mail,
            "space": space,
            "until": moment(mail.expires_at),
            "address": f"{settings().base_url}/invitations/{token}",
        }


async def write_sign_in_link(reader: Actor, event: int | None) -> Written:
    """A link to sign in with."""
    token = await new_sign_in_token(reader.id)
    return gettext("Your link to sign in"), {
        "address": f"{settings().base_url}/sign-in/link/{token}",
        "minutes": LINK_MINUTES,
    }


class GuestNews(msgspec.Struct, frozen=True):
    """What happened about guests, as its reader may see it. `space` is empty where she does not read it."""

    kind: str
    space: str
    public_id: str
    who: str
    by: str
    wished: str
    words: str
    reason: str
    former: str
    members: str


NEWS = """
    SELECT e.kind, CASE WHEN {} THEN s.name ELSE '' END AS space, s.public_id,
        coalesce(jn.name, nullif(i.name, ''), i.email, '') AS who, coalesce(wn.name, '') AS by,
        coalesce(w.name, '') AS wished, coalesce(w.words, '') AS words, coalesce(w.reason, '') AS reason,
        coalesce(fn.name, '') AS former, coalesce(e.particulars ->> 'members', '') AS members
    FROM event e JOIN space s ON s.id = e.space
    LEFT JOIN invitation i ON i.id = (e.particulars ->> 'invitation')::bigint AND {}
    LEFT JOIN identity jn ON jn.person = i.accepted_by
    LEFT JOIN colleague_wish w ON w.id = (e.particulars ->> 'wish')::bigint AND {}
    LEFT JOIN identity wn ON wn.person = w.person
    LEFT JOIN identity fn ON fn.person = (e.particulars ->> 'former')::bigint
    WHERE e.id = {}
"""


async def write_guest_news(reader: Actor, event: int | None) -> Written | None:
    """That somebody came or does not come, what is wished for, whose time ends, who answers for guests now."""
    news = await fetch_one(
        GuestNews,
        NEWS,
        visible(Space, reader, "s"),
        visible(Invitation, reader, "i"),
        visible(ColleagueWish, reader, "w"),
        event,
    )
    if news is None:
        return None
    about = {"name": news.who, "by": news.by, "wished": news.wished, "space": news.space, "former": news.former}
    address = f"{settings().base_url}/spaces/{news.public_id}"
    kind = Kind(news.kind)
    if kind is Kind.SPONSOR_LEFT and not news.space and reader.administrator:
        return gettext("Somebody has to answer for guests"), {
            "words": gettext(
                "Who answered for the guests of a space that you don’t read has left, and nobody owns it."
            ),
            "lines": [],
            "do": gettext("Please give somebody the role of owner there:"),
            "address": f"{settings().base_url}/admin/roles",
            "reason": "administrator",
        }
    if not news.space:
        return None
    if kind is Kind.GUESTS_ENDING:
        return await _ending(reader, news, address)
    told = _told(kind, news)
    if told is None:
        return None
    subject, words, lines, do = told
    return subject % about, {
        "words": words % about,
        "lines": [line for line in lines if line],
        "do": do,
        "address": address if reader.guest else f"{address}/guests",
        "reason": "guest" if reader.guest else "host",
    }


def _told(kind: Kind, news: GuestNews) -> tuple[str, str, list[str], str] | None:
    """Subject, what happened, more about it, and what to do."""
    if kind is Kind.GUEST_ADMITTED and news.who:
        return (
            gettext("%(name)s is in"),
            gettext("%(name)s accepted your invitation to %(space)s."),
            [],
            gettext("All guests:"),
        )
    if kind is Kind.INVITATION_REFUSED and news.who:
        words = gettext("%(name)s does not accept your invitation to %(space)s.")
        return gettext("%(name)s does not come"), words, [], gettext("All guests:")
    if kind is Kind.GUEST_WISHED and news.wished:
        words = gettext("%(by)s, a guest of %(space)s, asks you to invite a colleague:")
        return gettext("%(by)s asks for a colleague"), words, [news.wished, news.words], gettext("You decide here:")
    if kind is Kind.WISH_GRANTED and news.wished:
        words = gettext("%(wished)s, whom you asked for, is invited to %(space)s.")
        return gettext("%(wished)s is invited"), words, [], gettext("The space:")
    if kind is Kind.WISH_REFUSED and news.wished:
        words = gettext("You asked for %(wished)s in %(space)s. Who decides about it said no:")
        return gettext("About %(wished)s"), words, [news.reason], gettext("The space:")
    if kind is Kind.SPONSOR_LEFT:
        words = gettext("%(former)s, who answered for guests of %(space)s, has left. From now on you answer for them.")
        return (
            gettext("You answer for guests of %(space)s"),
            words,
            [],
            gettext("Let them stay, or let their time end:"),
        )
    return None


class EndingGuest(msgspec.Struct, frozen=True):
    """A guest whose time ends."""

    person: int
    name: str
    until: datetime


ENDING = """
    SELECT m.person, n.name, m.until FROM membership m JOIN identity n ON n.person = m.person
    JOIN person p ON p.id = m.person AND p.active AND p.kind = 'guest' JOIN space s ON s.id = m.space
    WHERE s.public_id = {} AND m.person = ANY({}) AND m.until > plein_now()
        AND m.until < plein_now() + interval '28 days' AND {} ORDER BY m.until, lower(n.name)
"""


async def _ending(reader: Actor, news: GuestNews, address: str) -> Written | None:
    people = [int(member) for member in news.members.split(",") if member]
    guests = await fetch(EndingGuest, ENDING, news.public_id, people, visible(Membership, reader, "m"))
    if reader.guest:
        guests = [guest for guest in guests if guest.person == reader.id]
    if not guests:  # renewed meanwhile
        return None
    if reader.guest:
        subject = gettext("Your time in %(space)s ends")
        words = gettext(
            "You are a guest of %(space)s until %(day)s. Who invited you is told, too, and can let you stay."
        )
    else:
        subject = ngettext(
            "The time of a guest of %(space)s ends", "The time of %(n)s guests of %(space)s ends", len(guests)
        )
        words = gettext("You answer for guests of %(space)s whose time there ends soon:")
    about = {"space": news.space, "n": len(guests), "day": _day(guests[0].until, reader)}
    return subject % about, {
        "words": words % about,
        "lines": [] if reader.guest else [f"{guest.name} · {_day(guest.until, reader)}" for guest in guests],
        "do": gettext("The space:") if reader.guest else gettext("One button lets them stay:"),
        "address": address if reader.guest else f"{address}/guests",
        "reason": "guest" if reader.guest else "host",
    }


def _day(until: datetime, reader: Actor) -> str:
    """The last day: an end stands at the midnight after it."""
    return plain_date(last_day(until, Reader(reader.language, reader.zone).tz))
