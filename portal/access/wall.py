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
from portal.access.phases import WHILE_COMMENTING, WHILE_CORRECTING
from portal.access.wall_log import happened
from portal.access.wall_rows import (
    AS_IT_STANDS,
    ASKED,
    CHANGES_IN_TIME,
    CLAIMED,
    COLLECTING,
    COMMENT_IN_TIME,
    COUNTS_NOTHING,
    DECIDED_ABOUT_HER,
    EVERYTHING,
    FINDABLE,
    IN_SPACE,
    IN_SPACE_OR_NONE,
    LASTS,
    NO_LEADER,
    NOTHING,
    OFFERS_HELP,
    OPEN_BY_NOW,
    OWN,
    OWN_IN_SPACE,
    OWN_OR_NOWHERE,
    PERSON,
    PRESENT,
    SPACES,
    VOTES,
    WORDED,
    WRITTEN_BY_HERSELF,
    has_right,
    in_phase,
    known,
    of_her,
    put_back,
    she_writes,
    under,
    while_it_may_change,
    while_she_changes_it,
)


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


#: None: closed to guests altogether.
GATES: dict[type[Table], Gate | None] = {
    t.AboutPage: _gate(EVERYTHING),
    t.Absence: _gate(NOTHING),
    t.ActionRequest: _gate(OWN_IN_SPACE, insert=f"{OWN_IN_SPACE} AND {has_right('action_request', 'write')}"),
    t.Answer: _gate(IN_SPACE),
    t.AnswerDraft: _gate(NOTHING),
    t.AnswerStart: _gate(NOTHING),
    t.AnswerVersion: _gate(IN_SPACE),
    t.Appeal: _gate(IN_SPACE, insert=f"{IN_SPACE} AND outcome IS NULL AND {of_her('decision', 'appeal', 'person')}"),
    # one that is out of sight is hers alone
    t.Attachment: _gate(
        f"{IN_SPACE} AND (state = 'shown' OR author = {PERSON})",
        insert=f"{WRITTEN_BY_HERSELF} AND {she_writes('attachment')} AND {has_right('attachment', 'write')}"
        f" AND {while_it_may_change('attachment')}",
        update=f"{WRITTEN_BY_HERSELF} AND {has_right('attachment', 'write')} AND {while_it_may_change('attachment')}",
        changes=("description",),
        delete=f"{WRITTEN_BY_HERSELF} AND {while_it_may_change('attachment')}",
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
        insert=f"{IN_SPACE} AND invited_by = {PERSON} AND accepted_at IS NULL AND {of_her('idea', 'co_author')}"
        f" AND {has_right('co_author', 'write')} AND {while_it_may_change('co_author')}",
        update=OWN_IN_SPACE,
        changes=("accepted_at",),
        delete=f"{IN_SPACE} AND ({PERSON} IN (person, invited_by) OR {of_her('idea', 'co_author')})",
    ),
    t.ColleagueWish: _gate(
        OWN_IN_SPACE, insert=f"{OWN_IN_SPACE} AND state = 'waiting' AND {has_right('colleague_wish', 'write')}"
    ),
    t.Comment: _gate(
        IN_SPACE,
        insert=f"{WRITTEN_BY_HERSELF} AND state IN ('draft', 'published', 'hidden') AND {COUNTS_NOTHING['comment']}"
        f" AND {under('comment', f'{in_phase(WHILE_COMMENTING)} OR {ASKED}')} AND {has_right('comment', 'write')}",
        update=f"{WRITTEN_BY_HERSELF} AND (state IN ('draft', 'published') OR {put_back('comment', 'comment')})",
        becomes=f"{WRITTEN_BY_HERSELF} AND {COMMENT_IN_TIME}",
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
    t.Correction: _gate(
        IN_SPACE,
        insert=f"{WRITTEN_BY_HERSELF} AND {she_writes('correction')} AND {has_right('correction', 'write')}"
        f" AND {under('correction', in_phase(WHILE_CORRECTING))}",
    ),
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
        insert=OFFERS_HELP,
        update=OFFERS_HELP,
        changes=("body",),
        delete=OWN_IN_SPACE,
    ),
    t.Highlight: _gate(IN_SPACE),
    # she holds ideas of others, too, while she changes what hangs under them
    t.Idea: _gate(
        IN_SPACE,
        insert=f"{WRITTEN_BY_HERSELF} AND {NO_LEADER} AND state IN ('draft', 'published', 'hidden')"
        f" AND coalesce(edited_by, author) = {PERSON}"
        f" AND {COUNTS_NOTHING['idea']} AND {has_right('idea', 'write')} AND {COLLECTING}",
        update=IN_SPACE,
        becomes=f"{IN_SPACE} AND {NO_LEADER} AND EXISTS (SELECT FROM wall_writes w WHERE w.idea = idea.id"
        " AND (w.state NOT IN ('hidden', 'removed') OR w.state = idea.state OR w.put_back)"
        f" AND (idea.author = w.author OR {CLAIMED}) AND {CHANGES_IN_TIME}"
        f" AND (plein_said(idea.*) = w.said OR idea.edited_by = {PERSON} OR w.put_back AND idea.author = {PERSON}))",
        changes=WORDED,
        delete=f"{WRITTEN_BY_HERSELF} AND state = 'draft'",
    ),
    t.IdeaReply: _gate(
        IN_SPACE,
        insert=f"{IN_SPACE} AND {she_writes('idea_reply')} AND (plein_check({PERSON}, space, false) IS NULL"
        " OR EXISTS (SELECT FROM idea o WHERE o.id = idea_reply.idea AND o.state IN ('draft', 'hidden')))"
        f" AND {has_right('idea_reply', 'write')} AND {while_she_changes_it('idea_reply')}",
        delete=f"{IN_SPACE} AND {she_writes('idea_reply')} AND {while_she_changes_it('idea_reply')}",
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
        IN_SPACE,
        insert=f"{IN_SPACE} AND {of_her('comment', 'mention')} AND {has_right('mention', 'write')}",
        delete=of_her("comment", "mention"),
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
    t.Session: _gate(OWN, update=OWN, becomes=f"{OWN} AND {LASTS}", changes=("last_seen_at", "idle_until"), delete=OWN),
    t.SetUp: None,
    t.SignInLink: None,
    t.Space: _gate(f"id = ANY ({SPACES})"),
    t.SpaceRecord: _gate(NOTHING),
    t.SpaceUnit: _gate(NOTHING),
    t.StatusChange: _gate(
        IN_SPACE,
        insert=f"{WRITTEN_BY_HERSELF} AND {of_her('idea', 'status_change')} AND status IN ('withdrawn', 'put back')"
        f" AND {has_right('status_change', 'write')}",
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
