"""The form of what holds for a category."""

from __future__ import annotations

from typing import Any

import re2
import wtforms
from wtforms.validators import StopValidation

from portal.access.actor import Actor
from portal.colleagues.forms import ColleagueField, chosen_colleague
from portal.sensitive.actions import NewDoor, Rule
from portal.sensitive.matching import LONGEST_LIST, compiled, lines_of, unusable
from portal.sensitive.queries import Door, RuleRow
from portal.text.language import gettext
from portal.web.consent import ConsentedForm
from portal.web.forms import BooleanField, StringField, TextAreaField, at_most, lazy, required

DOORS = (1, 2, 3)
SCREENERS = (1, 2, 3)
TEXTS = ("name_nl", "name_en", "about_nl", "about_en", "words_nl", "words_en")


def findable(form: wtforms.Form, field: wtforms.Field) -> None:
    """Every line finds something, and not everything."""
    poor = [line for line in lines_of(field.data or "") if unusable(line)]
    if poor:
        raise StopValidation(
            gettext("These lines find nothing, or everything: %(lines)s. Give two letters or four digits at least.")
            % {"lines": ", ".join(poor[:5])}
        )
    try:
        compiled(field.data or "")
    except re2.error:
        raise StopValidation(gettext("This list is too long to be looked for at once.")) from None


class RuleForm(ConsentedForm):
    """Names, words, doors, and who screens."""

    name_nl = StringField(lazy("Name, in Dutch"), [required(lazy("Give it a name.")), at_most(60)])
    name_en = StringField(lazy("Name, in English"), [required(lazy("Give it a name.")), at_most(60)])
    about_nl = TextAreaField(lazy("What belongs to it, in Dutch"), [at_most(300)])
    about_en = TextAreaField(lazy("What belongs to it, in English"), [at_most(300)])
    words_nl = TextAreaField(lazy("Words and patterns, in Dutch"), [at_most(LONGEST_LIST), findable])
    words_en = TextAreaField(lazy("Words and patterns, in English"), [at_most(LONGEST_LIST), findable])
    door1_nl = StringField(lazy("Door 1, in Dutch"), [at_most(80)])
    door1_en = StringField(lazy("Door 1, in English"), [at_most(80)])
    door1_contact = StringField(lazy("Link, mail address or phone number"), [at_most(200)])
    door1_outside = BooleanField(lazy("It is outside the organisation"))
    door2_nl = StringField(lazy("Door 2, in Dutch"), [at_most(80)])
    door2_en = StringField(lazy("Door 2, in English"), [at_most(80)])
    door2_contact = StringField(lazy("Link, mail address or phone number"), [at_most(200)])
    door2_outside = BooleanField(lazy("It is outside the organisation"))
    door3_nl = StringField(lazy("Door 3, in Dutch"), [at_most(80)])
    door3_en = StringField(lazy("Door 3, in English"), [at_most(80)])
    door3_contact = StringField(lazy("Link, mail address or phone number"), [at_most(200)])
    door3_outside = BooleanField(lazy("It is outside the organisation"))
    screener1 = ColleagueField(lazy("Who screens"), [required(lazy("Name who screens it."))])
    screener2 = ColleagueField(lazy("Who screens, too"))
    screener3 = ColleagueField(lazy("Who screens, as a third"))

    @classmethod
    def of(cls, rule: RuleRow, doors: list[Door]) -> RuleForm:
        """As it holds today; why it changes, and who consents to that, is still to be said."""
        kept: dict[str, Any] = {name: getattr(rule, name) for name in TEXTS}
        for n, door in zip(DOORS, doors, strict=False):
            kept |= {f"door{n}_nl": door.name_nl, f"door{n}_en": door.name_en}
            kept |= {f"door{n}_contact": door.contact, f"door{n}_outside": door.outside}
        kept |= {f"screener{n}": name for n, name in zip(SCREENERS, rule.screeners, strict=False)}
        return cls(**kept, read=rule.version)

    def doors(self) -> list[NewDoor]:
        """Those that are named; errors stand at their fields where half of one is missing, or none is outside."""
        named = []
        for n in DOORS:
            dutch, english, contact = (self[f"door{n}_{part}"].data or "" for part in ("nl", "en", "contact"))
            if not dutch and not english and not contact:
                continue
            for part, said in (("nl", dutch), ("en", english), ("contact", contact)):
                if not said:
                    self.refuse(f"door{n}_{part}", gettext("A door has a name in both languages, and where it leads."))
            named.append(NewDoor(dutch, english, contact, bool(self[f"door{n}_outside"].data)))
        if not any(door.outside for door in named):
            self.refuse("door1_nl", gettext("Offer one door at least that is outside the organisation."))
        return named

    async def rule(self, actor: Actor, category: str) -> Rule | None:
        """What it says, once all of it can be carried out; else the errors stand at their fields."""
        consent = self.consent(actor.now.date())
        doors = self.doors()
        people = [await chosen_colleague(actor, self, f"screener{n}") for n in SCREENERS]
        if consent is None or not self.complete:
            return None
        texts: dict[str, Any] = {name: self[name].data or "" for name in TEXTS}
        screeners = [one.id for one in people if one]
        return Rule(category=category, doors=doors, screeners=screeners, **texts, **consent)
