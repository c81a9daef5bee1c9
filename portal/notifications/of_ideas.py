"""Mail about ideas: who hears of a step, a correction, an invitation or a claim, and what the message says."""

from __future__ import annotations

from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.access.of_people import NAMED
from portal.access.scope import visible
from portal.db import QueryString, fetch_one
from portal.events.kinds import Kind
from portal.notifications.written import Written
from portal.settings import settings
from portal.tables import Correction, HelpOffer, Idea, StatusChange
from portal.text.language import gettext
from portal.text.markdown import excerpt
from portal.text.names import somebody
from portal.text.statuses import STEPS

# Who writes an idea.
WRITERS = """
    SELECT i.author AS person FROM idea i WHERE i.id = t.idea
    UNION SELECT k.person FROM co_author k WHERE k.idea = t.idea AND k.accepted_at IS NOT NULL
"""
# Who wrote it, voted for it, commented, or follows it or its campaign: so a message tells of no vote.
PART = f"""
    {WRITERS} UNION SELECT v.person FROM vote v WHERE v.idea = t.idea
    UNION SELECT f.person FROM follow f WHERE f.idea = t.idea OR f.campaign = t.within
    UNION SELECT c.author FROM comment c WHERE c.idea = t.idea AND c.state = 'published'
"""
# And the same of what stands under it, whose answer this is, too (rule 12); a mute of that one is one here.
TOOK_PART = QueryString(f"""
    {PART} UNION SELECT w.person FROM (
        SELECT k.idea, o.campaign AS within FROM cluster_item k JOIN idea o ON o.id = k.idea
        WHERE k.lead = t.idea AND k.left_at IS NULL) t
    CROSS JOIN LATERAL ({PART}) w
    WHERE NOT EXISTS (SELECT FROM mute x WHERE x.person = w.person AND (x.idea = t.idea OR x.campaign = t.within))
""")
# Who wrote it and who follows it; of a correction, and of a post that became an idea, also whoever voted, among them.
FOLLOWERS = QueryString(f"""
    {WRITERS} UNION SELECT f.person FROM follow f WHERE f.idea = t.idea
    UNION SELECT v.person FROM vote v WHERE v.idea = t.idea AND e.kind IN ('idea.corrected', 'post.became_idea')
""")
# Who is invited; for whom something was written down; who wrote down what somebody claims.
ASKED_PERSON = QueryString("""
    SELECT CASE e.kind WHEN 'idea.captured' THEN c.person WHEN 'idea.claimed' THEN c.author ELSE e.person END AS person
    FROM (SELECT 1) x LEFT JOIN capture c ON c.idea = t.idea
""")
# Once for each who offers: an offer that is put in other words is no news.
HELPED = QueryString(f"""
    SELECT w.person FROM ({WRITERS}) w WHERE NOT EXISTS (
        SELECT FROM event b WHERE b.kind = e.kind AND b.idea = e.idea AND b.actor = e.actor AND b.id < e.id)
""")


class News(msgspec.Struct, frozen=True):
    """A step or a correction, as its reader may see it when the message goes out."""

    public_id: str
    title: str
    status: str
    body_html: str
    by: str


STEP = (
    """
    SELECT i.public_id, i.title, s.status, s.body_html, coalesce(n.name, '') AS by
    FROM event e JOIN idea i ON i.id = e.idea JOIN status_change s ON s.id = (e.particulars->>'step')::bigint
    """
    + NAMED.format("n", "s.author", "s.space")
    + """ WHERE e.id = {} AND {}
"""
)
CORRECTED = (
    """
    SELECT i.public_id, i.title, '' AS status, r.body_html, coalesce(n.name, '') AS by
    FROM event e JOIN idea i ON i.id = e.idea JOIN correction r ON r.id = (e.particulars->>'correction')::bigint
    """
    + NAMED.format("n", "r.author", "r.space")
    + """ WHERE e.id = {} AND {}
"""
)


async def write_news(reader: Actor, event: int | None) -> Written | None:
    """That an idea moved on, was withdrawn, put back, or made of a post."""
    news = await fetch_one(News, STEP, event, visible(StatusChange, reader, "s"))
    if news is None:
        return None
    subjects = {
        "became an idea": gettext("An idea now: %(title)s"),
        "withdrawn": gettext("Withdrawn: %(title)s"),
        "put back": gettext("Put back: %(title)s"),
        "adopted": gettext("Adopted: %(title)s"),
    }
    return subjects.get(news.status, gettext("Now: %(title)s")) % {"title": news.title}, _said(news) | {
        "words": STEPS[news.status].mail
    }


async def write_correction(reader: Actor, event: int | None) -> Written | None:
    """That a text which stands still was corrected."""
    news = await fetch_one(News, CORRECTED, event, visible(Correction, reader, "r"))
    return (gettext("Corrected: %(title)s") % {"title": news.title}, _said(news)) if news else None


def _said(news: News) -> dict[str, Any]:
    address = f"{settings().base_url}/ideas/{news.public_id}"
    return {"idea": news, "text": excerpt(news.body_html, 2000), "address": address}


class Asked(msgspec.Struct, frozen=True):
    """What somebody is asked: by whom, and about which idea."""

    kind: str
    public_id: str
    title: str
    by: str


ASKED = (
    """
    SELECT e.kind, i.public_id, i.title, coalesce(n.name, '') AS by
    FROM event e JOIN idea i ON i.id = e.idea OR i.public_id = e.particulars->>'idea_public_id'
    """
    + NAMED.format("n", "e.actor", "i.space")
    + """ WHERE e.id = {} AND {}
"""
)


async def write_question(reader: Actor, event: int | None) -> Written | None:
    """Whether she writes along, whether an idea is hers, whether a claim is right."""
    asked = await fetch_one(Asked, ASKED, event, visible(Idea, reader, "i"))
    if asked is None:
        return None
    title = {"title": asked.title or gettext("Without a title yet")}
    name = {"name": somebody(asked.by)}
    subject, words = {
        Kind.CO_AUTHOR_INVITED: (
            gettext("Co-write it? %(title)s"),
            gettext("%(name)s asks you to co-write an idea:"),
        ),
        Kind.IDEA_CAPTURED: (
            gettext("Is this idea yours? %(title)s"),
            gettext("%(name)s wrote down an idea on your behalf:"),
        ),
        Kind.IDEA_CLAIMED: (
            gettext("Is this right? %(title)s"),
            gettext("%(name)s says that an idea that you wrote down is hers or his:"),
        ),
    }[Kind(asked.kind)]
    address = f"{settings().base_url}/ideas/{asked.public_id}"
    return subject % title, {"words": words % name, "title": title["title"], "address": address}


class Offer(msgspec.Struct, frozen=True):
    """What somebody could do for an idea."""

    public_id: str
    title: str
    body: str
    by: str


OFFER = (
    """
    SELECT i.public_id, i.title, h.body, coalesce(n.name, '') AS by
    FROM event e JOIN idea i ON i.id = e.idea JOIN help_offer h ON h.idea = i.id AND h.person = e.actor
    """
    + NAMED.format("n", "h.person", "h.space")
    + """ WHERE e.id = {} AND {}
"""
)


async def write_offer(reader: Actor, event: int | None) -> Written | None:
    """Who can help with her idea, and how; nothing once it was taken back."""
    offer = await fetch_one(Offer, OFFER, event, visible(HelpOffer, reader, "h"))
    if offer is None:
        return None
    by = somebody(offer.by)
    address = f"{settings().base_url}/ideas/{offer.public_id}#together"
    return gettext("Help with: %(title)s") % {"title": offer.title}, {"offer": offer, "by": by, "address": address}
