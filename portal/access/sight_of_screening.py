"""The scope's rules about sensitive posts: what is screened, what was diverted, and who is behind what is anonymous."""

from __future__ import annotations

from portal.access.actor import Actor
from portal.access.sight import administrators, moderated
from portal.db import QueryString


def screening(actor: Actor, a: str) -> QueryString:
    """What is screened is shown to who wrote it; while it waits, to those who screen its category, but to nobody who
    writes it along or answers for its topic (rule 15); to the neutral to whom she appeals; and to who decided."""
    if actor.guest:
        return QueryString(f"{a}.person = {{}}", actor.id)
    return QueryString(
        f"({a}.person = {{}} OR {a}.decided_by = {{}} OR {a}.appeal_to = {{}}"
        f" OR {a}.state = 'open' AND {{}} IN (SELECT plein_screeners_of({a})))",
        *(actor.id for _ in range(4)),
    )


def sealed_text(actor: Actor, a: str) -> QueryString:
    """The text of what was diverted is shown to who wrote it, and to the neutral until she decided."""
    return QueryString(
        f"EXISTS (SELECT FROM screening xs WHERE xs.id = {a}.screening"
        " AND (xs.person = {} OR xs.appeal_to = {} AND xs.outcome IS NULL))",
        actor.id,
        actor.id,
    )


def unmasking(actor: Actor, a: str) -> QueryString:
    """Who asked who is behind something is shown to those who may ask: the moderators of its space, administrators."""
    return QueryString("({} OR {})", moderated(actor, a), administrators(actor, a))
