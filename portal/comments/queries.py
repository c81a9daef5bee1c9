"""Reading a thread. Pages by keyset: the last page of 20,000 comments costs what the first one does."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import QueryString, fetch, fetch_one, fetch_value
from portal.ideas.queries import IdeaRow
from portal.tables import Comment, OrgUnit

PAGE = 20  # roots a page
SHOWN_REPLIES = 3  # under each root, before one asks for the rest
MOST_REPLIES = 200  # a page, when one asks


class CommentRow(msgspec.Struct, frozen=True):
    """A comment with what the policy needs to know; `phase` is the idea's campaign's."""

    id: int
    public_id: str
    idea_public_id: str
    root: int | None
    space: int
    author: int
    author_public_id: str
    author_name: str
    author_guest: bool
    author_unit: str
    state: str
    body: str
    body_html: str
    language: str
    replies: int
    created_at: datetime
    edited_at: datetime | None
    phase: str
    idea_state: str


class Root(msgspec.Struct, frozen=True):
    """A comment with the replies that are shown under it; `more_replies` more are there."""

    comment: CommentRow
    replies: list[CommentRow]
    more_replies: int


COLUMNS = """
    k.id, k.public_id, i.public_id AS idea_public_id, k.root, k.space, k.author, p.public_id AS author_public_id,
    coalesce(n.name, '') AS author_name, p.kind = 'guest' AS author_guest,
    coalesce(CASE WHEN p.kind = 'employee' THEN u.name END, '') AS author_unit,
    k.state, k.body, k.body_html, k.language, k.replies, k.created_at, k.edited_at, plein_phase(c, {}) AS phase,
    i.state AS idea_state
"""
JOINS = """
    JOIN idea i ON i.id = k.idea JOIN campaign c ON c.id = i.campaign
    JOIN person p ON p.id = k.author LEFT JOIN identity n ON n.person = p.id
    LEFT JOIN org_unit u ON u.id = p.org_unit AND {}
"""
THREAD = f"""
    WITH roots AS (
        SELECT r.id FROM comment r WHERE r.idea = {{}} AND r.root IS NULL AND {{}} AND {{}}
        ORDER BY {{}} LIMIT {{}}
    ), shown AS (
        SELECT r.id, r.id AS top FROM roots r
        UNION ALL
        SELECT x.id, r.id FROM roots r CROSS JOIN LATERAL (
            SELECT y.id FROM comment y WHERE y.root = r.id AND {{}} ORDER BY y.id LIMIT {{}}) x
    )
    SELECT {COLUMNS} FROM shown JOIN comment k ON k.id = shown.id {JOINS} ORDER BY {{}}, k.id
"""


def _unit(actor: Actor) -> QueryString:
    """Whether a writer's unit `u` is shown: not while the campaign `c` is rank-blind."""
    return QueryString("{} AND NOT plein_rank_blind(c, {})", visible(OrgUnit, actor, "u"), actor.now)


async def thread(
    actor: Actor,
    idea: IdeaRow,
    *,
    newest_first: bool = False,
    after: int | None = None,
    start: int | None = None,
) -> list[Root]:
    """One page of roots and one more if there is a next page, each with its first replies.

    `after`: the id of the root before this page; `start`: the id of the root that this page begins with.
    """
    where = QueryString("TRUE")
    if start is not None:
        where = QueryString("r.id <= {}" if newest_first else "r.id >= {}", start)
    elif after is not None:
        where = QueryString("r.id < {}" if newest_first else "r.id > {}", after)
    direction = " DESC" if newest_first else ""
    rows = await fetch(
        CommentRow,
        THREAD,
        idea.id,
        visible(Comment, actor, "r"),
        where,
        QueryString(f"r.id{direction}"),
        PAGE + 1,
        visible(Comment, actor, "y"),
        SHOWN_REPLIES,
        actor.now,
        _unit(actor),
        QueryString(f"shown.top{direction}"),
    )
    return _grouped(rows)


def _grouped(rows: list[CommentRow]) -> list[Root]:
    roots: list[Root] = []
    for row in rows:
        if row.root is None:
            roots.append(Root(row, [], row.replies))
        else:
            top = roots[-1]
            roots[-1] = Root(top.comment, [*top.replies, row], top.more_replies - 1)
    return roots


REPLIES = f"""
    SELECT {COLUMNS} FROM comment k {JOINS} WHERE k.root = {{}} AND {{}} AND k.id >= {{}} ORDER BY k.id LIMIT {{}}
"""


async def replies(actor: Actor, root: CommentRow, start: int = 0) -> list[CommentRow]:
    """A page of the replies to a comment, from the one with the id `start` on, and one more if there is a next page."""
    return await fetch(
        CommentRow,
        REPLIES,
        actor.now,
        _unit(actor),
        root.id,
        visible(Comment, actor, "k"),
        start,
        MOST_REPLIES + 1,
    )


BEFORE = "SELECT count(*) FROM (SELECT FROM comment y WHERE y.root = {} AND y.id < {} AND {} LIMIT {}) AS earlier"


async def replies_before(actor: Actor, reply: CommentRow) -> int:
    """How many replies stand before this one under the same root; counted up to a page."""
    return int(await fetch_value(BEFORE, reply.root, reply.id, visible(Comment, actor, "y"), MOST_REPLIES))


ONE = f"SELECT {COLUMNS} FROM comment k {JOINS} WHERE k.public_id = {{}} AND {{}}"


async def get_comment(actor: Actor, public_id: str) -> CommentRow | None:
    """A comment that the actor can read."""
    return await fetch_one(CommentRow, ONE, actor.now, _unit(actor), public_id, visible(Comment, actor, "k"))


ROOT_OF = f"SELECT {COLUMNS} FROM comment k {JOINS} WHERE k.id = {{}} AND {{}}"


async def root_of(actor: Actor, comment: CommentRow) -> CommentRow | None:
    """The comment that heads this one's part of the thread: itself, where it is a root."""
    if comment.root is None:
        return comment
    return await fetch_one(CommentRow, ROOT_OF, actor.now, _unit(actor), comment.root, visible(Comment, actor, "k"))
