"""Every kind of event: `subject.what_happened`."""

from enum import StrEnum


class Kind(StrEnum):
    """What can happen. Votes are not here: a vote's own row is its record, and the log must not tell who voted."""

    SIGNED_IN = "person.signed_in"
    SIGNED_OUT = "person.signed_out"
    PASSWORD_CHANGED = "person.password_changed"  # noqa: S105  the name of an event
    SESSIONS_ENDED = "person.sessions_ended"
    ADMINISTRATOR_MADE = "person.administrator_made"
    PERSON_ADDED = "person.added"
    SPACE_STARTED = "space.started"
    SPACE_JOINED = "space.joined"
    SPACE_LEFT = "space.left"
    MEMBER_ADDED = "space.member_added"
    CAMPAIGN_OPENED = "campaign.opened"
    CAMPAIGN_EDITED = "campaign.edited"
    IDEA_PROPOSED = "idea.proposed"
    IDEA_EDITED = "idea.edited"
    IDEA_ANSWERED = "idea.answered"
    COMMENT_ADDED = "comment.added"
    COMMENT_EDITED = "comment.edited"
    COMMENT_REMOVED = "comment.removed"
    ABOUT_EDITED = "about.edited"
    MAIL_RETRIED = "mail.retried"
