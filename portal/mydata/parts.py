"""What is stored about a person, table by table: what she takes along, and what not, with the reason.

A test looks at every reference to a person in the schema, and at every table that hangs on what is a person's own:
each stands in PARTS or, with the reason, in left_out.py.
"""

from __future__ import annotations

from typing import NamedTuple

from piccolo.table import Table

from portal import tables as t
from portal.text.language import lazy


class Part(NamedTuple):
    """Rows that are about a person: those whose `own` is she, or is of something whose author she is ("idea.author").
    Only `columns` are taken along: none of them tells of anybody else. `file` holds the name of a file on disk, which
    comes along itself."""

    key: str
    title: str
    table: type[Table]
    own: str
    columns: tuple[str, ...]
    file: str = ""


#: What is kept of her own doing, and is not told to her: that somebody looked at her words, and all was well.
ONLY_SEEN = {"receipts", "appeals"}
#: Rows that others can change, too: out of her sight only their dates and states come along.
SHARED = {
    "groups",
    "hosted",
    "campaigns",
    "questions",
    "sponsored",
    "decided",
    "ideas",
    "replies",
    "promised",
    "answers",
    "drafted",
}

PARTS: tuple[Part, ...] = (
    Part("account", lazy("Your account"), t.Person, "id", ("kind", "created_at", "last_signed_in_at", "starts_on")),
    Part(
        "identity",
        lazy("Your name and settings"),
        t.Identity,
        "person",
        ("name", "email", "title", "language", "zone", "theme", "wants_mail"),
    ),
    Part("personnel", lazy("Your personnel number"), t.Personnel, "person", ("number",)),
    Part(
        "profile",
        lazy("Your profile"),
        t.Profile,
        "person",
        (
            *("phone", "place", "skills", "about", "hours", "status", "status_until"),
            *("phone_for", "place_for", "skills_for", "about_for", "hours_for", "status_for", "photo"),
        ),
        file="photo",
    ),
    Part(
        "sessions",
        lazy("Where you are signed in"),
        t.Session,
        "person",
        ("user_agent", "created_at", "last_seen_at", "expires_at"),
    ),
    Part(
        "guest",
        lazy("When you showed that the mailbox is yours"),
        t.Guest,
        "person",
        ("mailbox_confirmed_at", "created_at"),
    ),
    Part(
        "invitations",
        lazy("Invitations that you accepted"),
        t.Invitation,
        "accepted_by",
        ("space", "email", "name", "may_write", "may_vote", "may_download", "until", "created_at", "ended_at"),
    ),
    Part(
        "rules",
        lazy("House rules that you accepted later"),
        t.RulesAcceptance,
        "person",
        ("accepted_at",),
    ),
    Part(
        "chapters",
        lazy("Chapters that you wrote for people who start"),
        t.Chapter,
        "author",
        ("space", "title", "body", "opens", "created_at"),
    ),
    Part(
        "mentor",
        lazy("Where you offer yourself as a mentor"),
        t.Mentor,
        "person",
        ("space", "most", "words", "created_at"),
    ),
    Part("mentored", lazy("Where you have a mentor"), t.Mentorship, "person", ("space", "created_at")),
    Part(
        "records",
        lazy("Records of spaces that you asked for"),
        t.SpaceRecord,
        "asked_by",
        ("space", "asked_at", "made_at"),
    ),
    Part(
        "wishes",
        lazy("Where you asked for a colleague"),
        t.ColleagueWish,
        "person",
        ("space", "words", "state", "created_at"),
    ),
    Part(
        "file_wishes",
        lazy("Files that you asked for"),
        t.FileWish,
        "person",
        ("attachment", "words", "state", "created_at"),
    ),
    Part(
        "memberships",
        lazy("Your roles and groups"),
        t.Membership,
        "person",
        ("space", "role", "created_at", "until", "may_write", "may_vote", "may_download"),
    ),
    Part(
        "charters",
        lazy("Charters that you accepted"),
        t.CharterAcceptance,
        "person",
        ("space", "version", "accepted_at"),
    ),
    Part(
        "charters_written",
        lazy("Charters that you wrote"),
        t.Charter,
        "author",
        ("space", "version", "preset", "text", "created_at"),
    ),
    Part(
        "community_cards",
        lazy("Your cards as a community manager"),
        t.CommunityCard,
        "person",
        ("space", "office_hours", "whereabouts", "updated_at"),
    ),
    Part(
        "highlights",
        lazy("Ideas that you pinned or featured"),
        t.Highlight,
        "author",
        ("idea", "space", "kind", "created_at"),
    ),
    Part("hosted", lazy("Spaces with guests for which you answer"), t.Space, "host", ("name", "purpose", "created_at")),
    Part("groups", lazy("Groups that you started"), t.Space, "created_by", ("name", "purpose", "created_at")),
    Part(
        "campaigns",
        lazy("Campaigns that you opened"),
        t.Campaign,
        "author",
        ("title", "lead", "brief", "need", "goal", "measure", "promise", "created_at"),
    ),
    Part(
        "questions",
        lazy("What your campaigns ask"),
        t.Question,
        "campaign.author",
        ("campaign", "version", "label", "help", "options"),
    ),
    Part("sponsored", lazy("Campaigns that you answer"), t.Campaign, "sponsor", ("title",)),
    Part("decided", lazy("Campaigns that you accept"), t.Campaign, "decision_owner", ("title",)),
    Part(
        "notices",
        lazy("What you told a campaign"),
        t.CampaignNotice,
        "author",
        ("campaign", "kind", "reason", "created_at"),
    ),
    Part(
        "ideas",
        lazy("Your ideas"),
        t.Idea,
        "author",
        (
            *("campaign", "kind", "state", "title", "body", "core_questions", "tags", "language"),
            *("created_at", "updated_at"),
        ),
    ),
    Part(
        "idea_versions",
        lazy("Earlier texts of your ideas"),
        t.IdeaVersion,
        "author",
        ("idea", "version", "title", "body", "core_questions", "tags", "created_at"),
    ),
    Part(
        "replies",
        lazy("What your ideas reply to questions"),
        t.IdeaReply,
        "idea.author",
        ("idea", "question", "value"),
    ),
    Part("policies", lazy("Policies that you own"), t.Policy, "owner", ("title", "about", "created_at")),
    Part(
        "policy_versions",
        lazy("Texts of policies that you wrote"),
        t.PolicyVersion,
        "author",
        ("policy", "version", "summary", "reason", "body", "created_at", "comments_until", "in_force_at"),
    ),
    Part("dropped", lazy("Policy texts that you took back"), t.PolicyVersion, "dropped_by", ("policy", "dropped_why")),
    Part("corrections", lazy("Additions to your ideas"), t.Correction, "author", ("idea", "body", "created_at")),
    Part(
        "co_authored",
        lazy("Ideas that you write along on"),
        t.CoAuthor,
        "person",
        ("idea", "invited_at", "accepted_at"),
    ),
    Part("help", lazy("Help that you offered"), t.HelpOffer, "person", ("idea", "body", "created_at")),
    Part(
        "attachments",
        lazy("Files that you attached"),
        t.Attachment,
        "author",
        ("idea", "name", "description", "size", "created_at", "file"),
        file="file",
    ),
    Part(
        "status",
        lazy("Steps of ideas that you told"),
        t.StatusChange,
        "author",
        ("idea", "status", "body", "created_at"),
    ),
    Part(
        "workshops",
        lazy("Workshops that you wrote down"),
        t.Workshop,
        "author",
        ("name", "place", "held_on", "created_at"),
    ),
    Part("captured", lazy("Ideas that were written down for you"), t.Capture, "person", ("idea", "state")),
    Part("delegates", lazy("Who may post for you"), t.Delegate, "leader", ("created_at",)),
    Part("delegate_of", lazy("That you may post for a leader"), t.Delegate, "person", ("created_at",)),
    Part(
        "requests",
        lazy("Where you asked that something is done"),
        t.ActionRequest,
        "person",
        ("idea", "reason", "created_at", "outcome"),
    ),
    Part("topics", lazy("Topics that you answer for"), t.TopicRule, "owner", ("topic", "unit")),
    Part("deputy", lazy("Topics for which you are a deputy"), t.TopicRule, "deputy", ("topic", "unit")),
    Part("neutral", lazy("Topics for which you are the neutral"), t.Topic, "neutral", ("name",)),
    Part("head", lazy("Units that you lead"), t.OrgUnit, "head", ("name",)),
    Part("absences", lazy("When you are away"), t.Absence, "person", ("from_day", "until_day")),
    Part("cases", lazy("Cases that you decide"), t.Escalation, "owner", ("idea", "state", "started_at", "due_at")),
    Part("case_roles", lazy("Cases that you are on"), t.CaseRole, "person", ("since", "until")),
    Part("conflicts", lazy("Cases that you may not decide"), t.CaseConflict, "person", ("created_at",)),
    Part("cases_opened", lazy("Cases that you opened"), t.Escalation, "opened_by", ("idea", "reason", "created_at")),
    Part(
        "statements",
        lazy("Your first statements"),
        t.Escalation,
        "statement_by",
        ("idea", "statement", "statement_at"),
    ),
    Part("case_notes", lazy("Your notes in case teams"), t.CaseNote, "author", ("body", "created_at")),
    Part(
        "case_files",
        lazy("Files that you gave to case teams"),
        t.CaseFile,
        "author",
        ("name", "size", "created_at", "file"),
        file="file",
    ),
    Part(
        "consulted",
        lazy("Where your advice was asked"),
        t.Consultation,
        "person",
        ("kind", "outcome", "answer", "asked_at", "answered_at"),
    ),
    Part("asked_advice", lazy("Advice that you asked for"), t.Consultation, "asked_by", ("kind", "body", "asked_at")),
    Part("votes", lazy("Your votes"), t.Vote, "person", ("idea", "weight", "created_at")),
    Part("budgets", lazy("What you could give in campaigns"), t.Budget, "person", ("campaign", "votes", "given")),
    Part(
        "comments",
        lazy("Your comments"),
        t.Comment,
        "author",
        ("idea", "kind", "state", "body", "language", "created_at", "edited_at"),
    ),
    Part(
        "comment_versions",
        lazy("Earlier texts of your comments"),
        t.CommentVersion,
        "comment.author",
        ("version", "body", "created_at"),
    ),
    Part("reactions", lazy("Your reactions"), t.Reaction, "person", ("kind", "created_at")),
    Part("digests", lazy("Digests that you wrote"), t.Digest, "author", ("idea", "body", "created_at")),
    Part("read", lazy("How far you read"), t.ReadMark, "person", ("idea", "visited_at")),
    Part("followed", lazy("What you follow"), t.Follow, "person", ("campaign", "idea", "created_at")),
    Part(
        "answers",
        lazy("Answers that you gave"),
        t.Answer,
        "author",
        (
            *("idea", "kind", "summary", "reason", "from_when", "next_step", "next_date", "whose", "category"),
            *("review_on", "replies", "created_at"),
        ),
    ),
    Part(
        "answer_versions",
        lazy("Earlier texts of your answers"),
        t.AnswerVersion,
        "author",
        (
            *("version", "kind", "summary", "reason", "from_when", "next_step", "whose", "category", "review_on"),
            *("replies", "created_at"),
        ),
    ),
    Part("approved", lazy("Answers that you agreed to"), t.Answer, "approver", ("idea", "kind", "created_at")),
    Part(
        "drafted",
        lazy("Answers that you are writing"),
        t.AnswerDraft,
        "edited_by",
        (
            *("kind", "summary", "reason", "from_when", "next_step", "next_date", "whose", "category", "review_on"),
            *("replies", "edited_at"),
        ),
    ),
    Part("sent_back", lazy("Answers that you sent back"), t.AnswerDraft, "sent_back_by", ("sent_back",)),
    Part(
        "starts",
        lazy("Starting texts of answers that you wrote"),
        t.AnswerStart,
        "author",
        ("name", "kind", "summary", "reason", "next_step", "created_at"),
    ),
    Part("promised", lazy("Next steps that are yours"), t.Answer, "next_owner", ("idea", "next_step", "next_date")),
    Part(
        "promises_made",
        lazy("Promises that you made"),
        t.Promise,
        "author",
        ("idea", "body", "due_on", "state", "created_at", "done_at"),
    ),
    Part(
        "promises_owned",
        lazy("Promises that you see to"),
        t.Promise,
        "owner",
        ("idea", "body", "due_on", "state", "created_at", "done_at"),
    ),
    Part(
        "promise_news",
        lazy("What you told of promises"),
        t.PromiseNews,
        "author",
        ("kind", "body", "was_due_on", "created_at"),
    ),
    Part("said", lazy("What you said when supporters were asked"), t.CrowdReply, "person", ("yes", "created_at")),
    Part("reports", lazy("What you reported"), t.Report, "reporter", ("rule", "words", "created_at")),
    Part(
        "receipts",
        lazy("What moderators decided about what you wrote"),
        t.Decision,
        "person",
        ("action", "rule", "words", "title", "created_at", "undone_at"),
    ),
    Part(
        "appeals",
        lazy("Your appeals"),
        t.Appeal,
        "decision.person",
        ("words", "created_at", "outcome", "reason", "decided_at"),
    ),
    Part(
        "moderated",
        lazy("What you decided as a moderator"),
        t.Decision,
        "moderator",
        ("action", "rule", "words", "created_at"),
    ),
    Part("pauses", lazy("When you could not write"), t.Pause, "person", ("space", "until", "ended_at")),
    Part(
        "pages",
        lazy("Pages of the organisation that you wrote"),
        t.AboutPage,
        "author",
        ("title", "body", "created_at"),
    ),
    Part("mail", lazy("Mail to you"), t.Mail, "recipient", ("kind", "created_at", "sent_at")),
    Part("heard", lazy("What you were told in Plein"), t.Notice, "person", ("kind", "created_at", "read_at")),
    Part("muted", lazy("What you muted"), t.Mute, "person", ("space", "campaign", "idea", "created_at")),
    Part("log", lazy("What the log holds of what you did"), t.Event, "actor", ("kind", "occurred_at")),
    Part("log_about", lazy("What the log holds about you"), t.Event, "person", ("kind", "occurred_at")),
    Part(
        "imports", lazy("Lists that you handed in"), t.PeopleImport, "started_by", ("kind", "file_name", "created_at")
    ),
)
