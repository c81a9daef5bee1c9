"""Reading ideas."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from portal.access.actor import Actor
from portal.access.of_people import ADDRESS, NAMED
from portal.access.scope import visible
from portal.db import fetch, fetch_one
from portal.tables import Campaign, Highlight, Idea, IdeaVersion, OrgUnit, Service, Vote
from portal.tables import Question as QuestionTable

NEWEST = 200  # ideas of a space among which the lively ones are looked for


def _hashable(row: IdeaCard | IdeaRow) -> None:
    """Parts of pages are found by the values of rows (web.page.part), which a list would forbid."""
    msgspec.structs.force_setattr(row, "tags", tuple(row.tags))


class IdeaCard(msgspec.Struct, frozen=True):
    """An idea in a list. `weight`: how many votes of the actor herself lie on it; the counts of supporters are None
    while its campaign hides them, `answer_kind` while no answer is shown. `co_author`: the actor writes it along."""

    id: int
    public_id: str
    title: str
    excerpt: str
    tags: tuple[str, ...]
    language: str
    version: int
    space: int
    author: int
    author_public_id: str
    author_name: str
    author_guest: bool
    supporters: int | None
    guest_supporters: int | None
    comments: int
    guest_comments: int
    created_at: datetime
    weight: int
    answer_kind: str | None
    campaign_public_id: str
    campaign_title: str
    phase: str
    idea_state: str
    vote_method: str
    votes_per_idea: int
    co_author: bool

    def __post_init__(self) -> None:
        _hashable(self)


#: How many support an idea, for whoever may know it now.
COUNTED = """
    CASE WHEN NOT plein_counts_hidden(c, t.now) THEN i.supporters END AS supporters,
    CASE WHEN NOT plein_counts_hidden(c, t.now) THEN i.guest_supporters END AS guest_supporters
"""
#: Whether somebody writes it along: a colleague's yes, not her invitation.
WRITES_ALONG = "EXISTS (SELECT FROM co_author k WHERE k.idea = i.id AND k.person = {} AND k.accepted_at IS NOT NULL)"
CARD = f"""
    i.id, i.public_id, i.title, i.excerpt, i.tags, i.language, i.version, i.space, i.author,
    {ADDRESS.format("i.space")} AS author_public_id,
        coalesce(n.name, '') AS author_name, p.kind = 'guest' AS author_guest,
    {COUNTED}, i.comments, i.guest_comments, i.created_at, i.state AS idea_state,
    coalesce((SELECT v.weight FROM vote v WHERE v.idea = i.id AND {{}}), 0) AS weight,
    {WRITES_ALONG} AS co_author,
    (SELECT a.kind FROM answer a WHERE a.idea = i.id AND plein_decided(c, t.now)) AS answer_kind,
    c.public_id AS campaign_public_id, c.title AS campaign_title, plein_phase(c, t.now) AS phase,
    c.vote_method, c.votes_per_idea
"""
FROM = (
    """
    FROM idea i JOIN campaign c ON c.id = i.campaign
    JOIN person p ON p.id = i.author """
    + NAMED.format("n", "p.id", "i.space")
    + """
    CROSS JOIN (SELECT {}::timestamptz AS now) t
"""
)
CARDS = f"SELECT {CARD} {FROM} WHERE {{}}"


def _sight(actor: Actor) -> list[Any]:
    """What CARDS takes: the actor's votes, what she writes along, the moment, and her ideas."""
    return [visible(Vote, actor, "v"), actor.id, actor.now, visible(Idea, actor, "i")]


# Each space's newest come off an index: sorting all that was written in 120 days took 25 ms at 20,000 ideas.
LATELY = """
    i.id IN (
        SELECT l.id FROM unnest({}::bigint[]) AS of_space CROSS JOIN LATERAL (
            SELECT x.id FROM idea x WHERE x.space = of_space AND x.created_at > {}::timestamptz - interval '120 days'
            ORDER BY x.created_at DESC LIMIT {}) l)
"""

# While people vote, and where counts are hidden, no order tells who is ahead.
KNOWN_SUPPORTERS = """
    CASE WHEN plein_phase(c, t.now) = 'vote' OR plein_counts_hidden(c, t.now) THEN 0
        ELSE i.supporters + i.guest_supporters END
"""


async def lively_ideas(actor: Actor, most: int) -> list[IdeaCard]:
    """What moves people among the newest 200 ideas of each space that the actor can read, none older than 120 days."""
    return await fetch(
        IdeaCard,
        f"{CARDS} AND i.state = 'published' AND {LATELY}"
        f" ORDER BY i.comments + i.guest_comments + {KNOWN_SUPPORTERS} DESC, i.id DESC LIMIT {{}}",
        *_sight(actor),
        actor.space_ids,
        actor.now,
        NEWEST,
        most,
    )


async def ideas_of_author(actor: Actor, most: int) -> list[IdeaCard]:
    """The actor's own ideas, newest first, without drafts."""
    return await fetch(
        IdeaCard,
        CARDS + " AND i.author = {} AND i.state <> 'draft' ORDER BY i.created_at DESC LIMIT {}",
        *_sight(actor),
        actor.id,
        most,
    )


async def ideas_by(actor: Actor, person: int, most: int) -> list[IdeaCard]:
    """What somebody proposed, newest first, as far as the actor reads it."""
    return await fetch(
        IdeaCard,
        CARDS + " AND i.author = {} AND i.state = 'published' ORDER BY i.created_at DESC LIMIT {}",
        *_sight(actor),
        person,
        most,
    )


class SpaceIdea(IdeaCard, frozen=True):
    """An idea on the page of its space. `lit`: it is pinned ("pin"), in the spotlight ("feature"), or both."""

    lit: tuple[str, ...]

    def __post_init__(self) -> None:
        _hashable(self)
        msgspec.structs.force_setattr(self, "lit", tuple(self.lit))


OF_SPACE = f"""
    SELECT {CARD}, ARRAY(SELECT h.kind FROM highlight h WHERE h.idea = i.id AND {{}}) AS lit {FROM}
    WHERE {{}} AND i.state = 'published' AND i.id IN (
        SELECT h.idea FROM highlight h WHERE h.space = {{}} AND {{}}
        UNION ALL (SELECT x.id FROM idea x WHERE x.space = {{}} AND x.state = 'published'
            ORDER BY x.created_at DESC LIMIT {{}}))
    ORDER BY i.created_at DESC, i.id DESC LIMIT 20
"""


async def ideas_of_space(actor: Actor, space: int, most: int) -> list[SpaceIdea]:
    """What is pinned or in the spotlight of a space, and what was proposed there last; newest first."""
    votes, along, moment, ideas = _sight(actor)
    lit = visible(Highlight, actor, "h")
    return await fetch(SpaceIdea, OF_SPACE, votes, along, lit, moment, ideas, space, lit, space, most)


class IdeaRow(msgspec.Struct, frozen=True):
    """An idea on its page, with what the policy needs to know of its campaign. `co_author` and `invited`: the actor
    herself; `status` is "new" as long as nothing decided may be shown; `checks`: what guests bring that its space looks
    at first; `checked_by`: when, where it waits for that."""

    id: int
    public_id: str
    space: int
    space_public_id: str
    space_name: str
    campaign: int
    campaign_public_id: str
    campaign_title: str
    phase: str
    always_open: bool
    sponsor: int | None
    decision_owner: int | None
    author: int
    author_public_id: str
    author_name: str
    author_guest: bool
    author_title: str
    author_unit: str
    title: str
    body: str
    body_html: str
    tags: tuple[str, ...]
    language: str
    version: int
    supporters: int | None
    guest_supporters: int | None
    comments: int
    guest_comments: int
    created_at: datetime
    updated_at: datetime
    idea_state: str
    status: str
    service_public_id: str
    service_name: str
    form_version: int
    co_author: bool
    invited: bool
    weight: int
    answered: bool
    vote_method: str
    votes_per_idea: int
    checks: str
    checked_by: datetime | None

    def __post_init__(self) -> None:
        _hashable(self)


#: When what is out of sight until a moderator looked at it should be checked; None: it does not wait for that.
CHECKED_BY = """
    CASE WHEN {0}.state = 'hidden' THEN (SELECT x.due_at FROM moderation_item x
        WHERE x.{1} = {0}.id AND x.state = 'open' AND x.checks IS NOT NULL) END
"""
ONE = f"""
    SELECT i.id, i.public_id, i.space, s.public_id AS space_public_id, s.name AS space_name, i.campaign,
        c.public_id AS campaign_public_id, c.title AS campaign_title, plein_phase(c, t.now) AS phase, c.always_open,
        c.sponsor, c.decision_owner, i.author, {ADDRESS.format("i.space")} AS author_public_id,
        coalesce(n.name, '') AS author_name,
        p.kind = 'guest' AS author_guest,
        CASE WHEN plein_rank_blind(c, t.now) THEN '' ELSE coalesce(n.title, '') END AS author_title,
        coalesce((SELECT u.name FROM org_unit u
            WHERE u.id = p.org_unit AND p.kind = 'employee' AND NOT plein_rank_blind(c, t.now) AND {{}}), '')
            AS author_unit,
        i.title, i.body, i.body_html, i.tags, i.language, i.version,
        {COUNTED}, i.comments, i.guest_comments, i.created_at, i.updated_at, i.state AS idea_state,
        CASE WHEN plein_decided(c, t.now) THEN i.status ELSE 'new' END AS status,
        coalesce(e.public_id, '') AS service_public_id, coalesce(e.name, '') AS service_name, i.form_version,
        k.accepted_at IS NOT NULL AS co_author, k.id IS NOT NULL AND k.accepted_at IS NULL AS invited,
        coalesce((SELECT v.weight FROM vote v WHERE v.idea = i.id AND {{}}), 0) AS weight,
        EXISTS (SELECT FROM answer a WHERE a.idea = i.id) AS answered, c.vote_method, c.votes_per_idea,
        s.checks, {CHECKED_BY.format("i", "idea")} AS checked_by
    {FROM} JOIN space s ON s.id = i.space
    LEFT JOIN service e ON e.id = i.service AND {{}} LEFT JOIN co_author k ON k.idea = i.id AND k.person = {{}}
    WHERE i.public_id = {{}} AND {{}}
"""


async def get_idea(actor: Actor, public_id: str) -> IdeaRow | None:
    """An idea that the actor can read."""
    return await fetch_one(
        IdeaRow,
        ONE,
        visible(OrgUnit, actor, "u"),
        visible(Vote, actor, "v"),
        actor.now,
        visible(Service, actor, "e"),
        actor.id,
        public_id,
        visible(Idea, actor, "i"),
    )


class Draft(msgspec.Struct, frozen=True):
    """An idea that is being written. `mine`: the actor began it; else she is invited to it, or writes along."""

    public_id: str
    title: str
    language: str
    campaign_title: str
    campaign_language: str
    phase: str
    updated_at: datetime
    mine: bool


DRAFTS = """
    SELECT i.public_id, i.title, i.language, c.title AS campaign_title, c.language AS campaign_language,
        plein_phase(c, {}) AS phase, i.updated_at, i.author = {} AS mine
    FROM idea i JOIN campaign c ON c.id = i.campaign WHERE i.state = 'draft' AND {}
        AND (i.author = {} OR i.id IN (SELECT k.idea FROM co_author k WHERE k.person = {}))
    ORDER BY i.updated_at DESC, i.id DESC LIMIT {}
"""


async def drafts(actor: Actor, most: int = 100) -> list[Draft]:
    """What the actor is writing, alone or along with others; what was touched last first."""
    return await fetch(Draft, DRAFTS, actor.now, actor.id, visible(Idea, actor, "i"), actor.id, actor.id, most)


class CampaignForm(msgspec.Struct, frozen=True):
    """What a campaign asks of its ideas: the version of its questions, and the tags that it offers."""

    version: int
    tags: list[str]


FORM = "SELECT c.form_version AS version, c.tags FROM campaign c WHERE c.id = {} AND {}"


async def campaign_form(actor: Actor, campaign: int) -> CampaignForm | None:
    """A campaign's form as it is now."""
    return await fetch_one(CampaignForm, FORM, campaign, visible(Campaign, actor, "c"))


class Question(msgspec.Struct, frozen=True):
    """A question of a campaign's form, and what an idea says to it."""

    id: int
    public_id: str
    kind: str
    label: str
    help: str
    options: list[str]
    required: bool
    reply: str


QUESTIONS = """
    SELECT q.id, q.public_id, q.kind, q.label, q.help, q.options, q.required, coalesce(r.value, '') AS reply
    FROM question q LEFT JOIN idea_reply r ON r.question = q.id AND r.idea = {}
    WHERE q.campaign = {} AND q.version = {} AND {} ORDER BY q.position
"""


async def questions(actor: Actor, campaign: int, version: int, idea: int | None = None) -> list[Question]:
    """A version of a campaign's form, with what `idea` says to it."""
    return await fetch(Question, QUESTIONS, idea, campaign, version, visible(QuestionTable, actor, "q"))


class Choice(msgspec.Struct, frozen=True):
    """Something to choose in a form."""

    id: int
    public_id: str
    name: str


SERVICES = "SELECT s.id, s.public_id, s.name FROM service s WHERE s.archived_at IS NULL AND {} ORDER BY lower(s.name)"


async def services(actor: Actor) -> list[Choice]:
    """What an idea can improve; nothing for guests."""
    return await fetch(Choice, SERVICES, visible(Service, actor, "s"))


class Version(msgspec.Struct, frozen=True):
    """A text that an idea had, or has."""

    version: int
    title: str
    body: str
    tags: list[str]
    replies: str
    author_name: str
    created_at: datetime


VERSIONS = (
    """
    SELECT v.version, v.title, v.body, v.tags, v.replies, coalesce(n.name, '') AS author_name, v.created_at
    FROM idea_version v """
    + NAMED.format("n", "v.author", "v.space")
    + """
    WHERE v.idea = {} AND v.version < {} AND {} ORDER BY v.version DESC LIMIT {}
"""
)
REPLIES = """
    SELECT coalesce(string_agg(q.label || ': ' || r.value, E'\n' ORDER BY q.position), '') AS text
    FROM idea_reply r JOIN question q ON q.id = r.question WHERE r.idea = {}
"""
CURRENT = f"""
    SELECT i.version, i.title, i.body, i.tags, ({REPLIES}) AS replies,
        coalesce(n.name, '') AS author_name, i.updated_at AS created_at
    FROM idea i {NAMED.format("n", "coalesce(i.edited_by, i.author)", "i.space")} WHERE i.id = {{}} AND {{}}
"""


async def current_version(actor: Actor, idea: int) -> Version | None:
    """The text that an idea has now."""
    return await fetch_one(Version, CURRENT, idea, idea, visible(Idea, actor, "i"))


async def versions_before(actor: Actor, idea: IdeaRow, version: int, most: int) -> list[Version]:
    """The texts that an idea had before this version, newest first."""
    return await fetch(Version, VERSIONS, idea.id, version, visible(IdeaVersion, actor, "v"), most)
