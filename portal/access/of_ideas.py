"""The policy's predicates about ideas: who writes them, who decides, whose they are."""

from __future__ import annotations

from typing import Any

from portal.access.actor import Actor, Role
from portal.access.phases import (
    WHILE_ANSWERING,
    WHILE_COMMENTING,
    WHILE_CORRECTING,
    WHILE_EDITING,
    WHILE_PROPOSING,
    WHILE_SUPPORTING,
)


def proposing(actor: Actor, thing: Any) -> bool:
    """Every reader, while the campaign collects."""
    return thing.phase in WHILE_PROPOSING


def colleague_while_collecting(actor: Actor, thing: Any) -> bool:
    """Every colleague, while the campaign collects."""
    return not actor.guest and proposing(actor, thing)


def commenting(actor: Actor, thing: Any) -> bool:
    """Every reader, until the campaign is done, while the idea is published."""
    return thing.phase in WHILE_COMMENTING and bool(thing.idea_state == "published")


def writes(actor: Actor, thing: Any) -> bool:
    """The author, and who writes along."""
    return actor.id == thing.author or bool(thing.co_author)


def hers(actor: Actor, thing: Any) -> bool:
    """Who writes it, and the leader in whose name it stands."""
    return writes(actor, thing) or actor.id == thing.speaks_for_id


def speaks_still(actor: Actor, thing: Any) -> bool:
    """What is said as a leader, only a leader still says; what is said for one, whom she still names."""
    if thing.speaks_for_id is not None:
        return bool(thing.speaks)
    return thing.kind != "leader" or actor.has_role(actor.organisation_space, Role.LEADER)


def writers_while_open(actor: Actor, thing: Any) -> bool:
    """Who writes it: a draft that nobody has read always; else until voting begins, unless it is answered or taken
    away, or she speaks for its leader no longer."""
    stands = thing.idea_state in ("draft", "published", "hidden") and thing.phase in WHILE_EDITING
    unread = thing.idea_state == "draft" and not thing.seen
    return writes(actor, thing) and (unread or (stands and not thing.answered and speaks_still(actor, thing)))


def writer_of_draft(actor: Actor, thing: Any) -> bool:
    """The author, as long as it is a draft."""
    return bool(actor.id == thing.author and thing.idea_state == "draft")


def writer_of_unseen_draft(actor: Actor, thing: Any) -> bool:
    """The author, as long as it is a draft that was never anything else: votes and words of others hang on what was."""
    return writer_of_draft(actor, thing) and not thing.seen


def author_of_draft_while_collecting(actor: Actor, thing: Any) -> bool:
    """The author, while the campaign collects."""
    return writer_of_draft(actor, thing) and proposing(actor, thing)


def author_until_answered(actor: Actor, thing: Any) -> bool:
    """The author, while it is published and has no answer."""
    return bool(actor.id == thing.author and thing.idea_state == "published" and not thing.answered)


def author_of_withdrawn_until_voting(actor: Actor, thing: Any) -> bool:
    """The author, while it is withdrawn and the voting has not begun."""
    back = thing.idea_state == "withdrawn" and thing.phase in WHILE_EDITING
    return bool(actor.id == thing.author and back and speaks_still(actor, thing))


def author_until_voting(actor: Actor, thing: Any) -> bool:
    """The author of an idea, of a draft or until the voting begins; whom nobody knows invites nobody."""
    before = writer_of_draft(actor, thing) or (author_until_answered(actor, thing) and thing.phase in WHILE_EDITING)
    return before and bool(thing.kind == "idea" and not thing.anonymous)


def writers_while_frozen(actor: Actor, thing: Any) -> bool:
    """Who writes it, while its text stands still: from the voting on, as long as there is no answer."""
    frozen = thing.idea_state == "published" and thing.phase in WHILE_CORRECTING and not thing.answered
    return writes(actor, thing) and frozen and speaks_still(actor, thing) and not thing.checked_first


def invited(actor: Actor, thing: Any) -> bool:
    """Who is invited to write along and has not said yes or no."""
    return bool(thing.invited)


def writes_along(actor: Actor, thing: Any) -> bool:
    """Who writes along."""
    return bool(thing.co_author)


def helping(actor: Actor, thing: Any) -> bool:
    """Every reader whose it is not, while it is an idea that is published and its campaign is not done; whose words are
    looked at first, writes ideas and comments, which can be."""
    may = not hers(actor, thing) and commenting(actor, thing)
    return may and bool(thing.kind == "idea" and not thing.checked_first)


def decides(actor: Actor, thing: Any) -> bool:
    """The sponsor, the decision owner, or a decision maker of the space."""
    return actor.id in (thing.sponsor, thing.decision_owner) or actor.has_role(thing.space, Role.DECISION_MAKER)


def after_voting(actor: Actor, thing: Any) -> bool:
    """Once the voting is over (at any time where it never closes), while the idea is published."""
    return thing.idea_state == "published" and (thing.phase in WHILE_ANSWERING or bool(thing.always_open))


def decides_or_owes(actor: Actor, thing: Any) -> bool:
    """Who owns its open case, she alone; without one, who decides, but nobody about a post of her own."""
    if thing.open_case:
        return bool(thing.owns_case)
    return decides(actor, thing) and (thing.kind == "idea" or not hers(actor, thing))


def decides_after_voting(actor: Actor, thing: Any) -> bool:
    """Who decides, or owns its case, once, after the voting."""
    return after_voting(actor, thing) and decides_or_owes(actor, thing) and not thing.answered


def decides_about_answered(actor: Actor, thing: Any) -> bool:
    """Who decides, or owns its case, as often as the answer needs it."""
    return bool(thing.answered) and after_voting(actor, thing) and decides_or_owes(actor, thing)


def decides_or_moderates_after_voting(actor: Actor, thing: Any) -> bool:
    """Who decides, or a moderator of the space who is not barred from its case, about an idea after the voting."""
    moderates = actor.has_role(thing.space, Role.MODERATOR) and not thing.barred
    may = decides_or_owes(actor, thing) or moderates
    return may and after_voting(actor, thing) and bool(thing.kind == "idea")


def claiming(actor: Actor, thing: Any) -> bool:
    """For whom it was written down; where only a name is known, any reader but who wrote it down, one at a time."""
    return bool(thing.person in (None, actor.id) and actor.id != thing.author and thing.state == "waiting")


def captured_for(actor: Actor, thing: Any) -> bool:
    """For whom it was written down, until it is settled."""
    return bool(thing.person == actor.id and thing.state == "waiting")


def wrote_it_down(actor: Actor, thing: Any) -> bool:
    """Who wrote it down, once somebody says that it is hers."""
    return bool(thing.author == actor.id and thing.state == "claimed")


def supporting(actor: Actor, thing: Any) -> bool:
    """Every reader whose it is not, while it is published: until voting closes; a budget, while it is open."""
    open_now = thing.phase in WHILE_SUPPORTING[thing.vote_method]
    return open_now and not hers(actor, thing) and bool(thing.idea_state == "published")
