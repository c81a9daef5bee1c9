"""Who may say that somebody is away."""

from __future__ import annotations

from typing import Any

from portal.access.actor import Actor


def own_as_employee_or_administrator(actor: Actor, thing: Any) -> bool:
    """An employee for herself, and administrators for anybody."""
    return actor.administrator or (actor.employee and actor.id == thing.person)
