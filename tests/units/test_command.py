"""`portal units`, as it is typed."""

from portal.db import execute, fetch_value
from tests.test_cli import portal
from tests.world import email_of


async def test_the_tree_is_changed_on_the_command_line(fresh_db, world):
    async def units(*arguments):
        return await portal(fresh_db, "units", *arguments)

    await execute("UPDATE person SET org_unit = (SELECT id FROM org_unit WHERE name = 'Unit roads')")
    assert await units("add", "Team 1", "--code", "T1", "--under", "unit roads") == (0, "Team 1 is there.\n")
    code, said = await units("move", "Unit roads", "--under", "T1")
    assert (code, said) == (1, "Error: A unit can't lie under itself: nothing was changed.\n")
    assert (await units("rename", "T1", "Team One"))[0] == 0
    led = email_of("sponsor")
    assert await units("head", "Unit roads", led) == (0, f"{led} leads Unit roads now.\n")
    code, said = await units("head", "Unit roads", email_of("deactivated"))
    assert (code, said) == (1, f"Error: There is no colleague with the address {email_of('deactivated')}.\n")
    assert (await units("rename", "Unit roads", "Unit roads", "--code", ""))[0] == 0
    assert await units("list", "Unit roads") == (
        0,
        f"Unit roads\t\t{led}\nUnit roads > Team One\tT1\t\n",
    )  # it kept its code
    assert (await units("move", "T1"))[0] == 0
    code, said = await units("remove", "Unit roads")
    assert (code, said) == (1, "Error: There are people or units in it: say who takes them up, with --into.\n")
    assert (await units("remove", "Unit roads", "--into", "Team One"))[0] == 0
    assert await fetch_value("SELECT count(*) FROM person p JOIN org_unit u ON u.id = p.org_unit WHERE code = 'T1'")
    assert await execute("SELECT 1 FROM org_unit WHERE name = 'Unit roads'") == []
