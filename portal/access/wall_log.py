"""What a guest's request may write into the event log. The worker acts on what stands there, as the owner of the
tables: so it takes no event of hers but of what she can do, about what stands in her spaces."""

from __future__ import annotations

#: Of herself, in no space.
OF_HERSELF = (
    *("person.signed_out", "person.sessions_ended", "person.rules_accepted", "person.edited", "person.data_asked"),
    "screening.settled",
)
#: Of what she writes, alone or with others.
OF_HER_IDEAS = (
    *("idea.proposed", "idea.edited", "idea.withdrawn", "idea.put_back", "idea.corrected"),
    "idea.question_answered",
)
#: Of somebody in her spaces, who is named.
OF_PEOPLE = ("idea.co_author_invited", "idea.co_author_joined", "idea.co_author_left")
#: Of whatever she can read.
THERE = (
    *("idea.help_offered", "idea.help_taken_back", "idea.claimed", "idea.capture_refused", "idea.handed_over"),
    *("attachment.added", "attachment.removed", "attachment.asked", "guest.wished"),
    *("comment.added", "comment.edited", "comment.removed", "space.left"),
    *("moderation.reported", "moderation.appealed", "moderation.put_back", "moderation.action_asked"),
)
#: What an event is about, each in a table of its own with a space.
SUBJECTS = ("campaign", "idea", "comment", "escalation")
IN_HER_SPACES = " AND ".join(
    f"({what} IS NULL OR EXISTS (SELECT FROM {what} o WHERE o.id = event.{what} AND o.space = event.space))"
    for what in SUBJECTS
)


def happened(person: str, in_space: str) -> str:
    """The condition on a new row of the log; `person` is she herself, `in_space` that the row stands in her spaces."""
    return f"""
        coalesce(actor, {person}) = {person} AND answer IS NULL AND CASE
            WHEN kind IN ({_named(OF_HERSELF)}) THEN person = {person} AND num_nonnulls(space, escalation) = 0
            WHEN {in_space} IS NOT TRUE OR NOT ({IN_HER_SPACES}) THEN FALSE
            WHEN kind IN ({_named(OF_PEOPLE)}) THEN EXISTS (SELECT FROM wall_people p WHERE p.person = event.person)
            WHEN kind IN ({_named(OF_HER_IDEAS)}) THEN EXISTS (SELECT FROM wall_writes w WHERE w.idea = event.idea)
            ELSE person IS NULL AND kind IN ({_named(THERE)}) END"""


def _named(kinds: tuple[str, ...]) -> str:
    return ", ".join(f"'{kind}'" for kind in kinds)
