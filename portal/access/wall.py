"""The second wall: what PostgreSQL itself lets a guest's request read and write, whatever our code asks for.

Guests' requests run as a login role of their own, which owns nothing: it has the rights below, and row-level policies
that keep it to the spaces and the person that portal.db tells it under a seal (`wall_told`): what a statement sets by
itself counts for nothing. Everybody else's requests run as the owner of the tables, whom no policy slows down. Every
table stands in GATES; a test demands it. `wall_build` makes policies out of them.
"""

from __future__ import annotations

from typing import Any

import msgspec
from piccolo.table import Table

from portal import tables as t
from portal.access.phases import WHILE_ASKED, WHILE_COMMENTING, WHILE_SUPPORTING
from portal.access.wall_log import happened

# What the request was told, where its seal fits; asked once a statement.
SPACES = "(SELECT wall_told('spaces')::bigint[])::bigint[]"
PERSON = "(SELECT wall_told('person')::bigint)"

EVERYTHING = "TRUE"
IN_SPACE = f"space = ANY ({SPACES})"
OWN = f"person = {PERSON}"
OWN_IN_SPACE = f"{IN_SPACE} AND {OWN}"
WRITTEN_BY_HERSELF = f"{IN_SPACE} AND author = {PERSON}"
IN_SPACE_OR_NONE = f"(space = ANY ({SPACES}) OR space IS NULL)"
NOTHING = "FALSE"
PRESENT = "EXISTS (SELECT FROM membership m WHERE m.partner = partner.id)"  # of the memberships that she sees
OWN_OR_NOWHERE = f"{IN_SPACE_OR_NONE} AND {OWN}"
#: What is open to somebody who starts, by her own first day on the organisation's clock.
OPEN_BY_NOW = f"""{IN_SPACE} AND opens <= (SELECT (plein_now() AT TIME ZONE g.zone)::date - p.starts_on
    FROM person p, organisation g WHERE p.id = {PERSON})"""
# Written so that both sides can use an index: a search looks through many rows.
FINDABLE = f"({IN_SPACE} OR person = ANY ((SELECT array_agg(w.person) FROM wall_people w)::bigint[]))"
DECIDED_ABOUT_HER = f"EXISTS (SELECT FROM decision d WHERE d.item = moderation_item.id AND d.person = {PERSON})"
#: What the database itself counts, by table.
COUNTS = {
    "idea": (
        *("supporters", "guest_supporters", "votes", "returned", "guest_returned", "returned_votes"),
        *("comments", "guest_comments"),
        *("commenters", "young", "joint", "discounted"),
    ),
    "comment": ("replies", "helpful", "agree", "thanks", "question"),
}
#: What is written of an idea; whose it is, while it passes from hand to hand.
WORDED = (
    *("state", "title", "body", "body_html", "excerpt", "language", "tags", "service", "form_version", "kind", "topic"),
    *("core_questions", "form_key", "draft_key", "edited_by", "version", "created_at", "updated_at", "author"),
    *("speaks_for", "anonymous"),
)
COUNTS_NOTHING = {name: " AND ".join(f"{column} = 0" for column in counts) for name, counts in COUNTS.items()}


def known(key: str) -> str:
    """Oneself, who is in one's spaces, and who wrote there and left."""
    return f"{key} = {PERSON} OR wall_knows({key})"


def she_writes(table: str) -> str:
    """What hangs under an idea that she began or writes along."""
    return f"EXISTS (SELECT FROM wall_writes w WHERE w.idea = {table}.idea)"


def of_her(above: str, table: str, whose: str = "author") -> str:
    """What hangs under something that is hers alone."""
    return f"EXISTS (SELECT FROM {above} o WHERE o.id = {table}.{above} AND o.{whose} = {PERSON})"


def put_back(column: str, table: str) -> str:
    """She was told to change it, and did: the last that was decided about it is hers, and is done."""
    return (
        "coalesce((SELECT d.put_back_at IS NOT NULL FROM decision d JOIN moderation_item x ON x.id = d.item"
        f" WHERE x.{column} = {table}.id AND d.undone_at IS NULL ORDER BY d.id DESC LIMIT 1), FALSE)"
    )


def _while(phases: set[str]) -> str:
    """Of a campaign `c`: it is in one of these phases."""
    return f"plein_phase(c, plein_now()) IN ({', '.join(repr(phase) for phase in sorted(phases))})"


def _under(table: str, condition: str) -> str:
    """What hangs under an idea `i` that is published, of a campaign `c` of which this holds."""
    return f"""EXISTS (SELECT FROM idea i JOIN campaign c ON c.id = i.campaign
        WHERE i.id = {table}.idea AND i.state = 'published' AND ({condition}))"""


MAY_STILL_ANSWER = _while(WHILE_ASKED)
#: Who wrote an idea `i` of a campaign `c` answers what the owner of its case asks, longer than others comment.
ASKED = f"""{MAY_STILL_ANSWER} AND EXISTS (SELECT FROM wall_writes w WHERE w.idea = i.id)
    AND EXISTS (SELECT FROM escalation e WHERE e.idea = i.id AND e.state = 'clarifying')"""


class Gate(msgspec.Struct, frozen=True):
    """The rows that a guest's request reads, and in which columns (`shows`; all, if none is named). Beside SELECT it
    may send what is said here, on these rows: `insert` what it may put there, and `puts` in which columns; `update`
    which rows it may change, `becomes` how they have to be then, and `changes` in which columns; `delete`. `lock`: it
    may hold rows without changing them."""

    rows: str
    shows: tuple[str, ...] = ()
    insert: str = ""
    puts: tuple[str, ...] = ()
    update: str = ""
    becomes: str = ""
    changes: tuple[str, ...] = ()
    delete: str = ""
    lock: bool = False


def _gate(rows: str, *commands: str, **allowed: Any) -> Gate:
    """`commands`: what it may send on the very rows that it reads."""
    named: dict[str, Any] = dict.fromkeys((command.lower() for command in commands), rows)
    return Gate(rows, **named | allowed)


BY_METHOD = " OR ".join(
    f"c.vote_method = '{method}' AND {_while(phases)}" for method, phases in WHILE_SUPPORTING.items()
)
WHILE_OPEN = _under("vote", BY_METHOD)
MAY_VOTE = f"EXISTS (SELECT FROM membership m WHERE m.space = vote.space AND m.person = {PERSON} AND m.may_vote)"
#: She may vote there, and the campaign takes votes.
VOTES = f"{OWN_IN_SPACE} AND {MAY_VOTE} AND {WHILE_OPEN}"
#: It was written down for somebody else, and is hers now.
CLAIMED = "EXISTS (SELECT FROM capture x WHERE x.idea = idea.id AND x.state = 'settled' AND x.claimant = idea.author)"
#: No guest speaks as a leader, or for one.
NO_LEADER = "kind <> 'leader' AND speaks_for IS NULL"

#: What is kept of an idea before it changes.
AS_IT_STANDS = """EXISTS (SELECT FROM idea o WHERE o.id = idea_version.idea
    AND (o.version, o.title, o.body, o.tags, o.core_questions, plein_answered_questions(o.id)) = (idea_version.version,
        idea_version.title, idea_version.body, idea_version.tags, idea_version.core_questions, idea_version.replies))"""

#: None: closed to guests altogether.
GATES: dict[type[Table], Gate | None] = {
    t.AboutPage: _gate(EVERYTHING),
    t.Absence: _gate(NOTHING),
    t.ActionRequest: _gate(OWN_IN_SPACE, "INSERT"),
    t.Answer: _gate(IN_SPACE),
    t.AnswerDraft: _gate(NOTHING),
    t.AnswerStart: _gate(NOTHING),
    t.AnswerVersion: _gate(IN_SPACE),
    t.Appeal: _gate(IN_SPACE, insert=f"{IN_SPACE} AND outcome IS NULL AND {of_her('decision', 'appeal', 'person')}"),
    # one that is out of sight is hers alone
    t.Attachment: _gate(
        f"{IN_SPACE} AND (state = 'shown' OR author = {PERSON})",
        insert=f"{WRITTEN_BY_HERSELF} AND {she_writes('attachment')}",
        update=WRITTEN_BY_HERSELF,
        changes=("description",),
        delete=WRITTEN_BY_HERSELF,
    ),
    t.Budget: _gate(OWN_IN_SPACE),
    t.CalendarDay: _gate(EVERYTHING),
    t.Campaign: _gate(IN_SPACE, lock=True),
    t.CampaignNotice: _gate(IN_SPACE),
    t.Capture: _gate(
        IN_SPACE,
        update=f"{IN_SPACE} AND (author = {PERSON} OR state = 'waiting' AND coalesce(person, {PERSON}) = {PERSON})",
        becomes=f"{IN_SPACE} AND ({PERSON} IN (author, person) OR claimant = {PERSON} AND state = 'claimed')",
        changes=("claimant", "state", "settled_at"),
    ),
    t.CaseConflict: _gate(NOTHING),
    t.CaseFile: _gate(NOTHING),
    t.CaseNote: _gate(NOTHING),
    t.CaseRecord: _gate(NOTHING),
    t.CaseRole: _gate(IN_SPACE),
    t.CaseStep: None,
    t.Chapter: _gate(OPEN_BY_NOW),
    t.Charter: _gate(IN_SPACE),
    t.CharterAcceptance: _gate(OWN_IN_SPACE, "INSERT"),
    t.ClusterItem: _gate(
        IN_SPACE,
        update=f"{IN_SPACE} AND left_at IS NULL AND opt_out_until > plein_now() AND {of_her('idea', 'cluster_item')}",
        becomes=f"{IN_SPACE} AND left_at IS NOT NULL AND left_by = {PERSON}",
        changes=("left_at", "left_by", "left_reason"),
    ),
    t.CoAuthor: _gate(
        IN_SPACE,
        insert=f"{IN_SPACE} AND invited_by = {PERSON} AND accepted_at IS NULL AND {of_her('idea', 'co_author')}",
        update=OWN_IN_SPACE,
        changes=("accepted_at",),
        delete=f"{IN_SPACE} AND ({PERSON} IN (person, invited_by) OR {of_her('idea', 'co_author')})",
    ),
    t.ColleagueWish: _gate(OWN_IN_SPACE, insert=f"{OWN_IN_SPACE} AND state = 'waiting'"),
    t.Comment: _gate(
        IN_SPACE,
        insert=f"{WRITTEN_BY_HERSELF} AND state IN ('draft', 'published', 'hidden') AND {COUNTS_NOTHING['comment']}"
        f" AND {_under('comment', f'{_while(WHILE_COMMENTING)} OR {ASKED}')}",
        update=f"{WRITTEN_BY_HERSELF} AND (state IN ('draft', 'published') OR {put_back('comment', 'comment')})",
        becomes=WRITTEN_BY_HERSELF,
        changes=("state", "body", "body_html", "version", "edited_at"),
    ),
    t.CommentDay: _gate(IN_SPACE),
    t.CommentVersion: _gate(
        IN_SPACE,
        insert=f"""{IN_SPACE} AND EXISTS (SELECT FROM comment o WHERE o.id = comment_version.comment
            AND o.author = {PERSON} AND (o.version, o.body, o.body_html)
                = (comment_version.version, comment_version.body, comment_version.body_html))""",
        delete=of_her("comment", "comment_version"),
    ),
    t.CommunityCard: _gate(IN_SPACE),
    t.Consultation: _gate(NOTHING),
    t.Correction: _gate(IN_SPACE, insert=f"{WRITTEN_BY_HERSELF} AND {she_writes('correction')}"),
    t.Credential: None,
    t.CrowdQuestion: _gate(IN_SPACE),
    t.CrowdReply: _gate(OWN_IN_SPACE),
    t.DataExport: _gate(OWN, "INSERT", "DELETE", puts=("person",)),
    t.Decision: _gate(IN_SPACE, update=OWN_IN_SPACE, changes=("put_back_at", "read_at")),
    t.Delegate: _gate(NOTHING),
    t.Departure: _gate(IN_SPACE),
    t.Digest: _gate(IN_SPACE),
    t.Escalation: _gate(IN_SPACE),
    t.EscalationSetting: _gate(EVERYTHING),
    t.Event: _gate(
        f"{IN_SPACE_OR_NONE} AND (person IS NULL OR {PERSON} IN (person, actor))", insert=happened(PERSON, IN_SPACE)
    ),
    # of what she does, as it is written down
    t.EventQueue: _gate(EVERYTHING, insert="event = currval('event_id_seq')", puts=("event",)),
    t.FileWish: _gate(OWN_IN_SPACE, insert=f"{OWN_IN_SPACE} AND state = 'waiting'"),
    t.Follow: _gate(OWN_IN_SPACE, "INSERT", "DELETE"),
    t.Guest: _gate(OWN),
    t.Handover: _gate(NOTHING),
    t.HelpOffer: _gate(
        IN_SPACE,
        insert=OWN_IN_SPACE,
        update=OWN_IN_SPACE,
        changes=("body",),
        delete=OWN_IN_SPACE,
    ),
    t.Highlight: _gate(IN_SPACE),
    # she holds ideas of others, too, while she changes what hangs under them
    t.Idea: _gate(
        IN_SPACE,
        insert=f"{WRITTEN_BY_HERSELF} AND {NO_LEADER} AND state IN ('draft', 'published', 'hidden')"
        f" AND coalesce(edited_by, author) = {PERSON}"
        f" AND {COUNTS_NOTHING['idea']}",
        update=IN_SPACE,
        becomes=f"{IN_SPACE} AND {NO_LEADER} AND EXISTS (SELECT FROM wall_writes w WHERE w.idea = idea.id"
        " AND (w.state NOT IN ('hidden', 'removed') OR w.state = idea.state OR w.put_back)"
        f" AND (idea.author = w.author OR {CLAIMED})"
        f" AND (plein_said(idea.*) = w.said OR idea.edited_by = {PERSON} OR w.put_back AND idea.author = {PERSON}))",
        changes=WORDED,
        delete=f"{WRITTEN_BY_HERSELF} AND state = 'draft'",
    ),
    t.IdeaReply: _gate(
        IN_SPACE,
        insert=f"{IN_SPACE} AND {she_writes('idea_reply')} AND (plein_check({PERSON}, space, false) IS NULL"
        " OR EXISTS (SELECT FROM idea o WHERE o.id = idea_reply.idea AND o.state IN ('draft', 'hidden')))",
        delete=f"{IN_SPACE} AND {she_writes('idea_reply')}",
    ),
    t.IdeaVersion: _gate(IN_SPACE, insert=f"{IN_SPACE} AND {she_writes('idea_version')} AND {AS_IT_STANDS}"),
    t.Identity: _gate(
        known("identity.person"),
        shows=("person", "name", "title", "language", "zone", "theme", "wants_mail", "folded", "folded_title"),
        update=OWN,
        changes=("title", "language", "zone", "theme", "wants_mail"),
    ),
    t.ImportFile: None,
    t.ImportLine: None,
    t.ImportProblem: None,
    t.Invitation: _gate(NOTHING),
    t.InvitationLink: None,
    t.Mail: _gate(NOTHING),
    t.Mask: _gate(f"behind = {PERSON}"),
    t.Membership: _gate(IN_SPACE, delete=OWN_IN_SPACE),
    t.Mention: _gate(
        IN_SPACE, insert=f"{IN_SPACE} AND {of_her('comment', 'mention')}", delete=of_her("comment", "mention")
    ),
    t.Mentor: _gate(IN_SPACE),
    t.Mentorship: _gate(OWN_IN_SPACE),
    t.ModerationItem: _gate(
        IN_SPACE,
        insert=f"{IN_SPACE} AND state = 'open'",
        update=f"{IN_SPACE} AND (state = 'open' OR {DECIDED_ABOUT_HER})",
        becomes=f"{IN_SPACE} AND (state = 'open' OR state = 'appealed' AND {DECIDED_ABOUT_HER})",
        changes=("state", "claimed_by", "claimed_until"),
    ),
    t.Mute: _gate(OWN_IN_SPACE, "INSERT", "DELETE"),
    t.Notice: _gate(OWN_OR_NOWHERE, update=OWN_OR_NOWHERE, changes=("read_at",)),
    t.Organisation: _gate(EVERYTHING),
    t.OrgUnit: _gate(NOTHING),
    t.Partner: _gate(PRESENT),
    t.PartnerDomain: _gate(NOTHING),
    t.PasswordReset: None,
    t.Pause: _gate(OWN_IN_SPACE),
    t.PeopleImport: None,
    # she holds herself, while files are counted, and changes nothing
    t.Person: _gate(known("person.id"), update=f"id = {PERSON}", becomes=NOTHING, changes=("last_signed_in_at",)),
    t.Personnel: _gate(NOTHING),
    t.Policy: _gate(NOTHING),
    t.PolicyVersion: _gate(NOTHING),
    # its fields stand in the view wall_profile
    t.Profile: _gate(known("profile.person"), shows=("person", "photo", "photo_change"), insert=OWN, update=OWN),
    t.Promise: _gate(IN_SPACE),
    t.PromiseNews: _gate(IN_SPACE),
    t.Question: _gate(IN_SPACE),
    t.Reaction: _gate(OWN_IN_SPACE, "INSERT", "DELETE"),
    t.ReadMark: _gate(OWN_IN_SPACE, "INSERT", "UPDATE", "DELETE"),
    t.Report: _gate(f"{IN_SPACE} AND reporter = {PERSON}", insert=f"{IN_SPACE} AND reporter = {PERSON}"),
    t.RetentionList: None,
    t.RetentionLog: None,
    t.RetentionRule: None,
    t.RulesAcceptance: _gate(OWN, "INSERT"),
    t.Screener: _gate(NOTHING),
    t.Screening: _gate(
        OWN_IN_SPACE,
        insert=f"{OWN_IN_SPACE} AND state = 'open'",
        update=OWN_IN_SPACE,
        becomes=f"{OWN_IN_SPACE} AND state <> 'published'",
        changes=("category", "state", "appeal_words", "appealed_at", "appeal_to"),
    ),
    t.SealedRecord: None,
    t.SealedText: _gate(of_her("screening", "sealed_text", "person")),
    t.SearchDocument: _gate(FINDABLE),
    t.SearchFresh: None,
    t.SearchWord: _gate(IN_SPACE),
    t.SensitiveDoor: _gate(EVERYTHING),
    t.SensitiveRule: _gate(EVERYTHING),
    t.SensitiveWords: _gate(EVERYTHING),
    t.Service: _gate(NOTHING),
    t.Session: _gate(OWN, update=OWN, changes=("last_seen_at", "idle_until"), delete=OWN),
    t.SetUp: None,
    t.SignInLink: None,
    t.Space: _gate(f"id = ANY ({SPACES})"),
    t.SpaceRecord: _gate(NOTHING),
    t.SpaceUnit: _gate(NOTHING),
    t.StatusChange: _gate(
        IN_SPACE,
        insert=f"{WRITTEN_BY_HERSELF} AND {of_her('idea', 'status_change')} AND status IN ('withdrawn', 'put back')",
    ),
    t.Throttle: None,
    t.Topic: _gate(NOTHING),
    t.TopicRule: None,
    t.Unmasking: _gate(NOTHING),
    t.Vote: _gate(
        OWN_IN_SPACE,
        insert=f"{VOTES} AND guest",
        update=VOTES,
        changes=("weight",),
        delete=VOTES,
    ),
    t.WorkingHours: _gate(EVERYTHING),
    t.Workshop: _gate(IN_SPACE),
}
