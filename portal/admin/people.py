"""Letting people in from the command line: the first administrator, and colleagues one by one."""

from __future__ import annotations

from portal.accounts.actions import set_password
from portal.accounts.queries import account_of_email
from portal.db import execute, fetch_value, transaction
from portal.events.jobs import queue
from portal.events.kinds import Kind
from portal.events.log import record
from portal.install import install_improvements, install_organisation

PERSON = "INSERT INTO person (kind, org_unit) VALUES ('employee', {}) RETURNING id"
IDENTITY = "INSERT INTO identity (person, name, email, title, language, zone) VALUES ({}, {}, {}, {}, {}, {})"
ROLE = """
    INSERT INTO membership (space, person, role) VALUES ({}, {}, 'administrator') ON CONFLICT DO NOTHING
"""


async def make_administrator(  # access: the command line, by whoever runs the machine
    email: str, name: str, password: str, organisation: str, language: str, zone: str
) -> bool:
    """Makes this person an administrator with this password; says whether she is new."""
    async with transaction():
        space = await install_organisation(organisation, language, zone)
        account = await account_of_email(email)
        person = account.person if account else await fetch_value(PERSON, None)
        if account is None:
            await execute(IDENTITY, person, name, email, "", language, zone)
        await set_password(person, password)
        await execute(ROLE, space, person)
        await install_improvements(space, person, language)
        await record(Kind.ADMINISTRATOR_MADE, space=space, person=person)
    return account is None


DEFAULTS = "SELECT language, zone FROM organisation"
UNIT = """
    WITH there AS (SELECT id FROM org_unit WHERE lower(name) = lower({}) ORDER BY id LIMIT 1),
    made AS (INSERT INTO org_unit (name) SELECT {} WHERE NOT EXISTS (SELECT FROM there) RETURNING id)
    SELECT id FROM there UNION ALL SELECT id FROM made
"""


async def add_person(  # access: the command line, by whoever runs the machine
    email: str, name: str, title: str, unit: str, language: str
) -> bool:
    """A colleague, who gets a mail to choose a password; False when the address is known. Raises LookupError where
    there is no organisation yet."""
    async with transaction():
        defaults = await execute(DEFAULTS)
        if not defaults:
            raise LookupError("there is no organisation yet")
        if await fetch_value("SELECT person FROM identity WHERE lower(email) = lower({})", email):
            return False
        person = await fetch_value(PERSON, await fetch_value(UNIT, unit, unit) if unit else None)
        await execute(IDENTITY, person, name, email, title, language or defaults[0]["language"], defaults[0]["zone"])
        await queue("send_reset", email=email)
        await record(Kind.PERSON_ADDED, person=person)
    return True
