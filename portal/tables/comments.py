"""Comments, and what belongs to a thread."""

from piccolo.columns import BigInt, Boolean, Date, Integer, Text, Timestamptz

from portal.db import DB
from portal.tables.base import PublicTable, Table, reference


class Comment(PublicTable, db=DB):
    """A comment on an idea. A reply has the `root` that it hangs under; roots have none.

    `guest`: its author was one when it was written. `helpful` to `question`: how many reacted so. Who is mentioned
    stands in the text as `@{public id}`. `kind`: an objection stands beside the support, too.
    """

    idea = reference()
    space = reference()
    author = reference()
    guest = Boolean()
    root = reference(null=True)
    kind = Text(default="comment")
    state = Text()
    body = Text()
    body_html = Text()
    language = Text()
    replies = Integer(default=0)
    version = Integer(default=1)
    helpful = Integer(default=0)
    agree = Integer(default=0)
    thanks = Integer(default=0)
    question = Integer(default=0)
    form_key = Text(null=True, default=None)
    created_at = Timestamptz()
    edited_at = Timestamptz(null=True, default=None)


class CommentVersion(Table, db=DB):
    """A comment's text before it was changed."""

    comment = reference()
    space = reference()
    version = Integer()
    body = Text()
    body_html = Text()
    created_at = Timestamptz()


class Reaction(Table, db=DB):
    """One person's reaction of one kind to one comment."""

    comment = reference()
    space = reference()
    person = reference()
    kind = Text()
    created_at = Timestamptz()


class Mention(Table, db=DB):
    """Somebody who is named in a comment, first in this event."""

    comment = reference()
    space = reference()
    person = reference()
    event = reference()


class Digest(Table, db=DB):
    """A thread in short, by hand; `how` says how it came to be. The highest version is the one that is shown."""

    idea = reference()
    space = reference()
    version = Integer()
    author = reference()
    body = Text()
    body_html = Text()
    how = Text()
    language = Text()
    created_at = Timestamptz()


class CommentDay(Table, db=DB):
    """How many comments of a thread stand that were written on this day."""

    idea = reference()
    space = reference()
    day = Date()
    comments = Integer()


class ReadMark(Table, db=DB):
    """How far somebody has read a thread, for her alone: the newest `comment` that was there, and the one `since`
    which things were new when her visit began."""

    person = reference()
    idea = reference()
    space = reference()
    comment = BigInt()
    since = BigInt(null=True, default=None)
    visited_at = Timestamptz()
