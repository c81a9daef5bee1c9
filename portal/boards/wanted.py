"""What somebody wants to see of a campaign's ideas, as it stands in the address."""

from __future__ import annotations

from typing import Any, Protocol
from urllib.parse import urlencode

import msgspec

from portal.campaigns.queries import CampaignRow
from portal.text.answers import ANSWER_KINDS
from portal.text.language import LANGUAGES

SHOWS = ("mine", "voted", "unvoted")
MOST_TAGS = 10


class Query(Protocol):
    """The query of an address."""

    def get(self, key: str, default: str) -> Any: ...

    def getall(self, key: str, default: list[str]) -> list[str]: ...


class Wanted(msgspec.Struct, frozen=True):
    """View, order and filters. `tags`: any of them; `others`: without any of the board's tags; `answer`: a kind, or
    "none" for what is unanswered."""

    view: str = "list"
    order: str = "newest"
    tags: tuple[str, ...] = ()
    others: bool = False
    show: str = ""
    answer: str = ""
    language: str = ""

    @classmethod
    def read(cls, asked: Query, campaign: CampaignRow) -> Wanted:
        """From an address; what the campaign does not allow just now, or nobody knows, is left out."""
        orders = orders_of(campaign)
        answers = {"none", *ANSWER_KINDS} if campaign.outcome_shown else set()
        tags = [tag for tag in asked.getall("tag", []) if tag]
        return cls(
            view="board" if asked.get("view", "") == "board" else "list",
            order=_one_of(orders, asked.get("order", "")) or orders[0],
            tags=tuple(dict.fromkeys(tags[:MOST_TAGS])),
            others=asked.get("others", "") == "1",
            show=_one_of(SHOWS, asked.get("show", "")),
            answer=_one_of(answers, asked.get("answer", "")),
            language=_one_of(LANGUAGES, asked.get("lang", "")),
        )

    @property
    def filters(self) -> int:
        """How many filters are set."""
        return len(self.tags) + sum(map(bool, (self.others, self.show, self.answer, self.language)))

    def query(self, **other: Any) -> str:
        """The address's query for this, with some of it otherwise. What is as usual stands in no address."""
        w = msgspec.structs.replace(self, **other)
        pairs = [
            ("view", "board" if w.view == "board" else ""),
            ("order", w.order),
            *(("tag", tag) for tag in w.tags),
            ("others", "1" if w.others else ""),
            ("show", w.show),
            ("answer", w.answer),
            ("lang", w.language),
        ]
        return "?" + urlencode([pair for pair in pairs if pair[1]])


def orders_of(campaign: CampaignRow) -> tuple[str, ...]:
    """The orders that a campaign allows just now, the usual one first. While people vote everybody has an order of her
    own, drawn by lot; and no order tells a count that is hidden."""
    if campaign.phase == "vote":
        return ("shuffled",)
    return ("newest", "discussed") if campaign.counts_hidden else ("newest", "supported", "discussed")


def _one_of(known: Any, name: str) -> str:
    return name if name in known else ""
