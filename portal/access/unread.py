"""How many things are new to whoever asks: counted in the statement that finds out who it is, by the scope."""

from __future__ import annotations

from typing import cast

from portal.access.actor import Actor, Role
from portal.access.sight_of_content import notice
from portal.db import QueryString

MOST = 100  # from there on it says "99+"
SPACES_AS = """
    ARRAY(SELECT um.space FROM membership um WHERE um.person = p.id AND um.role = ANY({})
        AND (um.until IS NULL OR um.until > plein_now()))
"""


class Whoever:
    """The actor as SQL: a person `p`, who reads `r.space_ids`, so that a rule of sight can stand in that statement."""

    id = QueryString("p.id")
    space_ids = QueryString("r.space_ids")
    selves = QueryString("ARRAY(SELECT p.id UNION ALL SELECT uk.person FROM mask uk WHERE uk.behind = p.id)")
    now = QueryString("plein_now()")
    on_cases = QueryString("""
        ARRAY(SELECT ux.idea FROM case_role uw JOIN escalation ux ON ux.id = uw.escalation
            WHERE uw.person = p.id AND uw.until IS NULL AND uw.space <> ALL(r.space_ids))
    """)

    def spaces_as(self, *roles: Role) -> QueryString:
        """As the actor's, for colleagues: a guest has no such role."""
        return QueryString(SPACES_AS, [role.value for role in roles])

    @property
    def moderates(self) -> QueryString:
        """As the actor's."""
        return self.spaces_as(Role.MODERATOR, Role.OWNER)

    @property
    def invites(self) -> QueryString:
        """As the actor's."""
        return self.spaces_as(Role.OWNER, Role.COMMUNITY_MANAGER)


# Bundle by bundle, however much is in each: a busy thread costs no more than a quiet one.
COUNT = """
    (WITH RECURSIVE b (bundle) AS (
        (SELECT u.bundle FROM notice u WHERE u.person = p.id AND u.read_at IS NULL ORDER BY u.bundle LIMIT 1)
        UNION ALL SELECT (SELECT u.bundle FROM notice u WHERE u.person = p.id AND u.read_at IS NULL
            AND u.bundle > b.bundle ORDER BY u.bundle LIMIT 1) FROM b WHERE b.bundle IS NOT NULL)
    SELECT count(*)::int FROM (SELECT b.bundle FROM b LIMIT {}) b WHERE EXISTS (
        SELECT FROM notice n WHERE n.person = p.id AND n.read_at IS NULL AND n.bundle = b.bundle AND {} OFFSET 0))
"""


def unread() -> QueryString:
    """The count, for a statement about a person `p`."""
    return QueryString(COUNT, MOST, notice(cast(Actor, Whoever()), "n"))
