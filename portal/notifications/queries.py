"""Reading mail, and what a message needs."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor, Role
from portal.access.scope import visible
from portal.db import fetch, fetch_one, fetch_value
from portal.tables import Answer, ClusterItem, Idea, Mail, Space


class Undelivered(msgspec.Struct, frozen=True):
    """A message that was given up, for administrators. Neither what it is about nor when: a mail about an answer that
    goes to somebody who did not write there would tell that she voted."""

    id: int
    public_id: str
    recipient_name: str
    recipient_email: str
    attempts: int
    last_error: str


UNDELIVERED = """
    SELECT m.id, m.public_id, coalesce(n.name, i.name) AS recipient_name, coalesce(n.email, i.email) AS recipient_email,
        m.attempts, m.last_error
    FROM mail m LEFT JOIN identity n ON n.person = m.recipient LEFT JOIN invitation i ON i.id = m.invitation
    WHERE m.dropped_at IS NOT NULL AND m.last_error <> '' AND {}
"""


async def undelivered_mail(actor: Actor) -> list[Undelivered]:
    """The dead letters, newest first, at most 100."""
    return await fetch(Undelivered, UNDELIVERED + " ORDER BY m.id DESC LIMIT 100", visible(Mail, actor, "m"))


async def get_undelivered(actor: Actor, public_id: str) -> Undelivered | None:
    """One of them."""
    return await fetch_one(Undelivered, UNDELIVERED + " AND m.public_id = {}", visible(Mail, actor, "m"), public_id)


class AnsweredIdea(msgspec.Struct, frozen=True):
    """What a mail about an answer tells; rendered when it goes out, as its reader may see it then. `with_it`: what
    stands under the idea, and is answered with it."""

    idea_public_id: str
    title: str
    kind: str
    summary: str
    decider: str
    corrected: bool
    with_it: list[str]


ANSWERED = """
    SELECT i.public_id AS idea_public_id, i.title, a.kind, a.summary, coalesce(n.name, '') AS decider,
        e.kind = 'answer.corrected' AS corrected,
        ARRAY(SELECT o.title FROM cluster_item k JOIN idea o ON o.id = k.idea AND {}
            WHERE k.lead = i.id AND k.left_at IS NULL AND {} ORDER BY k.id) AS with_it
    FROM event e JOIN answer a ON a.id = e.answer JOIN idea i ON i.id = a.idea
    LEFT JOIN identity n ON n.person = a.author WHERE e.id = {} AND {}
"""


async def answered_idea(reader: Actor, event: int) -> AnsweredIdea | None:
    """The answer that an event tells of, if the reader may see it."""
    together = visible(Idea, reader, "o"), visible(ClusterItem, reader, "k")
    return await fetch_one(AnsweredIdea, ANSWERED, *together, event, visible(Answer, reader, "a"))


class GivenRole(msgspec.Struct, frozen=True):
    """What a mail about a role in a closed group tells. `by` is nobody where the command line did it."""

    public_id: str
    space: str
    by: str | None
    who: str
    role: str
    self: bool


GIVEN_ROLE = """
    SELECT s.public_id, s.name AS space, a.name AS by, coalesce(n.name, '') AS who, e.particulars ->> 'role' AS role,
        coalesce(n.person = e.actor, FALSE) AS self
    FROM event e JOIN space s ON s.id = e.space LEFT JOIN identity a ON a.person = e.actor
    LEFT JOIN identity n ON n.person = (e.particulars ->> 'member')::bigint WHERE e.id = {} AND {}
"""


async def given_role(reader: Actor, event: int) -> GivenRole | None:
    """The role that an event tells of, if the reader still reads that group."""
    return await fetch_one(GivenRole, GIVEN_ROLE, event, visible(Space, reader, "s"))


class IdleGroup(msgspec.Struct, frozen=True):
    """A group of which its owners are asked whether it is still needed."""

    public_id: str
    name: str


IDLE_GROUP = """
    SELECT s.public_id, s.name FROM event e JOIN space s ON s.id = e.space
    WHERE e.id = {} AND s.idle_asked_at IS NOT NULL AND s.id = ANY({}) AND {}
"""


async def idle_group(reader: Actor, event: int) -> IdleGroup | None:
    """The idle group that an event tells of, if the reader owns it and nobody has said yet what becomes of it."""
    return await fetch_one(IdleGroup, IDLE_GROUP, event, reader.spaces_as(Role.OWNER), visible(Space, reader, "s"))


# What was moved meanwhile counts where it stands now.
LABEL = """
    SELECT s.label FROM event e LEFT JOIN comment k ON k.id = e.comment LEFT JOIN answer a ON a.id = e.answer
    LEFT JOIN escalation z ON z.id = e.escalation LEFT JOIN campaign c ON c.id = e.campaign
    LEFT JOIN idea i ON i.public_id = e.particulars ->> 'idea_public_id'
        OR i.id = coalesce(e.idea, k.idea, a.idea, z.idea)
    JOIN space s ON s.id = coalesce(i.space, c.space, e.space) WHERE e.id = {}
"""


async def label_of(event: int) -> str:  # access: how confidential the mail has to be that tells of it
    """The label of the space in which the thing stands now; what happened in none is internal."""
    return str(await fetch_value(LABEL, event) or "internal")
