"""The whole schema, one file an aggregate. Constraints, indexes and triggers are SQL in migrations/."""

from portal.tables.about import AboutPage, RulesAcceptance
from portal.tables.accounts import Credential, PasswordReset, Session, Throttle
from portal.tables.administration import (
    DataExport,
    ImportFile,
    ImportLine,
    ImportProblem,
    PeopleImport,
    Personnel,
    SetUp,
)
from portal.tables.answering import AnswerDraft, AnswerStart
from portal.tables.attachments import Attachment, FileWish
from portal.tables.calendar import CalendarDay, WorkingHours
from portal.tables.campaigns import Campaign, CampaignNotice, Question
from portal.tables.caseteam import (
    CaseFile,
    CaseNote,
    CaseRecord,
    Consultation,
    Handover,
    RetentionList,
    RetentionLog,
    RetentionRule,
)
from portal.tables.comments import Comment, CommentDay, CommentVersion, Digest, Mention, Reaction, ReadMark
from portal.tables.crowd import CrowdQuestion, CrowdReply, Promise, PromiseNews
from portal.tables.escalation import CaseConflict, CaseRole, CaseStep, ClusterItem, Escalation, EscalationSetting
from portal.tables.events import Event, EventQueue
from portal.tables.follows import Follow
from portal.tables.ideas import (
    Answer,
    AnswerVersion,
    CoAuthor,
    Correction,
    HelpOffer,
    Idea,
    IdeaReply,
    IdeaVersion,
    StatusChange,
)
from portal.tables.invitations import (
    ColleagueWish,
    Guest,
    Invitation,
    InvitationLink,
    Partner,
    PartnerDomain,
    SignInLink,
)
from portal.tables.leaving import Departure
from portal.tables.mail import Mail
from portal.tables.moderation import Appeal, Decision, ModerationItem, Pause, Report
from portal.tables.notices import Mute, Notice
from portal.tables.people import Identity, Organisation, OrgUnit, Person
from portal.tables.policies import Policy, PolicyVersion
from portal.tables.posts import ActionRequest, Delegate
from portal.tables.preboarding import Chapter, Mentor, Mentorship
from portal.tables.profiles import Profile
from portal.tables.records import SpaceRecord
from portal.tables.screening import (
    Mask,
    Screener,
    Screening,
    SealedRecord,
    SealedText,
    SensitiveDoor,
    SensitiveRule,
    SensitiveWords,
    Unmasking,
)
from portal.tables.search import SearchDocument, SearchFresh, SearchWord
from portal.tables.services import Service
from portal.tables.spaces import Charter, CharterAcceptance, CommunityCard, Highlight, Membership, Space, SpaceUnit
from portal.tables.topics import Absence, Topic, TopicRule
from portal.tables.votes import Budget, Vote
from portal.tables.workshops import Capture, Workshop

__all__ = [
    "AboutPage",
    "Absence",
    "ActionRequest",
    "Answer",
    "AnswerDraft",
    "AnswerStart",
    "AnswerVersion",
    "Appeal",
    "Attachment",
    "Budget",
    "CalendarDay",
    "Campaign",
    "CampaignNotice",
    "Capture",
    "CaseConflict",
    "CaseFile",
    "CaseNote",
    "CaseRecord",
    "CaseRole",
    "CaseStep",
    "Chapter",
    "Charter",
    "CharterAcceptance",
    "ClusterItem",
    "CoAuthor",
    "ColleagueWish",
    "Comment",
    "CommentDay",
    "CommentVersion",
    "CommunityCard",
    "Consultation",
    "Correction",
    "Credential",
    "CrowdQuestion",
    "CrowdReply",
    "DataExport",
    "Decision",
    "Delegate",
    "Departure",
    "Digest",
    "Escalation",
    "EscalationSetting",
    "Event",
    "EventQueue",
    "FileWish",
    "Follow",
    "Guest",
    "Handover",
    "HelpOffer",
    "Highlight",
    "Idea",
    "IdeaReply",
    "IdeaVersion",
    "Identity",
    "ImportFile",
    "ImportLine",
    "ImportProblem",
    "Invitation",
    "InvitationLink",
    "Mail",
    "Mask",
    "Membership",
    "Mention",
    "Mentor",
    "Mentorship",
    "ModerationItem",
    "Mute",
    "Notice",
    "OrgUnit",
    "Organisation",
    "Partner",
    "PartnerDomain",
    "PasswordReset",
    "Pause",
    "PeopleImport",
    "Person",
    "Personnel",
    "Policy",
    "PolicyVersion",
    "Profile",
    "Promise",
    "PromiseNews",
    "Question",
    "Reaction",
    "ReadMark",
    "Report",
    "RetentionList",
    "RetentionLog",
    "RetentionRule",
    "RulesAcceptance",
    "Screener",
    "Screening",
    "SealedRecord",
    "SealedText",
    "SearchDocument",
    "SearchFresh",
    "SearchWord",
    "SensitiveDoor",
    "SensitiveRule",
    "SensitiveWords",
    "Service",
    "Session",
    "SetUp",
    "SignInLink",
    "Space",
    "SpaceRecord",
    "SpaceUnit",
    "StatusChange",
    "Throttle",
    "Topic",
    "TopicRule",
    "Unmasking",
    "Vote",
    "WorkingHours",
    "Workshop",
]
