"""The first administrator."""

from __future__ import annotations

from portal.accounts.actions import set_password
from portal.accounts.queries import account_of_email
from portal.db import execute, fetch_value, transaction
from portal.events.kinds import Kind
from portal.events.log import record
from portal.install import install_improvements, install_organisation

PERSON = "INSERT INTO person (kind) VALUES ('employee') RETURNING id"
IDENTITY = "INSERT INTO identity (person, name, email, language, zone) VALUES ({}, {}, {}, {}, {})"
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
        person = account.person if account else await fetch_value(PERSON)
        if account is None:
            await execute(IDENTITY, person, name, email, language, zone)
        await set_password(person, password)
        await execute(ROLE, space, person)
        await install_improvements(space, person, language)
        await record(Kind.ADMINISTRATOR_MADE, space=space, person=person)
    return account is None
