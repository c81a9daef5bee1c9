"""The actor: the person who asks, with the spaces that she reads and the roles that she has, read once a request."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

import msgspec

from portal.db import QueryString, fetch_one


class Role(StrEnum):
    """What somebody is in a space. Every role reads it; `administrator`, `host`, who may start spaces with guests,
    and `leader`, who speaks for the organisation, exist in the organisation's space only."""

    MEMBER = "member"
    OWNER = "owner"
    MODERATOR = "moderator"
    COMMUNITY_MANAGER = "community_manager"
    DECISION_MAKER = "decision_maker"
    ADMINISTRATOR = "administrator"
    HOST = "host"
    LEADER = "leader"


class Right(StrEnum):
    """What a member may do, unless her invitation kept it back."""

    WRITE = "write"
    VOTE = "vote"
    DOWNLOAD = "download"


class Alike(NamedTuple):
    """What a rule of sight may decide by in its words; all else about an actor is a value in it."""

    kind: str
    administrator: bool
    starts: bool
    on_cases: bool


class Actor(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One person at one moment. `now` is the database's clock at the start of the request; `eyes`: the space as a guest
    of which she looks at what she answers for (access/eyes.py);
    `day`: how many days ago she started, on the organisation's clock, below zero before that; None: who starts nowhere.
    `rules`: the house rules that a guest has still to accept. `on_cases`: the ideas and posts in spaces that she does
    not read, on whose cases she is; `has_cases`: she is on a case, or one waits for an owner where she moderates.
    `masks`: the persons in whose names her anonymous posts stand."""

    id: int
    public_id: str
    name: str
    kind: str
    language: str
    zone: str
    theme: str
    space_ids: list[int]
    role_rows: list[str]
    denied: list[str]
    still: list[int]
    with_guests: list[int]
    organisation_space: int
    organisation_name: str
    photo_changes: int
    now: datetime
    paused_in: list[int] = []
    paused_until: list[datetime] = []
    on_cases: list[int] = []
    masks: list[int] = []
    has_cases: bool = False
    session: int | None = None
    last_seen_at: datetime | None = None
    eyes: str = ""
    unread: int = 0
    day: int | None = None
    rules: int | None = None

    @cached_property
    def selves(self) -> list[int]:
        """Herself, and in whose names what she wrote without hers stands."""
        return [self.id, *self.masks]

    @cached_property
    def alike(self) -> Alike:
        """What the rules of sight decide by in their words."""
        return Alike(self.kind, self.administrator, self.day is not None, bool(self.on_cases))

    @property
    def employee(self) -> bool:
        """Somebody of the organisation itself, wherever she works."""
        return self.kind == "employee"

    @property
    def guest(self) -> bool:
        """Guests see only the spaces that they were invited to."""
        return self.kind == "guest"

    @cached_property
    def administrator(self) -> bool:
        """The one role that holds in every space; it opens no closed space by itself."""
        return self.has_role(self.organisation_space, Role.ADMINISTRATOR)

    def may(self, space: int, right: Right) -> bool:
        """Whether the actor has this right in a space that she reads. Nobody writes or votes in one that stands still:
        it ended, or is archived; nor where one reads nothing but the item of a case that one is on."""
        stands_still = right is not Right.DOWNLOAD and space in self.still
        reads_along = self.on_cases and space not in self.space_ids
        return f"{space}:{right}" not in self.denied and not stands_still and not reads_along

    def has_role(self, space: int, *roles: Role) -> bool:
        """Whether the actor has one of these roles in this very space."""
        return any(f"{space}:{role}" in self.role_rows for role in roles)

    def spaces_as(self, *roles: Role) -> list[int]:
        """The spaces in which the actor has one of these roles."""
        if roles not in self._spaces_as:
            held = [row.split(":") for row in self.role_rows]
            self._spaces_as[roles] = sorted({int(space) for space, role in held if role in roles})
        return self._spaces_as[roles]

    @cached_property
    def _spaces_as(self) -> dict[tuple[Role, ...], list[int]]:
        return {}

    @cached_property
    def moderates(self) -> list[int]:
        """The spaces that the actor moderates, as their moderator or owner. A guest moderates none."""
        return [] if self.guest else self.spaces_as(Role.MODERATOR, Role.OWNER)

    @cached_property
    def invites(self) -> list[int]:
        """The spaces to which the actor may invite guests. A guest invites nobody."""
        return [] if self.guest else self.spaces_as(Role.OWNER, Role.COMMUNITY_MANAGER)

    def pause_in(self, space: int) -> datetime | None:
        """Until when the actor may not write in this space, if a moderator decided so."""
        return dict(zip(self.paused_in, self.paused_until, strict=True)).get(space)


# A member who is nothing more has no row in role_rows: people belong to thousands of groups, and lead few.
COLUMNS = """
    p.id, p.public_id, n.name, p.kind, n.language, n.zone, n.theme,
    r.space_ids,
    ARRAY(SELECT m.space || ':' || m.role FROM membership m WHERE m.person = p.id AND m.role <> 'member'
        AND (m.until IS NULL OR m.until > plein_now())) AS role_rows,
    ARRAY(SELECT m.space || ':' || d.denied
        FROM membership m, unnest(ARRAY[CASE WHEN NOT m.may_write THEN 'write' END,
            CASE WHEN NOT m.may_vote THEN 'vote' END, CASE WHEN NOT m.may_download THEN 'download' END]) d (denied)
        WHERE m.person = p.id AND NOT (m.may_write AND m.may_vote AND m.may_download) AND d.denied IS NOT NULL)
        AS denied,
    ARRAY(SELECT s.id FROM space s WHERE (s.archived_at IS NOT NULL OR s.ends_on IS NOT NULL)
        AND (s.archived_at IS NOT NULL OR s.ends_on < (plein_now() AT TIME ZONE o.zone)::date)
        AND s.id = ANY(r.space_ids)) AS still,
    ARRAY(SELECT s.id FROM space s WHERE s.kind IN ('guest', 'section') AND s.id = ANY(r.space_ids)) AS with_guests,
    ARRAY(SELECT w.space FROM pause w WHERE w.person = ANY(p.id || h.masks) AND w.ended_at IS NULL
        AND w.until > plein_now() ORDER BY w.until, w.id) AS paused_in,
    ARRAY(SELECT w.until FROM pause w WHERE w.person = ANY(p.id || h.masks) AND w.ended_at IS NULL
        AND w.until > plein_now() ORDER BY w.until, w.id) AS paused_until,
    (plein_now() AT TIME ZONE o.zone)::date - p.starts_on AS day,
    CASE WHEN p.kind = 'guest' THEN plein_rules_to_accept(p.id) END AS rules,
    ARRAY(SELECT x.idea FROM case_role w JOIN escalation x ON x.id = w.escalation
        WHERE w.person = p.id AND w.until IS NULL AND w.space <> ALL(r.space_ids)) AS on_cases,
    EXISTS (SELECT FROM case_role w WHERE w.person = p.id AND w.until IS NULL) OR EXISTS (
        SELECT FROM membership m JOIN escalation x ON x.space = m.space AND x.state IN ('qualifying', 'triage')
        WHERE m.person = p.id AND m.role IN ('moderator', 'owner') AND (m.until IS NULL OR m.until > plein_now()))
        AS has_cases,
    h.masks,
    o.space AS organisation_space, o.name AS organisation_name, o.photo_changes, plein_now() AS now
"""
ORGANISATION = """
    CROSS JOIN LATERAL (SELECT ARRAY(
        SELECT r.space FROM readership r WHERE r.person = p.id ORDER BY 1) AS space_ids) r
    CROSS JOIN LATERAL (SELECT ARRAY(SELECT k.person FROM mask k WHERE k.behind = p.id) AS masks) h
    CROSS JOIN (
        SELECT s.id AS space, g.name, g.zone, g.photo_changes FROM organisation g, space s
        WHERE s.kind = 'organisation') o
"""

OF_SESSION = f"""
    SELECT {COLUMNS}, z.id AS session, z.last_seen_at, {{}} AS unread
    FROM session z
    JOIN person p ON p.id = z.person AND p.active AND p.epoch = z.epoch
    JOIN identity n ON n.person = p.id
    {ORGANISATION}
    WHERE z.token_sha256 = {{}} AND z.idle_until > plein_now() AND z.expires_at > plein_now()
"""


async def actor_of_session(token_sha256: bytes, unread: QueryString) -> Actor | None:
    """Who is signed in by this token; None when it is unknown, ended or out of date, or its person deactivated."""
    return await fetch_one(Actor, OF_SESSION, unread, token_sha256)


OF_PERSON = f"""
    SELECT {COLUMNS} FROM person p JOIN identity n ON n.person = p.id {ORGANISATION} WHERE p.id = {{}} AND p.active
"""


async def actor_of_person(person: int) -> Actor | None:
    """The same person without a session: the eyes through which mail is written. None when deactivated."""
    return await fetch_one(Actor, OF_PERSON, person)
