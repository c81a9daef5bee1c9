"""Reading a thread. Pages by keyset: the last page of 20,000 comments costs what the first one does."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

import msgspec

from portal.access.actor import Actor
from portal.access.of_people import ADDRESS, COMES_FROM, KNOWN_THERE, NAMED
from portal.access.scope import visible
from portal.access.sight_of_content import HIDES, comment_place, comment_words
from portal.db import QueryString, fetch, fetch_one, fetch_value
from portal.ideas.cards import address_of
from portal.ideas.queries import CHECKED_BY, IdeaRow
from portal.paging import Cursor, Page, paged
from portal.tables import Comment, CommentVersion, OrgUnit, Reaction
from portal.text.rules import HOUSE_RULES, HouseRule

PAGE = 20  # roots a page
SHOWN_REPLIES = 3  # under each root, before one asks for the rest
MOST_REPLIES = 200  # a page, when one asks


#: What is left out of a comment that keeps its place, and no more.
NOT_SEEN: dict[str, Any] = {
    **dict.fromkeys(("author_public_id", "author_name", "author_unit", "body", "body_html", "screening"), ""),
    **dict.fromkeys(("author_guest", "wrote_idea", "changed"), False),
    **dict.fromkeys(("author", "version"), 0),
    **dict.fromkeys(("mine", "mentions"), ()),
    **dict.fromkeys(("edited_at", "checked_by")),
    "kind": "comment",
    "state": "hidden",
}


class CommentRow(msgspec.Struct, frozen=True):
    """A comment with what the policy needs to know; `phase` is the idea's campaign's. `helpful` to `question`: how many
    reacted so; `mine`: the kinds of the actor's own reactions; `mentions`: public ids, each followed by a name;
    `taken`: what a moderator did with it, by which `rule`; `screening`: where it waits to be screened. Of one that is
    not `seen` only its place is there."""

    id: int
    public_id: str
    idea_public_id: str
    item_kind: str
    root: int | None
    kind: str
    space: int
    author: int
    author_public_id: str
    author_name: str
    author_guest: bool
    author_unit: str
    wrote_idea: bool
    state: str
    body: str
    body_html: str
    language: str
    replies: int
    version: int
    changed: bool
    helpful: int
    agree: int
    thanks: int
    question: int
    mine: tuple[str, ...]
    mentions: tuple[str, ...]
    created_at: datetime
    edited_at: datetime | None
    phase: str
    idea_state: str
    checked_by: datetime | None
    taken: str
    rule: str
    screening: str
    seen: bool

    def __post_init__(self) -> None:
        for name in ("mine", "mentions"):  # parts of pages are found by the values of rows, which a list would forbid
            msgspec.structs.force_setattr(self, name, tuple(getattr(self, name)))
        for name, nothing in () if self.seen else NOT_SEEN.items():
            msgspec.structs.force_setattr(self, name, nothing)

    @property
    def house_rule(self) -> HouseRule:
        """By which a moderator took it away."""
        return HOUSE_RULES[self.rule]

    @property
    def gone(self) -> bool:
        """Whether only its place is left, be it that its author took it away."""
        return self.state == "removed" or not self.seen

    @property
    def item_address(self) -> str:
        """Where the idea or post is under which it stands."""
        return address_of(self.item_kind, self.idea_public_id)


class Root(msgspec.Struct, frozen=True):
    """A comment with the replies that are shown under it; `more_replies` more are there."""

    comment: CommentRow
    replies: list[CommentRow]
    more_replies: int


# Of those who are mentioned, the names that its readers read; a colleague who can't read there any more has none.
COLUMNS = (
    """
    k.id, k.public_id, i.public_id AS idea_public_id, i.kind AS item_kind, k.root, k.kind, k.space, k.author,
    """
    + ADDRESS.format("k.space")
    + """ AS author_public_id,
    coalesce(n.name, '') AS author_name, p.kind = 'guest' AS author_guest,
    coalesce(CASE p.kind WHEN 'employee' THEN u.name WHEN 'guest' THEN """
    + COMES_FROM.format("p.id", "k.space")
    + """ END, '') AS author_unit,
    k.author = i.author AS wrote_idea,
    k.state, k.body, k.body_html, k.language, k.replies, k.version,
    EXISTS (SELECT FROM comment_version e WHERE e.comment = k.id) AS changed, k.helpful, k.agree, k.thanks, k.question,
    ARRAY(SELECT x.kind FROM reaction x WHERE x.comment = k.id AND {} ORDER BY 1) AS mine,
    ARRAY(SELECT mp.public_id || coalesce(mn.name, '') FROM mention m JOIN person mp ON mp.id = m.person
        """
    + NAMED.format("mn", "mp.id", "k.space")
    + """ WHERE m.comment = k.id AND ("""
    + KNOWN_THERE
    + """) ORDER BY 1) AS mentions,
    k.created_at, k.edited_at, plein_phase(c, {}) AS phase, i.state AS idea_state,
    """
    + CHECKED_BY.format("k", "comment")
    + """ AS checked_by,
    coalesce(taken.action, '') AS taken, coalesce(taken.rule, '') AS rule,
    CASE k.state WHEN 'draft' THEN coalesce((SELECT w.public_id FROM screening w
        WHERE w.comment = k.id AND w.state = 'open'), '') ELSE '' END AS screening, {} AS seen
"""
)
IDEA = "JOIN idea i ON i.id = k.idea"
JOINS = (
    """
    JOIN campaign c ON c.id = i.campaign
    JOIN person p ON p.id = k.author """
    + NAMED.format("n", "p.id", "k.space")
    + f"""
    LEFT JOIN org_unit u ON u.id = p.org_unit AND {{}}
    LEFT JOIN LATERAL (SELECT d.action, d.rule FROM decision d JOIN moderation_item x ON x.id = d.item
        WHERE k.state = 'hidden' AND x.comment = k.id AND {HIDES} ORDER BY d.id DESC LIMIT 1) taken ON TRUE
"""
)


def _shown(actor: Actor) -> tuple[Any, ...]:
    """What COLUMNS and JOINS ask for."""
    return visible(Reaction, actor, "x"), actor.now, comment_words(actor, "k"), _unit(actor)


def _there(seen: QueryString, place: QueryString) -> QueryString:
    """What a thread shows: what the actor reads, and where something stood."""
    return QueryString("({} OR {})", seen, place)


class Order(NamedTuple):
    """How roots can be ordered, in SQL: what a page begins `after` or `from_`, `by` what, and in the end, by `top`."""

    after: str
    from_: str
    by: str
    top: str


#: Each order has an index that begins with the idea.
ORDERS = {
    "helpful": Order(
        "(-r.helpful, r.id) > (-{}::integer, {})",
        "(-r.helpful, r.id) >= (-{}::integer, {})",
        "-r.helpful, r.id",
        "-shown.helpful, shown.top",
    ),
    "newest": Order("r.id < {}", "r.id <= {}", "r.id DESC", "shown.top DESC"),
    "oldest": Order("r.id > {}", "r.id >= {}", "r.id", "shown.top"),
}


class Place(msgspec.Struct, frozen=True):
    """Where a page begins: with a root (`included`), or after it. It holds how helpful the root was, so that reactions
    that come in meanwhile neither repeat nor skip anything."""

    root: int
    helpful: int
    included: bool

    def where(self, order: str) -> QueryString:
        """As a condition."""
        place = ORDERS[order].from_ if self.included else ORDERS[order].after
        return QueryString(place, *((self.helpful, self.root) if order == "helpful" else (self.root,)))


PLACE = """
    SELECT k.id AS root, coalesce({}::integer, k.helpful) AS helpful, {}::boolean AS included
    FROM comment k WHERE k.public_id = {} AND k.idea = {} AND k.root IS NULL AND {}
"""


async def place_of(
    actor: Actor, idea: IdeaRow, public_id: str, helpful: int | None = None, *, included: bool = False
) -> Place | None:
    """Where a root stands in a thread, as helpful as it is, or was; None where the actor finds no such root there."""
    sight = _there(visible(Comment, actor, "k"), comment_place(actor, "k"))
    return await fetch_one(Place, PLACE, helpful, included, public_id, idea.id, sight)


# The idea is looked up once, and not for each comment: one that many vote for has hundreds of versions to look through.
# It is not joined by the comments' own idea: PostgreSQL would take that for the way to them, and read the whole thread.
THREAD = f"""
    WITH item AS MATERIALIZED (
        SELECT i.id, i.public_id, i.kind, i.author, i.state, i.campaign FROM idea i WHERE i.id = {{}}
    ), roots AS (
        SELECT r.id, r.helpful FROM comment r WHERE r.idea = {{}} AND r.root IS NULL AND {{}} AND {{}}
        ORDER BY {{}} LIMIT {{}}
    ), shown AS (
        SELECT r.id, r.id AS top, r.helpful FROM roots r
        UNION ALL
        SELECT x.id, r.id, r.helpful FROM roots r CROSS JOIN LATERAL (
            SELECT y.id FROM comment y WHERE y.root = r.id AND {{}} ORDER BY y.id LIMIT {{}}) x
    )
    SELECT {COLUMNS} FROM shown JOIN comment k ON k.id = shown.id CROSS JOIN item i {JOINS}
    ORDER BY {{}}, k.id
"""


def _unit(actor: Actor) -> QueryString:
    """Whether a writer's unit `u` is shown: not while the campaign `c` is rank-blind."""
    return QueryString("{} AND NOT plein_rank_blind(c, {})", visible(OrgUnit, actor, "u"), actor.now)


async def thread(actor: Actor, idea: IdeaRow, order: str, place: Place | None = None) -> list[Root]:
    """One page of roots and one more if there is a next page, each with its first replies."""
    by, top = ORDERS[order].by, ORDERS[order].top
    rows = await fetch(
        CommentRow,
        THREAD,
        idea.id,
        idea.id,
        _there(visible(Comment, actor, "r"), comment_place(actor, "r")),
        place.where(order) if place else QueryString("TRUE"),
        QueryString(by),
        PAGE + 1,
        _there(visible(Comment, actor, "y"), comment_place(actor, "y")),
        SHOWN_REPLIES,
        *_shown(actor),
        QueryString(top),
    )
    return _grouped(rows)


def _grouped(rows: list[CommentRow]) -> list[Root]:
    roots: list[Root] = []
    for row in rows:
        if row.root is None:
            roots.append(Root(row, [], row.replies))
        else:
            top = roots[-1]
            counted = row.seen and row.state in ("published", "removed")
            roots[-1] = Root(top.comment, [*top.replies, row], top.more_replies - counted)
    # Fewer than are shown at first are all there is.
    return [root if len(root.replies) == SHOWN_REPLIES else Root(root.comment, root.replies, 0) for root in roots]


ROOTS_BEFORE = """
    SELECT count(*) FROM (
        SELECT FROM comment r WHERE r.idea = (SELECT k.idea FROM comment k WHERE k.id = {})
            AND r.root IS NULL AND {} AND NOT ({}) LIMIT {}) AS earlier
"""


async def on_first_page(actor: Actor, root: CommentRow, order: str) -> bool:
    """Whether a root is on the first page of its thread."""
    there = _there(visible(Comment, actor, "r"), comment_place(actor, "r"))
    place = Place(root.id, root.helpful, included=True).where(order)
    return int(await fetch_value(ROOTS_BEFORE, root.id, there, place, PAGE)) < PAGE


REPLIES = f"""
    SELECT {COLUMNS} FROM comment k {IDEA} {JOINS} WHERE k.root = {{}} AND {{}} AND k.id >= {{}}
    ORDER BY k.id LIMIT {{}}
"""


async def replies(actor: Actor, root: CommentRow, start: int = 0) -> list[CommentRow]:
    """A page of the replies to a comment, from the one with the id `start` on, and one more if there is a next page."""
    return await fetch(
        CommentRow,
        REPLIES,
        *_shown(actor),
        root.id,
        _there(visible(Comment, actor, "k"), comment_place(actor, "k")),
        start,
        MOST_REPLIES + 1,
    )


BEFORE = "SELECT count(*) FROM (SELECT FROM comment y WHERE y.root = {} AND y.id < {} AND {} LIMIT {}) AS earlier"


async def replies_before(actor: Actor, reply: CommentRow) -> int:
    """How many replies stand before this one under the same root; counted up to a page."""
    there = _there(visible(Comment, actor, "y"), comment_place(actor, "y"))
    return int(await fetch_value(BEFORE, reply.root, reply.id, there, MOST_REPLIES))


ONE = f"SELECT {COLUMNS} FROM comment k {IDEA} {JOINS} WHERE k.public_id = {{}} AND {{}}"


async def get_comment(actor: Actor, public_id: str) -> CommentRow | None:
    """A comment that the actor can read."""
    return await fetch_one(CommentRow, ONE, *_shown(actor), public_id, visible(Comment, actor, "k"))


async def get_place(actor: Actor, public_id: str) -> CommentRow | None:
    """A comment that the actor can read, or where one stood that is out of sight, without its words."""
    there = _there(visible(Comment, actor, "k"), comment_place(actor, "k"))
    return await fetch_one(CommentRow, ONE, *_shown(actor), public_id, there)


ROOT_OF = f"SELECT {COLUMNS} FROM comment k {IDEA} {JOINS} WHERE k.id = {{}} AND {{}}"


async def root_of(actor: Actor, comment: CommentRow) -> CommentRow | None:
    """The comment that heads this one's part of the thread: itself, where it is a root."""
    if comment.root is None:
        return comment
    there = _there(visible(Comment, actor, "k"), comment_place(actor, "k"))
    return await fetch_one(CommentRow, ROOT_OF, *_shown(actor), comment.root, there)


class Earlier(msgspec.Struct, frozen=True):
    """A comment's text before it was changed."""

    version: int
    body_html: str
    created_at: datetime


EARLIER = """
    SELECT v.version, v.body_html, v.created_at FROM comment_version v WHERE v.comment = {} AND {}
    ORDER BY v.version DESC
"""


async def earlier_texts(actor: Actor, comment: CommentRow) -> list[Earlier]:
    """What the comment said before, the latest first."""
    return await fetch(Earlier, EARLIER, comment.id, visible(CommentVersion, actor, "v"))


OBJECTIONS = f"""
    SELECT {COLUMNS} FROM comment k {IDEA} {JOINS}
    WHERE k.idea = {{}} AND k.kind = 'objection' AND k.state <> 'removed' AND {{}} AND {{}}
    ORDER BY k.created_at DESC, k.public_id DESC LIMIT {{}}
"""


async def objections(actor: Actor, idea: IdeaRow, after: Cursor | None) -> Page[CommentRow]:
    """A page of the objections to an idea or post, the newest first."""
    rest = QueryString("TRUE")
    if after is not None:
        rest = QueryString("(k.created_at, k.public_id) < ({}, {})", after.moment, after.public_id)
    sight = visible(Comment, actor, "k")
    rows = await fetch(CommentRow, OBJECTIONS, *_shown(actor), idea.id, sight, rest, PAGE + 1)
    return paged(rows, PAGE, lambda row: Cursor.at(row.created_at, row.public_id), after)


FIRST_OF_DAY = """
    SELECT k.public_id FROM comment k WHERE k.idea = {}
        AND k.created_at >= {}::date::timestamp AT TIME ZONE (SELECT o.zone FROM organisation o) AND {}
    ORDER BY k.created_at, k.id LIMIT 1
"""


async def first_of_day(actor: Actor, idea: IdeaRow, day: date) -> str | None:
    """The first comment of a day, or after it: its public id."""
    found: str | None = await fetch_value(FIRST_OF_DAY, idea.id, day, visible(Comment, actor, "k"))
    return found
