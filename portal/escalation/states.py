"""The states of a case, and the one table of what leads from which to which.

Each row is an event of the case's timeline; nothing changes a case without one (`moving.move`), and reading the events
again gives the same (`replay`). Lateness is no state: it is read from `due_at`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from portal.events.kinds import Kind


class State(StrEnum):
    """Where a case is."""

    QUALIFYING = "qualifying"
    TRIAGE = "triage"
    ASSIGNED = "assigned"
    ACKNOWLEDGED = "acknowledged"
    CLARIFYING = "clarifying"
    DRAFTING = "drafting"
    ANSWERED = "answered"
    COMMITTED = "committed"
    IMPLEMENTED = "implemented"
    VERIFIED = "verified"
    UNDER_REVIEW = "under review"
    CLOSED = "closed"
    DROPPED = "dropped"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    DIVERTED = "diverted"


#: Somebody owns it, and owes an answer.
OWNED = frozenset({State.ASSIGNED, State.ACKNOWLEDGED, State.CLARIFYING, State.DRAFTING, State.UNDER_REVIEW})
#: An answer is owed.
OWED = OWNED | {State.QUALIFYING, State.TRIAGE}
#: It was answered, and is not over.
KEPT = frozenset({State.ANSWERED, State.COMMITTED, State.IMPLEMENTED})
#: It is over; another may be opened on the same item.
ENDED = frozenset({State.CLOSED, State.DROPPED, State.MERGED, State.WITHDRAWN, State.DIVERTED})
#: It was begun by nothing but this event.
NEW: frozenset[State] = frozenset()


class Transition(NamedTuple):
    """From which states, and to which; to none: it stays where it is."""

    before: frozenset[State]
    after: State | None


def _from(*states: State) -> frozenset[State]:
    return frozenset(states)


TRANSITIONS: dict[Kind, Transition] = {
    Kind.CASE_HELD: Transition(NEW, State.QUALIFYING),
    Kind.CASE_OPENED: Transition(NEW, State.TRIAGE),
    Kind.CASE_HOLD_LENGTHENED: Transition(_from(State.QUALIFYING), None),
    Kind.CASE_INVALIDATED: Transition(_from(State.QUALIFYING), State.DROPPED),
    Kind.CASE_QUALIFIED: Transition(_from(State.QUALIFYING), State.TRIAGE),
    Kind.CASE_ASSIGNED: Transition(_from(State.TRIAGE), State.ASSIGNED),
    Kind.CASE_HANDED_OVER: Transition(OWNED | KEPT, None),
    Kind.CASE_CONFLICT: Transition(OWNED | KEPT, None),
    Kind.CASE_RAISED: Transition(OWED, None),
    Kind.CASE_ACKNOWLEDGED: Transition(_from(State.ASSIGNED), State.ACKNOWLEDGED),
    Kind.CASE_CLARIFYING: Transition(_from(State.ACKNOWLEDGED), State.CLARIFYING),
    Kind.CASE_CLARIFIED: Transition(_from(State.CLARIFYING), State.ACKNOWLEDGED),
    Kind.CASE_SCREENED: Transition(OWED - {State.CLARIFYING}, None),
    Kind.CASE_STATEMENT: Transition(OWED, None),
    Kind.CASE_NO_STATEMENT: Transition(OWED, None),
    Kind.CASE_EXTENSION_ASKED: Transition(OWNED, None),
    Kind.CASE_EXTENDED: Transition(OWNED, None),
    Kind.CASE_EXTENSION_REFUSED: Transition(OWNED, None),
    Kind.CASE_DRAFTING: Transition(_from(State.ACKNOWLEDGED), State.DRAFTING),
    Kind.CASE_STAFFED: Transition(OWNED | KEPT | {State.VERIFIED}, None),
    Kind.CASE_RELEASED: Transition(OWNED | KEPT | {State.VERIFIED}, None),
    Kind.CASE_CONSULTED: Transition(OWNED, None),
    Kind.CASE_ADVISED: Transition(OWNED | KEPT | {State.VERIFIED}, None),
    Kind.CASE_ADVICE_LATE: Transition(OWNED, None),
    Kind.CASE_OVERDUE: Transition(OWED, None),
    Kind.CASE_ANSWERED: Transition(OWED, State.ANSWERED),
    Kind.CASE_COMMITTED: Transition(_from(State.ANSWERED), State.COMMITTED),
    Kind.CASE_IMPLEMENTED: Transition(_from(State.COMMITTED), State.IMPLEMENTED),
    Kind.CASE_VERIFIED: Transition(_from(State.IMPLEMENTED), State.VERIFIED),
    Kind.CASE_CLOSED: Transition(KEPT | {State.VERIFIED}, State.CLOSED),
    Kind.CASE_UNDER_REVIEW: Transition(KEPT, State.UNDER_REVIEW),
    Kind.CASE_REOPENED: Transition(_from(State.COMMITTED, State.IMPLEMENTED), State.ASSIGNED),
    Kind.CASE_WITHDRAWN: Transition(OWED, State.WITHDRAWN),
    Kind.CASE_REMOVED: Transition(OWED, State.WITHDRAWN),
    Kind.CASE_RESUMED: Transition(_from(State.WITHDRAWN, State.DIVERTED), State.TRIAGE),
    Kind.CASE_MERGED: Transition(OWED, State.MERGED),
    Kind.CASE_SPLIT: Transition(_from(State.MERGED), State.TRIAGE),
    Kind.CASE_DIVERTED: Transition(OWED, State.DIVERTED),
}
