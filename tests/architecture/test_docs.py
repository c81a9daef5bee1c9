"""The documents say what is: links lead somewhere, every setting, command and make target is named."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import click
import pytest

from portal.cli import cli
from portal.settings import PLAIN_HTTP

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text()
#: Set by the machine or the tests, not by whoever runs Plein.
NO_SETTINGS = {PLAIN_HTTP}
ASKED = click.Context(cli)
COMMANDS = {name: cli.get_command(ASKED, name) for name in cli.list_commands(ASKED)}


@pytest.mark.parametrize("path", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]), ids=lambda p: p.name)
def test_every_link_in_a_document_leads_somewhere(path):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", path.read_text()):
        assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_the_readme_names_every_setting_and_no_other():
    source = (ROOT / "portal" / "settings.py").read_text()
    read = set(re.findall(r'(?:env\.get\(|_number\(env, )"([A-Z_]+)"', source)) | {
        name for name in re.findall(r"env\.get\(([A-Z_]+)\)", source) if name != "PLAIN_HTTP"
    }
    told = set(re.findall(r"`([A-Z][A-Z_]{3,})`", README.split("## Settings")[1].split("## ")[0]))
    assert told == read - NO_SETTINGS


def test_the_readme_names_every_command():
    section = README.split("## The command line")[1].split("## ")[0]
    assert {name for name in COMMANDS if f"`{name}" not in section} == set()


def test_every_command_has_help():
    assert {name for name, command in COMMANDS.items() if not command.help} == set()


def test_make_help_lists_what_the_readme_promises():
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    section = README.split("## Two commands")[1].split("## ")[0]
    rest = re.findall(r"`([a-z0-9-]+)`", section.split("`make help` lists the rest:")[1].split("\n\n")[0])
    promised = {*re.findall(r"(?:`|    )make ([a-z0-9-]+)", README), *rest}
    assert promised >= {"run", "test", "check", "fix", "check-a11y", "bench"}
    assert promised - set(re.findall(r"^  make ([a-z0-9-]+)", listed, re.M)) == set()


def test_every_word_of_the_glossary_has_its_dutch_word():
    rows = [
        line.split("|")[1:4] for line in (ROOT / "docs" / "glossary.md").read_text().splitlines() if line[:1] == "|"
    ]
    assert len(rows) > 20
    assert [row for row in rows if not all(cell.strip() for cell in row)] == []


def test_the_guide_lists_every_room_by_its_name_and_as_it_says_itself():
    """What carries the rooms (access, tables, web, …) stands in a table of its own."""
    guide = (ROOT / "CONTRIBUTING.md").read_text()
    tables = [re.findall(r"^\| `(\w+)/` \| (.+) \|$", table, re.MULTILINE) for table in guide.split("\n\n")]
    assert all([room for room, _ in table] == sorted(room for room, _ in table) for table in tables)
    listed = [row for table in tables for row in table]
    assert len(listed) == len(dict(listed)), "each stands once"
    below = set(re.findall(r"`portal/(\w+)/`", guide.split("What all share:")[1].split("\n\n")[1]))
    assert {room for room, _ in listed} | below == {path.parent.name for path in ROOT.glob("portal/*/__init__.py")}
    for room, said in listed:
        of_itself = ast.get_docstring(ast.parse((ROOT / "portal" / room / "__init__.py").read_text())) or ""
        assert " ".join(of_itself.split()).startswith(said), room


def test_the_layers_are_told_as_they_are_checked():
    told = (ROOT / "docs" / "architecture.md").read_text().split("import-linter holds it:")[1].split("\n\n")[1]
    checked = (ROOT / ".importlinter").read_text().split("layers =\n")[1].split("\n\n")[0]
    layers = [{room.strip().removeprefix("portal.") for room in line.split("|")} for line in checked.splitlines()]
    assert [{room.strip() for room in layer.split(",")} for layer in told.split(">")] == layers


def test_every_word_of_the_glossary_means_one_thing():
    """A word that stands there twice is two words, or said twice."""
    lines = (ROOT / "docs" / "glossary.md").read_text().splitlines()
    words = [line.split("|")[1].strip() for line in lines if line[:2] == "| "]
    assert sorted(words) == sorted(set(words))


def test_decisions_are_numbered_without_a_gap():
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_test_that_security_names_is_there():
    """The page says by which test each fault, leak and trap is tried; a row without one says that it is not."""
    page = (ROOT / "docs" / "security.md").read_text()
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", page)
    assert len(named) > 90
    for path, test in named:
        assert (ROOT / path).exists(), path
        assert not test or re.search(rf"^(async )?def {test}\(", (ROOT / path).read_text(), re.MULTILINE), (path, test)
    proofs = page.split("### What may break")[1].split("To ask why")[0]
    rows = [row for row in proofs.splitlines() if row.startswith("| ")]
    assert [row for row in rows if "`tests/" not in row and not row.endswith(" test |") and "not " not in row] == []


def test_every_proof_of_escalation_has_its_tests():
    section = (ROOT / "docs" / "escalation.md").read_text().split("## What proves it")[1].split("\n## ")[0]
    rows = [re.findall(r"`(\w+\.py)::(\w+)`", line) for line in section.splitlines() if re.match(r"\| \d", line)]
    assert [line.split("|")[1].strip() for line in section.splitlines() if re.match(r"\| \d", line)] == [
        str(n) for n in range(1, 17)
    ]
    assert all(rows), "each is proved by something"
    for file, name in (test for row in rows for test in row):
        tree = ast.parse((ROOT / "tests" / "escalation" / file).read_text())
        assert name in {node.name for node in tree.body if isinstance(node, ast.AsyncFunctionDef)}, f"{file}::{name}"
