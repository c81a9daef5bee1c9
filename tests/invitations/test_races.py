"""Accepting at the same moment, over real connections. A naive way of doing it shows that the check can fail."""

from __future__ import annotations

import asyncio

import pytest

from portal import db
from portal.access.tokens import token_sha256
from portal.accounts.actions import start_session
from portal.accounts.queries import account_of_person
from portal.db import execute, fetch_value, transaction
from portal.invitations.actions import IDENTITY, PERSON, accept
from portal.invitations.queries import welcome
from tests.world import add_invitation

MANY = 100


@pytest.fixture
async def connections(fresh_db):
    """A pool of 20 connections, so that statements really meet."""
    await db.close_pool()
    await db.open_pool(fresh_db, size=20)


async def as_the_product_does(name):
    """Looked up, then used."""
    invitation = await welcome(token_sha256(f"invitation-{name}"), "en")
    if invitation is None:
        return None
    return await accept(f"invitation-{name}", invitation, None, name="Rosalie", language="en", user_agent="")


async def look_then_write(name):
    """Naive: looks whether it is open and whether she is known, then writes."""
    token = token_sha256(f"invitation-{name}")
    row = (
        await execute(
            "SELECT i.* FROM invitation i JOIN invitation_link l ON l.invitation = i.id"
            " WHERE l.token_sha256 = {} AND i.state = 'open'",
            token,
        )
    )[0]
    async with transaction():
        person = await fetch_value("SELECT person FROM identity WHERE lower(email) = lower({})", row["email"])
        if person is None:
            person = await fetch_value(PERSON)
            await execute(IDENTITY, person, "Rosalie", row["email"], "en", "UTC")
        await execute("UPDATE invitation SET state = 'accepted' WHERE id = {}", row["id"])
        account = await account_of_person(person)
        return await start_session(account, "")


async def tally(world):
    """Accounts and sessions of the address, and the spaces that it is in."""
    found = await execute(
        "SELECT count(DISTINCT n.person)::int AS people, count(DISTINCT z.id)::int AS sessions,"
        " count(DISTINCT m.space)::int AS spaces FROM identity n LEFT JOIN session z ON z.person = n.person"
        " LEFT JOIN membership m ON m.person = n.person WHERE n.email = 'rosalie@overwater.example'"
    )
    guests = await fetch_value("SELECT count(*)::int FROM person WHERE kind = 'guest'")
    return found[0]["people"], found[0]["sessions"], found[0]["spaces"], guests - 2


async def test_a_hundred_who_accept_at_once_are_one_account(connections, world):
    came_in = await asyncio.gather(*(as_the_product_does("a") for _ in range(MANY)))
    assert len([one for one in came_in if one]) == 1
    assert await tally(world) == (1, 1, 1, 1)


async def test_two_invitations_for_one_address_at_once_are_one_account(connections, world):
    await add_invitation(world, "too", space="closed_b", partner="nightbus", email="Rosalie@overwater.example".lower())
    came_in = await asyncio.gather(*(as_the_product_does(name) for name in ("a", "too") * 20))
    assert len([one for one in came_in if one]) == 2
    assert await tally(world) == (1, 2, 2, 1)


async def test_the_naive_way_does_not_pass(connections, world):
    """The control: it fails, or lets several in."""
    results = await asyncio.gather(*(look_then_write("a") for _ in range(MANY)), return_exceptions=True)
    refused = [result for result in results if isinstance(result, Exception)]
    assert refused or (await tally(world))[1] > 1
