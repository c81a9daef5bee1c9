"""The plainest rules of sight: by who asks, and by the row's own person or space. The scope puts its rules together of
them."""

from __future__ import annotations

from collections.abc import Callable

from portal.access.actor import Actor
from portal.db import QueryString

Rule = Callable[[Actor, str], QueryString]


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


def in_space_or_on_case(actor: Actor, a: str, item: str) -> QueryString:
    """Shown to the readers of its space; where the column `item` names an item with a case, to who is on that."""
    if not actor.on_cases:
        return in_space(actor, a)
    return QueryString(f"({a}.space = ANY({{}}) OR {a}.{item} = ANY({{}}))", actor.space_ids, actor.on_cases)


def of_case_team(actor: Actor, a: str) -> QueryString:
    """Shown to the team of its case; who only sees to a promise is not on it."""
    return QueryString(
        f"EXISTS (SELECT FROM case_role xr WHERE xr.escalation = {a}.escalation AND xr.person = {{}}"
        f" AND xr.until IS NULL AND xr.role <> 'promise')",
        actor.id,
    )


def answer_draft(actor: Actor, a: str) -> QueryString:
    """What will be answered to a case is shown to those who are on it; what she wrote last, to her."""
    return QueryString(f"({a}.edited_by = {{}} OR {{}})", actor.id, of_case_team(actor, a))


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


def person(actor: Actor, a: str) -> QueryString:
    """People are shown to those who share a space with them, and to themselves."""
    return QueryString(
        f"({a}.id = {{}} OR EXISTS (SELECT FROM reading r WHERE r.person = {a}.id AND r.space = ANY({{}}) OFFSET 0))",
        actor.id,
        actor.space_ids,
    )


def identity(actor: Actor, a: str) -> QueryString:
    """A name is shown where its person is."""
    return QueryString(f"EXISTS (SELECT FROM person ip WHERE ip.id = {a}.person AND {{}})", person(actor, "ip"))


def profile(actor: Actor, a: str) -> QueryString:
    """A profile is shown where its person is; its fields, one by one, are for `fields.visible_field` to show."""
    return identity(actor, a)


def partner(actor: Actor, a: str) -> QueryString:
    """An organisation whose people are invited is shown to employees; to a guest, where somebody of it shares a space
    with her."""
    return QueryString(
        f"({{}} OR EXISTS (SELECT FROM membership pm WHERE pm.partner = {a}.id AND pm.space = ANY({{}})))",
        colleagues(actor, a),
        actor.space_ids,
    )
