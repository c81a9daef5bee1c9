"""The scope's rules about people who start, and about what is left of a space that has ended."""

from __future__ import annotations

from portal.access.actor import Actor, Role
from portal.access.sight import in_space
from portal.db import QueryString


def chapter(actor: Actor, a: str) -> QueryString:
    """What is written for people who start is shown to each of them from its day on, counted from her own first day;
    to colleagues who start nowhere, and to those who invite there, always."""
    always = actor.day is None and not actor.guest
    return QueryString(
        f"{{}} AND ({{}} OR {a}.opens <= {{}}::int OR {a}.space = ANY({{}}))",
        in_space(actor, a),
        QueryString("TRUE" if always else "FALSE"),
        actor.day,
        actor.invites,
    )


def mentorship(actor: Actor, a: str) -> QueryString:
    """Who is whose mentor is shown to both of them, and to those who invite there."""
    return QueryString(
        f"{{}} AND ({{}} IN ({a}.person, {a}.mentor) OR {{}})",
        in_space(actor, a),
        actor.id,
        QueryString(
            f"({a}.space = ANY({{}}) OR EXISTS (SELECT FROM space ms WHERE ms.id = {a}.space AND ms.host = {{}}))",
            actor.invites,
            None if actor.guest else actor.id,
        ),
    )


def space_record(actor: Actor, a: str) -> QueryString:
    """The record of a space is shown to its owners and its host, as long as it bears the space's label."""
    return QueryString(
        f"{{}} AND EXISTS (SELECT FROM space rs WHERE rs.id = {a}.space AND rs.label = {a}.label"
        " AND (rs.id = ANY({}) OR rs.host = {}))",
        in_space(actor, a),
        actor.spaces_as(Role.OWNER),
        None if actor.guest else actor.id,
    )
