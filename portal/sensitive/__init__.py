"""Sensitive content: by which words it is found, which doors there are for it, and who screens it (rule 15)."""

from typing import NamedTuple

from portal.text.language import lazy


class Category(NamedTuple):
    """What a category is called, and what belongs to it, as Plein brings it along."""

    name: str
    about: str


#: By what the database keeps, in the order of the page; the organisation writes names and words of its own.
CATEGORIES: dict[str, Category] = {
    "person": Category(lazy("A person with a name"), lazy("Somebody who can be recognised, and what she did or is.")),
    "health": Category(lazy("Health"), lazy("Illness, absence, pregnancy, addiction: of oneself or of somebody else.")),
    "union": Category(lazy("Union"), lazy("Who belongs to a union, or goes on strike.")),
    "religion": Category(lazy("Religion"), lazy("What somebody believes, or how she lives by it.")),
    "salary": Category(lazy("One person’s salary"), lazy("What one person earns, or how she was assessed.")),
    "harassment": Category(lazy("Harassment"), lazy("Bullying, threats, discrimination, unwanted advances.")),
    "integrity": Category(lazy("Integrity"), lazy("Fraud, bribes, conflicts of interest, misuse of power.")),
    "security": Category(lazy("Security incident"), lazy("Break-ins, leaks of data, weak spots in what we protect.")),
    "inquiry": Category(lazy("A running inquiry"), lazy("What is being looked into, and by whom.")),
}

#: How long somebody may appeal after something was diverted, and its text is kept sealed.
APPEAL_DAYS = 14
#: After so much working time what waits goes to the next screener.
SCREEN_MINUTES = 240
