"""What comes after an answer: promises, and what supporters are asked."""

from piccolo.columns import Boolean, Date, Integer, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, Table, reference


class Promise(PublicTable, db=DB):
    """What an answer promised, by whom and until when. `from_version`: the version of the answer that made it; none,
    where it was added. `escalation`: the case that watches over it, if there is one."""

    idea = reference()
    space = reference()
    answer = reference()
    escalation = reference(null=True)
    from_version = Integer(null=True, default=None)
    author = reference()
    body = Text()
    language = Text()
    owner = reference()
    due_on = Date()
    state = Text(default="open")
    form_key = Text(null=True, default=None)
    done_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()


class PromiseNews(Table, db=DB):
    """What is told of a promise: news, that its date is another than it was, or that it is done."""

    promise = reference()
    space = reference()
    author = reference()
    kind = Text()
    body = Text()
    body_html = Text()
    language = Text()
    was_due_on = Date(null=True, default=None)
    form_key = Text(null=True, default=None)
    created_at = Timestamptz()


class CrowdQuestion(PublicTable, db=DB):
    """What the supporters of a case are asked: whether the answer answers the question, or whether a promise is
    done. `round`: of the case."""

    idea = reference()
    space = reference()
    escalation = reference()
    round = Integer()
    promise = reference(null=True)
    until = Timestamptz()
    outcome = Text(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()


class CrowdReply(Table, db=DB):
    """One supporter's yes or no, shown to nobody but herself."""

    question = reference()
    space = reference()
    person = reference()
    yes = Boolean()
    created_at = Timestamptz()
