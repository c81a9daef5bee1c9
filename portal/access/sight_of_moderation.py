"""The scope's rules about moderation: what is to be judged, who reported it, and what was decided."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.sight import moderated
from portal.db import QueryString


def moderation_item(actor: Actor, a: str) -> QueryString:
    """What is to be judged is shown to the moderators of its space, but never to who wrote it, be it without her name,
    down, or along, or in whose name it stands."""
    return QueryString(f"{{}} AND {{}} NOT IN (SELECT plein_writers_of({a}))", moderated(actor, a), actor.id)


def report(actor: Actor, a: str) -> QueryString:
    """A report is shown to who made it, and where its item is."""
    return QueryString(
        f"({a}.reporter = {{}} OR EXISTS (SELECT FROM moderation_item rm WHERE rm.id = {a}.item AND {{}}))",
        actor.id,
        moderation_item(actor, "rm"),
    )


def decision(actor: Actor, a: str) -> QueryString:
    """A decision is shown to the person it is about, unless all was well, and to the other moderators of its space."""
    return QueryString(
        f"CASE WHEN {a}.person = ANY({{}}) THEN {a}.action <> 'allow' ELSE {{}} END", actor.selves, moderated(actor, a)
    )


def appeal(actor: Actor, a: str) -> QueryString:
    """An appeal is shown where its decision is."""
    return QueryString(f"EXISTS (SELECT FROM decision ad WHERE ad.id = {a}.decision AND {{}})", decision(actor, "ad"))


def pause(actor: Actor, a: str) -> QueryString:
    """A pause is shown to the person it is about, and to the moderators of its space."""
    return QueryString(f"({a}.person = {{}} OR {{}})", actor.id, moderated(actor, a))
