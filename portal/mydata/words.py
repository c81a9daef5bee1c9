"""How what is stored about a person is called, for her to read: the names of columns, and what their values mean."""

from __future__ import annotations

from collections.abc import Mapping

from portal.text.language import LANGUAGES, lazy
from portal.text.roles import ROLE_NAMES
from portal.text.rules import HOUSE_RULES

COLUMNS: dict[str, str] = {
    "about": lazy("About you"),
    "about_for": lazy("Who reads what is about you"),
    "accepted_at": lazy("Accepted"),
    "action": lazy("What was done"),
    "asked_at": lazy("Asked for"),
    "attachment": lazy("File"),
    "body": lazy("Text"),
    "brief": lazy("Brief"),
    "campaign": lazy("Campaign"),
    "created_at": lazy("Since"),
    "decided_at": lazy("Decided"),
    "description": lazy("Description"),
    "due_at": lazy("Due"),
    "edited_at": lazy("Last changed"),
    "email": lazy("E-mail address"),
    "ended_at": lazy("Ended"),
    "expires_at": lazy("Valid until"),
    "file": lazy("File"),
    "file_name": lazy("Name of the file"),
    "from_when": lazy("From when"),
    "given": lazy("Given"),
    "goal": lazy("Goal"),
    "held_on": lazy("Held on"),
    "policy": lazy("Policy"),
    "comments_until": lazy("Comments until"),
    "in_force_at": lazy("In force from"),
    "dropped_why": lazy("Why it was taken back"),
    "help": lazy("Explanation"),
    "hours": lazy("Working hours"),
    "hours_for": lazy("Who reads your working hours"),
    "idea": lazy("Idea"),
    "invited_at": lazy("Invited"),
    "kind": lazy("Kind"),
    "label": lazy("Question"),
    "language": lazy("Language"),
    "last_seen_at": lazy("Last used"),
    "last_signed_in_at": lazy("Last signed in"),
    "lead": lazy("In short"),
    "made_at": lazy("Made"),
    "mailbox_confirmed_at": lazy("Mailbox confirmed"),
    "may_download": lazy("May download"),
    "may_vote": lazy("May vote"),
    "may_write": lazy("May write"),
    "measure": lazy("Measure of success"),
    "most": lazy("How many at once"),
    "name": lazy("Name"),
    "need": lazy("Need"),
    "next_date": lazy("Next step on"),
    "next_step": lazy("Next step"),
    "number": lazy("Number"),
    "occurred_at": lazy("When"),
    "office_hours": lazy("Office hours"),
    "opens": lazy("Days after the first day"),
    "options": lazy("Choices"),
    "outcome": lazy("Outcome"),
    "phone": lazy("Phone"),
    "phone_for": lazy("Who reads your phone number"),
    "photo": lazy("Photo"),
    "place": lazy("Place"),
    "place_for": lazy("Who reads your place"),
    "preset": lazy("Template"),
    "promise": lazy("Promise"),
    "purpose": lazy("Purpose"),
    "question": lazy("Question"),
    "read_at": lazy("Read at"),
    "reason": lazy("Reason"),
    "role": lazy("Role"),
    "rule": lazy("House rule"),
    "sent_at": lazy("Sent"),
    "size": lazy("Size in bytes"),
    "skills": lazy("Skills"),
    "skills_for": lazy("Who reads your skills"),
    "space": lazy("Space"),
    "starts_on": lazy("First day"),
    "since": lazy("Since"),
    "started_at": lazy("Began"),
    "state": lazy("State"),
    "statement": lazy("First statement"),
    "statement_at": lazy("Said"),
    "status": lazy("Status"),
    "status_for": lazy("Who reads your status"),
    "status_until": lazy("Status until"),
    "summary": lazy("In short"),
    "tags": lazy("Tags"),
    "text": lazy("Text"),
    "theme": lazy("Light or dark"),
    "title": lazy("Title"),
    "undone_at": lazy("Taken back"),
    "until": lazy("Until"),
    "updated_at": lazy("Last changed"),
    "user_agent": lazy("Browser"),
    "value": lazy("Reply"),
    "version": lazy("Version"),
    "visited_at": lazy("Last visited"),
    "votes": lazy("Votes"),
    "wants_mail": lazy("Wants mail"),
    "weight": lazy("Votes"),
    "whereabouts": lazy("Where to be found"),
    "words": lazy("Text"),
    "zone": lazy("Time zone"),
    "from_day": lazy("First day"),
    "until_day": lazy("Last day"),
    "topic": lazy("Topic"),
    "unit": lazy("Unit"),
}

#: Columns whose values are words of ours.
VALUES: dict[str, Mapping[str, str]] = {
    "language": LANGUAGES,
    "role": ROLE_NAMES,
    "rule": {key: rule.name for key, rule in HOUSE_RULES.items()},
}


def called(column: str) -> str:
    """What a column is called."""
    return str(COLUMNS[column])


def meant(column: str, value: object) -> object:
    """What a value means."""
    return str(VALUES[column].get(str(value), value)) if column in VALUES else value
