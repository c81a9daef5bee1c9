"""`portal people`: guests and employees who change sides, and erasing, as they are typed."""

import asyncio

from portal.db import execute, fetch_value
from tests.test_cli import portal
from tests.world import email_of

KINDS = "SELECT kind FROM person WHERE id = {}"


async def people(dsn, *arguments):
    return await portal(dsn, "people", *arguments)


async def test_a_guest_becomes_an_employee_and_an_employee_a_guest(fresh_db, world):
    guest, colleague = world.person_id["guest_a"], world.person_id["author"]
    refused = await asyncio.gather(
        people(fresh_db, "employ", email_of("author")),
        people(fresh_db, "guest", email_of("author"), world.space["open"]),
        people(fresh_db, "guest", email_of("guest_a"), world.space["closed_b"]),
    )
    assert [code for code, _ in refused] == [1, 1, 1]
    for words, (_, said) in zip(("is no guest", "Name guest spaces", "is no active employee"), refused, strict=True):
        assert words in said
        assert "Traceback" not in said
    assert [await fetch_value(KINDS, person) for person in (guest, colleague)] == ["guest", "employee"]
    done = await asyncio.gather(
        people(fresh_db, "employ", email_of("guest_a")),
        people(fresh_db, "guest", email_of("author"), world.space["closed_b"]),
    )
    assert [code for code, _ in done] == [0, 0], done
    assert [await fetch_value(KINDS, person) for person in (guest, colleague)] == ["employee", "guest"]
    reads = await execute("SELECT space FROM readership WHERE person = {}", colleague)
    assert [row["space"] for row in reads] == [world.space_id["closed_b"]]


async def test_nobody_takes_over_from_herself_and_an_address_of_nobody_is_told_as_such(fresh_db, world):
    owner, space = world.person_id["sponsor"], world.space_id["open"]
    await execute("INSERT INTO membership (space, person, role) VALUES ({}, {}, 'owner')", space, owner)
    asked = ("guest", email_of("sponsor"), world.space["closed_b"], "--successor")
    for address, words in (
        (email_of("sponsor"), "group: Bridge data"),
        ("nobody@world.example", "no active colleague"),
    ):
        code, said = await people(fresh_db, *asked, address)
        assert (code, words in said) == (1, True), said
    assert await fetch_value(KINDS, owner) == "employee"


async def test_who_was_deactivated_is_erased_and_nobody_else(fresh_db, world):
    named = "SELECT count(*) FROM identity WHERE person = {}"
    refused = await asyncio.gather(
        people(fresh_db, "erase", "--yes", email_of("author")),
        people(fresh_db, "erase", email_of("deactivated")),  # nobody there who says yes
        people(fresh_db, "erase", "--yes", "nobody@world.example"),
    )
    assert all(code for code, _ in refused), refused
    assert "deactivate her first" in refused[0][1]
    assert [await fetch_value(named, world.person_id[name]) for name in ("author", "deactivated")] == [1, 1]
    code, said = await people(fresh_db, "erase", "--yes", email_of("deactivated"))
    assert (code, said) == (0, f"{email_of('deactivated')} is erased.\n")
    assert await fetch_value(named, world.person_id["deactivated"]) == 0
    assert await fetch_value("SELECT erased_at FROM person WHERE id = {}", world.person_id["deactivated"])
    assert (await people(fresh_db, "erase", "--yes", email_of("deactivated")))[0] == 1, "nobody has that address now"


async def test_a_person_of_a_sister_organisation_is_added_and_of_no_other_space(fresh_db, world):
    email, name = "ada@board.example", "Ada Bruin"
    refused = await asyncio.gather(
        people(fresh_db, "add", email, name, "--no-mail", "--sister", "No such board"),
        people(fresh_db, "add", email, name, "--no-mail", "--sister", "Overwater lock"),  # a guest space
    )
    assert [code for code, _ in refused] == [1, 1]
    assert all("add its space first" in said for _, said in refused)
    assert await fetch_value("SELECT count(*) FROM identity WHERE email = {}", email) == 0
    code, said = await people(fresh_db, "add", email, name, "--no-mail", "--sister", "waterway BOARD")
    assert (code, said) == (0, f"{email} can come in.\n")
    added = "SELECT p.kind || p.home FROM person p JOIN identity n ON n.person = p.id WHERE n.email = {}"
    assert await fetch_value(added, email) == f"sister{world.space_id['sisters']}"
    person = await fetch_value("SELECT person FROM identity WHERE email = {}", email)
    reads = await execute("SELECT space FROM readership WHERE person = {}", person)
    assert world.space_id["organisation"] not in {row["space"] for row in reads}
    assert world.space_id["sisters"] in {row["space"] for row in reads}


async def test_a_unit_that_is_new_is_made_with_those_above_it_and_only_for_somebody_who_is_added(fresh_db, world):
    above = (
        "SELECT u.name, a.name AS above FROM org_unit u LEFT JOIN org_unit a ON a.id = u.parent WHERE u.name LIKE '{}%'"
    )
    added = ("add", "ada@world.example", "Ada Bruin", "--no-mail", "--unit")
    assert await people(fresh_db, *added, "Unit water > Night > Lock 7") == (0, "ada@world.example can come in.\n")
    assert await stored(above.format("Lock")) == [("Lock 7", "Night")]
    assert await stored(above.format("Night")) == [("Night", "Unit water")]
    code, said = await people(fresh_db, *added, "Day")
    assert (code, "nothing was changed" in said) == (0, True)
    assert await stored(above.format("Day")) == []


async def stored(query):
    return [tuple(row.values()) for row in await execute(query)]
