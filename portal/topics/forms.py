"""The forms of topics, rules and absences."""

from __future__ import annotations

from typing import Any, TypeVar

import wtforms
from wtforms.validators import StopValidation

from portal.access.actor import Actor
from portal.colleagues.forms import ColleagueField, chosen_colleague
from portal.colleagues.queries import Colleague
from portal.text.language import gettext
from portal.topics.queries import Answering, Choice, Content, RuleRow, TopicRow
from portal.topics.words import STATES
from portal.web.beside import SeenForm
from portal.web.forms import (
    DayField,
    Form,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    at_most,
    lazy,
    options,
    required,
)

Kind = TypeVar("Kind", bound=Form)
LABEL = lazy("Topic")
LONGEST_ABSENCE = 366  # days


class TopicForm(SeenForm):
    """A topic, and who answers for it everywhere."""

    name = StringField(lazy("Name"), [required(lazy("Give the topic a name.")), at_most(60)])
    explanation = TextAreaField(lazy("What belongs to it?"), [at_most(300)])
    owner = ColleagueField(lazy("Who answers"))
    deputy = ColleagueField(lazy("Deputy"))
    neutral = ColleagueField(lazy("Neutral"))
    state = RadioField(lazy("State"), choices=options(STATES.items()), default="draft")

    @classmethod
    def of(cls, topic: TopicRow, rule: RuleRow | None, stands: Content) -> TopicForm:
        """As it was saved last; who left stands there no more."""
        return cls(
            name=topic.name,
            explanation=topic.explanation,
            state=topic.state,
            neutral=topic.neutral if topic.neutral_here else "",
            seen=stands.seen,
            **_people(rule),
        )

    async def content(self, actor: Actor) -> Content | None:
        """What it says, once all of it can be carried out; else the errors stand at their fields."""
        self.valid()
        named = {field: await chosen_colleague(actor, self, field) for field in ("owner", "deputy", "neutral")}
        _refuse_double(self, named["owner"], named["deputy"])
        if self.state.data == "published" and not self.owner.data:
            self.refuse(
                "owner", gettext("A topic without an owner can’t be published: name somebody who answers for it.")
            )
        if self.deputy.data and not self.owner.data and not self.owner.errors:
            self.refuse("owner", gettext("A deputy stands in for somebody: name who answers."))
        if not self.complete:
            return None
        ids = {field: one.id if one else None for field, one in named.items()}
        return Content(name=self.name.data or "", explanation=self.explanation.data or "", state=self.state.data, **ids)


class RuleForm(SeenForm):
    """Who answers for a topic in a unit."""

    topic = SelectField(lazy("Topic"), default="")
    unit = StringField(lazy("Unit"), [at_most(500)])
    owner = ColleagueField(lazy("Who answers"), [required(lazy("Name who answers."))])
    deputy = ColleagueField(lazy("Deputy"))

    def offer(self, topics: list[TopicRow]) -> RuleForm:
        """The topics that there are."""
        self.topic.choices = options([("", gettext("All topics")), *((t.public_id, t.name) for t in topics)])
        return self

    def of(self, rule: RuleRow | None, stands: Answering) -> RuleForm:
        """For the same topic and unit, with whoever answers there."""
        saved = RuleForm(topic=self.topic.data, unit=self.unit.data, seen=stands.seen, **_people(rule))
        saved.topic.choices = self.topic.choices
        return saved

    @property
    def placed(self) -> bool:
        """Whether there is such a topic, and such a unit."""
        return not self.topic.errors and not self.unit.errors

    @property
    def of_a_rule(self) -> bool:
        """Whether it was filled from who answered there, so that it is about no other topic and unit."""
        return self.seen.data not in ("", Answering().seen)

    async def answers(self, actor: Actor) -> Answering | None:
        """Who does, once the form was checked and all of it can be carried out."""
        owner = await chosen_colleague(actor, self, "owner")
        deputy = await chosen_colleague(actor, self, "deputy")
        _refuse_double(self, owner, deputy)
        if owner is None or not self.complete:
            return None
        return Answering(owner.id, deputy.id if deputy else None)


def _people(rule: RuleRow | None) -> dict[str, str]:
    return {
        "owner": rule.owner if rule and rule.owner_here else "",
        "deputy": rule.deputy if rule and rule.deputy_here else "",
    }


def _refuse_double(form: Form, owner: Colleague | None, deputy: Colleague | None) -> None:
    if owner and deputy and owner.id == deputy.id:
        form.refuse("deputy", gettext("Nobody is her own deputy: name somebody else."))


class WhoForm(Form):
    """For which topic and unit one asks who would get it."""

    topic = SelectField(lazy("Topic"), default="")
    unit = StringField(lazy("Unit of the author"), [at_most(500)])

    def offer(self, topics: list[TopicRow]) -> WhoForm:
        """The topics that there are."""
        self.topic.choices = options([("", gettext("No topic")), *((t.public_id, t.name) for t in topics)])
        return self


class AbsenceForm(Form):
    """From when to when somebody is away."""

    from_day = DayField(lazy("First day"), [required(lazy("Say from which day."))])
    until_day = DayField(lazy("Last day"), [required(lazy("Say until which day."))])

    def validate_until_day(self, field: wtforms.Field) -> None:
        """Not before the first day, and not for ever."""
        if not field.data or not self.from_day.data:
            return
        if field.data < self.from_day.data:
            raise StopValidation(gettext("The last day is before the first."))
        if (field.data - self.from_day.data).days >= LONGEST_ABSENCE:
            raise StopValidation(gettext("Note a year at most; for longer, name somebody else who answers."))


class AbsenceOfForm(AbsenceForm):
    """The same for anybody, by an administrator."""

    colleague = ColleagueField(lazy("Colleague"), [required(lazy("Name a colleague."))])


# --- what an item is about, if its writer likes to say: one of the published topics ---


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
