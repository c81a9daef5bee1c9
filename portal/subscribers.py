"""Who listens to what: event kind → functions that the worker calls with the event's id, in its transaction."""

from collections.abc import Awaitable, Callable

from portal.escalation import reactions as escalation
from portal.events.kinds import Kind
from portal.notifications.reactions import tell_of
from portal.notifications.telling import SETTLES
from portal.notifications.tellings import TELLINGS
from portal.moderation import reactions as moderation
from portal.notifications import leavers, owners, starters
from portal.notifications import reactions as notifications
from portal.preboarding import reactions as preboarding

Reaction = Callable[[int], Awaitable[None]]

#: What follows from events, beside that people are told of them (portal/notifications/tellings.py).
REACTIONS: dict[Kind, list[Reaction]] = {
    Kind.GUEST_ADMITTED: [preboarding.look_for_mentors],
    Kind.MENTOR_OFFERED: [preboarding.look_for_mentors],
    Kind.MENTOR_ENDED: [preboarding.look_for_mentors],
    Kind.FIRST_DAY_MOVED: [preboarding.look_for_mentors],
    Kind.CAMPAIGN_MOVED_ON: [escalation.look_again],
    Kind.IDEA_ANSWERED: [escalation.answered],
    Kind.IDEA_WITHDRAWN: [escalation.withdrawn],
    Kind.IDEA_PUT_BACK: [escalation.put_back],
    Kind.MENTOR_FOUND: [starters.tell_of_starters],
    Kind.TOPIC_OWNER_LEFT: [owners.tell_of_owner],
    Kind.INVITATION_REFUSED: [notifications.tell_of_guests],
    Kind.GUESTS_ENDING: [notifications.tell_of_guests],
    Kind.SPONSOR_LEFT: [notifications.tell_of_guests],
    Kind.GUEST_WISHED: [notifications.tell_of_guests],
    Kind.WISH_GRANTED: [notifications.tell_of_guests],
    Kind.WISH_REFUSED: [notifications.tell_of_guests],
    Kind.SPACE_IDLE: [notifications.ask_owners],
    Kind.CAMPAIGN_PROPOSED: [notifications.announce_campaign],
    Kind.CAMPAIGN_OPENED: [notifications.announce_campaign],
    Kind.CAMPAIGN_DECLINED: [notifications.announce_campaign],
    Kind.CAMPAIGN_MOVED_ON: [notifications.announce_campaign, escalation.look_again],
    Kind.CAMPAIGN_EXTENDED: [notifications.announce_campaign],
    Kind.CAMPAIGN_CANCELLED: [notifications.announce_campaign],
    Kind.COMMENT_ADDED: [notifications.announce_mentions],
    Kind.COMMENT_EDITED: [notifications.announce_mentions],
    Kind.IDEA_ANSWERED: [notifications.announce_answer, escalation.answered],
    Kind.ANSWER_CORRECTED: [notifications.announce_answer],
    Kind.IDEA_STATUS_CHANGED: [notifications.spread_news],
    Kind.IDEA_WITHDRAWN: [notifications.spread_news, escalation.withdrawn],
    Kind.IDEA_PUT_BACK: [notifications.spread_news, escalation.put_back],
    Kind.POST_BECAME_IDEA: [notifications.spread_news],
    Kind.IDEA_CORRECTED: [notifications.spread_news],
    Kind.FILE_ASKED: [notifications.tell_of_wish],
    Kind.FILE_ANSWERED: [notifications.tell_of_wish],
    Kind.HELP_OFFERED: [notifications.tell_of_help],
    Kind.CO_AUTHOR_INVITED: [notifications.ask],
    Kind.IDEA_CAPTURED: [notifications.ask],
    Kind.IDEA_CLAIMED: [notifications.ask],
    Kind.WATCHED: [escalation.watch],
    Kind.THRESHOLD_REACHED: [escalation.threshold_reached],
    Kind.CASE_OPENED: [escalation.assign_promised],
    Kind.CASE_QUALIFIED: [escalation.count_all],
    Kind.CASE_INVALIDATED: [escalation.open_again],
}

SUBSCRIBERS: dict[Kind, list[Reaction]] = {
    kind: ([tell_of] if kind in TELLINGS or kind in SETTLES else []) + REACTIONS.get(kind, []) for kind in Kind
}
