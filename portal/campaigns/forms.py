"""The forms about a campaign that is open: later dates, an early end, and what a list shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from portal.campaigns.queries import PHASES, CampaignRow
from portal.text.language import gettext, lazy
from portal.web.forms import Form, HiddenNumber, MomentField, TextAreaField, at_most, required


def in_order(form: Form, phases: Sequence[str]) -> bool:
    """Whether the phases of a form follow each other; else each that begins too early gets its error."""
    given = [form[f"{phase}_from"] for phase in phases if f"{phase}_from" in form]
    early = [after for before, after in pairwise([f for f in given if f.data]) if after.data <= before.data]
    for field in early:
        form.refuse(field.name, gettext("This phase must begin after the one before."))
    return not early


class ExtendForm(Form):
    """When the phases that are still to come begin, and why later than was said."""

    version = HiddenNumber(default=0)
    discuss_from = MomentField(lazy("Discuss from"), [required(lazy("Say when discussing begins."))])
    vote_from = MomentField(lazy("Vote from"), [required(lazy("Say when voting begins."))])
    decide_from = MomentField(lazy("Decide from"), [required(lazy("Say when voting ends and deciding begins."))])
    done_from = MomentField(lazy("Done from"), [required(lazy("Say by when all ideas are answered."))])
    reason = TextAreaField(
        lazy("Why later?"), [required(lazy("Give the reason: everybody who takes part reads it.")), at_most(1000)]
    )

    @property
    def names(self) -> list[str]:
        """The dates that are asked."""
        return [name for name in (f"{phase}_from" for phase in PHASES) if name in self]

    def only_to_come(self, campaign: CampaignRow) -> None:
        """Leaves out the phases that have begun."""
        for phase in PHASES[1 : PHASES.index(campaign.phase) + 1]:
            del self[f"{phase}_from"]

    def check(self, campaign: CampaignRow, now: datetime) -> None:
        """In their order, none earlier than it was, and the next one later."""
        in_order(self, PHASES)
        for name in self.names:
            before = campaign.begins(name.removesuffix("_from"))
            if self[name].data and before and self[name].data < before.replace(second=0, microsecond=0):
                self.refuse(name, gettext("This is earlier than it was: a campaign can only be extended."))
        if not self.errors and not any(self.moved(campaign, name) for name in self.names):
            self.refuse(self.names[0], gettext("Nothing is later than it was."))
        if not self.errors and self[self.names[0]].data <= now:
            self.refuse(self.names[0], gettext("Give a moment that is still to come."))

    def moved(self, campaign: CampaignRow, name: str) -> bool:
        """Whether a phase begins later than it did."""
        before = campaign.begins(name.removesuffix("_from"))
        return bool(before and self[name].data and self[name].data > before)

    def later(self, campaign: CampaignRow) -> dict[str, datetime]:
        """The dates to be saved; what stays keeps its seconds."""
        return {name: self[name].data if self.moved(campaign, name) else _begins(campaign, name) for name in self.names}


def _begins(campaign: CampaignRow, name: str) -> Any:
    return campaign.begins(name.removesuffix("_from"))


class CancelForm(Form):
    """Why a campaign ends before its time."""

    reason = TextAreaField(
        lazy("Why?"), [required(lazy("Give the reason: everybody who takes part reads it.")), at_most(1000)]
    )
