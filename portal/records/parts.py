"""What a record holds, part by part: each statement is asked through the eyes of a plain reader of the space.

{} is first the reader's sight, then the space."""

from __future__ import annotations

from typing import NamedTuple

from piccolo.table import Table

from portal import tables as t
from portal.access.of_people import NAMED
from portal.text.language import lazy

BY = "coalesce(n.name, '') AS by"


class Part(NamedTuple):
    """Rows of one table (`x` in its statement), as a record holds them."""

    key: str
    title: str
    table: type[Table]
    sql: str


CHARTERS = f"""
    SELECT x.version, x.text, x.created_at, {BY} FROM charter x {NAMED.format("n", "x.author", "x.space")}
    WHERE {{}} AND x.space = {{}} ORDER BY x.version
"""
MEMBERS = """
    SELECT n.name, p.kind = 'guest' AS guest, coalesce(o.name, '') AS organisation, x.role, x.created_at AS since,
        x.until
    FROM membership x JOIN person p ON p.id = x.person AND p.active JOIN identity n ON n.person = p.id
    LEFT JOIN partner o ON o.id = x.partner
    WHERE {} AND x.space = {} AND (x.until IS NULL OR x.until > plein_now()) ORDER BY lower(n.name), p.id, x.role
"""
CHAPTERS = """
    SELECT x.title, x.body, x.opens AS days_after_the_first_day, x.updated_at FROM chapter x
    WHERE {} AND x.space = {} ORDER BY x.opens, x.id
"""
CAMPAIGNS = f"""
    SELECT x.public_id AS campaign, x.title, x.lead, x.brief, x.need, x.goal, x.measure, x.promise, x.state,
        {BY} , coalesce(sn.name, '') AS sponsor, x.created_at, x.collect_from, x.discuss_from, x.vote_from,
        x.decide_from, x.done_from, x.cancelled_at, x.archived_at
    FROM campaign x {NAMED.format("n", "x.author", "x.space")} {NAMED.format("sn", "x.sponsor", "x.space")}
    WHERE {{}} AND x.space = {{}} ORDER BY x.id
"""
NOTICES = f"""
    SELECT c.public_id AS campaign, x.kind, x.reason, x.ended_at, x.ends_at, x.created_at, {BY}
    FROM campaign_notice x JOIN campaign c ON c.id = x.campaign {NAMED.format("n", "x.author", "x.space")}
    WHERE {{}} AND x.space = {{}} ORDER BY x.id
"""
# An author who wrote without her name has none here either; counts that a campaign hides are told once it is decided.
IDEAS = f"""
    SELECT x.public_id AS idea, c.public_id AS campaign, x.kind, x.state, x.status, x.title, x.body, x.tags,
        1 + (SELECT count(*) FROM idea_version e WHERE e.idea = x.id) AS version,
        CASE WHEN x.anonymous THEN '' ELSE coalesce(n.name, '') END AS by, x.created_at, x.updated_at,
        CASE WHEN NOT c.hide_counts OR plein_decided(c, plein_now()) THEN x.supporters END AS supporters,
        CASE WHEN NOT c.hide_counts OR plein_decided(c, plein_now()) THEN x.guest_supporters END AS guest_supporters
    FROM idea x JOIN campaign c ON c.id = x.campaign {NAMED.format("n", "x.author", "x.space")}
    WHERE {{}} AND x.space = {{}} ORDER BY x.id
"""
VERSIONS = f"""
    SELECT i.public_id AS idea, x.title, x.body, x.tags, x.created_at,
        (SELECT count(*) FROM idea_version e WHERE e.idea = x.idea AND e.version <= x.version) AS version,
        CASE WHEN i.anonymous THEN '' ELSE coalesce(n.name, '') END AS by
    FROM idea_version x JOIN idea i ON i.id = x.idea {NAMED.format("n", "x.author", "x.space")}
    WHERE {{}} AND x.space = {{}} ORDER BY x.idea, x.version
"""
REPLIES = """
    SELECT i.public_id AS idea, q.label AS question, x.value FROM idea_reply x JOIN idea i ON i.id = x.idea
    JOIN question q ON q.id = x.question WHERE {} AND x.space = {} ORDER BY x.idea, q.position
"""
CORRECTIONS = f"""
    SELECT i.public_id AS idea, x.body, x.created_at,
        CASE WHEN i.anonymous THEN '' ELSE coalesce(n.name, '') END AS by
    FROM correction x JOIN idea i ON i.id = x.idea {NAMED.format("n", "x.author", "x.space")}
    WHERE {{}} AND x.space = {{}} ORDER BY x.id
"""
STEPS = f"""
    SELECT i.public_id AS idea, x.status, x.body, x.created_at,
        CASE WHEN i.anonymous AND x.author = i.author THEN '' ELSE coalesce(n.name, '') END AS by
    FROM status_change x JOIN idea i ON i.id = x.idea {NAMED.format("n", "x.author", "x.space")}
    WHERE {{}} AND x.space = {{}} ORDER BY x.id
"""
ANSWERS = f"""
    SELECT i.public_id AS idea, x.version, x.kind, x.summary, x.reason, x.from_when, x.next_step, x.next_date,
        x.whose, x.category, x.review_on, x.questions, x.replies, x.created_at, x.corrected_at, {BY}
    FROM answer x JOIN idea i ON i.id = x.idea {NAMED.format("n", "x.author", "x.space")}
    WHERE {{}} AND x.space = {{}} ORDER BY x.id
"""
ANSWER_VERSIONS = f"""
    SELECT i.public_id AS idea, x.version, x.kind, x.summary, x.reason, x.from_when, x.next_step, x.next_date,
        x.whose, x.category, x.review_on, x.questions, x.replies, x.created_at, {BY}
    FROM answer_version x JOIN answer a ON a.id = x.answer JOIN idea i ON i.id = a.idea
    {NAMED.format("n", "x.author", "x.space")} WHERE {{}} AND x.space = {{}} ORDER BY x.id
"""
COMMENTS = f"""
    SELECT i.public_id AS idea, x.public_id AS comment, r.public_id AS reply_to,
        CASE WHEN x.state = 'removed' THEN '' ELSE x.body END AS body, x.state, x.created_at, x.edited_at,
        CASE WHEN i.anonymous AND x.author = i.author THEN '' ELSE coalesce(n.name, '') END AS by
    FROM comment x JOIN idea i ON i.id = x.idea LEFT JOIN comment r ON r.id = x.root
    {NAMED.format("n", "x.author", "x.space")} WHERE {{}} AND x.space = {{}} ORDER BY x.id
"""
COMMENT_VERSIONS = """
    SELECT k.public_id AS comment, x.body, x.created_at,
        (SELECT count(*) FROM comment_version e WHERE e.comment = x.comment AND e.version <= x.version) AS version
    FROM comment_version x
    JOIN comment k ON k.id = x.comment WHERE {} AND x.space = {} ORDER BY x.comment, x.version
"""
DIGESTS = f"""
    SELECT i.public_id AS idea, x.version, x.body, x.how, x.created_at, {BY}
    FROM digest x JOIN idea i ON i.id = x.idea {NAMED.format("n", "x.author", "x.space")}
    WHERE {{}} AND x.space = {{}} ORDER BY x.idea, x.version
"""
FILES = f"""
    SELECT i.public_id AS idea, x.name, x.description, x.kind, x.size, x.file, x.created_at,
        CASE WHEN i.anonymous THEN '' ELSE coalesce(n.name, '') END AS by
    FROM attachment x JOIN idea i ON i.id = x.idea {NAMED.format("n", "x.author", "x.space")}
    WHERE {{}} AND x.space = {{}} ORDER BY x.id
"""

PARTS: tuple[Part, ...] = (
    Part("charters", lazy("Charters"), t.Charter, CHARTERS),
    Part("members", lazy("Members"), t.Membership, MEMBERS),
    Part("chapters", lazy("Chapters"), t.Chapter, CHAPTERS),
    Part("campaigns", lazy("Campaigns"), t.Campaign, CAMPAIGNS),
    Part("notices", lazy("What was decided about campaigns"), t.CampaignNotice, NOTICES),
    Part("ideas", lazy("Ideas and posts"), t.Idea, IDEAS),
    Part("idea_versions", lazy("Their earlier texts"), t.IdeaVersion, VERSIONS),
    Part("replies", lazy("What they reply to questions"), t.IdeaReply, REPLIES),
    Part("corrections", lazy("Additions to them"), t.Correction, CORRECTIONS),
    Part("steps", lazy("Steps"), t.StatusChange, STEPS),
    Part("answers", lazy("Answers"), t.Answer, ANSWERS),
    Part("answer_versions", lazy("Earlier answers"), t.AnswerVersion, ANSWER_VERSIONS),
    Part("comments", lazy("Comments"), t.Comment, COMMENTS),
    Part("comment_versions", lazy("Earlier comments"), t.CommentVersion, COMMENT_VERSIONS),
    Part("digests", lazy("Digests"), t.Digest, DIGESTS),
    Part("files", lazy("Files"), t.Attachment, FILES),
)
