"""Mail about people who start: who looks after whom, and who did not turn up."""

from __future__ import annotations

from datetime import date

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import QueryString, fetch_one
from portal.events.kinds import Kind
from portal.notifications.written import Written
from portal.settings import settings
from portal.tables import Space
from portal.text.dates import plain_date
from portal.text.language import gettext

# Both, where somebody got a mentor; of another first day, or of who did not turn up, the space's host and whoever
# answered for her.
CONCERNED = QueryString("""
    SELECT unnest(ARRAY[e.particulars ->> 'member', e.particulars ->> 'mentor'])::bigint AS person
        WHERE e.kind = 'mentor.found'
    UNION SELECT s.host FROM space s WHERE s.id = e.space AND e.kind <> 'mentor.found'
    UNION SELECT b.sponsor FROM membership b WHERE b.space = e.space
        AND b.person = (e.particulars ->> 'member')::bigint AND e.kind <> 'mentor.found'
""")


class News(msgspec.Struct, frozen=True):
    """What happened. `standing`: it is so still."""

    kind: str
    space: str
    space_public_id: str
    member: int
    name: str
    mentor: str
    starts_on: date
    standing: bool


NEWS = """
    SELECT e.kind, s.name AS space, s.public_id AS space_public_id, p.id AS member, n.name,
        coalesce(mn.name, '') AS mentor, p.starts_on, CASE e.kind
            WHEN 'mentor.found' THEN EXISTS (SELECT FROM mentorship x
                WHERE x.space = s.id AND x.person = p.id AND x.mentor = mn.person)
            WHEN 'guest.first_day_moved' THEN TRUE
            ELSE EXISTS (SELECT FROM departure d WHERE d.space = s.id AND d.person = p.id) END AS standing
    FROM event e JOIN space s ON s.id = e.space
    JOIN person p ON p.id = (e.particulars ->> 'member')::bigint AND p.starts_on IS NOT NULL
    JOIN identity n ON n.person = p.id LEFT JOIN identity mn ON mn.person = (e.particulars ->> 'mentor')::bigint
    WHERE e.id = {} AND {}
"""


async def write_starter_news(reader: Actor, event: int | None) -> Written | None:
    """Who looks after whom, starts on another day, or did not turn up; nothing once it is otherwise."""
    news = await fetch_one(News, NEWS, event, visible(Space, reader, "s"))
    if news is None or not news.standing:
        return None
    home = f"{settings().base_url}/spaces/{news.space_public_id}"
    if news.kind == Kind.GUEST_NO_SHOW:
        subject = gettext("%(name)s did not start")
        words = gettext("%(name)s was to start on %(day)s and is no employee, so the time in %(space)s is over.")
        after = gettext("Starts later after all? Change the first day; else the personal data go after a while.")
        address = f"{home}/guests"
    elif news.kind == Kind.FIRST_DAY_MOVED:
        subject = gettext("%(name)s starts on another day")
        words = gettext("The first day of %(name)s is %(day)s. %(space)s follows it.")
        after = gettext("Chapters open by that day, and the time that somebody has to turn up ends by it.")
        address = f"{home}/guests"
    elif reader.id == news.member:
        subject = gettext("%(mentor)s looks after you")
        words = gettext("%(mentor)s works here, and helps you begin.")
        after = gettext("No question is too small. What is open to you already stands in %(space)s.")
        address = f"{home}/chapters"
    else:
        subject = gettext("You look after %(name)s")
        words = gettext("%(name)s starts on %(day)s, and you offered to be a mentor.")
        after = gettext("A word of welcome before the first day does most. It is written in %(space)s.")
        address = f"{home}/chapters"
    about = {"name": news.name, "mentor": news.mentor, "space": news.space, "day": plain_date(news.starts_on)}
    return subject % about, {"words": words % about, "after": after % about, "address": address}
