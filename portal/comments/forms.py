"""The form of a comment."""

from __future__ import annotations

from portal.web.forms import Form, HiddenField, TextAreaField, at_most, lazy, required

LONGEST = 8000


class CommentForm(Form):
    """A comment, or the reply to one."""

    body = TextAreaField(lazy("Your comment"), [required(lazy("Write something first.")), at_most(LONGEST)])
    reply_to = HiddenField(default="")
