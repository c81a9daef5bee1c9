"""Reading what is screened, what was diverted, and its appeals."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from portal.access.actor import Actor
from portal.access.phases import WHILE_EDITING
from portal.access.scope import visible
from portal.db import QueryString, Reading, fetch, fetch_one
from portal.ideas.cards import address_of
from portal.sensitive import APPEAL_DAYS
from portal.tables import Screening, SealedText, SensitiveDoor

LISTED = 100


class ScreeningRow(msgspec.Struct, frozen=True):
    """Something that waits to be screened, or was. `text` stands there while it waits, and, sealed, until an appeal is
    over; `screens`: the actor may decide; `turn`: she is called to. `answering`: it was published, and an answer
    is owed or given to it, so that it stays; `phase`: that of its campaign; `kept`: nothing sensitive was found, and
    it is its author's draft all the same, since it can't be posted without her name any more."""

    id: int
    public_id: str
    space: int
    space_name: str
    idea: int | None
    comment: int | None
    kind: str
    thing_public_id: str
    person: int
    category: str | None
    found: str
    was: str
    state: str
    due_at: datetime
    decided_at: datetime | None
    words: str
    door_name: str
    door_contact: str
    appeal_words: str
    appealed_at: datetime | None
    appeal_to: int | None
    outcome: str | None
    outcome_words: str
    outcome_at: datetime | None
    created_at: datetime
    title: str
    body: str
    language: str
    version: int
    phase: str
    answering: bool
    kept: bool
    screens: bool
    turn: bool

    @property
    def appeal_until(self) -> datetime | None:
        """Until when its author may appeal."""
        return self.decided_at + timedelta(days=APPEAL_DAYS) if self.decided_at else None

    @property
    def editable(self) -> bool:
        """Whether its author may change it meanwhile: what was read by others stands still with its campaign."""
        if self.comment:
            return self.found == "words"
        return self.was == "draft" or (self.phase in WHILE_EDITING and not self.answering)

    @property
    def address(self) -> str:
        """Where the thing is, for its author while it waits, and for its readers once it is published."""
        return f"/comments/{self.thing_public_id}" if self.comment else address_of(self.kind, self.thing_public_id)


# The text of what waits is read through the screening alone: nobody else sees it anywhere.
ROWS = """
    SELECT x.id, x.public_id, x.space, s.name AS space_name, x.idea, x.comment,
        CASE WHEN x.comment IS NOT NULL THEN 'comment' ELSE coalesce(i.kind, 'idea') END AS kind,
        coalesce(k.public_id, i.public_id, '') AS thing_public_id, x.person, x.category, x.found, x.was, x.state,
        x.due_at, x.decided_at, x.words,
        coalesce(CASE {} WHEN 'nl' THEN d.name_nl ELSE d.name_en END, '') AS door_name,
        coalesce(d.contact, '') AS door_contact, x.appeal_words, x.appealed_at, x.appeal_to, x.outcome,
        x.outcome_words, x.outcome_at, x.created_at,
        CASE WHEN x.state = 'open' AND k.id IS NULL THEN coalesce(i.title, '') ELSE coalesce(t.title, '') END AS title,
        CASE WHEN x.state = 'open' THEN coalesce(k.body, i.body, '') ELSE coalesce(t.body, '') END AS body,
        coalesce(k.language, i.language, s.language) AS language, coalesce(k.version, i.version, 1) AS version,
        coalesce(plein_phase(c, {}), '') AS phase,
        x.was = 'published' AND (EXISTS (SELECT FROM answer a WHERE a.idea = x.idea)
            OR EXISTS (SELECT FROM escalation e WHERE e.idea = x.idea AND e.ended_at IS NULL)) AS answering,
        coalesce(i.state = 'draft' AND i.published_at IS NULL
            AND (x.state = 'published' OR x.outcome = 'granted'), FALSE) AS kept,
        {} AS screens,
        coalesce(x.assigned_to = {}, FALSE) AS turn
    FROM screening x JOIN space s ON s.id = x.space LEFT JOIN idea i ON i.id = x.idea
    LEFT JOIN campaign c ON c.id = i.campaign
    LEFT JOIN comment k ON k.id = x.comment LEFT JOIN sensitive_door d ON d.id = x.door AND {}
    LEFT JOIN sealed_text t ON t.screening = x.id AND {} WHERE {}
"""
SCREENS = "x.state = 'open' AND {} IN (SELECT plein_screeners_of(x))"


async def get_screening(actor: Actor, public_id: str) -> ScreeningRow | None:
    """What the actor wrote, screens, screened, or is to decide an appeal about."""
    return await fetch_one(ScreeningRow, ROWS + " AND x.public_id = {}", *_seen(actor), public_id)


MINE = """
    AND x.person <> {} AND (x.state = 'open' OR x.appeal_to = {} AND x.outcome IS NULL)
    ORDER BY x.due_at, x.id LIMIT {}
"""


async def to_screen(actor: Actor) -> list[ScreeningRow]:
    """What waits for the actor to screen it, or to decide an appeal; what is due first comes first."""
    return await fetch(ScreeningRow, ROWS + MINE, *_seen(actor), actor.id, actor.id, LISTED)


def _seen(actor: Actor) -> list[object]:
    """What ROWS asks for. No guest screens anything, and the second wall lets her ask nothing about topics."""
    screens = QueryString("FALSE") if actor.guest else QueryString(SCREENS, actor.id)
    doors, texts = visible(SensitiveDoor, actor, "d"), visible(SealedText, actor, "t")
    return [actor.language, actor.now, screens, actor.id, doors, texts, visible(Screening, actor, "x")]


class ToScreen(msgspec.Struct, frozen=True):
    """Something sensitive that it is the actor's turn to look at, or an appeal that she decides."""

    public_id: str
    due_at: datetime
    appeal: bool


FIRST_OF_HERS = """
    SELECT y.public_id, y.due_at, y.appealed_at IS NOT NULL AS appeal FROM screening y
    WHERE (y.state = 'open' AND y.assigned_to = {} OR y.appeal_to = {} AND y.outcome IS NULL) AND {}
    ORDER BY y.due_at, y.id LIMIT 3
"""


def screenings_of(actor: Actor) -> Reading[ToScreen]:
    """What waits for her, due first."""
    return Reading(ToScreen, FIRST_OF_HERS, actor.id, actor.id, visible(Screening, actor, "y"))
