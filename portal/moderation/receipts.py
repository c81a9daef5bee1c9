"""What people are told of moderation: receipts, and what mail about it says."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from portal.access.actor import Actor
from portal.access.phases import WHILE_EDITING
from portal.access.scope import visible
from portal.db import QueryString, fetch, fetch_one, fetch_value
from portal.moderation import APPEAL_DAYS
from portal.moderation.queries import KIND, LISTED, PARTIES, WRITERS
from portal.tables import Attachment, Campaign, Comment, Decision, Idea, Space
from portal.text.decisions import told


class Receipt(msgspec.Struct, frozen=True):
    """A decision as the person it is about reads it: not who decided, nor who reported. `reports`: of other people than
    who decided; `judges`: how many moderators of the space could decide an appeal; `body`: the text as it was typed."""

    id: int
    public_id: str
    item: int
    item_state: str
    space: int
    space_name: str
    person: int
    action: str
    rule: str
    words: str
    title: str
    body_html: str
    created_at: datetime
    undone_at: datetime | None
    put_back_at: datetime | None
    paused_until: datetime | None
    last: bool
    reports: int
    judges: int
    appeal_words: str
    appealed_at: datetime | None
    outcome: str | None
    reason: str
    appeal_decided_at: datetime | None
    kind: str
    campaign: int | None
    idea: int | None
    comment: int | None
    attachment: int | None
    thing_public_id: str
    thing_state: str
    before: str
    phase: str
    body: str
    language: str

    @property
    def appeal_until(self) -> datetime:
        """When the time for an appeal ends."""
        return self.created_at + timedelta(days=APPEAL_DAYS)

    @property
    def frozen(self) -> bool:
        """Whether it is an idea whose text was settled."""
        return bool(self.phase) and self.phase not in WHILE_EDITING

    @property
    def reversed(self) -> bool:
        """Whether it does not hold any more."""
        return self.undone_at is not None or self.outcome == "granted"

    @property
    def gone(self) -> bool:
        """Whether it is a file that was taken away since: nothing is left to decide."""
        return self.kind == "file" and self.attachment is None

    @property
    def heading(self) -> str:
        """What happened, in a sentence to the author."""
        return str(told("reversed" if self.reversed else "put back" if self.put_back_at else self.action, self.kind))


RECEIPTS = f"""
    SELECT d.id, d.public_id, d.item, x.state AS item_state, d.space, coalesce(s.name, '') AS space_name, d.person,
        d.action, d.rule, d.words, d.title, d.body_html, d.created_at, d.undone_at, d.put_back_at,
        w.until AS paused_until,
        NOT EXISTS (SELECT FROM decision l WHERE l.item = d.item AND l.id > d.id AND l.undone_at IS NULL) AS last,
        (SELECT count(*) FROM report r WHERE r.item = d.item AND r.reporter <> d.moderator)::int AS reports,
        (SELECT count(DISTINCT m.person) FROM membership m
            JOIN person p ON p.id = m.person AND p.active AND p.kind = 'employee'
            WHERE m.space = d.space AND m.role IN ('moderator', 'owner')
            AND m.person NOT IN {WRITERS}
            AND m.person NOT IN {PARTIES})::int AS judges,
        coalesce(a.words, '') AS appeal_words, a.created_at AS appealed_at, a.outcome,
        coalesce(a.reason, '') AS reason, a.decided_at AS appeal_decided_at,
        {KIND} AS kind, x.campaign, x.idea, x.comment, x.attachment,
        coalesce(k.public_id, i.public_id, f.public_id, c.public_id, '') AS thing_public_id,
        coalesce(k.state, i.state, CASE WHEN c.hidden THEN 'hidden' END, 'published') AS thing_state,
        coalesce((SELECT b.was FROM decision b WHERE b.item = x.id AND b.undone_at IS NULL AND b.was <> 'hidden'
            ORDER BY b.id DESC LIMIT 1), 'published') AS before,
        coalesce((SELECT plein_phase(f, plein_now()) FROM campaign f WHERE f.id = i.campaign), '') AS phase,
        coalesce(k.body, i.body, '') AS body, coalesce(k.language, i.language, c.language, '') AS language
    FROM decision d JOIN moderation_item x ON x.id = d.item LEFT JOIN space s ON s.id = d.space AND {{}}
    LEFT JOIN idea i ON i.id = x.idea AND {{}} LEFT JOIN comment k ON k.id = x.comment AND {{}}
    LEFT JOIN campaign c ON c.id = x.campaign AND {{}} LEFT JOIN attachment f ON f.id = x.attachment AND {{}}
    LEFT JOIN appeal a ON a.decision = d.id LEFT JOIN pause w ON w.decision = d.id
    WHERE {{}}
"""


def _told(actor: Actor) -> tuple[QueryString, ...]:
    return (
        visible(Space, actor, "s"),
        visible(Idea, actor, "i"),
        visible(Comment, actor, "k"),
        visible(Campaign, actor, "c"),
        visible(Attachment, actor, "f"),
        visible(Decision, actor, "d"),
    )


async def receipts(actor: Actor) -> list[Receipt]:
    """What moderators decided about the actor's own words, newest first."""
    return await fetch(
        Receipt, RECEIPTS + " AND d.person = ANY({}) ORDER BY d.id DESC LIMIT {}", *_told(actor), actor.selves, LISTED
    )


LATELY = """
    SELECT d.id FROM decision d LEFT JOIN appeal a ON a.decision = d.id
    WHERE d.person = ANY({}) AND d.undone_at IS NULL AND d.put_back_at IS NULL AND {}
        AND (a.decision IS NULL OR a.decided_at IS NOT NULL)
        AND (d.action = 'send back' OR coalesce(a.decided_at, d.created_at) > coalesce(d.read_at, '-infinity'))
        AND coalesce(a.decided_at, d.created_at) > {}::timestamptz - interval '7 days' LIMIT 1
"""


async def receipts_lately(actor: Actor) -> bool:
    """Whether something was decided about the actor's words within a week, about which she has to do something or which
    she has not read yet; for who gets no mail."""
    return await fetch_value(LATELY, actor.selves, visible(Decision, actor, "d"), actor.now) is not None


async def get_receipt(actor: Actor, public_id: str) -> Receipt | None:
    """A decision that the actor sees; hers to read as a receipt only where it is about her."""
    return await fetch_one(Receipt, RECEIPTS + " AND d.public_id = {}", *_told(actor), public_id)


class OfMail(msgspec.Struct, frozen=True):
    """What an event of moderation is about, for the mail that tells of it."""

    decision: str
    space: int
    space_public_id: str
    space_name: str


OF_EVENT = """
    SELECT coalesce(e.particulars ->> 'decision', '') AS decision, e.space, h.public_id AS space_public_id,
        coalesce(s.name, '') AS space_name
    FROM event e JOIN space h ON h.id = e.space LEFT JOIN space s ON s.id = e.space AND {} WHERE e.id = {}
"""


async def of_event(actor: Actor, event: int) -> OfMail | None:
    """The name of the space only where its reader may know it."""
    return await fetch_one(OfMail, OF_EVENT, visible(Space, actor, "s"), event)


class Shown(msgspec.Struct, frozen=True):
    """What a moderator let through, for the mail to its author."""

    title: str
    space: str
    path: str


SHOWN_BY = """
    SELECT coalesce(i.title, ki.title, f.name) AS title, s.name AS space, CASE WHEN k.id IS NOT NULL
        THEN '/comments/' || k.public_id ELSE '/ideas/' || coalesce(i.public_id, fi.public_id) END AS path
    FROM event e JOIN moderation_item x ON x.public_id = e.particulars ->> 'item' JOIN space s ON s.id = x.space AND {}
    LEFT JOIN idea i ON i.id = x.idea AND i.state = 'published' AND {}
    LEFT JOIN comment k ON k.id = x.comment AND k.state = 'published' AND {} LEFT JOIN idea ki ON ki.id = k.idea
    LEFT JOIN attachment f ON f.id = x.attachment AND f.state = 'shown' AND {} LEFT JOIN idea fi ON fi.id = f.idea
    WHERE e.id = {} AND num_nonnulls(i.id, k.id, f.id) = 1
"""


async def shown_by(actor: Actor, event: int) -> Shown | None:
    """What a decision let through, if it is still shown."""
    return await fetch_one(
        Shown,
        SHOWN_BY,
        visible(Space, actor, "s"),
        visible(Idea, actor, "i"),
        visible(Comment, actor, "k"),
        visible(Attachment, actor, "f"),
        event,
    )
