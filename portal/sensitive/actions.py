"""Changing what holds for a category: a new version, with who consented to it."""

from __future__ import annotations

from datetime import date

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import Changed
from portal.access.policy import Action, require
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.sensitive.queries import Editor


class NewDoor(msgspec.Struct, frozen=True):
    """A door as it is to be."""

    name_nl: str
    name_en: str
    contact: str
    outside: bool


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What is to hold for a category."""

    category: str
    name_nl: str
    name_en: str
    about_nl: str
    about_en: str
    words_nl: str
    words_en: str
    doors: list[NewDoor]
    screeners: list[int]
    reason: str
    consent_by: str
    consent_on: date


#: Of two who change the same at once, the second is told.
CHANGE = """
    INSERT INTO sensitive_rule (category, version, name_nl, name_en, about_nl, about_en, author, reason, consent_by,
        consent_on)
    SELECT x.category, {} + 1, {}, {}, {}, {}, {}, {}, {}, {} FROM (SELECT {}::text AS category) x
    WHERE {} = (SELECT coalesce(max(r.version), 0) FROM sensitive_rule r WHERE r.category = x.category)
    ON CONFLICT (category, version) DO NOTHING RETURNING id
"""
WORDS = "INSERT INTO sensitive_words (rule, words_nl, words_en) VALUES ({}, {}, {})"
DOOR = "INSERT INTO sensitive_door (rule, name_nl, name_en, contact, outside) VALUES ({}, {}, {}, {}, {})"
SCREENERS = "INSERT INTO screener (rule, person) SELECT {}, x FROM unnest({}::bigint[]) x"


async def change_rule(actor: Actor, editor: Editor, rule: Rule, *, read: int) -> None:
    """Another version; the one before stays to be read. `read`: the version that it was made from. Raises Changed."""
    require(actor, Action.SENSITIVE_EDIT, editor)
    async with transaction():
        texts = (rule.name_nl, rule.name_en, rule.about_nl, rule.about_en)
        consent = (rule.reason, rule.consent_by, rule.consent_on)
        made = await fetch_value(CHANGE, read, *texts, actor.id, *consent, rule.category, read)
        if made is None:
            raise Changed
        await execute(WORDS, made, rule.words_nl, rule.words_en)
        for door in rule.doors:
            await execute(DOOR, made, door.name_nl, door.name_en, door.contact, door.outside)
        await execute(SCREENERS, made, sorted(set(rule.screeners)))
        await record(
            Kind.SENSITIVE_SET, actor=actor.id, space=actor.organisation_space, category=rule.category, rule=made
        )
