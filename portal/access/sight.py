"""The plainest rules of sight: by who asks, and by the row's own person or space. The scope puts its rules together of
them."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.db import QueryString


def everybody(actor: Actor, a: str) -> QueryString:
    """Shown to whoever is signed in."""
    return QueryString("TRUE")


def own(actor: Actor, a: str) -> QueryString:
    """Shown to the person it is about, and to nobody else."""
    return QueryString(f"{a}.person = {{}}", actor.id)


def administrators(actor: Actor, a: str) -> QueryString:
    """Shown to administrators."""
    return QueryString("TRUE" if actor.administrator else "FALSE")


def colleagues(actor: Actor, a: str) -> QueryString:
    """Shown to employees; what the organisation is made of reaches neither guests nor sister organisations."""
    return QueryString("TRUE" if actor.employee else "FALSE")


def in_space(actor: Actor, a: str) -> QueryString:
    """Shown to the readers of its space."""
    return QueryString(f"{a}.space = ANY({{}})", actor.space_ids)


def colleagues_in_space(actor: Actor, a: str) -> QueryString:
    """Shown to employees who read its space."""
    return QueryString("{} AND {}", colleagues(actor, a), in_space(actor, a))


def moderated(actor: Actor, a: str) -> QueryString:
    """Shown to the moderators of its space."""
    return QueryString(f"{a}.space = ANY({{}})", actor.moderates)


def absence(actor: Actor, a: str) -> QueryString:
    """When somebody is away is shown to herself and to administrators."""
    return QueryString("({} OR {})", own(actor, a), administrators(actor, a))


def topic(actor: Actor, a: str) -> QueryString:
    """Topics are shown to employees; before they are published, to administrators."""
    return QueryString(f"{{}} AND ({a}.state <> 'draft' OR {{}})", colleagues(actor, a), administrators(actor, a))
