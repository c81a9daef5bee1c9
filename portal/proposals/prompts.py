"""The prompt library: questions that get people going, in both languages."""

from __future__ import annotations

import msgspec


class Prompt(msgspec.Struct, frozen=True):
    """A question to ask, ready to be used."""

    key: str
    en: str
    nl: str

    def said(self, language: str) -> str:
        """In a language of ours."""
        return self.nl if language == "nl" else self.en


PROMPTS: tuple[Prompt, ...] = (
    Prompt(
        "tip",
        "What is the best specific tip you can give a colleague?",
        "Wat is de beste concrete tip die je een collega kunt geven?",
    ),
    Prompt(
        "first-month",
        "What do you know now that you wish you had known in your first month?",
        "Wat weet je nu dat je in je eerste maand had willen weten?",
    ),
    Prompt(
        "trick",
        "Which tool, trick or phone number saved your day this year?",
        "Welk gereedschap, handigheidje of telefoonnummer redde dit jaar je dag?",
    ),
    Prompt(
        "one-less",
        "Which form, meeting or report could go tomorrow without anybody missing it?",
        "Welk formulier, overleg of verslag kan morgen weg zonder dat iemand het mist?",
    ),
    Prompt(
        "twice",
        "What do you do twice that once would be enough for?",
        "Wat doe je twee keer terwijl één keer genoeg zou zijn?",
    ),
    Prompt(
        "near-miss",
        "What nearly went wrong lately, and what would have prevented it?",
        "Wat ging onlangs bijna mis, en wat had dat voorkomen?",
    ),
    Prompt(
        "waiting",
        "What do the people we work for wait for, and where does it lie in the meantime?",
        "Waarop wachten de mensen voor wie we werken, en waar ligt het intussen?",
    ),
    Prompt(
        "elsewhere",
        "What works well where you are, and could work elsewhere too?",
        "Wat gaat bij jullie goed dat ook ergens anders zou kunnen werken?",
    ),
    Prompt(
        "monday",
        "What would you change on Monday if you needed to ask nobody?",
        "Wat zou je maandag veranderen als je niemand iets hoefde te vragen?",
    ),
)


def prompt(key: str) -> Prompt | None:
    """The prompt with this key."""
    return next((one for one in PROMPTS if one.key == key), None)
