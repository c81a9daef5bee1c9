"""An actor of whom nobody knows yet who she is. The rules of sight are put together of her once, for all who are alike,
and each one's own values are put in when she asks."""

from __future__ import annotations

from operator import attrgetter, methodcaller

from portal.access.actor import Alike, Role
from portal.sql import Later, Some


class Anybody:
    """As much of an actor as the rules of sight ask for. What is not here no rule can ask, and of what is known later
    none can ask whether it is so: both raise."""

    id, space_ids, selves, now, moderates, invites = (
        Later(attrgetter(name)) for name in ("id", "space_ids", "selves", "now", "moderates", "invites")
    )

    def __init__(self, alike: Alike) -> None:
        self.employee = alike.kind == "employee"
        self.guest = alike.kind == "guest"
        self.administrator = alike.administrator
        self.day = Later(attrgetter("day")) if alike.starts else None
        self.on_cases = Some(attrgetter("on_cases")) if alike.on_cases else None

    def spaces_as(self, *roles: Role) -> Later:
        """As the actor's."""
        return Later(methodcaller("spaces_as", *roles))
