"""The form of a campaign."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from portal.campaigns.queries import PHASES
from portal.text.language import LANGUAGES, gettext
from portal.text.markdown import LONGEST
from portal.web.forms import (
    Form,
    HiddenNumber,
    MomentField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    at_most,
    lazy,
    options,
    required,
)

#: Days after the beginning on which the later phases begin, as a proposal.
USUAL = {"discuss": 21, "vote": 35, "decide": 49, "done": 70}


class CampaignForm(Form):
    """What is asked, by whom, and when."""

    title = StringField(lazy("Title"), [required(lazy("Give the campaign a title.")), at_most(90)])
    lead = TextAreaField(
        lazy("The question in two lines"), [required(lazy("Say in two lines what you ask.")), at_most(300)]
    )
    brief = TextAreaField(
        lazy("The brief"),
        [required(lazy("Write the brief: what is the matter, what do you look for?")), at_most(LONGEST)],
    )
    space = SelectField(lazy("Who takes part?"), [required(lazy("Choose who takes part."))])
    sponsor_email = StringField(
        lazy("Sponsor"), [required(lazy("Name the colleague who will answer the ideas.")), at_most(254)]
    )
    promise = StringField(lazy("What the sponsor promises"), [at_most(300)])
    language = RadioField(lazy("Language"), choices=options(LANGUAGES.items()))
    collect_from = MomentField(lazy("Collect from"), [required(lazy("Say when collecting begins."))])
    discuss_from = MomentField(lazy("Discuss from"), [required(lazy("Say when discussing begins."))])
    vote_from = MomentField(lazy("Vote from"), [required(lazy("Say when voting begins."))])
    decide_from = MomentField(lazy("Decide from"), [required(lazy("Say when voting ends and deciding begins."))])
    done_from = MomentField(lazy("Done from"), [required(lazy("Say by when all ideas are answered."))])
    version = HiddenNumber(default=1)

    def validate(self, extra_validators: Any = None) -> bool:
        """All fields, and that the phases follow each other."""
        good = super().validate(extra_validators)
        begins = [self[f"{phase}_from"] for phase in PHASES if f"{phase}_from" in self]
        for before, after in pairwise(begins):
            if before.data and after.data and after.data <= before.data:
                self.refuse(after.name, gettext("This phase must begin after the one before."))
                good = False
        return good


def usual_dates(now: datetime) -> dict[str, datetime]:
    """A proposal for the phases: from now on, ten weeks in all."""
    begin = now.replace(second=0, microsecond=0)
    return {"collect_from": begin} | {f"{phase}_from": begin + timedelta(days=n) for phase, n in USUAL.items()}
