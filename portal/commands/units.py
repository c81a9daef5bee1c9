"""`portal units`: the tree of units, as administrators change it in the browser."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import click

from portal.access.conflicts import Changed, JustLeft, Taken
from portal.colleagues.queries import colleague_of_address
from portal.commands import database, in_database
from portal.units import actions
from portal.units.paths import Unit, UnitPaths
from portal.units.queries import all_units, heads


@click.group(name="units")
def units_group() -> None:
    """List and change the tree of units. UNIT is a name, a code, or a path such as "Roads > North"."""


def _one(units: UnitPaths, written: str) -> Unit:
    fitting = units.found(written)
    if len(fitting) > 1:
        raise click.ClickException(f"Several units are called {written}: give the whole path.")
    if not fitting:
        raise click.ClickException(f"There is no unit with the name or code {written}.")
    return units.units[fitting[0]]


def _run(work: Callable[[UnitPaths], Awaitable[None]]) -> None:
    async def told() -> None:
        try:
            await work(await all_units(None))
        except Taken:
            raise click.ClickException("There is a unit of this name or code already: nothing was changed.") from None
        except Changed:
            raise click.ClickException("Somebody else changed it meanwhile: nothing was changed.") from None
        except actions.Circle:
            raise click.ClickException("A unit can't lie under itself: nothing was changed.") from None
        except JustLeft:
            raise click.ClickException("Whom you named has just left: nothing was changed.") from None
        except actions.NotEmpty:
            raise click.ClickException("There are people or units in it: say who takes them up, with --into.") from None

    with database():
        in_database(told)


@units_group.command("list")
@click.argument("under", default="")
def list_units(under: str) -> None:
    """List the whole tree, or what lies under UNDER: path, code and the address of its head, a line each."""

    async def work(units: UnitPaths) -> None:
        top = _one(units, under) if under else None
        shown = [unit for unit in units.units.values() if top is None or top in units.line(unit.id)]
        led = await heads(None)
        for unit in sorted(shown, key=lambda unit: units.path(unit.id)):
            click.echo(f"{units.path(unit.id)}\t{unit.code or ''}\t{led[unit.id].email if unit.id in led else ''}")

    _run(work)


@units_group.command()
@click.argument("name")
@click.option("--code", default="", help="Its code in the personnel system.")
@click.option("--under", default="", help="The unit that it lies under; else it stands at the top.")
def add(name: str, code: str, under: str) -> None:
    """Add a unit."""
    called = _name(name)

    async def work(units: UnitPaths) -> None:
        await actions.add_unit(None, called, code, _one(units, under).id if under else None)

    _run(work)
    click.echo(f"{called} is there.")


@units_group.command()
@click.argument("unit")
@click.argument("name")
@click.option("--code", default=None, help="Its code; else it keeps the one it has.")
def rename(unit: str, name: str, code: str | None) -> None:
    """Give UNIT another name."""
    called = _name(name)

    async def work(units: UnitPaths) -> None:
        it = _one(units, unit)
        await actions.edit_unit(
            None, it, called, (it.code or "") if code is None else code, it.parent, head=it.head, seen=it.seen
        )

    _run(work)
    click.echo(f"{unit} is called {called} now.")


@units_group.command()
@click.argument("unit")
@click.option("--under", default="", help="The unit that it lies under from now on; else it stands at the top.")
def move(unit: str, under: str) -> None:
    """Move UNIT, with all that lies under it."""

    async def work(units: UnitPaths) -> None:
        it = _one(units, unit)
        above = _one(units, under).id if under else None
        await actions.edit_unit(None, it, it.name, it.code or "", above, head=it.head, seen=it.seen)

    _run(work)
    click.echo(f"{unit} lies under {under} now." if under else f"{unit} stands at the top now.")


@units_group.command()
@click.argument("unit")
@click.argument("email", default="")
def head(unit: str, email: str) -> None:
    """Say by her e-mail address who leads UNIT; without one, nobody does."""

    async def work(units: UnitPaths) -> None:
        it, colleague = _one(units, unit), await colleague_of_address(email) if email else None
        if email and colleague is None:
            raise click.ClickException(f"There is no colleague with the address {email}.")
        leads = colleague.id if colleague else None
        await actions.edit_unit(None, it, it.name, it.code or "", it.parent, head=leads, seen=it.seen)

    _run(work)
    click.echo(f"{email} leads {unit} now." if email else f"Nobody leads {unit} now.")


@units_group.command()
@click.argument("unit")
@click.option("--into", default="", help="The unit that takes up its people and what lies under it.")
def remove(unit: str, into: str) -> None:
    """Remove UNIT, if it is empty or another takes up what is in it."""

    async def work(units: UnitPaths) -> None:
        it = _one(units, unit)
        heir = _one(units, into) if into else None
        if heir and it in units.line(heir.id):
            raise click.ClickException("Choose a unit that lies elsewhere in the tree.")
        await (actions.merge_unit(None, it, heir) if heir else actions.remove_unit(None, it))

    _run(work)
    click.echo(f"{unit} is no more.")


def _name(written: str) -> str:
    called = written.strip()
    if not called or len(called) > 120:
        raise click.ClickException("Give a name of at most 120 characters.")
    return called
