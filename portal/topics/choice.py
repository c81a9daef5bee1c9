"""The field in which a writer says what an item is about, if she likes: one of the published topics."""

from __future__ import annotations

from typing import Any

from portal.text.language import gettext, lazy
from portal.topics.queries import Choice
from portal.web.forms import SelectField, options

LABEL = lazy("Topic")


def topic_field(topics: list[Choice]) -> SelectField | None:
    """The field `topic` of a form; without topics there is nothing to choose among. `m.topic(form.topic)`
    shows it."""
    if not topics:
        return None
    offered = [("", gettext("None in particular")), *((topic.public_id, topic.name) for topic in topics)]
    return SelectField(LABEL, choices=options(offered), default="")


def chosen_topic(form: Any, topics: list[Choice]) -> int | None:
    """The topic that was chosen, if one was."""
    chosen = form.topic.data if form.topic else ""
    return next((topic.id for topic in topics if topic.public_id == chosen), None)
