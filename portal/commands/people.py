"""`portal people`: who may come in, and with which role."""

from __future__ import annotations

from typing import Any, TypeVar

import click

from portal.access.actor import Role
from portal.access.conflicts import Taken
from portal.admin import people, roles
from portal.colleagues.queries import Colleague, colleague_of_address
from portal.commands import AnAddress, database, in_database
from portal.db import fetch_value, transaction
from portal.leaving import deactivation, erasure, turning
from portal.spaces.owners import WithoutOwner
from portal.text.roles import ROLE_NAMES
from portal.units.actions import made_unit
from portal.units.queries import all_units

T = TypeVar("T")


@click.group(name="people")
def people_group() -> None:
    """Let people in and out, and give them roles. PERSON is an e-mail address."""


async def _id_of(email: str) -> int:
    person = await fetch_value("SELECT person FROM identity WHERE lower(email) = lower({})", email)
    if person is None:
        raise click.ClickException(f"There is nobody with the address {email}.")
    return int(person)


def _run(work: Any) -> Any:
    async def told() -> Any:
        try:
            return await work()
        except roles.WithoutAdministrator:
            raise click.ClickException("Nobody else is an administrator: give somebody that role first.") from None
        except WithoutOwner:
            raise click.ClickException("Nobody else owns that group: give somebody that role first.") from None

    with database():
        return in_database(told)


@people_group.command()
@click.argument("email", type=AnAddress())
@click.argument("name")
@click.option("--title", default="", help="What she does.")
@click.option("--unit", default="", help="Her org unit, by name, path or code; made if it is new.")
@click.option("--number", default="", help="Her personnel number.")
@click.option("--language", type=click.Choice(["nl", "en"]), default=None, help="Else the organisation's.")
@click.option("--sister", default="", help="The sister organisation that she is from, by name; else our own.")
@click.option("--no-mail", is_flag=True, help="Send no mail with a link to choose a password.")
def add(
    email: str, name: str, title: str, unit: str, number: str, language: str | None, sister: str, no_mail: bool
) -> None:
    """Let a colleague in: she gets a mail with a link to choose a password."""
    if not name.strip():
        raise click.ClickException("Give a name.")

    async def work() -> bool:
        try:
            async with transaction():  # a unit that was made for nobody goes again
                await people.add_person(
                    None,
                    email=email,
                    name=name.strip(),
                    title=title,
                    language=language or "",
                    number=number,
                    org_unit=await _unit(unit),
                    home=await _home(sister),
                    invite=not no_mail,
                )
        except LookupError:
            raise click.ClickException("There is no organisation yet: use create-admin first.") from None
        except Taken:
            return False
        return True

    added = _run(work)
    mail = "can come in" if no_mail else "gets a mail to choose a password"
    click.echo(f"{email} {mail}." if added else f"{email} is known already: nothing was changed.")


async def _home(written: str) -> int | None:
    if not written:
        return None
    for known in await people.sisters(None):
        if known.name.casefold() == written.casefold():
            return known.id
    raise click.ClickException(f"There is no sister organisation {written}: add its space first.")


async def _unit(written: str) -> int | None:
    units = await all_units(None)
    fitting = units.found(written)
    if len(fitting) > 1:
        raise click.ClickException(f"Several units are called {written}: give the whole path.")
    return fitting[0] if fitting else await made_unit(units, written, None)


@people_group.command()
@click.argument("person")
@click.option("--successor", default="", help="The colleague who takes over what would have nobody.")
def deactivate(person: str, successor: str) -> None:
    """Sign PERSON out everywhere and let her in no more."""

    async def work() -> None:
        leaver = await _id_of(person)
        heir = await _successor(successor)
        try:
            await deactivation.deactivate(None, leaver, heir)
        except deactivation.SuccessorNeeded:
            raise await _nobody_named(leaver) from None

    _run(work)
    click.echo(f"{person} is deactivated.")


async def _successor(address: str) -> Colleague | None:
    heir = await colleague_of_address(address) if address else None
    if address and heir is None:
        raise click.ClickException(f"There is no active colleague with the address {address}.")
    return heir


async def _nobody_named(leaver: int) -> click.ClickException:
    left = "".join(f"\n  {duty.kind}: {duty.name}" for duty in await deactivation.duties(None, leaver))
    return click.ClickException(f"Name somebody else who takes over, with --successor:{left}")


@people_group.command()
@click.argument("person")
def employ(person: str) -> None:
    """Make the guest PERSON an employee, with all that she wrote; a mail lets her choose a password."""

    async def work() -> None:
        if not await turning.become_employee(None, await _id_of(person)):
            raise click.ClickException(f"{person} is no guest.")

    _run(work)
    click.echo(f"{person} is an employee.")


@people_group.command()
@click.argument("person")
@click.argument("spaces", nargs=-1, required=True)
@click.option("--successor", default="", help="The colleague who takes over what would have nobody.")
def guest(person: str, spaces: tuple[str, ...], successor: str) -> None:
    """Make the employee PERSON a guest of SPACES, by their addresses; her roles and other memberships end."""

    async def work() -> None:
        leaver = await _id_of(person)
        places = [place for place in [await roles.space_by_address(None, space) for space in spaces] if place]
        if len(places) < len(spaces) or any(place.kind not in ("guest", "section") for place in places):
            raise click.ClickException("Name guest spaces by their addresses.")
        heir = await _successor(successor)
        try:
            if not await turning.become_guest(None, leaver, places, heir):
                raise click.ClickException(f"{person} is no active employee.")
        except deactivation.SuccessorNeeded:
            raise await _nobody_named(leaver) from None

    _run(work)
    click.echo(f"{person} is a guest.")


@people_group.command()
@click.argument("person")
def activate(person: str) -> None:
    """Let PERSON in again."""

    async def work() -> None:
        await deactivation.activate(None, await _id_of(person))

    _run(work)
    click.echo(f"{person} can sign in again.")


@people_group.command()
@click.argument("person")
@click.option("--yes", is_flag=True, help="Don't ask: it can't be undone.")
def erase(person: str, yes: bool) -> None:
    """Erase who PERSON was: name, address, profile, mail. She has to be deactivated; what she wrote stays."""
    if not yes:
        click.confirm(f"Nothing will say any more who {person} was, and it can't be undone. Go on?", abort=True)

    async def work() -> None:
        try:
            await erasure.erase(None, await _id_of(person))
        except erasure.StillHere:
            raise click.ClickException(f"{person} can still sign in: deactivate her first.") from None

    _run(work)
    click.echo(f"{person} is erased.")


@people_group.command()
@click.argument("person")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.option("--space", default="", help="The address of a group; else the organisation.")
@click.option("--take", is_flag=True, help="Take the role away instead of giving it.")
def role(person: str, role: str, space: str, take: bool) -> None:
    """Give PERSON a role, or take it away. In a group for members only, its members are told by mail."""

    async def work() -> str:
        place = await roles.space_by_address(None, space)
        if place is None:
            raise click.ClickException(f"There is no space {space}." if space else "There is no organisation yet.")
        if Role(role) not in roles.ROLES[place.kind]:
            offered = ", ".join(role.value for role in roles.ROLES[place.kind])
            raise click.ClickException(f"{place.name} has these roles: {offered}.")
        if take:
            await roles.take_role(None, place, await _id_of(person), Role(role))
        else:
            found = await colleague_of_address(person)
            if found is None:
                raise click.ClickException(f"There is no active colleague with the address {person}.")
            await roles.give_role(None, place, found.id, Role(role))
        return place.name

    name = _run(work)
    click.echo(f"{person} is {'no longer' if take else 'now'} {ROLE_NAMES[role]} in {name}.")


@people_group.command("list")
@click.option("--show", type=click.Choice(sorted(people.SHOW)), default="active", help="Whom.")
@click.argument("wanted", default="")
def list_people(show: str, wanted: str) -> None:
    """List people, a line each; WANTED is a part of a name or address."""

    async def work() -> None:
        after, going = "", True
        while going:
            listed = await people.people(None, wanted=wanted, show=show, after=after)
            for person in listed.rows:
                click.echo(
                    "\t".join((person.email, person.name, person.unit or "", "" if person.active else "deactivated"))
                )
            after, going = listed.more, bool(listed.more)

    _run(work)
