"""What comes into sight. "May see" means: the row comes out of `visible(Table, actor)`. Nothing else decides it.

A rule is the table's own space, its own state, and its parent's rule: a comment of a hidden idea is hidden.
Every table stands in VISIBILITY or in NEVER_SHOWN; a test demands it. An EXISTS that ends in OFFSET 0 is asked about
one row after the other: without it PostgreSQL may list everybody, or every idea, first.
"""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from piccolo.table import Table

from portal import tables as t
from portal.access.actor import Actor, Alike
from portal.access.anybody import Anybody
from portal.access.sight import (
    Rule,
    absence,
    administrators,
    answer_draft,
    colleagues,
    colleagues_in_space,
    everybody,
    identity,
    in_space,
    of_case_team,
    own,
    partner,
    person,
    profile,
    topic,
)
from portal.access.sight_of_content import (
    action_request,
    answer_version,
    attachment,
    campaign,
    case_record,
    co_author,
    comment,
    decided,
    delegate,
    event,
    file_wish,
    handover,
    idea,
    invitation,
    notice,
    of_campaign,
    of_case,
    of_comment,
    of_idea,
    promise_news,
    space,
    status_change,
    wish,
)
from portal.access.sight_of_moderation import appeal, decision, moderation_item, pause, report
from portal.access.sight_of_screening import screening, sealed_text, unmasking
from portal.access.sight_of_starters import chapter, mentorship, space_record
from portal.db import QueryString


def visible(table: type[Table], actor: Actor, alias: str = "") -> QueryString:
    """The condition under which a row of `table` (called `alias` in the statement) comes into the actor's sight."""
    return _put_together(VISIBILITY[table], alias or table._meta.tablename, actor.alike).known_of(actor)


@lru_cache(maxsize=5000)
def _put_together(rule: Rule, a: str, alike: Alike) -> QueryString:
    return rule(cast(Actor, Anybody(alike)), a)


def search_document(actor: Actor, a: str) -> QueryString:
    """What can be found is found where its subject is seen."""
    return QueryString(
        f"({a}.space IS NULL OR {{}})"
        f" AND ({a}.idea IS NULL OR EXISTS (SELECT FROM idea si WHERE si.id = {a}.idea AND {{}} OFFSET 0))"
        f" AND ({a}.comment IS NULL OR EXISTS (SELECT FROM comment sc WHERE sc.id = {a}.comment AND {{}} OFFSET 0))"
        f" AND ({a}.answer IS NULL OR EXISTS (SELECT FROM answer sa WHERE sa.id = {a}.answer AND {{}} OFFSET 0))"
        f" AND ({a}.campaign IS NULL OR EXISTS (SELECT FROM campaign sk WHERE sk.id = {a}.campaign AND {{}} OFFSET 0))"
        f" AND ({a}.person IS NULL OR EXISTS (SELECT FROM person sp WHERE sp.id = {a}.person AND {{}} OFFSET 0))",
        in_space(actor, a),
        idea(actor, "si"),
        comment(actor, "sc"),
        decided(actor, "sa"),
        campaign(actor, "sk"),
        person(actor, "sp"),
    )


VISIBILITY: dict[type[Table], Rule] = {
    t.AboutPage: everybody,
    t.ActionRequest: action_request,
    t.Absence: absence,
    t.Answer: decided,
    t.AnswerDraft: answer_draft,
    t.AnswerStart: colleagues,
    t.AnswerVersion: answer_version,
    t.Appeal: appeal,
    t.Budget: own,
    t.CalendarDay: everybody,
    t.Campaign: campaign,
    t.CampaignNotice: of_campaign,
    t.Capture: of_idea,
    t.Chapter: chapter,
    t.Charter: in_space,
    t.CharterAcceptance: own,
    t.CaseConflict: of_case_team,
    t.CaseFile: of_case_team,
    t.CaseNote: of_case_team,
    t.CaseRecord: case_record,
    t.CaseRole: of_case,
    t.ClusterItem: of_idea,
    t.CoAuthor: co_author,
    t.ColleagueWish: wish,
    t.Attachment: attachment,
    t.Comment: comment,
    t.CommentDay: of_idea,
    t.CommentVersion: of_comment,
    t.CommunityCard: in_space,
    t.Consultation: of_case_team,
    t.Correction: of_idea,
    t.CrowdQuestion: of_case,
    t.CrowdReply: own,
    t.DataExport: own,
    t.Decision: decision,
    t.Delegate: delegate,
    t.Departure: in_space,
    t.Digest: of_idea,
    t.Escalation: of_idea,
    t.EscalationSetting: everybody,
    t.Event: event,
    t.FileWish: file_wish,
    t.Follow: own,
    t.Guest: own,
    t.Handover: handover,
    t.HelpOffer: of_idea,
    t.Highlight: of_idea,
    t.Idea: idea,
    t.IdeaReply: of_idea,
    t.IdeaVersion: of_idea,
    t.Identity: identity,
    t.ImportLine: administrators,
    t.ImportProblem: administrators,
    t.Invitation: invitation,
    t.Mail: administrators,
    t.Membership: in_space,
    t.Mention: of_comment,
    t.Mentor: in_space,
    t.Mentorship: mentorship,
    t.ModerationItem: moderation_item,
    t.Mute: own,
    t.Notice: notice,
    t.OrgUnit: colleagues,
    t.Organisation: everybody,
    t.Partner: partner,
    t.PartnerDomain: colleagues,
    t.Pause: pause,
    t.PeopleImport: administrators,
    t.Person: person,
    t.Policy: in_space,
    t.PolicyVersion: in_space,
    t.Personnel: own,
    t.Promise: decided,
    t.PromiseNews: promise_news,
    t.Question: of_campaign,
    t.Reaction: own,
    t.ReadMark: own,
    t.Report: report,
    t.RetentionList: colleagues,
    t.RetentionLog: administrators,
    t.RetentionRule: colleagues,
    t.RulesAcceptance: own,
    t.Screener: administrators,
    t.Screening: screening,
    t.SealedText: sealed_text,
    t.SensitiveDoor: everybody,
    t.SensitiveRule: everybody,
    t.SensitiveWords: administrators,
    t.SearchDocument: search_document,
    t.SearchWord: in_space,
    t.Service: colleagues,
    t.Profile: profile,
    t.Session: own,
    t.Space: space,
    t.SpaceRecord: space_record,
    t.SpaceUnit: colleagues_in_space,
    t.StatusChange: status_change,
    t.Topic: topic,
    t.TopicRule: administrators,
    t.Unmasking: unmasking,
    t.Vote: own,
    t.WorkingHours: everybody,
    t.Workshop: of_campaign,
}

#: Tables of which no page shows a row to anybody.
NEVER_SHOWN: set[type[Table]] = {
    t.CaseStep,
    t.Credential,
    t.EventQueue,
    t.ImportFile,
    t.InvitationLink,
    t.Mask,
    t.PasswordReset,
    t.SealedRecord,
    t.SearchFresh,
    t.SetUp,
    t.SignInLink,
    t.Throttle,
}
