"""Erasing who somebody was: what she wrote stays, as a former colleague's, and nothing says any more who that is."""

from __future__ import annotations

import msgspec

from portal.access.actor import Actor
from portal.access.policy import Action, require
from portal.db import execute, fetch_one, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record


class StillHere(Exception):
    """Who can still sign in is let out first."""


class Known(msgspec.Struct, frozen=True):
    """By what she is known."""

    active: bool
    name: str
    email: str
    number: str


WHO = """
    SELECT p.active, coalesce(n.name, '') AS name, coalesce(n.email, '') AS email, coalesce(r.number, '') AS number
    FROM person p LEFT JOIN identity n ON n.person = p.id LEFT JOIN personnel r ON r.person = p.id
    WHERE p.id = {} FOR NO KEY UPDATE OF p
"""
MARK = """
    UPDATE person SET erased_at = plein_now(), epoch = epoch + 1, org_unit = NULL, last_signed_in_at = NULL,
        starts_on = NULL
    WHERE id = {} AND erased_at IS NULL RETURNING id
"""
HERS = (
    *("identity", "credential", "session", "password_reset", "sign_in_link", "personnel", "guest", "data_export"),
    *("absence", "membership", "file_wish", "follow", "read_mark", "reaction", "help_offer", "delegate"),
    *("mentor", "mentorship", "rules_acceptance", "notice", "mute", "screening"),
)
#: Her rows of these tables go.
OWN = ", ".join(f"x_{table} AS (DELETE FROM {table} x USING me WHERE x.person = me.id)" for table in HERS)
# All that tells who she is, in one statement. The profile's row stays, empty: by it every process hears that her photo
# is gone, and the next sweep takes it from the disk.
ERASE = f"""
    WITH me AS (SELECT {{}}::bigint AS id, lower({{}}) AS email, {{}}::text AS number,
        lower({{}}) AS name),
    {OWN},
    masks AS (DELETE FROM mask x USING me WHERE x.behind = me.id),
    for_her AS (DELETE FROM delegate x USING me WHERE x.leader = me.id),
    mail AS (DELETE FROM mail x USING me WHERE x.recipient = me.id),
    invited AS (DELETE FROM mail x USING me, invitation i WHERE i.id = x.invitation AND lower(i.email) = me.email),
    asked AS (DELETE FROM co_author x USING me WHERE x.person = me.id AND x.accepted_at IS NULL),
    noted AS (UPDATE capture x SET name = '' FROM me WHERE x.person = me.id),
    told AS (
        UPDATE profile x SET phone = '', place = '', skills = '{{{{}}}}', about = '', hours = '', status = '',
            status_until = NULL, photo = '' FROM me WHERE x.person = me.id),
    lines AS (
        DELETE FROM import_line x USING me
        WHERE x.person = me.id OR lower(x.email) = me.email OR me.number <> '' AND x.number = me.number),
    drafted AS (
        UPDATE answer_draft x SET
            next_owner_called = CASE WHEN lower(x.next_owner_called) IN (me.email, me.name) THEN ''
                ELSE x.next_owner_called END,
            approver_called = CASE WHEN lower(x.approver_called) IN (me.email, me.name) THEN ''
                ELSE x.approver_called END
        FROM me WHERE lower(x.next_owner_called) IN (me.email, me.name)
            OR lower(x.approver_called) IN (me.email, me.name)),
    problems AS (DELETE FROM import_problem x USING me WHERE lower(x.value) = me.email),
    jobs AS (
        DELETE FROM procrastinate_jobs x USING me WHERE lower(x.args ->> 'email') = me.email AND x.status <> 'doing'),
    brakes AS (
        DELETE FROM throttle x USING me WHERE x.key IN
            ('account:' || me.email, 'account:reset ' || me.email, 'account:link ' || me.email)),
    wishes AS (DELETE FROM colleague_wish x USING me WHERE x.person = me.id OR lower(x.email) = me.email)
    UPDATE invitation x SET email = 'erased', name = '', words = '', ended_at = coalesce(x.ended_at, plein_now()),
        state = CASE x.state WHEN 'open' THEN 'revoked' ELSE x.state END FROM me
    WHERE x.accepted_by = me.id OR lower(x.email) = me.email
"""


async def erase(actor: Actor | None, person: int) -> None:
    """Takes away all that says who a person was: what she wrote, voted and decided stays with a number. A second time
    nothing happens. Without an actor by the command line, or by the clock. Raises StillHere."""
    if actor:
        require(actor, Action.PEOPLE_MANAGE)
    async with transaction():
        known = await fetch_one(Known, WHO, person)
        if known is None or known.active:
            raise StillHere
        if await fetch_value(MARK, person) is None:
            return
        await execute(ERASE, person, known.email, known.number, known.name)
        await record(Kind.PERSON_ERASED, actor=actor.id if actor else None, person=person)
