"""Reading the rules: what belongs to a category, by which words it is found, where one can go, and who screens."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import fetch, fetch_value
from portal.sensitive import CATEGORIES
from portal.tables import Screener, SensitiveDoor, SensitiveRule, SensitiveWords
from portal.text.counts import unless_few


class Door(msgspec.Struct, frozen=True):
    """Where one can go with something of a category."""

    id: int
    category: str
    name_nl: str
    name_en: str
    contact: str
    outside: bool
    name: str

    @property
    def address(self) -> str:
        """Where it leads; nothing for what is neither a page, nor a mail address, nor a phone number."""
        words = self.contact.strip()
        if words.startswith(("https://", "http://")):
            return words
        if "@" in words and " " not in words:
            return f"mailto:{words}"
        digits = "".join(c for c in words if c in "+0123456789")
        return f"tel:{digits}" if len(digits) > 2 and not any(c.isalpha() for c in words) else ""


NEWEST = "r.version = (SELECT max(n.version) FROM sensitive_rule n WHERE n.category = r.category)"
DOORS = f"""
    SELECT d.id, r.category, d.name_nl, d.name_en, d.contact, d.outside,
        CASE {{}} WHEN 'nl' THEN d.name_nl ELSE d.name_en END AS name
    FROM sensitive_door d JOIN sensitive_rule r ON r.id = d.rule AND {NEWEST} WHERE {{}} ORDER BY d.id
"""


async def doors(actor: Actor) -> list[Door]:
    """Every door there is now."""
    return await fetch(Door, DOORS, actor.language, visible(SensitiveDoor, actor, "d"))


class RuleRow(msgspec.Struct, frozen=True):
    """A version of what holds for a category."""

    category: str
    version: int
    name_nl: str
    name_en: str
    about_nl: str
    about_en: str
    reason: str
    consent_by: str
    consent_on: date
    author_name: str
    created_at: datetime
    newest: bool
    words_nl: str
    words_en: str
    screeners: list[str]


RULES = f"""
    SELECT r.category, r.version, r.name_nl, r.name_en, r.about_nl, r.about_en, r.reason, r.consent_by, r.consent_on,
        coalesce(n.name, '') AS author_name, r.created_at, {NEWEST} AS newest, coalesce(w.words_nl, '') AS words_nl,
        coalesce(w.words_en, '') AS words_en,
        ARRAY(SELECT coalesce(sn.name, '') FROM screener x LEFT JOIN identity sn ON sn.person = x.person
            WHERE x.rule = r.id AND {{}} ORDER BY x.id) AS screeners
    FROM sensitive_rule r LEFT JOIN sensitive_words w ON w.rule = r.id AND {{}}
    LEFT JOIN identity n ON n.person = r.author WHERE {{}} ORDER BY r.id DESC LIMIT 200
"""


async def rules(actor: Actor) -> list[RuleRow]:
    """Every version of every rule, the newest first; words and screeners for administrators only."""
    seen = visible(Screener, actor, "x"), visible(SensitiveWords, actor, "w"), visible(SensitiveRule, actor, "r")
    return await fetch(RuleRow, RULES, *seen)


class Shown(msgspec.Struct, frozen=True):
    """A category as it is offered: its name and explanation in the reader's language, and its doors."""

    key: str
    name: str
    about: str
    doors: list[Door]


async def categories(actor: Actor) -> list[Shown]:
    """All of them, in their order."""
    held = {row.category: row for row in await rules(actor) if row.newest}
    every = await doors(actor)
    dutch = actor.language == "nl"
    shown = []
    for key, brought in CATEGORIES.items():
        row = held.get(key)
        name = (row.name_nl if dutch else row.name_en) if row else str(brought.name)
        about = (row.about_nl if dutch else row.about_en) if row else str(brought.about)
        shown.append(Shown(key, name, about, [door for door in every if door.category == key]))
    return shown


class Editor(msgspec.Struct, frozen=True):
    """Whether somebody answers for any topic: then she writes no word list."""

    answers_for_a_topic: bool


async def editor(actor: Actor) -> Editor:  # access: about the actor herself
    """The actor, as the rule about word lists looks at her."""
    return Editor(bool(await fetch_value("SELECT plein_answers_for_any({})", actor.id)))


DIVERTED = """
    SELECT count(*) FILTER (WHERE s.outcome = 'diverted') - count(*) FILTER (WHERE s.outcome = 'restored')
    FROM sealed_record s, organisation o
    WHERE s.created_at >= (date_trunc('quarter', {}::timestamptz AT TIME ZONE o.zone) - interval '3 months')
            AT TIME ZONE o.zone
        AND s.created_at < date_trunc('quarter', {}::timestamptz AT TIME ZONE o.zone) AT TIME ZONE o.zone
"""


async def diverted_last_quarter(actor: Actor) -> int | None:  # access: a number for everybody, and none under five
    """How many things were diverted in the quarter before this one; None for so few that it would tell of them, and for
    guests, who reach no such row."""
    if actor.guest:
        return None
    return unless_few(max(0, int(await fetch_value(DIVERTED, actor.now, actor.now) or 0)))
