"""The field in which a writer says what an item is about, if she likes: one of the published topics."""

from __future__ import annotations

from typing import Any, TypeVar

from portal.text.language import gettext, lazy
from portal.topics.queries import Choice
from portal.web.forms import Form, SelectField, options

Kind = TypeVar("Kind", bound=Form)
LABEL = lazy("Topic")


def topic_field(topics: list[Choice]) -> SelectField | None:
    """The field `topic` of a form; without topics there is nothing to choose among. `m.topic(form.topic)`
    shows it."""
    if not topics:
        return None
    offered = [("", gettext("None in particular")), *((topic.public_id, topic.name) for topic in topics)]
    return SelectField(LABEL, choices=options(offered), default="")


def with_topic(kind: type[Kind], topics: list[Choice]) -> type[Kind]:
    """A kind of form with that field."""
    return type(kind.__name__, (kind,), {"topic": topic_field(topics)})


def chosen_topic(form: Any, topics: list[Choice], kept: int | None) -> int | None:
    """The topic that was chosen, if one was; who is not asked leaves it as it is."""
    if not form.topic:
        return kept
    chosen = form.topic.data
    return next((topic.id for topic in topics if topic.public_id == chosen), None)
