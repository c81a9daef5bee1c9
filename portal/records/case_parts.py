"""What the record of a case holds, part by part. The item's own are those of a space's record, of this item alone;
{} is first the reader's sight, then the item or the case. What is the team's takes the case only."""

from __future__ import annotations

from typing import NamedTuple

from portal import tables as t
from portal.access.of_people import NAMED
from portal.records import parts as of_space
from portal.records.parts import BY, Part
from portal.text.language import lazy


def _of_item(sql: str, item: str = "x.idea") -> str:
    return sql.replace("AND x.space = {}", f"AND {item} = {{}}")


TEAM = f"""
    SELECT coalesce(n.name, '') AS name, x.role, x.since, x.until FROM case_role x
    {NAMED.format("n", "x.person", "x.space")} WHERE {{}} AND x.escalation = {{}} ORDER BY x.id
"""
# Who declared a conflict of interest stands on no page, so not here either.
TIMELINE = f"""
    SELECT x.occurred_at, x.kind, CASE WHEN x.kind <> 'case.conflict' THEN coalesce(n.name, '') ELSE '' END AS by,
        coalesce(w.name, '') AS owner,
        x.particulars - ARRAY['owner', 'member', 'by'] AS particulars
    FROM event x {NAMED.format("n", "x.actor", "x.space")}
    LEFT JOIN identity w ON w.person = (x.particulars ->> 'owner')::bigint
    WHERE {{}} AND x.escalation = {{}} AND starts_with(x.kind, 'case.') ORDER BY x.id
"""
PROMISES = f"""
    SELECT x.body, x.due_on, x.state, x.created_at, x.done_at, x.ended_at, coalesce(n.name, '') AS owner FROM promise x
    {NAMED.format("n", "x.owner", "x.space")} WHERE {{}} AND x.idea = {{}} ORDER BY x.id
"""

#: Of the item, by its id.
OF_ITEM: tuple[Part, ...] = (
    Part("item", lazy("Idea or post"), t.Idea, _of_item(of_space.IDEAS, "x.id")),
    Part("item_versions", lazy("Its earlier texts"), t.IdeaVersion, _of_item(of_space.VERSIONS)),
    Part("corrections", lazy("Additions to it"), t.Correction, _of_item(of_space.CORRECTIONS)),
    Part("steps", lazy("Steps"), t.StatusChange, _of_item(of_space.STEPS)),
    Part("answers", lazy("Answers"), t.Answer, _of_item(of_space.ANSWERS)),
    Part("answer_versions", lazy("Earlier answers"), t.AnswerVersion, _of_item(of_space.ANSWER_VERSIONS, "i.id")),
    Part("promises", lazy("Promises"), t.Promise, PROMISES),
    Part("comments", lazy("Comments"), t.Comment, _of_item(of_space.COMMENTS)),
    Part("comment_versions", lazy("Earlier comments"), t.CommentVersion, _of_item(of_space.COMMENT_VERSIONS, "k.idea")),
    Part("digests", lazy("Digests"), t.Digest, _of_item(of_space.DIGESTS)),
    Part("files", lazy("Files"), t.Attachment, _of_item(of_space.FILES)),
)
#: Of the case, by its id.
OF_CASE: tuple[Part, ...] = (
    Part("timeline", lazy("Timeline"), t.Event, TIMELINE),
    Part("team", lazy("Who was on the case"), t.CaseRole, TEAM),
)
PARTS = OF_ITEM + OF_CASE


class TeamPart(NamedTuple):
    """Rows that are a team's alone."""

    key: str
    title: str
    sql: str


NOTES = f"""
    SELECT x.body, x.created_at, {BY} FROM case_note x {NAMED.format("n", "x.author", "x.space")}
    WHERE x.escalation = {{}} ORDER BY x.id
"""
FILES = f"""
    SELECT x.name, x.kind, x.size, x.file, x.created_at, {BY} FROM case_file x
    {NAMED.format("n", "x.author", "x.space")} WHERE x.escalation = {{}} ORDER BY x.id
"""
ADVICE = f"""
    SELECT x.kind, x.body, x.asked_at, x.due_on, x.outcome, x.answer, x.answered_at, coalesce(n.name, '') AS asked,
        coalesce(b.name, '') AS by
    FROM consultation x {NAMED.format("n", "x.person", "x.space")} {NAMED.format("b", "x.asked_by", "x.space")}
    WHERE x.escalation = {{}} ORDER BY x.id
"""
HANDOVERS = f"""
    SELECT x.body, x.asked_at, x.outcome, x.ended_at, coalesce(n.name, '') AS asked, coalesce(b.name, '') AS by
    FROM handover x {NAMED.format("n", "x.person", "x.space")} {NAMED.format("b", "x.asked_by", "x.space")}
    WHERE x.escalation = {{}} ORDER BY x.id
"""
GONE = """
    SELECT x.kind, x.things, x.destroyed_at FROM retention_log x WHERE x.escalation = {} ORDER BY x.id
"""
TEAM_PARTS: tuple[TeamPart, ...] = (
    TeamPart("notes", lazy("Private notes of the case team"), NOTES),
    TeamPart("team_files", lazy("Files of the case team"), FILES),
    TeamPart("advice", lazy("Advice that was asked"), ADVICE),
    TeamPart("handovers", lazy("Who was asked to take it over"), HANDOVERS),
    TeamPart("destroyed", lazy("What the retention list has destroyed"), GONE),
)
