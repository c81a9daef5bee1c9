"""The steps in which a campaign is written, each with its form; and what is missing before it can be proposed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar

import msgspec
import wtforms
from wtforms.validators import StopValidation

from portal.calendar.queries import WorkingDay
from portal.campaigns.forms import in_order
from portal.campaigns.queries import PHASES
from portal.colleagues.forms import ColleagueField
from portal.proposals.queries import Proposal, QuestionRow
from portal.text.language import LANGUAGES, gettext, lazy
from portal.text.markdown import LONGEST
from portal.web.beside import SeenForm
from portal.web.forms import (
    BooleanField,
    Form,
    HiddenField,
    HiddenNumber,
    MomentField,
    NumberField,
    PreviewedForm,
    RadioField,
    SelectField,
    StringField,
    TagsField,
    TextAreaField,
    at_most,
    options,
    required,
)

#: How many days ahead each phase begins, as a proposal: a week from now, ten weeks in all. Whoever still votes or
#: answers on the last day has the whole of it.
USUAL = {"collect": 7, "discuss": 28, "vote": 42, "decide": 56, "done": 77}
AT_THE_CLOSE = ("decide", "done")
MOST_QUESTIONS = 12
SPARE = 2  # empty questions that are offered beside those that are there
MOST_OPTIONS = 20


class StepForm(SeenForm):
    """A step: only its format is checked while the campaign is a draft; `demand` asks for what it needs to open."""

    NEEDED: ClassVar[dict[str, str]] = {}

    def demand(self) -> None:
        """Refuses what is left open."""
        for name, message in self.NEEDED.items():
            if name in self and not self[name].data and not self[name].errors:
                self.refuse(name, message)

    @property
    def asked(self) -> list[str]:
        """The names of what is asked, without the form's own machinery."""
        return [name for name in self._fields if name not in ("form_key", "seen")]


class QuestionStep(PreviewedForm, StepForm):
    """What is asked."""

    previewed = "brief"

    NEEDED: ClassVar[dict[str, str]] = {
        "lead": lazy("Say in two lines what you ask."),
        "brief": lazy("Write the brief: what is the matter, what do you look for?"),
    }
    title = StringField(lazy("Title"), [required(lazy("Give the campaign a title.")), at_most(90)])
    language = RadioField(lazy("Language"), choices=options(LANGUAGES.items()))
    lead = TextAreaField(lazy("The question in two lines"), [at_most(300)])
    brief = TextAreaField(lazy("The brief"), [at_most(LONGEST)])


class DraftForm(QuestionStep):
    """The first step of a new campaign, which may be meant for a certain space."""

    space = HiddenField()


class PurposeStep(StepForm):
    """Why it is asked, and how one will know that it worked."""

    NEEDED: ClassVar[dict[str, str]] = {
        "need": lazy("Say what the need is."),
        "goal": lazy("Say what should be different afterwards."),
        "measure": lazy("Say how you will know that it worked."),
    }
    need = TextAreaField(lazy("What is the need?"), [at_most(1000)])
    goal = TextAreaField(lazy("What should be different afterwards?"), [at_most(1000)])
    measure = TextAreaField(lazy("You have succeeded when"), [at_most(500)])


class PeopleStep(StepForm):
    """Who takes part, who stands for it, and who decides."""

    NEEDED: ClassVar[dict[str, str]] = {
        "space": lazy("Choose who takes part."),
        "sponsor_called": lazy("Name the colleague who will answer the ideas."),
        "decision_owner_called": lazy("Name the colleague who decides about them."),
    }
    space = SelectField(lazy("Who takes part?"))
    sponsor_called = ColleagueField(lazy("Sponsor"))
    promise = StringField(lazy("What the sponsor promises"), [at_most(300)])
    decision_owner_called = ColleagueField(lazy("Decision owner"))


class DatesStep(StepForm):
    """When each phase begins."""

    NEEDED: ClassVar[dict[str, str]] = {
        "collect_from": lazy("Say when collecting begins."),
        "discuss_from": lazy("Say when discussing begins."),
        "vote_from": lazy("Say when voting begins."),
        "decide_from": lazy("Say when voting ends and deciding begins."),
        "done_from": lazy("Say by when all ideas are answered."),
    }
    collect_from = MomentField(lazy("Collect from"))
    discuss_from = MomentField(lazy("Discuss from"))
    vote_from = MomentField(lazy("Vote from"))
    decide_from = MomentField(lazy("Decide from"))
    done_from = MomentField(lazy("Done from"))

    def validate(self, extra_validators: Any = None) -> bool:
        """All fields, and that the phases follow each other."""
        return super().validate(extra_validators) & in_order(self, PHASES)


class TopField(NumberField):
    """A number, or nothing."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Nothing is nothing."""
        self.data = None
        if valuelist and valuelist[0].strip():
            super().process_formdata(valuelist)

    def pre_validate(self, form: Any) -> None:
        """Within its limits, where there is one."""
        if self.data is not None:
            super().pre_validate(form)


class VotingStep(StepForm):
    """How people vote, and what they see meanwhile."""

    vote_method = RadioField(
        lazy("How do people vote?"),
        choices=options([("support", lazy("One support each")), ("budget", lazy("A budget of votes"))]),
    )
    votes_each = NumberField(lazy("Votes each"), 1, 100)
    votes_per_idea = NumberField(lazy("At most on one idea"), 1, 100)
    hide_counts = BooleanField(lazy("Hide the counts"))
    rank_blind = BooleanField(lazy("Leave out titles and ranks"))
    top = TopField(lazy("How many are answered first?"), 1, 100)

    def validate_votes_per_idea(self, field: wtforms.Field) -> None:
        """No more than one has."""
        if field.data and self.votes_each.data and field.data > self.votes_each.data:
            raise StopValidation(gettext("Nobody can give more votes to one idea than there are."))


KINDS = {
    "text": lazy("Text"),
    "choice": lazy("A choice"),
    "number": lazy("A number"),
    "date": lazy("A date"),
}


class OfferedTagsField(TagsField):
    """The tags that a campaign offers: more than one idea may carry."""

    most = 12


class IdeaFormStep(StepForm):
    """What people fill in. The questions are fields called `label_1`, `kind_1`, …; an empty label takes one away."""

    tags = OfferedTagsField(lazy("Tags to choose from"))
    rows: ClassVar[int] = 0

    def validate(self, extra_validators: Any = None) -> bool:
        """All fields, and that a choice has something to choose from."""
        good = super().validate(extra_validators)
        for n in range(1, self.rows + 1):
            if self[f"label_{n}"].data and self[f"kind_{n}"].data == "choice" and len(self.options_of(n)) < 2:
                self.refuse(f"options_{n}", gettext("Give at least two answers to choose from, one a line."))
                good = False
        return good

    def options_of(self, n: int) -> list[str]:
        """The answers to choose from, each once."""
        lines = [" ".join(line.split()) for line in self[f"options_{n}"].data.splitlines()]
        return list({line.casefold(): line for line in lines if line}.values())[:MOST_OPTIONS]

    def asked_questions(self) -> list[QuestionRow]:
        """The questions in their order, those without a label left out."""
        made = [
            (
                self[f"position_{n}"].data or n,
                QuestionRow(
                    id=0,
                    public_id="",
                    kind=self[f"kind_{n}"].data,
                    label=self[f"label_{n}"].data,
                    help=self[f"help_{n}"].data,
                    options=self.options_of(n) if self[f"kind_{n}"].data == "choice" else [],
                    required=self[f"required_{n}"].data,
                ),
            )
            for n in range(1, self.rows + 1)
            if self[f"label_{n}"].data
        ]
        return [question for _, question in sorted(made, key=lambda pair: pair[0])]


@lru_cache(maxsize=MOST_QUESTIONS + SPARE + 1)
def idea_form_step(rows: int) -> type[IdeaFormStep]:
    """The form with as many questions."""
    fields: dict[str, Any] = {"rows": rows}
    for n in range(1, rows + 1):
        fields |= {
            f"label_{n}": StringField(lazy("Question"), [at_most(120)]),
            f"kind_{n}": SelectField(lazy("Answered by"), choices=options(KINDS.items()), default="text"),
            f"help_{n}": StringField(lazy("Explanation"), [at_most(300)]),
            f"options_{n}": TextAreaField(lazy("Answers to choose from"), [at_most(2000)]),
            f"position_{n}": SelectField(
                lazy("Place"), coerce=int, choices=options((str(i), str(i)) for i in range(1, rows + 1)), default=n
            ),
            f"required_{n}": BooleanField(lazy("Must be answered")),
        }
    return type("IdeaFormStepOf", (IdeaFormStep,), fields)


def as_fields(given: Sequence[QuestionRow]) -> dict[str, Any]:
    """The questions as the form's fields hold them."""
    values: dict[str, Any] = {}
    for n, question in enumerate(given, 1):
        values |= {
            f"label_{n}": question.label,
            f"kind_{n}": question.kind,
            f"help_{n}": question.help,
            f"options_{n}": "\n".join(question.options),
            f"position_{n}": n,
            f"required_{n}": question.required,
        }
    return values


def preset_questions() -> list[QuestionRow]:
    """What the form asks unless somebody changes it: need, insight, value, and whose need it is."""
    choice = [
        gettext("My team’s"),
        gettext("Another team’s"),
        gettext("The people we work for"),
        gettext("I don’t know"),
    ]
    asked: list[tuple[str, str, str, list[str]]] = [
        ("choice", gettext("Whose need is it?"), gettext("Think of somebody whom you could name."), choice),
        ("text", gettext("What is needed?"), gettext("What happens today, how often, and to whom?"), []),
        (
            "text",
            gettext("What did you learn?"),
            gettext("What did you see, try or hear that others may not know?"),
            [],
        ),
        (
            "text",
            gettext("What does it bring?"),
            gettext("Time, money, safety, pleasure: a number if you have one."),
            [],
        ),
    ]
    return [QuestionRow(0, "", kind, label, words, offered, False) for kind, label, words, offered in asked]


class Step(msgspec.Struct, frozen=True):
    """A step of the wizard. `form` is None for the one whose fields are made anew."""

    name: str
    title: str
    words: str
    form: type[StepForm]


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step("question", lazy("Question"), lazy("What you ask, and the brief."), QuestionStep),
        Step("purpose", lazy("Purpose"), lazy("The goal first, then the tool."), PurposeStep),
        Step("people", lazy("People"), lazy("Who takes part, and who says yes."), PeopleStep),
        Step("dates", lazy("Dates"), lazy("When each phase begins."), DatesStep),
        Step("voting", lazy("Voting"), lazy("How people choose."), VotingStep),
        Step("form", lazy("Form"), lazy("What people fill in."), IdeaFormStep),
    )
}


def steps_of(proposal: Proposal) -> list[Step]:
    """The steps that can still be changed. Dates that have begun are extended, in public; what is always open has
    neither dates nor a vote that ends; how people vote stands once they do."""
    gone = set()
    if proposal.always_open:
        gone |= {"dates", "voting"}
    if proposal.begun:
        gone |= {"dates"}
    if proposal.begun and proposal.phase not in ("collect", "discuss"):
        gone |= {"voting", "form"}
    return [step for name, step in STEPS.items() if name not in gone]


class Missing(msgspec.Struct, frozen=True):
    """What a campaign can't be proposed without, and the step where it belongs."""

    step: str
    words: str


def missing(proposal: Proposal, now: datetime) -> list[Missing]:
    """Everything that is still to be done, in the order of the steps."""
    gaps = []
    for step in steps_of(proposal):
        for name, words in step.form.NEEDED.items():
            value = proposal.expected_readers if name == "space" else getattr(proposal, name)
            if value is None or value == "":
                gaps.append(Missing(step.name, words))
    for named, reads in ((proposal.sponsor, proposal.sponsor_reads), (proposal.decision_owner, proposal.owner_reads)):
        if named is not None and not reads:
            gaps.append(Missing("people", gettext("Name somebody else: who is named can’t read that space any more.")))
    if is_late(proposal, now):
        gaps.append(Missing("dates", gettext("The time to collect ideas has passed: give later dates.")))
    return gaps


def is_late(proposal: Proposal, now: datetime) -> bool:
    """Whether no time to collect ideas would be left."""
    return proposal.discuss_from is not None and proposal.discuss_from <= now


def usual_dates(days: list[WorkingDay]) -> dict[str, datetime | None]:
    """A proposal for the phases, by the working days on which they begin: when work does, or when it ends."""
    return {
        f"{phase}_from": day.closes_at if phase in AT_THE_CLOSE else day.opens_at
        for phase, day in zip(USUAL, days, strict=True)
    }


class AcceptForm(Form):
    """The decision owner's yes to the version that she read."""

    version = HiddenNumber(default=0)


class DeclineForm(Form):
    """Why a proposal is declined."""

    reason = TextAreaField(
        lazy("Your reason"), [required(lazy("Give the reason: who proposed it reads it.")), at_most(1000)]
    )
