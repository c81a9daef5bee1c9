"""Mail about comments: who is mentioned or replied to, whose idea is commented on, and what the message says."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.of_people import KNOWN_THERE, NAMED
from portal.access.scope import visible
from portal.db import QueryString, fetch_one
from portal.notifications.of_ideas import WRITERS
from portal.notifications.written import Written
from portal.settings import settings
from portal.tables import Comment
from portal.text.language import gettext
from portal.text.markdown import excerpt
from portal.text.mentions import shown
from portal.text.names import somebody

# Once for a comment, in the event that brought her in.
MENTIONED = QueryString("""
    SELECT m.person FROM mention m JOIN comment k ON k.id = m.comment AND k.state = 'published' AND m.person <> k.author
    WHERE m.event = e.id
""")
# To whose comment it replies, and under whose it stands.
REPLIED_TO = QueryString("""
    SELECT o.author AS person FROM comment k JOIN event w ON w.comment = k.id AND w.kind = 'comment.added'
    JOIN comment o ON o.id IN (k.root, (w.particulars ->> 'reply_to')::bigint) AND o.author <> k.author
    WHERE k.id = t.comment AND k.state = 'published'
""")
WROTE_THE_IDEA = QueryString(f"""
    SELECT w.person FROM comment k CROSS JOIN ({WRITERS}) w
    WHERE k.id = t.comment AND k.state = 'published' AND w.person <> k.author
""")
# One mail, and the next once she has read it: a busy thread fills the list, not the mailbox.
WHEN_READ = QueryString("""
    NOT EXISTS (SELECT FROM notice o WHERE o.person = n.person AND o.bundle = n.bundle AND o.read_at IS NULL
        AND o.id <> n.id AND o.created_at > plein_now() - interval '7 days')
""")


class Words(msgspec.Struct, frozen=True):
    """A comment as a mail tells of it."""

    comment_public_id: str
    title: str
    by: str
    body_html: str
    mentions: list[str]


# As long as the comment stands; of a mention, as long as it still names her.
WORDS = (
    """
    SELECT k.public_id AS comment_public_id, i.title, coalesce(b.name, '') AS by, k.body_html,
        ARRAY(SELECT mp.public_id || coalesce(mn.name, '') FROM mention o JOIN person mp ON mp.id = o.person
            """
    + NAMED.format("mn", "mp.id", "k.space")
    + """ WHERE o.comment = k.id AND ("""
    + KNOWN_THERE
    + """)) AS mentions
    FROM event e LEFT JOIN moderation_item x ON x.public_id = e.particulars ->> 'item'
    JOIN comment k ON k.id = coalesce(e.comment, x.comment) JOIN idea i ON i.id = k.idea
    """
    + NAMED.format("b", "k.author", "k.space")
    + """
    WHERE e.id = {} AND k.state = 'published' AND strpos(k.body, {}) > 0 AND {}
"""
)


async def _words(reader: Actor, event: int | None, naming: str = "") -> Words | None:
    return await fetch_one(Words, WORDS, event, naming, visible(Comment, reader, "k"))


def _said(words: Words, subject: str) -> Written:
    by = somebody(words.by)
    return subject % {"name": by, "title": words.title}, {
        "title": words.title,
        "by": by,
        "words": excerpt(shown(words.body_html, words.mentions)),
        "address": f"{settings().base_url}/comments/{words.comment_public_id}",
    }


async def write_mention(reader: Actor, event: int | None) -> Written | None:
    """Who mentions her, where, and with which words."""
    words = await _words(reader, event, reader.public_id)
    return _said(words, gettext("%(name)s mentions you: %(title)s")) if words else None


async def write_reply(reader: Actor, event: int | None) -> Written | None:
    """Who replied to her."""
    words = await _words(reader, event)
    return _said(words, gettext("%(name)s replied to you: %(title)s")) if words else None


async def write_comment(reader: Actor, event: int | None) -> Written | None:
    """Who commented on what she wrote."""
    words = await _words(reader, event)
    return _said(words, gettext("%(name)s commented on: %(title)s")) if words else None
