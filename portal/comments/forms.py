"""The forms of a comment."""

from __future__ import annotations

from portal.text.reactions import REACTIONS
from portal.web.forms import Form, HiddenField, HiddenNumber, TextAreaField, at_most, lazy, required

LONGEST = 8000


class CommentForm(Form):
    """A comment, or the reply to one. `preview_html`: how it would look, where that was asked for."""

    body = TextAreaField(lazy("Your comment"), [required(lazy("Write something first.")), at_most(LONGEST)])
    reply_to = HiddenField(default="")
    preview_html = ""


class ObjectionForm(Form):
    """Why somebody is against it."""

    body = TextAreaField(lazy("What speaks against it?"), [required(lazy("Give your reason.")), at_most(LONGEST)])


class EditCommentForm(Form):
    """The same, once more. `version`: the one that was changed."""

    body = TextAreaField(lazy("Your comment"), [required(lazy("Write something first.")), at_most(LONGEST)])
    version = HiddenNumber(default=1)


class ReactionForm(Form):
    """A button under a comment: it gives a reaction of a kind, or takes it back."""

    give = HiddenField(default="")
    take_back = HiddenField(default="")

    @property
    def kind(self) -> str:
        """Which kind it is about; empty for none of ours."""
        asked = self.give.data or self.take_back.data
        return asked if asked in REACTIONS else ""
