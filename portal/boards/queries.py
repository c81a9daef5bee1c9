"""Reading a campaign's ideas: a page of the list, the columns of the board, and the tags to choose from."""

from __future__ import annotations

from functools import reduce
from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.boards.wanted import Wanted
from portal.campaigns.queries import CampaignRow
from portal.db import QueryString, execute, fetch
from portal.ideas.cards import CARD, FROM, WRITES_ALONG, IdeaCard
from portal.paging import Cursor, Page, beyond, paged
from portal.tables import Idea, Vote

PAGE = 20  # ideas a page
IN_COLUMN = 6  # ideas that a column of the board shows
COLUMNS = 5  # tags that make a column, at most
ANSWER_COLUMNS = ("none", "changed", "partly", "pilot", "exists already", "not ours", "declined")
TAGS = 8  # tags to choose from, at most
#: What stands first in each order, in SQL. The lot is drawn by a hash: nobody's order is stored, everybody's stays.
ORDERS = {
    "newest": "i.created_at",
    "supported": "(i.supporters + i.guest_supporters)::bigint",
    "most votes": "i.votes::bigint",
    "discussed": "(i.comments + i.guest_comments)::bigint",
}
SHUFFLED = "(hashtextextended(i.public_id, hashtextextended({}, 0)) >> 11 & 9007199254740991)"


def _key(actor: Actor, campaign: CampaignRow, order: str) -> QueryString:
    """The place of an idea in an order; where votes are a budget, they are what counts."""
    if order == "shuffled":
        return QueryString(SHUFFLED, f"{campaign.public_id} {actor.public_id}")
    key = ORDERS["most votes" if order == "supported" and campaign.vote_method == "budget" else order]
    return QueryString(key)


def _chosen(actor: Actor, campaign: CampaignRow, wanted: Wanted, themes: list[str]) -> QueryString:
    """The condition under which an idea is wanted."""
    conditions = [
        QueryString("i.campaign = {} AND i.state = 'published' AND {}", campaign.id, visible(Idea, actor, "i"))
    ]
    own = QueryString(f"(i.author = {{}} OR {WRITES_ALONG})", actor.id, actor.id)
    voted = QueryString("EXISTS (SELECT FROM vote w WHERE w.idea = i.id AND {})", visible(Vote, actor, "w"))
    if wanted.tags:
        conditions.append(QueryString("i.tags && {}::text[]", list(wanted.tags)))
    if wanted.others:
        conditions.append(QueryString("NOT i.tags && {}::text[]", themes))
    if wanted.show == "mine":
        conditions.append(own)
    if wanted.show == "voted":
        conditions.append(voted)
    if wanted.show == "unvoted":
        conditions.append(QueryString("NOT {} AND NOT {}", own, voted))
    if wanted.answer:
        conditions.append(QueryString(f"{ANSWER_OF} = {{}}", wanted.answer))
    if wanted.language:
        conditions.append(QueryString("i.language = {}", wanted.language))
    return reduce(lambda one, other: QueryString("{} AND {}", one, other), conditions)


ANSWER_OF = "coalesce((SELECT x.kind FROM answer x WHERE x.idea = i.id), 'none')"
# Found first, and drawn then: what a card shows is not fetched for what is not on the page.
LIST = f"""
    WITH found AS MATERIALIZED (
        SELECT i.id, {{}} AS place FROM idea i WHERE {{}} AND {{}} ORDER BY place DESC, i.public_id DESC LIMIT {{}}
    )
    SELECT {CARD}, found.place {FROM} JOIN found ON found.id = i.id ORDER BY found.place DESC, i.public_id DESC
"""


async def ideas_of_campaign(
    actor: Actor, campaign: CampaignRow, wanted: Wanted, themes: list[str], after: Cursor | None = None
) -> Page[IdeaCard]:
    """One page of a campaign's ideas."""
    key = _key(actor, campaign, wanted.order)
    rest = beyond(after, key, by_time=wanted.order == "newest")
    chosen = _chosen(actor, campaign, wanted, themes)
    rows = await execute(LIST, key, chosen, rest, PAGE + 1, visible(Vote, actor, "v"), actor.id, actor.now)
    found = paged(rows, PAGE, lambda row: Cursor.at(row["place"], row["public_id"]), after)
    return Page([_card(row) for row in found.rows], found.first, found.more)


def _card(row: Any) -> IdeaCard:
    """Without what only this list needs to know: equal cards are drawn once."""
    return IdeaCard(**{name: row[name] for name in IdeaCard.__struct_fields__})


class Tagged(msgspec.Struct, frozen=True):
    """A tag, and how many of a campaign's ideas carry it."""

    tag: str
    ideas: int


TAGS_OF = """
    SELECT tag, count(*) AS ideas FROM idea i JOIN campaign c ON c.id = i.campaign CROSS JOIN unnest(i.tags) tag
    WHERE i.campaign = {} AND i.state = 'published' AND {} GROUP BY tag, c.tags
    ORDER BY tag = ANY(c.tags) DESC, count(*) DESC, tag LIMIT {}
"""


async def tags_of_campaign(actor: Actor, campaign: CampaignRow) -> tuple[Tagged, ...]:
    """The tags that a campaign asked for and ideas carry, then those that most carry."""
    return tuple(await fetch(Tagged, TAGS_OF, campaign.id, visible(Idea, actor, "i"), TAGS))


class Column(msgspec.Struct, frozen=True):
    """A column of the board: a tag or a kind of answer, "" for all others; how many ideas, and the first of them."""

    name: str
    ideas: int
    cards: list[IdeaCard]


# An idea stands under each of its tags, as it does when one filters by them.
BY_TAG = "LEFT JOIN unnest({}::text[]) AS l (name) ON i.tags @> ARRAY[l.name]"
BY_ANSWER = f"CROSS JOIN LATERAL (SELECT {ANSWER_OF} AS name) l"
BOARD = f"""
    WITH placed AS (
        SELECT i.id, coalesce(l.name, '') AS name, count(*) OVER (PARTITION BY l.name) AS total,
            row_number() OVER (PARTITION BY l.name ORDER BY {{}} DESC, i.public_id DESC) AS nth
        FROM idea i {{}} WHERE {{}}
    ), found AS MATERIALIZED (SELECT * FROM placed WHERE nth <= {{}} LIMIT {{}})
    SELECT {CARD}, l.name AS column_name, l.total {FROM} JOIN found l ON l.id = i.id
    ORDER BY array_position({{}}::text[], l.name), l.nth
"""


def by_answer(campaign: CampaignRow) -> bool:
    """Whether a campaign's board shows what became of its ideas, rather than what they are about."""
    return campaign.outcome_shown and not campaign.always_open


async def board(actor: Actor, campaign: CampaignRow, wanted: Wanted, themes: list[str]) -> list[Column]:
    """The columns of a campaign's board: by tag, and once outcomes are shown, by answer."""
    answers = by_answer(campaign)
    names = list(ANSWER_COLUMNS) if answers else [*themes, ""]
    into = QueryString(BY_ANSWER) if answers else QueryString(BY_TAG, themes)
    rows = await execute(
        BOARD,
        _key(actor, campaign, wanted.order),
        into,
        _chosen(actor, campaign, wanted, themes),
        IN_COLUMN,
        IN_COLUMN * len(names),
        visible(Vote, actor, "v"),
        actor.id,
        actor.now,
        names,
    )
    columns: dict[str, Column] = {}
    for row in rows:
        column = columns.setdefault(row["column_name"], Column(row["column_name"], row["total"], []))
        column.cards.append(_card(row))
    return list(columns.values())
