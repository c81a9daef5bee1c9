"""Reading what can be reported."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.of_people import NAMED
from portal.access.scope import visible
from portal.attachments.queries import SHOWS
from portal.db import fetch_one
from portal.ideas.queries import BESIDE
from portal.tables import Attachment, Campaign, Comment, Idea, Report


class Thing(msgspec.Struct, frozen=True):
    """A campaign, idea, comment or file that somebody may report; `title` is the idea's for a comment, the name for a
    file; `reported`: by her; `address`: where it is read, `path`: where it is reported."""

    kind: str
    id: int
    path: str
    address: str
    space: int
    author: int
    author_name: str
    state: str
    title: str
    body_html: str
    language: str
    reported: bool
    of_post: bool


REPORTED = """
    EXISTS (SELECT FROM report r JOIN moderation_item x ON x.id = r.item WHERE r.reporter = {} AND {} AND
"""
CAMPAIGN = f"""
    SELECT 'campaign' AS kind, c.id, '/campaigns/' || c.public_id AS path, '/campaigns/' || c.public_id AS address,
        c.space, c.author, coalesce(n.name, '') AS author_name,
        CASE WHEN c.hidden THEN 'hidden' WHEN c.state IN ('open', 'cancelled', 'archived') THEN 'published'
            ELSE c.state END AS state,
        c.title, c.brief_html AS body_html, c.language, {REPORTED} x.campaign = c.id) AS reported, FALSE AS of_post
    FROM campaign c LEFT JOIN identity n ON n.person = c.author WHERE c.public_id = {{}} AND {{}}
"""
IDEA = f"""
    SELECT 'idea' AS kind, i.id, '/ideas/' || i.public_id AS path, '/ideas/' || i.public_id AS address, i.space,
        i.author, coalesce(n.name, '') AS author_name, i.state, i.title,
        i.body_html || {BESIDE} AS body_html, i.language, {REPORTED} x.idea = i.id) AS reported,
        i.kind <> 'idea' AS of_post
    FROM idea i {NAMED.format("n", "i.author", "i.space")} WHERE i.public_id = {{}} AND {{}}
"""
COMMENT = f"""
    SELECT 'comment' AS kind, k.id, '/comments/' || k.public_id AS path, '/comments/' || k.public_id AS address,
        k.space, k.author, coalesce(n.name, '') AS author_name, k.state,
        i.title, k.body_html, k.language, {REPORTED} x.comment = k.id) AS reported, FALSE AS of_post
    FROM comment k JOIN idea i ON i.id = k.idea {NAMED.format("n", "k.author", "k.space")}
    WHERE k.public_id = {{}} AND {{}}
"""
# Who attached it is not told where it stands, and not here.
FILE = f"""
    SELECT 'file' AS kind, f.id, '/attachments/' || f.public_id AS path,
        '/ideas/' || i.public_id || '#files' AS address, f.space, f.author, '' AS author_name,
        CASE WHEN f.state = 'shown' THEN i.state ELSE 'hidden' END AS state,
        f.name AS title, coalesce({SHOWS}, '') AS body_html, i.language, {REPORTED} x.attachment = f.id) AS reported,
        i.kind <> 'idea' AS of_post
    FROM attachment f JOIN idea i ON i.id = f.idea WHERE f.public_id = {{}} AND {{}}
"""


async def campaign_to_report(actor: Actor, public_id: str) -> Thing | None:
    """A campaign that the actor can read."""
    seen = (actor.id, visible(Report, actor, "r"), public_id, visible(Campaign, actor, "c"))
    return await fetch_one(Thing, CAMPAIGN, *seen)


async def idea_to_report(actor: Actor, public_id: str) -> Thing | None:
    """An idea that the actor can read."""
    seen = (actor.id, visible(Report, actor, "r"), public_id, visible(Idea, actor, "i"))
    return await fetch_one(Thing, IDEA, *seen)


async def comment_to_report(actor: Actor, public_id: str) -> Thing | None:
    """A comment that the actor can read."""
    seen = (actor.id, visible(Report, actor, "r"), public_id, visible(Comment, actor, "k"))
    return await fetch_one(Thing, COMMENT, *seen)


async def file_to_report(actor: Actor, public_id: str) -> Thing | None:
    """A file that the actor sees, be it that she may not open it."""
    seen = (actor.id, visible(Report, actor, "r"), public_id, visible(Attachment, actor, "f"))
    return await fetch_one(Thing, FILE, *seen)
