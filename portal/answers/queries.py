"""Reading answers and statuses, and what waits for them."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from portal.access.actor import Actor
from portal.access.fields import address
from portal.access.of_people import ADDRESS, NAMED
from portal.access.scope import visible
from portal.campaigns.queries import UNANSWERED, CampaignRow, support
from portal.db import QueryString, Reading, fetch, fetch_one, fetch_value
from portal.ideas.queries import IdeaRow
from portal.paging import Cursor, Page, beyond, paged
from portal.tables import Answer, AnswerVersion, Campaign, Escalation, Idea, Identity, Policy

PAGE = 50  # ideas that wait, a page


class AnswerRow(msgspec.Struct, frozen=True):
    """The official answer as the crowd reads it."""

    public_id: str
    kind: str
    summary: str
    reason_html: str
    from_when: str
    next_step: str
    next_owner_name: str
    next_date: date | None
    language: str
    author_public_id: str
    author_name: str
    author_title: str
    created_at: datetime
    version: int
    corrected_at: datetime | None
    whose: str = ""
    category: str = ""
    review_on: date | None = None
    approver_name: str = ""
    questions: tuple[str, ...] = ()
    replies: tuple[str, ...] = ()
    policy_public_id: str | None = None
    policy_title: str | None = None
    policy_version: int | None = None

    @property
    def answered(self) -> list[tuple[str, str]]:
        """The core questions with their replies."""
        return list(zip(self.questions, self.replies, strict=False))


ANSWER = (
    """
    SELECT a.public_id, a.kind, a.summary, a.reason_html, a.from_when, a.next_step,
        coalesce(o.name, '') AS next_owner_name, a.next_date, a.language,
    """
    + ADDRESS.format("a.space")
    + """ AS author_public_id,
        coalesce(n.name, '') AS author_name, coalesce(n.title, '') AS author_title, a.created_at,
        a.version, a.corrected_at, a.whose, a.category, a.review_on, coalesce(g.name, '') AS approver_name,
        a.questions, a.replies, y.public_id AS policy_public_id, y.title AS policy_title, v.version AS policy_version
    FROM answer a JOIN person p ON p.id = a.author LEFT JOIN identity n ON n.person = p.id
    LEFT JOIN identity o ON o.person = a.next_owner AND {} LEFT JOIN identity g ON g.person = a.approver AND {}
    LEFT JOIN policy_version v ON v.id = a.policy_version LEFT JOIN policy y ON y.id = v.policy AND {}
    WHERE a.idea = {} AND {}
"""
)


def answer_to(actor: Actor, idea: IdeaRow) -> Reading[AnswerRow]:
    """The answer to an idea, if there is one."""
    names = visible(Identity, actor, "o"), visible(Identity, actor, "g")
    return Reading(AnswerRow, ANSWER, *names, visible(Policy, actor, "y"), idea.id, visible(Answer, actor, "a"))


class AnswerText(msgspec.Struct, frozen=True):
    """An answer as it was typed."""

    id: int
    kind: str
    summary: str
    reason: str
    from_when: str
    next_step: str
    next_owner: int | None
    next_owner_called: str
    next_date: date | None
    version: int
    whose: str
    category: str
    review_on: date | None
    approver: int | None
    policy: str
    replies: list[str]


TEXT = """
    SELECT a.id, a.kind, a.summary, a.reason, a.from_when, a.next_step, a.next_owner,
        coalesce(CASE WHEN plein_only_one(o.person, a.space) THEN o.name ELSE {} END, '') AS next_owner_called,
        a.next_date, a.version, a.whose, a.category, a.review_on, a.approver,
        coalesce(y.public_id || '-' || v.version, '') AS policy, a.replies
    FROM answer a LEFT JOIN identity o ON o.person = a.next_owner AND {}
    LEFT JOIN policy_version v ON v.id = a.policy_version LEFT JOIN policy y ON y.id = v.policy AND {}
    WHERE a.idea = {} AND {}
"""


async def answer_text(actor: Actor, idea: IdeaRow) -> AnswerText | None:
    """The answer to an idea, to be corrected."""
    called, seen, policies = address(actor, "o"), visible(Identity, actor, "o"), visible(Policy, actor, "y")
    return await fetch_one(AnswerText, TEXT, called, seen, policies, idea.id, visible(Answer, actor, "a"))


class AnswerBefore(msgspec.Struct, frozen=True):
    """An answer that holds, or held before it was corrected."""

    version: int
    kind: str
    summary: str
    reason: str
    from_when: str
    next_step: str
    whose: str
    replies: list[str]
    author_name: str
    created_at: datetime

    @property
    def number(self) -> int:
        """Which it is of all its texts: every one is kept."""
        return self.version


ANSWERS = """
    SELECT a.version, a.kind, a.summary, a.reason, a.from_when, a.next_step, a.whose, a.replies,
        coalesce(n.name, '') AS author_name, coalesce(a.corrected_at, a.created_at) AS created_at
    FROM answer a LEFT JOIN identity n ON n.person = a.author WHERE a.idea = {} AND {}
    UNION ALL
    SELECT v.version, v.kind, v.summary, v.reason, v.from_when, v.next_step, v.whose, v.replies, coalesce(n.name, ''),
        v.created_at
    FROM answer_version v JOIN answer a ON a.id = v.answer LEFT JOIN identity n ON n.person = v.author
    WHERE a.idea = {} AND {} ORDER BY version DESC LIMIT 50
"""


async def answers_before(actor: Actor, idea: IdeaRow) -> list[AnswerBefore]:
    """The texts of an answer, newest first; the first is the one that holds."""
    return await fetch(
        AnswerBefore,
        ANSWERS,
        idea.id,
        visible(Answer, actor, "a"),
        idea.id,
        visible(AnswerVersion, actor, "v"),
    )


class Waiting(msgspec.Struct, frozen=True):
    """An idea that has no answer yet. `case_public_id`: its open case, in which it is answered."""

    public_id: str
    title: str
    language: str
    author_name: str
    supporters: int
    guest_supporters: int
    status: str
    created_at: datetime
    in_top: bool
    case_public_id: str
    place: int


# The top of a campaign stays its top, however many of it are answered: those first, the most supported ahead; then all
# others, the oldest ahead. Without a top all go by their support.
WAITING = f"""
    WITH ranked AS (
        SELECT i.id, {{}} AS likes, row_number() OVER (ORDER BY {{}} DESC, i.id) AS nth
        FROM idea i WHERE i.campaign = {{}} AND i.state = 'published'
    )
    SELECT i.public_id, i.title, i.language, coalesce(n.name, '') AS author_name, i.supporters, i.guest_supporters,
        i.status, i.created_at, coalesce(r.nth <= c.top, FALSE) AS in_top,
        coalesce(e.public_id, '') AS case_public_id, o.place
    FROM ranked r JOIN idea i ON i.id = r.id JOIN campaign c ON c.id = i.campaign
    LEFT JOIN escalation e ON e.idea = i.id AND e.ended_at IS NULL
    {NAMED.format("n", "i.author", "i.space")}
    CROSS JOIN LATERAL (SELECT CASE WHEN coalesce(r.nth <= c.top, TRUE) THEN 1000000000000 + r.likes
        ELSE 100000000000 - extract(epoch FROM i.created_at)::bigint END AS place) o
    WHERE i.campaign = {{}} AND i.state = 'published' AND plein_decided(c, {{}})
        AND {UNANSWERED} AND {{}} AND {{}}
    ORDER BY place DESC, i.public_id DESC LIMIT {{}}
"""


async def waiting(actor: Actor, campaign: CampaignRow, after: Cursor | None) -> Page[Waiting]:
    """A campaign's ideas without an answer: its top first, else the most supported; none before the voting ended."""
    likes, rest = support(campaign), beyond(after, QueryString("o.place"))
    ranked, sight = (likes, likes, campaign.id), visible(Idea, actor, "i")
    rows = await fetch(Waiting, WAITING, *ranked, campaign.id, actor.now, sight, rest, PAGE + 1)
    return paged(rows, PAGE, lambda row: Cursor.at(row.place, row.public_id), after)


class PolicyChoice(msgspec.Struct, frozen=True):
    """A version of a policy that an answer may have led to: the one that holds, or the one that is proposed."""

    id: int
    public_id: str
    title: str
    version: int

    @property
    def key(self) -> str:
        """What stands for it in the form."""
        return f"{self.public_id}-{self.version}"


POLICIES = """
    SELECT v.id, y.public_id, y.title, v.version
    FROM policy y JOIN policy_version v ON v.policy = y.id AND v.dropped_at IS NULL
    WHERE {} AND v.version >= (SELECT max(h.version) FROM policy_version h WHERE h.policy = y.id
        AND h.dropped_at IS NULL AND h.in_force_at <= {}) ORDER BY lower(y.title), v.version LIMIT 1000
"""


def policies_to_choose(actor: Actor) -> Reading[PolicyChoice]:
    """What the register holds now, and what is proposed."""
    return Reading(PolicyChoice, POLICIES, visible(Policy, actor, "y"), actor.now)


class OwedAgain(msgspec.Struct, frozen=True):
    """The open case of what was answered, where it is reviewed, or was opened again: another answer is owed."""

    public_id: str
    state: str


OWED_AGAIN = """
    SELECT e.public_id, e.state FROM escalation e
    WHERE e.idea = {} AND e.ended_at IS NULL AND plein_is_owed(e.state) AND {}
"""


def owed_again(actor: Actor, idea: IdeaRow) -> Reading[OwedAgain]:
    """Whether what was answered is owed the next answer."""
    return Reading(OwedAgain, OWED_AGAIN, idea.id, visible(Escalation, actor, "e"))


OPEN_CASE = "SELECT e.public_id FROM escalation e WHERE e.idea = {} AND e.ended_at IS NULL AND {}"


async def open_case(actor: Actor, idea: IdeaRow) -> str:
    """The public id of an item's open case."""
    return str(await fetch_value(OPEN_CASE, idea.id, visible(Escalation, actor, "e")))


class Owed(msgspec.Struct, frozen=True):
    """A campaign whose ideas wait for the actor's answer."""

    public_id: str
    title: str
    language: str
    ideas: int


OWED = f"""
    SELECT c.public_id, c.title, c.language, count(i.id)::int AS ideas
    FROM campaign c JOIN idea i ON i.campaign = c.id AND i.state = 'published' AND {UNANSWERED}
    WHERE (c.sponsor = {{}} OR c.decision_owner = {{}}) AND plein_decided(c, {{}}) AND {{}}
    GROUP BY c.id ORDER BY c.id LIMIT 20
"""


def owed_by(actor: Actor) -> Reading[Owed]:
    """The campaigns in which she owes answers now."""
    return Reading(Owed, OWED, actor.id, actor.id, actor.now, visible(Campaign, actor, "c"))
