"""Reading the register."""

from __future__ import annotations

from datetime import datetime

import msgspec

from portal.access.actor import Actor
from portal.access.scope import visible
from portal.db import fetch, fetch_one
from portal.tables import Answer, Follow, Idea, Policy, PolicyVersion


class PolicyRow(msgspec.Struct, frozen=True):
    """A policy, with the version that holds and the one that waits. `asked`: how many colleagues supported what led to
    the newest of them; `following`: the reader does."""

    id: int
    public_id: str
    space: int
    space_public_id: str
    title: str
    about: str
    language: str
    owner: int
    owner_public_id: str
    owner_name: str
    owner_title: str
    in_force: int | None
    in_force_at: datetime | None
    proposed: int | None
    comments_until: datetime | None
    proposed_from: datetime | None
    discussion: str | None
    asked: int
    following: bool


POLICIES = """
    SELECT p.id, p.public_id, p.space, s.public_id AS space_public_id, p.title, p.about, p.language, p.owner,
        o.public_id AS owner_public_id,
        coalesce(n.name, '') AS owner_name, coalesce(n.title, '') AS owner_title,
        f.version AS in_force, f.in_force_at, w.version AS proposed, w.comments_until, w.in_force_at AS proposed_from,
        (SELECT i.public_id FROM idea i WHERE i.id = w.discussion AND {}) AS discussion,
        (SELECT coalesce(sum(plein_union(i)), 0)::int FROM answer a JOIN idea i ON i.id = a.idea
            WHERE a.policy_version = coalesce(w.id, f.id) AND {}) AS asked,
        EXISTS (SELECT FROM follow x WHERE x.policy = p.id AND {}) AS following
    FROM policy p JOIN space s ON s.id = p.space JOIN person o ON o.id = p.owner
    LEFT JOIN identity n ON n.person = p.owner
    LEFT JOIN LATERAL (SELECT v.* FROM policy_version v WHERE v.policy = p.id AND v.dropped_at IS NULL
        AND v.in_force_at <= {} ORDER BY v.version DESC LIMIT 1) f ON TRUE
    LEFT JOIN LATERAL (SELECT v.* FROM policy_version v WHERE v.policy = p.id AND v.dropped_at IS NULL
        AND v.in_force_at > {} ORDER BY v.version DESC LIMIT 1) w ON TRUE
    WHERE {}
"""


FIRST = " ORDER BY w.version IS NULL, lower(p.title) LIMIT {}"


async def policies(actor: Actor, most: int = 500) -> list[PolicyRow]:
    """The register: what can still be talked about first, then by name."""
    return await fetch(PolicyRow, POLICIES + FIRST, *_sight(actor), most)


async def get_policy(actor: Actor, public_id: str) -> PolicyRow | None:
    """One policy."""
    return await fetch_one(PolicyRow, POLICIES + " AND p.public_id = {}", *_sight(actor), public_id)


def _sight(actor: Actor) -> list[object]:
    sees = [visible(Idea, actor, "i"), visible(Answer, actor, "a"), visible(Follow, actor, "x")]
    return [*sees, actor.now, actor.now, visible(Policy, actor, "p")]


class VersionRow(msgspec.Struct, frozen=True):
    """A version of a policy's text, with what came of it: 'in force', 'before', 'proposed' or 'dropped'."""

    id: int
    version: int
    body: str
    body_html: str
    summary: str
    reason_html: str
    urgent: str
    author_name: str
    created_at: datetime
    comments_until: datetime | None
    in_force_at: datetime
    dropped_at: datetime | None
    dropped_why: str
    standing: str


VERSIONS = """
    SELECT v.id, v.version, v.body, v.body_html, v.summary, v.reason_html, v.urgent,
        coalesce(n.name, '') AS author_name, v.created_at, v.comments_until, v.in_force_at, v.dropped_at, v.dropped_why,
        CASE WHEN v.dropped_at IS NOT NULL THEN 'dropped' WHEN v.in_force_at > {} THEN 'proposed'
            WHEN v.version = {} THEN 'in force' ELSE 'before' END AS standing
    FROM policy_version v LEFT JOIN identity n ON n.person = v.author
    WHERE v.policy = {} AND {} ORDER BY v.version DESC LIMIT 100
"""


async def versions(actor: Actor, policy: PolicyRow) -> list[VersionRow]:
    """Every text of a policy, the newest first."""
    return await fetch(VersionRow, VERSIONS, actor.now, policy.in_force, policy.id, visible(PolicyVersion, actor, "v"))


class AnswerLed(msgspec.Struct, frozen=True):
    """An answer that led to a version: what was asked, and by how many."""

    version: int
    idea_public_id: str
    title: str
    language: str
    supporters: int
    summary: str


LED = """
    SELECT v.version, i.public_id AS idea_public_id, i.title, i.language, plein_union(i) AS supporters, a.summary
    FROM answer a JOIN policy_version v ON v.id = a.policy_version JOIN idea i ON i.id = a.idea
    WHERE v.policy = {} AND {} AND {} ORDER BY v.version DESC, plein_union(i) DESC, i.id LIMIT 50
"""


async def answers_that_led(actor: Actor, policy: PolicyRow) -> list[AnswerLed]:
    """What people asked that changed this policy, the newest version first."""
    return await fetch(AnswerLed, LED, policy.id, visible(Idea, actor, "i"), visible(Answer, actor, "a"))
