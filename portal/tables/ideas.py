"""Ideas, their versions, and the official answer."""

from piccolo.columns import Array, Boolean, Date, Integer, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, Table, reference


class Idea(PublicTable, db=DB):
    """A proposal in a campaign; or, by its `kind`, a post in the stream of its space: a discussion, or a leader's.
    `speaks_for`: the leader for whom a delegate wrote it. Its counts are kept by the database, colleagues and guests
    apart.
    `returned`: support in them that came back since its person writes it by now. `audience`, `t1_at_count` and
    `t2_at_count` are frozen at publication; `t1_at` and `t2_at` say when so many supported it, `young` of them by
    accounts of less than a week, `discounted` found to be none. `commenters`: distinct people."""

    campaign = reference()
    space = reference()
    author = reference()
    state = Text()
    title = Text()
    body = Text()
    body_html = Text()
    excerpt = Text()
    language = Text()
    tags = Array(base_column=Text())
    version = Integer(default=1)
    supporters = Integer(default=0)
    guest_supporters = Integer(default=0)
    votes = Integer(default=0)
    returned = Integer(default=0)
    guest_returned = Integer(default=0)
    returned_votes = Integer(default=0)
    returned_on = Array(base_column=Date())
    guest_returned_on = Array(base_column=Date())
    comments = Integer(default=0)
    guest_comments = Integer(default=0)
    created_at = Timestamptz()
    form_key = Text(null=True, default=None)
    updated_at = Timestamptz()
    status = Text(default="new")
    service = reference(null=True)
    source = Text(default="portal")
    form_version = Integer(default=0)
    draft_key = Text(null=True, default=None)
    edited_by = reference(null=True)
    kind = Text(default="idea")
    speaks_for = reference(null=True)
    topic = reference(null=True)
    anonymous = Boolean(default=False)
    published_at = Timestamptz(null=True, default=None)
    setting = reference(null=True)
    audience = Integer(null=True, default=None)
    t1_at_count = Integer(null=True, default=None)
    t2_at_count = Integer(null=True, default=None)
    t1_at = Timestamptz(null=True, default=None)
    t2_at = Timestamptz(null=True, default=None)
    qualified_at = Timestamptz(null=True, default=None)
    watched_at = Timestamptz(null=True, default=None)
    watched_by = reference(null=True)
    heads_up_at = Timestamptz(null=True, default=None)
    commenters = Integer(default=0)
    young = Integer(default=0)
    joint = Integer(default=0)
    discounted = Integer(default=0)
    core_questions = Array(base_column=Text())


class IdeaVersion(Table, db=DB):
    """The text of an idea before it was edited; nothing that was published is lost."""

    idea = reference()
    space = reference()
    version = Integer()
    title = Text()
    body = Text()
    tags = Array(base_column=Text())
    author = reference()
    created_at = Timestamptz()
    replies = Text(default="")
    core_questions = Array(base_column=Text())


class Answer(PublicTable, db=DB):
    """The official answer to an idea: one record of its own. `whose`: who decides about what is not ours; `category`,
    `review_on` and `approver` belong to what can't be discussed in public. `questions`: the authors' core questions as
    they were then, with a reply each."""

    idea = reference()
    space = reference()
    author = reference()
    kind = Text()
    summary = Text()
    reason = Text()
    reason_html = Text()
    from_when = Text()
    next_step = Text()
    next_owner = reference(null=True)
    next_date = Date(null=True, default=None)
    language = Text()
    created_at = Timestamptz()
    version = Integer(default=1)
    corrected_at = Timestamptz(null=True, default=None)
    policy_version = reference(null=True)
    whose = Text(default="")
    category = Text(default="")
    review_on = Date(null=True, default=None)
    approver = reference(null=True)
    questions = Array(base_column=Text())
    replies = Array(base_column=Text())


class AnswerVersion(Table, db=DB):
    """An answer as it was before it was corrected."""

    answer = reference()
    space = reference()
    version = Integer()
    author = reference()
    kind = Text()
    summary = Text()
    reason = Text()
    from_when = Text()
    next_step = Text()
    next_date = Date(null=True, default=None)
    created_at = Timestamptz()
    whose = Text(default="")
    category = Text(default="")
    review_on = Date(null=True, default=None)
    approver = reference(null=True)
    policy_version = reference(null=True)
    questions = Array(base_column=Text())
    replies = Array(base_column=Text())


class StatusChange(Table, db=DB):
    """A step of an idea, with the public text without which there is none; withdrawing it is one too."""

    idea = reference()
    space = reference()
    author = reference()
    status = Text()
    body = Text()
    body_html = Text()
    language = Text()
    form_key = Text(null=True, default=None)
    created_at = Timestamptz()


class Correction(Table, db=DB):
    """A dated addition below a text that stands still."""

    idea = reference()
    space = reference()
    author = reference()
    body = Text()
    body_html = Text()
    language = Text()
    form_key = Text(null=True, default=None)
    created_at = Timestamptz()


class CoAuthor(Table, db=DB):
    """Somebody who writes along, or was invited to (`accepted_at` is null then)."""

    idea = reference()
    space = reference()
    person = reference()
    invited_by = reference()
    invited_at = Timestamptz()
    accepted_at = Timestamptz(null=True, default=None)


class HelpOffer(Table, db=DB):
    """What somebody could do for an idea."""

    idea = reference()
    space = reference()
    person = reference()
    body = Text()
    created_at = Timestamptz()


class IdeaReply(Table, db=DB):
    """What an idea says to one question of its campaign's form."""

    idea = reference()
    space = reference()
    question = reference()
    value = Text()
