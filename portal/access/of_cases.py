"""The policy's predicates about cases: who decides, who stands above, and who may not."""

from __future__ import annotations

from typing import Any

from portal.access.actor import Actor, Role
from portal.access.phases import WHILE_ANSWERING

#: States in which an owner owes an answer: those of `escalation.states`, which stands above (a test compares them).
OWNED = {"assigned", "acknowledged", "clarifying", "drafting", "under review"}


def _owns(actor: Actor, thing: Any, states: set[str]) -> bool:
    """The owner, who is in no conflict (rule 6)."""
    return bool(actor.id == thing.owner and not thing.barred and thing.state in states)


def owner_of_new_case(actor: Actor, thing: Any) -> bool:
    """The owner, until she has said when the answer comes."""
    return _owns(actor, thing, {"assigned"})


def owner_with_a_question(actor: Actor, thing: Any) -> bool:
    """The owner, once she has acknowledged it; one question, once (rule 2)."""
    return _owns(actor, thing, {"acknowledged"}) and thing.clarify_from is None


def owner_with_an_open_question(actor: Actor, thing: Any) -> bool:
    """The owner, while her question is open."""
    return bool(thing.state == "clarifying" and actor.id == thing.owner)


def writer_who_is_asked(actor: Actor, thing: Any) -> bool:
    """Who wrote the item, while the owner's question is open, once."""
    return thing.state == "clarifying" and not thing.replied and (actor.id == thing.author or bool(thing.co_author))


def owner_before_answer(actor: Actor, thing: Any) -> bool:
    """The owner, until she has answered."""
    return _owns(actor, thing, OWNED)


def owner_without_statement(actor: Actor, thing: Any) -> bool:
    """The owner, until she has answered; what was said first stays as it was said."""
    return owner_before_answer(actor, thing) and thing.statement_at is None


def owner_or_adviser(actor: Actor, thing: Any) -> bool:
    """The owner, and who drafts for her, until it is answered (rule 23)."""
    return owner_before_answer(actor, thing) or bool(thing.advises and not thing.barred and thing.state in OWNED)


def asked_to_agree(actor: Actor, thing: Any) -> bool:
    """Whom the owner asked to agree to what can't be discussed in public, until it is answered (rule 10)."""
    return bool(actor.id == thing.approver and not thing.barred and thing.state in OWNED)


def writes_before_answer(actor: Actor, thing: Any) -> bool:
    """Who wrote the item, as long as an answer is owed."""
    return (actor.id == thing.author or bool(thing.co_author)) and thing.lateness is not None


def owner_in_time(actor: Actor, thing: Any) -> bool:
    """The owner, before it is due, once (rule 3)."""
    return owner_before_answer(actor, thing) and thing.extension_asked_at is None and actor.now < thing.due_at


def superior_in_time(actor: Actor, thing: Any) -> bool:
    """Who stands one level above the owner, before it is due, once she is asked (rule 3)."""
    asked = thing.extension_asked_at is not None and thing.extension_decided_at is None
    in_time = thing.state in OWNED and actor.now < thing.due_at
    return bool(asked and in_time and actor.id == thing.superior and not thing.barred)


def decides_along(actor: Actor, thing: Any) -> bool:
    """The owner, her deputy, the neutral and the chain, from when she is named until the case is over."""
    return bool(thing.decides and thing.owner is not None)


def owner_or_chain(actor: Actor, thing: Any) -> bool:
    """The owner, or who stands above her, until it is answered."""
    return thing.state in OWNED and not thing.barred and (actor.id == thing.owner or bool(thing.in_chain))


def asked_to_own(actor: Actor, thing: Any) -> bool:
    """Who is asked to own it from now on, until it is answered; who may not decide it says no like anybody else."""
    return thing.state in OWNED and bool(thing.offered)


def owner_of_open_case(actor: Actor, thing: Any) -> bool:
    """The owner, until the case is over."""
    return bool(actor.id == thing.owner and not thing.barred and thing.ended_at is None)


def on_team(actor: Actor, thing: Any) -> bool:
    """Whoever is on the case, until it is over."""
    return bool(thing.on_team)


def asked_for_advice(actor: Actor, thing: Any) -> bool:
    """Who was asked and is still on the team, once, until the case is over."""
    return bool(actor.id == thing.person and thing.asked and thing.open and thing.answered_at is None)


def keeps_record(actor: Actor, thing: Any) -> bool:
    """Who decides along; once it is over, who owned it last; administrators. Nobody who has a part in it (rule 6)."""
    over = thing.ended_at is not None and actor.id == thing.owner
    return bool(not thing.barred and ((thing.on_team and thing.decides) or over or actor.administrator))


def moderator_who_does_not_decide(actor: Actor, thing: Any) -> bool:
    """A moderator of the space who neither wrote the item nor decides about it (rule 7)."""
    return thing.space in actor.moderates and not thing.barred and not thing.decides


def looks_after_case(actor: Actor, thing: Any) -> bool:
    """A moderator of the space or an administrator, who neither wrote the item nor decides about it (rule 7)."""
    looks_after = thing.space in actor.moderates or actor.administrator
    return looks_after and not thing.barred and not thing.decides


def names_owner(actor: Actor, thing: Any) -> bool:
    """A moderator or an administrator who does not decide it, while nobody owns it."""
    return thing.state == "triage" and looks_after_case(actor, thing)


def doubts_support(actor: Actor, thing: Any) -> bool:
    """A moderator who does not decide it, during the hold."""
    return thing.state == "qualifying" and moderator_who_does_not_decide(actor, thing)


def _without_case(thing: Any) -> bool:
    """It has no case and no answer, stands under no lead, and may be answered: while its campaign runs nobody may, so
    nobody owes it."""
    answerable = thing.idea_state == "published" and (thing.always_open or thing.phase in WHILE_ANSWERING)
    return answerable and thing.lead is None and thing.open_case is None and not thing.answered


def brings_to_decision(actor: Actor, thing: Any) -> bool:
    """A moderator of the space who would not decide it herself, nor as deputy, neutral or from above (rule 7), of what
    has no case and no answer."""
    would_decide = thing.would_decide or actor.id == thing.answers_for_it
    return _without_case(thing) and not would_decide and moderator_who_does_not_decide(actor, thing)


def decides_unasked(actor: Actor, thing: Any) -> bool:
    """A decision maker of the space, or who answers for such things by the rules; of what has no case and no answer."""
    decider = actor.has_role(thing.space, Role.DECISION_MAKER) or actor.id == thing.answers_for_it
    return _without_case(thing) and not actor.guest and not thing.barred and decider


def merges(actor: Actor, thing: Any) -> bool:
    """A moderator of the space who does not decide it, while it is published and stands under no lead (rule 7)."""
    alone = thing.idea_state == "published" and thing.lead is None
    return alone and not thing.answered and moderator_who_does_not_decide(actor, thing)


def splits(actor: Actor, thing: Any) -> bool:
    """Its author, for 72 hours; a moderator who does not decide it, until it is answered with its lead (rule 12)."""
    opts_out = thing.author in actor.selves and thing.opt_out_until is not None and actor.now < thing.opt_out_until
    takes_out = not thing.lead_answered and moderator_who_does_not_decide(actor, thing)
    return thing.lead is not None and (opts_out or takes_out)
