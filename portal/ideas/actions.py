"""Writing ideas: drafts, proposing, editing, correcting what stands still."""

from __future__ import annotations

from typing import Protocol

import msgspec

from portal.access.actor import Actor
from portal.access.conflicts import Changed, Closed
from portal.access.phases import WHILE_CORRECTING, WHILE_EDITING, WHILE_PROPOSING
from portal.access.policy import Action, require
from portal.campaigns.queries import UNANSWERED
from portal.db import Made, execute, fetch_one, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.files.kinds import PLAIN
from portal.ideas.announcing import announce
from portal.ideas.holding import hold_above, take_out_of_sight
from portal.ideas.queries import REPLIES, IdeaRow
from portal.sensitive.holding import Found, found_in, hold_idea, let_pass, refuse_sensitive
from portal.tables.base import new_public_id
from portal.text.markdown import excerpt, rendered


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What an idea says, or a post, by its `kind`; `speaks_for`: the leader for whom. `replies`: to the questions of
    its campaign's form, by the question's id. `confidential`: its author would rather have it looked at
    first; `anonymous`: it stands there without her name (None: that is not asked); `register`: it stands in the policy
    register anyway, so that nobody has to look at it first."""

    title: str
    body: str
    tags: list[str]
    language: str
    service: int | None = None
    form_version: int = 0
    replies: dict[int, str] = {}
    kind: str = "idea"
    speaks_for: int | None = None
    topic: int | None = None
    confidential: bool = False
    core_questions: list[str] = []
    anonymous: bool | None = None
    register: bool = False

    @property
    def given(self) -> tuple[list[int], list[str]]:
        """The questions that are replied to, in their order, and what to each."""
        given = sorted((question, value) for question, value in self.replies.items() if value)
        return [question for question, _ in given], [value for _, value in given]

    @property
    def texts(self) -> tuple[str, ...]:
        """All its words."""
        return (self.title, self.body, *self.tags, *self.replies.values(), *self.core_questions)


class Place(Protocol):
    """Where something is proposed or posted: a campaign, or the stream of a space."""

    @property
    def id(self) -> int: ...

    @property
    def space(self) -> int: ...

    @property
    def phase(self) -> str: ...


class Saved(msgspec.Struct, frozen=True):
    """A draft as it is kept now."""

    id: int
    public_id: str
    version: int


# The campaign's row is held, so that nobody moves its dates while this commits; as strongly as counting the idea on
# it needs it, because two who share it would wait for each other.
PROPOSE = """
    INSERT INTO idea (public_id, campaign, space, author, state, title, body, body_html, excerpt, language, tags,
        service, form_version, kind, speaks_for, topic, core_questions, form_key)
    SELECT {}, c.id, c.space, {}, 'published', {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}
    FROM (SELECT * FROM campaign WHERE id = {} FOR NO KEY UPDATE) AS c
    WHERE plein_phase(c::campaign, plein_now()) = ANY({})
    ON CONFLICT (author, form_key) DO NOTHING RETURNING id, public_id
"""
BEFORE = """
    SELECT public_id FROM idea WHERE form_key = {} AND author = ANY (
        SELECT {}::bigint UNION SELECT m.person FROM mask m WHERE m.behind = {})
"""
# What has no name can't be told apart by its author: of two windows that send the same form, the second waits.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended({}, 0))"
DRAFT_OF_FORM = """
    SELECT id, public_id, version FROM idea
    WHERE author = {} AND draft_key = {} AND campaign = {} AND state = 'draft'
"""


async def propose(
    actor: Actor, campaign: Place, content: Content, *, form_key: str, draft_key: str = "", version: int = 1
) -> str:
    """A new idea, or the draft that was begun in the same form; gives its public id. The same form twice proposes one.
    Raises Closed; Changed when the draft was saved elsewhere meanwhile."""
    require(actor, Action.IDEA_PROPOSE, campaign)
    html = await rendered(content.body)
    async with transaction():
        if content.anonymous:
            await execute(ONE_AT_A_TIME, form_key)
        before = await fetch_value(BEFORE, form_key, actor.id, actor.id)
        if before is not None:
            return str(before)
        draft = await fetch_one(Saved, DRAFT_OF_FORM, actor.id, draft_key, campaign.id)
        if found := await _found(content, draft.id if draft else None):
            return await _hold_new(actor, campaign, content, html, found, draft_key or form_key, version)
        if draft is not None:
            await _post(actor, draft.id, campaign.space, content, html, version, form_key)
            return draft.public_id
        made = await fetch_one(
            Made, PROPOSE, new_public_id(), actor.id, *_columns(content, html), form_key, campaign.id,
            list(WHILE_PROPOSING),
        )  # fmt: skip
        if made is None:
            before = await fetch_value(BEFORE, form_key, actor.id, actor.id)
            if before is None:
                raise Closed
            return str(before)
        await keep_replies(made.id, content)
        await announce(made.id, campaign.space, actor.id)
    return made.public_id


async def _found(content: Content, idea: int | None) -> Found | None:
    """Why it is screened before anybody reads it, if it is."""
    if content.register:
        return None
    return await found_in(*content.texts, confidential=content.confidential, idea=idea)


async def _hold_new(
    actor: Actor, campaign: Place, content: Content, html: str, found: Found, key: str, version: int
) -> str:
    """It waits as a draft of its author; the same form twice waits once."""
    made = await _begin(actor, campaign, content, html, key, version)
    await hold_idea(made.id, found, "draft")
    return made.public_id


# What was published before, and waited to be screened, keeps its place among the others, and its versions.
POST = """
    UPDATE idea i SET state = 'published', title = {}, body = {}, body_html = {}, excerpt = {}, language = {},
        tags = {}, service = {}, form_version = {}, kind = {}, speaks_for = {}, topic = {},
        core_questions = {}, form_key = {}, edited_by = {},
        version = i.version + 1,
        created_at = CASE WHEN i.published_at IS NULL THEN plein_now() ELSE i.created_at END, updated_at = plein_now()
    FROM (SELECT * FROM campaign WHERE id = (SELECT campaign FROM idea WHERE id = {}) FOR NO KEY UPDATE) AS c
    WHERE i.id = {} AND i.state = 'draft' AND i.version = {} AND plein_phase(c::campaign, plein_now()) = ANY({})
    RETURNING i.id
"""
AS_IT_STANDS = "SELECT id, public_id, version FROM idea WHERE id = {} AND state = 'draft' FOR UPDATE"


async def post_draft(actor: Actor, idea: IdeaRow, content: Content, *, version: int, form_key: str) -> None:
    """A draft becomes an idea that its readers see. Raises Closed, Changed."""
    require(actor, Action.IDEA_POST, idea)
    html = await rendered(content.body)
    async with transaction():
        await _post(actor, idea.id, idea.space, content, html, version, form_key)


async def _post(actor: Actor, draft: int, space: int, content: Content, html: str, version: int, form_key: str) -> None:
    if found := await _found(content, draft):
        await _save(actor, draft, content, html, version)
        await hold_idea(draft, found, "draft")
        return
    posted = await fetch_value(
        POST, *_columns(content, html), form_key, actor.id, draft, draft, version, list(WHILE_PROPOSING)
    )
    if posted is None:
        stands = await fetch_one(Saved, AS_IT_STANDS, draft)
        raise Closed if stands is not None and stands.version == version else Changed
    await keep_replies(draft, content)
    await let_pass(draft)
    await announce(draft, space, actor.id)


# A draft that comes again from the same form, as after a lost network, is the same draft; what was posted stays posted.
BEGIN_DRAFT = """
    INSERT INTO idea (public_id, campaign, space, author, state, title, body, body_html, excerpt, language, tags,
        service, form_version, kind, speaks_for, topic, core_questions, draft_key)
    VALUES ({}, {}, {}, {}, 'draft', {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})
    ON CONFLICT (author, draft_key) DO NOTHING RETURNING id, public_id, version
"""
SAVE_DRAFT = """
    UPDATE idea SET title = {}, body = {}, body_html = {}, excerpt = {}, language = {}, tags = {}, service = {},
        form_version = {}, kind = {}, speaks_for = {}, topic = {}, core_questions = {}, edited_by = {},
        version = version + 1, updated_at = plein_now()
    WHERE id = {} AND state = 'draft' AND version = {} RETURNING id, public_id, version
"""
# Sent again because the answer got lost: all of it is there already as she saved it, whichever version it has.
THE_SAME = """
    SELECT i.id, i.public_id, i.version FROM idea i
    WHERE (i.title, i.body, i.body_html, i.excerpt, i.language, i.tags, i.service, i.form_version, i.kind, i.speaks_for,
            i.topic, i.core_questions) IS NOT DISTINCT FROM ROW({}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {})
        AND i.id = {} AND i.state = {} AND plein_behind(coalesce(i.edited_by, i.author)) = {}
        AND i.anonymous = coalesce({}, i.anonymous)
        AND ARRAY(SELECT r.question FROM idea_reply r WHERE r.idea = i.id ORDER BY r.question) = {}::bigint[]
        AND ARRAY(SELECT r.value FROM idea_reply r WHERE r.idea = i.id ORDER BY r.question) = {}::text[]
"""


async def begin_draft(actor: Actor, campaign: Place, content: Content, *, key: str, version: int) -> Saved:
    """Keeps what is being written where only its authors see it. Raises Changed when it was saved elsewhere or posted
    meanwhile."""
    require(actor, Action.IDEA_PROPOSE, campaign)
    html = await rendered(content.body)
    async with transaction():
        return await _begin(actor, campaign, content, html, key, version)


async def _begin(actor: Actor, campaign: Place, content: Content, html: str, key: str, version: int) -> Saved:
    made = await fetch_one(
        Saved, BEGIN_DRAFT, new_public_id(), campaign.id, campaign.space, actor.id, *_columns(content, html), key
    )
    if made is None:
        draft = await fetch_one(Saved, DRAFT_OF_FORM, actor.id, key, campaign.id)
        if draft is None:
            raise Changed
        return await _save(actor, draft.id, content, html, version)
    await keep_replies(made.id, content)
    return made


async def save_draft(actor: Actor, idea: IdeaRow, content: Content, *, version: int) -> Saved:
    """Keeps a draft's new text. Raises Changed when somebody who writes along saved it meanwhile."""
    require(actor, Action.IDEA_EDIT, idea)
    html = await rendered(content.body)
    async with transaction():
        return await _save(actor, idea.id, content, html, version)


async def _save(actor: Actor, draft: int, content: Content, html: str, version: int) -> Saved:
    saved = await fetch_one(Saved, SAVE_DRAFT, *_columns(content, html), actor.id, draft, version)
    if saved is not None:
        await keep_replies(draft, content)
        return saved
    saved = await _there_already(actor, draft, "draft", content, html)
    if saved is None:
        raise Changed
    return saved


async def _there_already(actor: Actor, idea: int, state: str, content: Content, html: str) -> Saved | None:
    same = (*_columns(content, html), idea, state, actor.id, content.anonymous, *content.given)
    return await fetch_one(Saved, THE_SAME, *same)


async def discard_draft(actor: Actor, idea: IdeaRow) -> None:
    """A draft goes for good: nobody but its authors ever saw it."""
    require(actor, Action.IDEA_DISCARD, idea)
    await execute("DELETE FROM idea WHERE id = {} AND state = 'draft' AND published_at IS NULL", idea.id)


KEEP = f"""
    WITH held AS (
        SELECT i.* FROM idea i JOIN campaign c ON c.id = i.campaign
        WHERE i.id = {{}} AND i.version = {{}} AND plein_phase(c, plein_now()) = ANY({{}})
            AND i.state IN ('published', 'hidden')
            AND {UNANSWERED} FOR UPDATE OF i FOR SHARE OF c
    )
    INSERT INTO idea_version (idea, space, version, title, body, tags, replies, core_questions, author, created_at)
    SELECT id, space, version, title, body, tags, ({REPLIES}), core_questions, coalesce(edited_by, author), updated_at
    FROM held RETURNING version
"""
EDIT = """
    UPDATE idea SET title = {}, body = {}, body_html = {}, excerpt = {}, language = {}, tags = {}, service = {},
        form_version = {}, kind = {}, speaks_for = {}, topic = {}, core_questions = {}, edited_by = {},
        version = version + 1, updated_at = plein_now()
    WHERE id = {}
"""


async def edit_idea(actor: Actor, idea: IdeaRow, content: Content, *, version: int) -> None:
    """Saves a new version and keeps the one before. Raises Changed when it was saved or frozen meanwhile."""
    require(actor, Action.IDEA_EDIT, idea)
    html = await rendered(content.body)
    async with transaction():
        if found := await _found(content, idea.id):
            await hold_above(idea.id)
        if await fetch_value(KEEP, idea.id, version, list(WHILE_EDITING), idea.id) is None:
            if await _there_already(actor, idea.id, "published", content, html):
                return
            raise Changed
        await execute(EDIT, *_columns(content, html), actor.id, idea.id)
        await keep_replies(idea.id, content)
        if found:
            await take_out_of_sight(idea.id)
            await hold_idea(idea.id, found, "published")
            return
        await record(Kind.IDEA_EDITED, actor=actor.id, space=idea.space, idea=idea.id)


REPLY = """
    INSERT INTO idea_reply (idea, space, question, value)
    SELECT i.id, i.space, q.id, x.value FROM idea i, unnest({}::bigint[], {}::text[]) AS x (question, value)
    JOIN question q ON q.id = x.question WHERE i.id = {} AND q.campaign = i.campaign
"""


# Once it stands there by a name, or without one, that stays. Who writes along knows whose it is; documents say it.
ANONYMOUS = """
    UPDATE idea i SET anonymous = {} AND NOT EXISTS (SELECT FROM co_author k WHERE k.idea = i.id)
            AND NOT EXISTS (SELECT FROM attachment a WHERE a.idea = i.id AND a.kind <> ALL({}))
    WHERE i.id = {} AND NOT EXISTS (SELECT FROM mask m WHERE m.idea = i.id)
        AND NOT EXISTS (SELECT FROM event e WHERE e.idea = i.id AND e.kind = 'idea.proposed')
    RETURNING i.anonymous
"""


async def keep_replies(idea: int, content: Content) -> None:  # access: called by who may write the idea
    """What it says to its campaign's questions, and to whether it stands there without a name."""
    if content.anonymous is not None:
        kept = await fetch_value(ANONYMOUS, content.anonymous, list(PLAIN), idea)
        if content.anonymous and kept is False:
            raise Changed
    await execute("DELETE FROM idea_reply WHERE idea = {}", idea)
    questions, values = content.given
    if questions:
        await execute(REPLY, questions, values, idea)


def _columns(content: Content, html: str) -> list[object]:
    """Title to core questions, in the order of the statements above."""
    return [
        *(content.title, content.body, html, excerpt(html), content.language, content.tags),
        *(content.service, content.form_version, content.kind, content.speaks_for, content.topic),
        content.core_questions,
    ]


CORRECTED = "SELECT id FROM correction WHERE author = {} AND form_key = {}"
CORRECT = """
    INSERT INTO correction (idea, space, author, body, body_html, language, form_key)
    SELECT i.id, i.space, {}, {}, {}, {}, {} FROM idea i JOIN campaign c ON c.id = i.campaign
    WHERE i.id = {} AND i.state = 'published' AND plein_phase(c, plein_now()) = ANY({})
    ON CONFLICT (author, form_key) DO NOTHING RETURNING id
"""


async def correct(actor: Actor, idea: IdeaRow, *, body: str, form_key: str) -> None:
    """Adds a dated correction below a text that stands still; whoever voted for it is told. Raises Closed and
    Sensitive."""
    require(actor, Action.IDEA_CORRECT, idea)
    await refuse_sensitive(body)
    html = await rendered(body)
    async with transaction():
        made = await fetch_value(
            CORRECT, actor.id, body, html, actor.language, form_key, idea.id, list(WHILE_CORRECTING)
        )
        if made is None:
            if await fetch_value(CORRECTED, actor.id, form_key) is None:
                raise Closed
            return
        await record(Kind.IDEA_CORRECTED, actor=actor.id, space=idea.space, idea=idea.id, correction=made)
