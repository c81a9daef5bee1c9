"""`portal people import`: a list out of a file."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import click

from portal.commands import database, in_database
from portal.imports import actions, queries
from portal.imports.jobs import run_import
from portal.imports.problems import COLUMNS, OF_FILES, OF_LINES
from portal.imports.staging import read_import

SHOWN = 100  # wrong lines that are named on the screen


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--units", is_flag=True, help="It is a list of units, not of people.")
@click.option("--dry-run", is_flag=True, help="Say what would be done and what is wrong; change nothing.")
@click.option("--checked", default="", help="The code that a dry run said: refuse the file if it changed since.")
@click.option("--good-lines", is_flag=True, help="Go ahead although some lines can't be used.")
@click.option("--make-units", is_flag=True, help="Add units that people are in and that aren't there yet.")
@click.option("--deactivate-missing", is_flag=True, help="Deactivate colleagues who are not on the list.")
def import_list(
    file: Path, units: bool, dry_run: bool, checked: str, good_lines: bool, make_units: bool, deactivate_missing: bool
) -> None:
    """Import people (or units) from a CSV file; what was stopped goes on where it was when it is called again."""
    content = file.read_bytes()
    code = sha256(content).hexdigest()[:12]
    if checked and checked != code:
        raise click.ClickException(f"{file} changed since the dry run: it is {code} now. Nothing was changed.")

    async def work() -> int:
        row = await queries.unfinished_import(sha256(content).digest()) if not dry_run else None
        if row is not None:
            click.echo(f"Going on where it was stopped: {row.done:,} of {row.work:,} lines are done.")
        else:
            number, public_id = await actions.hand_in(
                None,
                content,
                kind="units" if units else "people",
                file_name=file.name,
                make_units=make_units,
                deactivate_missing=deactivate_missing,
            )
            await read_import(number)
            row = await _tried(public_id)
            wrong = row.tally.get("wrong", 0)
            if row.state == "unreadable" or dry_run or (wrong and not good_lines):
                await actions.throw_away(None, row)
                if not wrong and row.state == "ready":
                    click.echo(f"Nothing was changed. To import exactly this file: --checked {code}")
                    return 0
                click.echo("Nothing was changed.")
                return 1
        await _run(row)
        return 0

    with database():
        code_of_exit = in_database(work)
    raise SystemExit(code_of_exit)


async def _tried(public_id: str) -> queries.ImportRow:
    """Says what the trial run found."""
    row = await queries.get_import(None, public_id)
    assert row is not None
    if row.state == "unreadable":
        click.echo(str(OF_FILES[row.problem]))
        return row
    click.echo(f"Read as {row.encoding}, separated by {row.separator!r}.")
    for name, count in sorted(row.tally.items()):
        click.echo(f"  {count:>9,}  {name}")
    for problem in await queries.problems(None, row, most=SHOWN):
        words = str(OF_LINES[problem.problem]) % {"value": problem.value}
        click.echo(f"  line {problem.line:,}, {COLUMNS[problem.field]}: {words}")
    return row


async def _run(row: queries.ImportRow) -> None:
    done = row.done

    def told(lines: int) -> None:
        nonlocal done
        done += lines
        click.echo(f"  {done:,} of {row.work:,} lines")

    await actions.start(None, row, row.seen)
    await run_import(row.id, told)
    after = await queries.get_import(None, row.public_id)
    if after is None or after.state != "done":
        problem = after.problem if after else ""
        raise click.ClickException(f"It was not finished ({problem or 'stopped'}). Call it again.")
    click.echo(f"Done: {after.done:,} lines.")
