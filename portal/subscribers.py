"""Who listens to what: event kind → functions that the worker calls with the event's id, in its transaction."""

from collections.abc import Awaitable, Callable

from portal.crowd import reactions as crowd
from portal.escalation import reactions as escalation
from portal.events.kinds import Kind
from portal.moderation import reactions as moderation
from portal.notifications.reactions import tell_of
from portal.notifications.telling import SETTLES
from portal.notifications.tellings import TELLINGS
from portal.preboarding import reactions as preboarding
from portal.screening import reactions as screening

Reaction = Callable[[int], Awaitable[None]]

#: What follows from events, beside that people are told of them (portal/notifications/tellings.py).
REACTIONS: dict[Kind, list[Reaction]] = {
    Kind.GUEST_ADMITTED: [preboarding.look_for_mentors],
    Kind.MENTOR_OFFERED: [preboarding.look_for_mentors],
    Kind.MENTOR_ENDED: [preboarding.look_for_mentors],
    Kind.FIRST_DAY_MOVED: [preboarding.look_for_mentors],
    Kind.IDEA_PROPOSED: [moderation.call_a_moderator],
    Kind.IDEA_EDITED: [moderation.call_a_moderator],
    Kind.COMMENT_ADDED: [moderation.call_a_moderator],
    Kind.COMMENT_EDITED: [moderation.call_a_moderator],
    Kind.ATTACHMENT_ADDED: [moderation.call_a_moderator],
    Kind.CAMPAIGN_MOVED_ON: [escalation.look_again],
    Kind.CAMPAIGN_CANCELLED: [escalation.look_again],
    Kind.QUESTION_ANSWERED: [escalation.question_answered],
    Kind.IDEA_ANSWERED: [crowd.promised],
    Kind.ANSWER_CORRECTED: [crowd.promised],
    Kind.CASE_ANSWERED: [crowd.answered],
    Kind.IDEA_WITHDRAWN: [escalation.withdrawn],
    Kind.IDEA_PUT_BACK: [escalation.put_back],
    Kind.IDEA_ADOPTED: [escalation.put_back],
    Kind.DUTY_BOUNCED: [escalation.bounced],
    Kind.WATCHED: [escalation.watch],
    Kind.MODERATION_REPORTED: [screening.hold_reported],
    Kind.THRESHOLD_REACHED: [escalation.threshold_reached],
    Kind.CASE_OPENED: [escalation.assign_promised],
    Kind.CASE_QUALIFIED: [escalation.count_all],
    Kind.CASE_INVALIDATED: [escalation.open_again],
}

SUBSCRIBERS: dict[Kind, list[Reaction]] = {
    kind: ([tell_of] if kind in TELLINGS or kind in SETTLES else []) + REACTIONS.get(kind, []) for kind in Kind
}
