"""News of campaigns by mail: who hears which, and what it says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import QueryString, fetch_one
from portal.events.kinds import Kind
from portal.settings import settings
from portal.tables import Campaign
from portal.text.dates import moment
from portal.text.language import gettext, lazy
from portal.text.names import somebody

# Who decides is asked; who proposed it hears what she said; whoever took part in any way hears that it lasts longer
# or ends early, and who follows it, that it went on. No voter's name goes anywhere but into what is told to herself.
TAKING_PART = QueryString("""
    SELECT y.person FROM campaign c CROSS JOIN LATERAL (
        SELECT c.decision_owner AS person WHERE e.kind = 'campaign.proposed'
        UNION SELECT unnest(ARRAY[c.author, c.sponsor]) WHERE e.kind IN ('campaign.opened', 'campaign.declined')
        UNION SELECT f.person FROM follow f WHERE f.campaign = c.id
            AND e.kind IN ('campaign.extended', 'campaign.cancelled', 'campaign.moved_on')
        UNION SELECT z.person FROM (
            SELECT unnest(ARRAY[c.author, c.sponsor, c.decision_owner]) AS person
            UNION SELECT i.author FROM idea i WHERE i.campaign = c.id AND i.state = 'published'
            UNION SELECT v.person FROM idea i JOIN vote v ON v.idea = i.id WHERE i.campaign = c.id
            UNION SELECT k.author FROM idea i JOIN comment k ON k.idea = i.id
                WHERE i.campaign = c.id AND k.state = 'published'
            UNION SELECT f.person FROM idea i JOIN follow f ON f.idea = i.id WHERE i.campaign = c.id) z
            WHERE e.kind IN ('campaign.extended', 'campaign.cancelled')) y
    WHERE c.id = t.campaign
""")


class News(msgspec.Struct, frozen=True):
    """What a mail about a campaign tells; read when it goes out, as its reader may see it then."""

    kind: str
    phase: str
    public_id: str
    title: str
    state: str
    decision_owner: int | None
    author_name: str
    decision_owner_name: str
    reason: str | None
    ends_at: datetime | None


NEWS = """
    SELECT e.kind, coalesce(e.particulars ->> 'phase', '') AS phase, c.public_id, c.title, c.state, c.decision_owner,
        coalesce(a.name, '') AS author_name, coalesce(d.name, '') AS decision_owner_name, x.reason, x.ends_at
    FROM event e JOIN campaign c ON c.id = e.campaign
    LEFT JOIN identity a ON a.person = c.author LEFT JOIN identity d ON d.person = c.decision_owner
    LEFT JOIN LATERAL (SELECT w.reason, w.ends_at FROM campaign_notice w WHERE w.campaign = c.id
        AND 'campaign.' || w.kind = e.kind AND w.created_at <= e.occurred_at ORDER BY w.id DESC LIMIT 1) x ON TRUE
    WHERE e.id = {} AND {}
"""

#: What the mail says in its first line, by what happened.
SAID: dict[str, str] = {
    Kind.CAMPAIGN_PROPOSED: lazy("%(author)s asks you to decide about a campaign. It opens when you accept."),
    Kind.CAMPAIGN_OPENED: lazy("%(owner)s has accepted the campaign. It opens on its dates."),
    Kind.CAMPAIGN_DECLINED: lazy("%(owner)s has declined the campaign. You can change it and propose it again."),
    Kind.CAMPAIGN_EXTENDED: lazy("This campaign lasts longer: the present phase ends on %(ends)s."),
    Kind.CAMPAIGN_CANCELLED: lazy("This campaign was stopped. Nobody votes or comments any more."),
}
#: The same for a campaign that one follows, by the phase that began.
BEGAN: dict[str, str] = {
    "collect": lazy("This campaign has begun: ideas are welcome."),
    "discuss": lazy("No new ideas come in: help those that are there with a comment."),
    "vote": lazy("Voting has begun."),
    "decide": lazy("Voting is closed. Each idea now gets its answer."),
    "done": lazy("This campaign is done: every idea should have its answer."),
}


async def write_news(reader: Actor, event: int | None) -> tuple[str, dict[str, Any]] | None:
    """Subject and content; None for what is out of the reader's sight, and for a question that was answered."""
    news = await fetch_one(News, NEWS, event, visible(Campaign, reader, "c")) if event is not None else None
    if news is None or (
        news.kind == Kind.CAMPAIGN_PROPOSED and (news.state != "proposed" or news.decision_owner != reader.id)
    ):
        return None
    said = BEGAN[news.phase] if news.kind == Kind.CAMPAIGN_MOVED_ON else SAID[news.kind]
    asked = news.kind == Kind.CAMPAIGN_PROPOSED
    subject = (
        gettext("You are asked to decide about a campaign: %(title)s") if asked else gettext("Campaign: %(title)s")
    )
    return subject % {"title": news.title}, {
        "news": news,
        "asked": asked,
        "said": str(said)
        % {
            "author": somebody(news.author_name),
            "owner": somebody(news.decision_owner_name),
            "ends": moment(news.ends_at) if news.ends_at else "",
        },
        "address": f"{settings().base_url}/campaigns/{news.public_id}",
    }
