"""Reading ideas."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.of_people import ADDRESS, COMES_FROM, NAMED
from portal.access.scope import visible
from portal.db import fetch, fetch_one, fetch_value
from portal.files.kinds import PLAIN
from portal.ideas.cards import COUNTED, FROM, OWED_ON, WATCHED, address_of, hashable
from portal.tables import Attachment, Campaign, Idea, IdeaVersion, OrgUnit, Service, Topic, Vote
from portal.tables import Question as QuestionTable


class IdeaRow(msgspec.Struct, frozen=True):
    """An idea on its page, or a post, with what the policy needs to know of its campaign. `co_author` and `invited`:
    the actor herself; `status` is "new" as long as nothing decided may be shown; `checked_first`: what the
    actor writes there is; `checked_by`: when, where it waits for that; `asked`: the actor asks to act on it; `waits`:
    somebody does; `speaks`: she posts for its leader; of its open case she `owns_case`, `decides_case`, or is `barred`
    from it (rule 6). `seen`: others read it once; `together`: somebody writes it along, or is asked to; `screening`:
    where it waits to be screened; `had_case`, `promised`, `objected`, `digested`, `clustered`: there is a case, a
    promise, an objection, a digest, a cluster to read, if she may."""

    id: int
    public_id: str
    kind: str
    speaks_for: str
    speaks_for_id: int | None
    space: int
    space_public_id: str
    space_name: str
    space_language: str
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
    watched: int
    comments: int
    guest_comments: int
    created_at: datetime
    updated_at: datetime
    idea_state: str
    status: str
    service_public_id: str
    service_name: str
    topic_id: int | None
    topic_public_id: str
    topic_name: str
    form_version: int
    co_author: bool
    invited: bool
    weight: int
    answered: bool
    vote_method: str
    votes_per_idea: int
    checked_first: bool
    checked_by: datetime | None
    asked: bool
    waits: bool
    speaks: bool
    open_case: bool
    owns_case: bool
    decides_case: bool
    barred: bool
    seen: bool
    anonymous: bool
    together: bool
    screening: str
    had_case: bool
    promised: bool
    objected: bool
    digested: bool
    clustered: bool
    owed_on: datetime | None
    core_questions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        hashable(self, "core_questions")

    @property
    def address(self) -> str:
        """Where it is."""
        return address_of(self.kind, self.public_id)

    @property
    def section(self) -> str:
        """In which section of the site its pages stand."""
        return "campaigns" if self.kind == "idea" else "groups"


#: When what is out of sight until a moderator looked at it should be checked; None: it does not wait for that.
CHECKED_BY = """
    CASE WHEN {0}.state = 'hidden' THEN (SELECT x.due_at FROM moderation_item x
        WHERE x.{1} = {0}.id AND x.state = 'open' AND x.checks IS NOT NULL) END
"""
ONE = f"""
    SELECT i.id, i.public_id, i.kind, coalesce(fn.name, '') AS speaks_for, i.speaks_for AS speaks_for_id,
        i.space, s.public_id AS space_public_id,
        s.name AS space_name, s.language AS space_language, i.campaign,
        c.public_id AS campaign_public_id, c.title AS campaign_title, plein_phase(c, t.now) AS phase, c.always_open,
        c.sponsor, c.decision_owner, i.author, {ADDRESS.format("i.space")} AS author_public_id,
        coalesce(n.name, '') AS author_name,
        p.kind = 'guest' AS author_guest,
        CASE WHEN plein_rank_blind(c, t.now) THEN '' ELSE coalesce(n.title, '') END AS author_title,
        coalesce((SELECT u.name FROM org_unit u
            WHERE u.id = p.org_unit AND p.kind = 'employee' AND NOT plein_rank_blind(c, t.now) AND {{}}),
            CASE WHEN p.kind = 'guest' AND NOT plein_rank_blind(c, t.now)
                THEN {COMES_FROM.format("p.id", "i.space")} END, '')
            AS author_unit,
        i.title, i.body, i.body_html, i.tags, i.language, i.version,
        {COUNTED}, {WATCHED}, i.comments, i.guest_comments, i.created_at, i.updated_at, i.state AS idea_state,
        CASE WHEN plein_decided(c, t.now) THEN i.status ELSE 'new' END AS status,
        coalesce(e.public_id, '') AS service_public_id, coalesce(e.name, '') AS service_name, i.form_version,
        i.topic AS topic_id, coalesce(tp.public_id, '') AS topic_public_id, coalesce(tp.name, '') AS topic_name,
        k.accepted_at IS NOT NULL AS co_author, k.id IS NOT NULL AND k.accepted_at IS NULL AS invited,
        coalesce((SELECT v.weight FROM vote v WHERE v.idea = i.id AND {{}}), 0) AS weight,
        EXISTS (SELECT FROM answer a WHERE a.idea = i.id) AS answered, c.vote_method, c.votes_per_idea,
        plein_check(me.id, i.space, FALSE) IS NOT NULL AS checked_first, {CHECKED_BY.format("i", "idea")} AS checked_by,
        EXISTS (SELECT FROM action_request q WHERE q.idea = i.id AND q.outcome IS NULL AND q.person = me.id) AS asked,
        EXISTS (SELECT FROM action_request q WHERE q.idea = i.id AND q.outcome IS NULL) AS waits,
        i.speaks_for IS NOT NULL AND plein_speaks(me.id, i.speaks_for, i.space) AS speaks,
        x.id IS NOT NULL AS open_case,
        coalesce(x.owner = me.id AND x.owner <> ALL (plein_barred(x)), FALSE) AS owns_case,
        x.id IS NOT NULL AND plein_decides(me.id, i.id) AS decides_case,
        x.id IS NOT NULL AND me.id = ANY (plein_barred(x)) AS barred, i.published_at IS NOT NULL AS seen, i.anonymous,
        EXISTS (SELECT FROM co_author w WHERE w.idea = i.id) AS together,
        coalesce((SELECT w.public_id FROM screening w WHERE w.idea = i.id AND w.state = 'open'
            AND i.author = me.id), '') AS screening,
        EXISTS (SELECT FROM escalation h WHERE h.idea = i.id) AS had_case,
        EXISTS (SELECT FROM promise h WHERE h.idea = i.id) AS promised,
        EXISTS (SELECT FROM comment h
            WHERE h.idea = i.id AND h.kind = 'objection' AND h.state = 'published') AS objected,
        EXISTS (SELECT FROM digest h WHERE h.idea = i.id) AS digested,
        EXISTS (SELECT FROM cluster_item h WHERE h.left_at IS NULL AND i.id IN (h.idea, h.lead)) AS clustered,
        {OWED_ON}, i.core_questions
    {FROM} CROSS JOIN (SELECT {{}}::bigint AS id) me LEFT JOIN escalation x ON x.idea = i.id AND x.ended_at IS NULL
    LEFT JOIN service e ON e.id = i.service AND {{}} LEFT JOIN topic tp ON tp.id = i.topic AND {{}}
    LEFT JOIN co_author k ON k.idea = i.id AND k.person = me.id
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
        actor.id,
        visible(Service, actor, "e"),
        visible(Topic, actor, "tp"),
        public_id,
        visible(Idea, actor, "i"),
    )


class Draft(msgspec.Struct, frozen=True):
    """An idea, or a post, that is being written; `place`: its campaign, or its space. `mine`: the actor began it; else
    she is invited to it, or writes along."""

    public_id: str
    kind: str
    title: str
    language: str
    place: str
    place_language: str
    phase: str
    updated_at: datetime
    mine: bool

    @property
    def address(self) -> str:
        """Where it is."""
        return address_of(self.kind, self.public_id)


DRAFTS = """
    SELECT i.public_id, i.kind, i.title, i.language, CASE i.kind WHEN 'idea' THEN c.title ELSE s.name END AS place,
        c.language AS place_language, plein_phase(c, {}) AS phase, i.updated_at, i.author = {} AS mine
    FROM idea i JOIN campaign c ON c.id = i.campaign JOIN space s ON s.id = i.space WHERE i.state = 'draft' AND {}
        AND (i.author = {} OR i.id = ANY(ARRAY(SELECT k.idea FROM co_author k WHERE k.person = {})))
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
    """A text that an idea had, or has. `number`: which it is of those that were kept."""

    version: int
    number: int
    title: str
    body: str
    tags: list[str]
    replies: str
    core_questions: list[str]
    author_name: str
    created_at: datetime


VERSIONS = (
    """
    SELECT v.version, (SELECT count(*) FROM idea_version e WHERE e.idea = v.idea AND e.version <= v.version) AS number,
        v.title, v.body, v.tags, v.replies, v.core_questions, coalesce(n.name, '') AS author_name, v.created_at
    FROM idea_version v """
    + NAMED.format("n", "v.author", "v.space")
    + """
    WHERE v.idea = {} AND v.version < {} AND {} ORDER BY v.version DESC LIMIT {}
"""
)
REPLIES = "SELECT plein_answered_questions({}) AS text"
#: What an idea `i` says besides its text, in SQL, as Markdown would have it: its replies to the questions of its
#: campaign, what its authors want to know, its tags, and corrections.
BESIDE = """
    (SELECT coalesce(string_agg('<p>' ||
            replace(replace(replace(said.line, '&', '&amp;'), '<', '&lt;'), '>', '&gt;') || '</p>', '' ORDER BY n), '')
        FROM unnest(string_to_array(nullif(plein_answered_questions(i.id), ''), E'\\n') || i.core_questions
            || CASE WHEN cardinality(i.tags) > 0 THEN ARRAY[array_to_string(i.tags, ', ')] END)
            WITH ORDINALITY AS said(line, n))
        || (SELECT coalesce(string_agg(r.body_html, '' ORDER BY r.id), '') FROM correction r WHERE r.idea = i.id)
"""
CURRENT = f"""
    SELECT i.version, 1 + (SELECT count(*) FROM idea_version e WHERE e.idea = i.id) AS number,
        i.title, i.body, i.tags, ({REPLIES}) AS replies, i.core_questions,
        coalesce(n.name, '') AS author_name, i.updated_at AS created_at
    FROM idea i {NAMED.format("n", "coalesce(i.edited_by, i.author)", "i.space")} WHERE i.id = {{}} AND {{}}
"""


DOCUMENTS = "SELECT EXISTS (SELECT FROM attachment a WHERE a.idea = {} AND a.kind <> ALL({}) AND {})"


async def has_documents(actor: Actor, idea: IdeaRow) -> bool:
    """Whether files are attached that may hold the name of who made them."""
    return bool(await fetch_value(DOCUMENTS, idea.id, list(PLAIN), visible(Attachment, actor, "a")))


async def current_version(actor: Actor, idea: int) -> Version | None:
    """The text that an idea has now."""
    return await fetch_one(Version, CURRENT, idea, idea, visible(Idea, actor, "i"))


async def versions_before(actor: Actor, idea: IdeaRow, version: int, most: int) -> list[Version]:
    """The texts that an idea had before this version, newest first."""
    return await fetch(Version, VERSIONS, idea.id, version, visible(IdeaVersion, actor, "v"), most)
