"""The command line: `portal --help`."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import click

from portal.commands import AnAddress, AZone, database, in_database
from portal.db import TOO_SLOW, UNREACHABLE, fetch_value
from portal.files.archive import DUMP, FILES, pack, unpack, without_newer_settings
from portal.run.postgres import CannotStart
from portal.settings import BadSetting, settings

FULL = "SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace)"


def main() -> None:
    """The entry point: what is wrong with the settings or the database is one line, and exit code 2."""
    try:
        cli(standalone_mode=False)
    except (BadSetting, CannotStart) as error:
        sys.exit(_say(str(error), 2))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except UNREACHABLE as error:
        sys.exit(_say(f"The database can't be reached: {error}", 2))
    except TOO_SLOW as error:
        sys.exit(_say(f"The database took too long, and nothing was changed: {error}", 2))


def _say(text: str, code: int) -> int:
    print(f"plein: {text}", file=sys.stderr)
    return code


class Commands(click.Group):
    """The commands; a group of them is loaded when it is asked for, because it brings half of the product with it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All of them."""
        return sorted({*super().list_commands(ctx), "people", "units"})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The one of this name."""
        if cmd_name == "people":
            from portal.commands.imports import import_list
            from portal.commands.people import people_group

            people_group.add_command(import_list)
            return people_group
        if cmd_name == "units":
            from portal.commands.units import units_group

            return units_group
        return super().get_command(ctx, cmd_name)


@click.group(cls=Commands)
def cli() -> None:
    """Plein, the organisation's square. Settings come from the environment; README.md lists them."""


@cli.command()
@click.option("--demo", is_flag=True, help="Fill an empty installation with the demo organisation.")
def run(demo: bool) -> None:
    """Run everything: database, migrations, web server and worker."""
    from portal.demo.seed import PASSWORD, seed, sign_ins
    from portal.migrate import migrate
    from portal.run.port import hold_port
    from portal.run.supervisor import supervise
    from portal.setup.actions import new_code
    from portal.web.assets import build

    if demo:
        settings().refuse_demo()
    with hold_port(settings().host, settings().port), database() as postgres:
        build()

        async def prepare() -> tuple[bool, str | None]:
            from portal.db import fetch_value

            await migrate()
            if demo:
                await seed()
            return bool(await fetch_value("SELECT demo_since FROM organisation")), await new_code()

        with_demo, code = in_database(prepare)
        if with_demo:
            settings().refuse_demo()

        def ready() -> None:
            print(f"\n  Plein is at {settings().base_url}\n", flush=True)
            if with_demo:
                print(f"  The demo's password is: {PASSWORD}\n")
                for email, name, does in sign_ins():
                    print(f"    {email:36} {name}, {does}")
                if not settings().smtp_url:
                    print(f"\n  Mail is written to {settings().mail_folder}")
                print(flush=True)
            if code:
                print(f"  Set it up at {settings().base_url}/set-up with this code, which works once:\n")
                print(f"    {code}\n", flush=True)

        sys.exit(supervise(settings(), postgres, ready))


@cli.command()
def worker() -> None:
    """Run a worker: events, jobs, timetable and mail."""
    from portal.app import set_up_logs
    from portal.worker import run as work

    set_up_logs(settings().log_level)
    if not settings().database_url:
        raise BadSetting("DATABASE_URL: a worker of its own needs the address of the database.")
    asyncio.run(work(settings().database_url))


@cli.command()
def migrate() -> None:
    """Bring the database's schema up to date."""
    from portal.migrate import migrate as bring_up_to_date

    with database():
        in_database(bring_up_to_date)
    print("The schema is up to date.")


@cli.command()
def seed() -> None:
    """Fill an empty installation with the demo organisation."""
    from portal.demo.seed import seed as fill
    from portal.migrate import migrate as bring_up_to_date

    async def work() -> bool:
        await bring_up_to_date()
        return await fill()

    with database():
        done = in_database(work)
    print("The demo is there." if done else "There is an organisation already: nothing was changed.")


@cli.command("remove-demo")
@click.option("--organisation", prompt="The name of your organisation", help="What it is called from now on.")
@click.option("--language", type=click.Choice(["nl", "en"]), default="nl", help="Its first language.")
@click.option("--zone", type=AZone(), default="Europe/Amsterdam", help="Its time zone.")
@click.option("--yes", is_flag=True, help="Don't ask whether what real people wrote in the demo may go.")
def remove_demo(organisation: str, language: str, zone: str, yes: bool) -> None:
    """Remove the demo: its people and all that was written. Real people keep their accounts."""
    from portal.setup import actions

    async def work() -> None:
        lost = await actions.lost_with_demo(None)
        if lost is None:
            raise click.ClickException("There is no demo here: nothing was changed.")
        if lost.anything and not yes:
            print(f"Real people wrote in the demo, and it goes with it: {lost}")
            click.confirm("Remove it?", abort=True)
        try:
            await actions.remove_demo(None, organisation, language, zone)
        except actions.NobodyLeft:
            raise click.ClickException("Every administrator belongs to the demo: use create-admin first.") from None

    with database():
        in_database(work)
    print("The demo is gone.")


@cli.command("create-admin")
@click.argument("email", type=AnAddress())
@click.argument("name")
@click.option("--organisation", default="My organisation", help="Its name, for a new installation.")
@click.option("--language", type=click.Choice(["nl", "en"]), default="nl", help="The first language.")
@click.option("--zone", type=AZone(), default="Europe/Amsterdam", help="The time zone.")
@click.option(
    "--password",
    envvar="ADMIN_PASSWORD",
    prompt=True,
    hide_input=True,
    help="At least 15 characters; else asked for.",
)
def create_admin(email: str, name: str, organisation: str, language: str, zone: str, password: str) -> None:
    """Make the first administrator (and, on a new installation, the organisation)."""
    from portal.accounts.passwords import problem_with
    from portal.admin.people import make_administrator
    from portal.migrate import migrate as bring_up_to_date

    if problem := problem_with(password, name, email):
        raise click.ClickException(problem)

    async def work() -> bool:
        await bring_up_to_date()
        return await make_administrator(email, name, password, organisation, language, zone)

    with database():
        made = in_database(work)
    print(f"{email} can sign in as an administrator." if made else f"{email} is an administrator now.")


@cli.command("explain-access")
@click.argument("person")
@click.argument("item")
def explain_access(person: str, item: str) -> None:
    """Say why PERSON (an e-mail address) may or may not see ITEM (an address such as /ideas/…, or its last part),
    and what she may do with it."""
    from portal.admin.explain import explain

    with database():
        lines = in_database(lambda: explain(person, item))
    if lines is None:
        raise click.ClickException(f"There is no active person with the address {person}.")
    print("\n".join(lines))


@cli.command()
def assets() -> None:
    """Build the style sheet, scripts, fonts and icons."""
    from portal.web.assets import build

    print(build())


@cli.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write the whole database, and the files that people sent, to FILE (a tar), which only you can read."""
    os.umask(0o077)
    fresh = file.with_name(f".{file.name}.part")
    with tempfile.TemporaryDirectory(dir=file.parent) as scratch, database():
        dump = Path(scratch) / DUMP
        _in_postgres("pg_dump", "--format=custom", f"--file={dump}")
        pack(dump, settings().files_folder, fresh)
    fresh.rename(file)
    print(f"{file}: {file.stat().st_size:,} bytes")


@cli.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Restore FILE, made by `portal backup`, into an empty database and DATA_DIR."""
    with tempfile.TemporaryDirectory(dir=file.parent) as scratch, database():
        try:
            dump = unpack(file, Path(scratch))
        except (tarfile.TarError, KeyError) as error:
            raise click.ClickException(f"{file} is no backup of Plein: {error}") from error
        if in_database(lambda: fetch_value(FULL)) or any(settings().files_folder.glob("*/*")):
            raise click.ClickException("A backup goes into an empty database and DATA_DIR: nothing was changed.")
        script = Path(scratch) / "database.sql"
        # Owners and rights are those of the database that it goes into; the next start gives them anew.
        _postgres_tool("pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(dump))
        without_newer_settings(script)
        _in_postgres(
            "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction", f"--file={script}"
        )
        shutil.copytree(Path(scratch) / FILES, settings().files_folder, dirs_exist_ok=True)
    print("The backup is restored.")


def _in_postgres(name: str, *arguments: str) -> None:
    """Runs one of PostgreSQL's programs on our database; the password goes through the environment, where no process
    list shows it."""
    address = urlsplit(settings().database_url)
    environment = dict(os.environ)
    if address.password:
        environment["PGPASSWORD"] = unquote(address.password)
        at = address.netloc.rpartition("@")[2]
        address = address._replace(netloc=f"{quote(unquote(address.username or ''))}@{at}")
    _postgres_tool(name, f"--dbname={address.geturl()}", *arguments, env=environment)


def _postgres_tool(name: str, *arguments: str, env: Mapping[str, str] | None = None) -> None:
    from portal.run.postgres import binaries

    done = subprocess.run([str(binaries() / name), *arguments], capture_output=True, text=True, check=False, env=env)
    if done.returncode:
        raise click.ClickException(done.stderr.strip())


if __name__ == "__main__":
    main()
