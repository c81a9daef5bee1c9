"""The rules of the house by their keys, as reports, decisions and receipts name them. The page says them in full."""

from __future__ import annotations

from typing import NamedTuple

from portal.text.language import lazy


class HouseRule(NamedTuple):
    """One rule: its number on the page, a short name, and its words."""

    number: int
    name: str
    words: str


#: By what the database keeps, in the order of the page.
HOUSE_RULES = {
    "persons": HouseRule(
        1, lazy("Named persons"), lazy("Write about the work, not about somebody who can be recognised.")
    ),
    "private life": HouseRule(
        2,
        lazy("Private life"),
        lazy("Nothing about somebody else’s health, faith, union membership, background or private life."),
    ),
    "assessments": HouseRule(
        3, lazy("Salary, assessment, conflict"), lazy("Nothing about one person’s salary, assessment or conflict.")
    ),
    "addresses": HouseRule(
        4, lazy("Private numbers and addresses"), lazy("No private numbers or addresses of other people.")
    ),
    "harassment": HouseRule(
        5, lazy("Harassment"), lazy("No harassment, discrimination, threats or insults, also when meant as a joke.")
    ),
    "integrity": HouseRule(
        6,
        lazy("Integrity and security"),
        lazy("Suspected breaches of integrity, security incidents and running inquiries belong at their own desk."),
    ),
    "confidential": HouseRule(
        7, lazy("Confidential"), lazy("Nothing confidential that not all readers of this place may know.")
    ),
    "advertising": HouseRule(
        8, lazy("Advertising"), lazy("No advertising or sales, unless the group was made for it.")
    ),
}
