"""Reading the queue of a space, its items, and receipts."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.of_people import ADDRESS, COMES_FROM, NAMED
from portal.access.scope import visible
from portal.attachments.queries import SHOWS
from portal.db import QueryString, Reading, fetch, fetch_one
from portal.ideas.cards import apart
from portal.ideas.queries import BESIDE
from portal.tables import ActionRequest, Appeal, Decision, ModerationItem, OrgUnit, Report, Space
from portal.text.decisions import done

LISTED = 50  # items in a view of the queue
VIEWS = {"open": ["open"], "appeals": ["appealed"], "decided": ["decided", "closed"]}


class Queue(msgspec.Struct, frozen=True):
    """A space that the actor moderates, with how many items wait for her there; `checks`: how many of the
    open ones others don't read before that; `requests`: to act on posts."""

    space: int
    space_public_id: str
    space_name: str
    space_language: str
    open: int
    checks: int
    appeals: int
    requests: int


QUEUES = """
    SELECT s.id AS space, s.public_id AS space_public_id, s.name AS space_name, s.language AS space_language,
        count(x.id) FILTER (WHERE x.state = 'open')::int AS open,
        count(x.id) FILTER (WHERE x.state = 'open' AND x.checks IS NOT NULL)::int AS checks,
        count(x.id) FILTER (WHERE x.state = 'appealed')::int AS appeals,
        (SELECT count(*) FROM action_request q JOIN idea i ON i.id = q.idea
            WHERE q.space = s.id AND q.outcome IS NULL AND {} AND {})::int AS requests
    FROM space s LEFT JOIN moderation_item x ON x.space = s.id AND x.state IN ('open', 'appealed') AND {}
    WHERE s.id = ANY({}) AND (s.archived_at IS NULL OR {}) AND {} GROUP BY s.id ORDER BY s.kind DESC, lower(s.name)
"""


async def queues(actor: Actor, space: int | None = None) -> list[Queue]:
    """The spaces in use that the actor moderates; or one of hers, also when it was archived."""
    spaces = [each for each in actor.moderates if space in (None, each)]
    asked = apart(actor), visible(ActionRequest, actor, "q")
    items, sight = visible(ModerationItem, actor, "x"), visible(Space, actor, "s")
    return await fetch(Queue, QUEUES, *asked, items, spaces, space is not None, sight)


class ItemRow(msgspec.Struct, frozen=True):
    """What is to be judged, as it reads now. `before`: the state to which it returns when it is put back; `reports`:
    how many there are; `checks`: why it is checked before others read it, by `due_at`, if it is; `writers`: who wrote
    it or along; `parties`: who reported it, decided about it so far, or was told; `deciders`: who decides its case;
    `held`: by somebody else, who is on it; `turn`: it is the actor's turn to check it."""

    id: int
    public_id: str
    kind: str
    post: bool
    space: int
    space_public_id: str
    space_name: str
    campaign: int | None
    idea: int | None
    comment: int | None
    attachment: int | None
    thing_public_id: str
    thing_state: str
    version: int
    before: str
    title: str
    body_html: str
    language: str
    written_at: datetime
    author: int
    author_public_id: str
    author_name: str
    author_guest: bool
    author_masked: bool
    author_unit: str
    state: str
    checks: str | None
    due_at: datetime | None
    turn: bool
    rule: str
    reports: int
    writers: list[int]
    parties: list[int]
    deciders: list[int]
    claimed_by: int | None
    claimed_until: datetime | None
    taken: str
    holder: str
    held: bool
    created_at: datetime

    @property
    def checked(self) -> bool:
        """Whether it waits to be checked, and nobody else has read it yet."""
        return self.checks is not None and self.thing_state == "hidden"


#: Who wrote what an item `x` is about, be it without her name, alone or along with somebody, or wrote it down; or in
#: whose name it stands.
WRITERS = "(SELECT plein_writers_of(x))"
#: Whoever had a part in an item `x`, be it without her name, decides no appeal.
PARTIES = "(SELECT plein_parties_of(x))"

#: Who decides the case of an idea or post, or of its lead, or any case in a campaign, or would while nobody owns it, or
#: answers for its topic: whoever does moderates nothing of it (rule 7 of escalation), but for what nobody read yet.
DECIDERS = """
    (WITH of_it AS MATERIALIZED (
        SELECT e.id, e.owner FROM escalation e WHERE e.ended_at IS NULL AND e.idea IN (
            SELECT coalesce(i.id, ki.id, fi.id)
            UNION ALL SELECT w.lead FROM cluster_item w
                WHERE w.idea = coalesce(i.id, ki.id, fi.id) AND w.left_at IS NULL
            UNION ALL SELECT w.id FROM idea w WHERE w.campaign = x.campaign))
    SELECT r.person FROM case_role r JOIN of_it e ON e.id = r.escalation
        WHERE r.role = 'owner' OR r.role IN ('deputy', 'neutral', 'chain') AND r.until IS NULL
    UNION SELECT w.person FROM plein_would_decide(ARRAY(
        SELECT o FROM of_it e JOIN escalation o ON o.id = e.id WHERE e.owner IS NULL)) w
    UNION SELECT unnest(ARRAY[t.owner, t.deputy]) FROM topic_rule t WHERE t.topic = i.topic AND x.checks IS NULL)
"""
#: What an item `x` is about; a file that was taken away leaves nothing but the item.
KIND = """
    CASE WHEN x.idea IS NOT NULL THEN 'idea' WHEN x.comment IS NOT NULL THEN 'comment'
        WHEN x.campaign IS NOT NULL THEN 'campaign' ELSE 'file' END
"""

ITEMS = f"""
    SELECT x.id, x.public_id, {KIND} AS kind,
        x.space, s.public_id AS space_public_id, s.name AS space_name, x.campaign, x.idea, x.comment, x.attachment,
        coalesce(k.public_id, i.public_id, f.public_id, c.public_id, '') AS thing_public_id,
        coalesce(i.kind <> 'idea', FALSE) AS post,
        coalesce(k.state, i.state, CASE WHEN f.state = 'held' OR c.hidden THEN 'hidden' END,
            CASE WHEN num_nonnulls(f.id, c.id) = 0 THEN 'removed' ELSE 'published' END) AS thing_state,
        coalesce(k.version, i.version, 1) AS version,
        coalesce((SELECT d.was FROM decision d WHERE d.item = x.id AND d.undone_at IS NULL AND d.was <> 'hidden'
            ORDER BY d.id DESC LIMIT 1), 'published') AS before,
        coalesce(i.title, ki.title, c.title, f.name, '') AS title,
        coalesce(k.body_html, i.body_html || {BESIDE}, c.brief_html, {SHOWS}, '') AS body_html,
        coalesce(k.language, i.language, c.language, s.language) AS language,
        coalesce(k.created_at, i.created_at, c.created_at, f.created_at, x.created_at) AS written_at,
        x.author, {ADDRESS.format("x.space")} AS author_public_id, coalesce(n.name, '') AS author_name,
        p.kind = 'guest' AS author_guest, p.kind = 'mask' AS author_masked,
        coalesce(CASE p.kind WHEN 'employee' THEN u.name
            WHEN 'guest' THEN {COMES_FROM.format("p.id", "x.space")} END, '') AS author_unit,
        x.state, x.checks, x.due_at, coalesce(x.assigned_to = {{}}, FALSE) AS turn,
        coalesce((SELECT r.rule FROM report r WHERE r.item = x.id ORDER BY r.id LIMIT 1), '') AS rule,
        (SELECT count(*) FROM report r WHERE r.item = x.id)::int AS reports,
        ARRAY{WRITERS} AS writers, ARRAY{PARTIES} AS parties, ARRAY{DECIDERS} AS deciders,
        x.claimed_by, x.claimed_until,
        coalesce((SELECT d.action FROM decision d WHERE d.item = x.id AND d.undone_at IS NULL
            AND d.action IN ('hide', 'send back', 'remove') ORDER BY d.id DESC LIMIT 1), '') AS taken,
        coalesce(h.name, '') AS holder,
        coalesce(x.claimed_by <> {{}} AND x.claimed_until > {{}}, FALSE) AS held, x.created_at
    FROM moderation_item x JOIN space s ON s.id = x.space
    LEFT JOIN idea i ON i.id = x.idea LEFT JOIN comment k ON k.id = x.comment LEFT JOIN idea ki ON ki.id = k.idea
    LEFT JOIN attachment f ON f.id = x.attachment LEFT JOIN idea fi ON fi.id = f.idea
    LEFT JOIN campaign c ON c.id = x.campaign
    LEFT JOIN campaign vc ON vc.id = coalesce(i.campaign, ki.campaign, fi.campaign)
    JOIN person p ON p.id = x.author {NAMED.format("n", "p.id", "x.space")}
    LEFT JOIN org_unit u ON u.id = p.org_unit AND {{}} AND plein_rank_blind(vc, {{}}) IS NOT TRUE
    LEFT JOIN identity h ON h.person = x.claimed_by WHERE {{}}
"""


def _seen(actor: Actor) -> tuple[int | datetime | QueryString, ...]:
    return (actor.id, actor.id, actor.now, visible(OrgUnit, actor, "u"), actor.now, visible(ModerationItem, actor, "x"))


LAST_DECIDED = "(SELECT max(d.id) FROM decision d WHERE d.item = x.id) DESC NULLS LAST, x.id DESC"


async def items(actor: Actor, space: int, view: str) -> list[ItemRow]:
    """A view of a space's queue: what has waited longest first; what was decided, the last decision first."""
    order = QueryString(LAST_DECIDED if view == "decided" else "x.id")
    return await fetch(
        ItemRow,
        ITEMS + " AND x.space = {} AND x.state = ANY({}) ORDER BY {} LIMIT {}",
        *_seen(actor),
        space,
        VIEWS[view],
        order,
        LISTED,
    )


async def get_item(actor: Actor, public_id: str) -> ItemRow | None:
    """An item of a space that the actor moderates, unless she wrote it. Guests moderate none."""
    if actor.guest:
        return None
    return await fetch_one(ItemRow, ITEMS + " AND x.public_id = {}", *_seen(actor), public_id)


class ReportRow(msgspec.Struct, frozen=True):
    """A report, with the text as it was then. Who made it is not told, not even to moderators. `beyond`: she called so
    much sensitive that day that it stays in sight."""

    rule: str
    words: str
    title: str
    body_html: str
    beyond: bool
    created_at: datetime


REPORTS = """
    SELECT r.rule, r.words, r.title, r.body_html, r.beyond, r.created_at FROM report r WHERE r.item = {} AND {}
    ORDER BY r.id LIMIT {}
"""


async def reports_on(actor: Actor, item: ItemRow) -> list[ReportRow]:
    """The reports on an item, the first one first."""
    return await fetch(ReportRow, REPORTS, item.id, visible(Report, actor, "r"), LISTED)


class DecisionRow(msgspec.Struct, frozen=True):
    """A decision as moderators read it, with its appeal. `last`: no later one stands on the same item."""

    id: int
    public_id: str
    item: int
    space: int
    person: int
    moderator: int
    moderator_name: str
    action: str
    rule: str
    words: str
    was: str
    created_at: datetime
    undone_at: datetime | None
    put_back_at: datetime | None
    paused_until: datetime | None
    last: bool
    appeal: int | None
    appeal_words: str
    appealed_at: datetime | None
    outcome: str | None
    reason: str
    appeal_decided_at: datetime | None
    appeal_decided_by: str
    item_public_id: str
    item_state: str
    kind: str
    title: str

    @property
    def done(self) -> str:
        """What was decided, in a word or two."""
        return done(self.action, self.was)


DECISIONS = f"""
    SELECT d.id, d.public_id, d.item, d.space, d.person, d.moderator, coalesce(n.name, '') AS moderator_name, d.action,
        d.rule, d.words, d.was, d.created_at, d.undone_at, d.put_back_at, w.until AS paused_until,
        NOT EXISTS (SELECT FROM decision l WHERE l.item = d.item AND l.id > d.id AND l.undone_at IS NULL) AS last,
        a.id AS appeal, coalesce(a.words, '') AS appeal_words, a.created_at AS appealed_at, a.outcome,
        coalesce(a.reason, '') AS reason, a.decided_at AS appeal_decided_at,
        coalesce(o.name, '') AS appeal_decided_by, x.public_id AS item_public_id,
        x.state AS item_state, {KIND} AS kind, d.title
    FROM decision d JOIN moderation_item x ON x.id = d.item LEFT JOIN identity n ON n.person = d.moderator
    LEFT JOIN appeal a ON a.decision = d.id AND {{}} LEFT JOIN identity o ON o.person = a.decided_by
    LEFT JOIN pause w ON w.decision = d.id
    WHERE {{}} AND {{}}
"""


def _decisions(actor: Actor, where: QueryString) -> Reading[DecisionRow]:
    return Reading(
        DecisionRow,
        DECISIONS + " ORDER BY d.id DESC LIMIT {}",
        visible(Appeal, actor, "a"),
        visible(Decision, actor, "d"),
        where,
        LISTED,
    )


def decisions_on(actor: Actor, item: ItemRow) -> Reading[DecisionRow]:
    """What was decided about an item, the last decision first."""
    return _decisions(actor, QueryString("d.item = {}", item.id))


async def appealed_decision(actor: Actor, item: ItemRow) -> DecisionRow | None:
    """What was decided about an item and is appealed against."""
    rows = await _decisions(actor, QueryString("d.item = {} AND a.id IS NOT NULL AND a.outcome IS NULL", item.id))
    return rows[0] if rows else None


async def get_decision(actor: Actor, public_id: str) -> DecisionRow | None:
    """A decision that the actor may read as a moderator."""
    rows = await _decisions(actor, QueryString("d.public_id = {} AND d.person <> ALL({})", public_id, actor.selves))
    return rows[0] if rows else None


EARLIER = "d.person = {} AND d.space = {} AND d.item <> {} AND d.undone_at IS NULL AND d.action <> 'allow'"


def earlier_decisions(actor: Actor, item: ItemRow) -> Reading[DecisionRow]:
    """What was decided about other things that the same person wrote in this space, and nowhere else."""
    return _decisions(actor, QueryString(EARLIER, item.author, item.space, item.id))


JUST_DECIDED = """
    d.moderator = {} AND d.space = {} AND d.undone_at IS NULL AND d.created_at > {}::timestamptz - interval '15 minutes'
"""


def just_decided(actor: Actor, space: int) -> Reading[DecisionRow]:
    """The actor's own decisions in a space within a quarter of an hour, the last one first."""
    return _decisions(actor, QueryString(JUST_DECIDED, actor.id, space, actor.now))


class ToCheck(msgspec.Struct, frozen=True):
    """How much of what guests wrote in a space waits for the actor, before others read it."""

    public_id: str
    name: str
    language: str
    items: int
    due_at: datetime


TO_CHECK = """
    SELECT s.public_id, s.name, s.language, count(*)::int AS items, min(m.due_at) AS due_at
    FROM moderation_item m JOIN space s ON s.id = m.space
    WHERE m.state = 'open' AND m.checks IS NOT NULL AND coalesce(m.assigned_to, {}) = {} AND {}
    GROUP BY s.id ORDER BY 5, s.id LIMIT 3
"""


def to_check(actor: Actor) -> Reading[ToCheck]:
    """Where something waits for her: what has to be looked at soonest comes first."""
    return Reading(ToCheck, TO_CHECK, actor.id, actor.id, visible(ModerationItem, actor, "m"))
