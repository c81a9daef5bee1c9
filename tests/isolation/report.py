"""The report of a proof, for somebody who answers for a space: what was planted, asked and found."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tests.access.crawl import Crawl

HERE = Path(__file__).parent
LANGUAGES = ("en", "nl")
MOST = 100


@dataclass
class Findings:
    """All that a proof brought to light; `planted` is by table, rows and texts."""

    planted: dict[str, tuple[int, int]]
    asked: dict[tuple[str, bool], Counter[str]] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def questions(self) -> int:
        """How many there were."""
        return sum(asked.total() for asked in self.asked.values())

    def add(self, crawl: Crawl, behind: bool) -> None:
        """What one asker came across."""
        self.asked.setdefault((crawl.reader or "nobody", behind), Counter()).update(crawl.asked)
        self.leaks += crawl.leaks
        self.wrong += crawl.wrong


def write_report(findings: Findings, folder: Path, language: str, seconds: float) -> Path:
    """Writes it in one language; gives its place."""
    words: dict[str, Any] = tomllib.loads((HERE / "words.toml").read_text())[language]
    kinds = [kind for kind in words["kinds"] if any(kind in asked for asked in findings.asked.values())]

    def number(value: float) -> str:
        return format_decimal(round(value), locale=language)

    rows = [
        {
            "who": words["people"][who],
            "how": words["both" if behind else "first"],
            "numbers": [number(asked[kind]) for kind in kinds],
            "total": number(asked.total()),
        }
        for (who, behind), asked in findings.asked.items()
    ]
    rows.append(
        {
            "who": words["total"],
            "how": "",
            "numbers": [number(sum(asked[kind] for asked in findings.asked.values())) for kind in kinds],
            "total": number(findings.questions),
        }
    )
    page = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)
    text = page.get_template("report.html").render(
        words=words,
        language=language,
        clean=not findings.leaks,
        summary=words["summary"].format(questions=number(findings.questions), leaks=number(len(findings.leaks))),
        took=words["took"].format(
            day=format_date(date.today(), "long", locale=language), minutes=number(max(1, seconds / 60))
        ),
        planted=[(name, number(rows)) for name, rows in _by_name(findings.planted, words["tables"]).items()],
        planted_why=words["planted_why"].format(texts=number(sum(texts for _, texts in findings.planted.values()))),
        kinds=kinds,
        rows=rows,
        leaks=_some([in_words(leak, words) for leak in findings.leaks], words["more"]),
        wrong=_some(findings.wrong, words["more"]),
    )
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"report.{language}.html"
    place.write_text(text)
    return place


def _by_name(planted: dict[str, tuple[int, int]], names: dict[str, str]) -> dict[str, int]:
    """The rows of tables that people know by name, and of all the others together."""
    told = {name: planted[table][0] for table, name in names.items() if table in planted}
    return told | {names["other"]: sum(rows for table, (rows, _) in planted.items() if table not in names)}


#: How the crawl says what it found; the groups' names stand in the sentences of words.toml.
READ = re.compile(
    r"(?P<who>\w+) reads (?P<table>\w+)\.(?P<column>\w+) of row (?P<row>\d+) at (?P<where>\S+) \((?P<how>.+)\)"
)
ADDRESS = re.compile(r"(?P<who>\w+) reads the address of (?P<table>\w+)\. (?P<row>\d+) at (?P<where>\S+)")
TOLD = re.compile(r"(?P<who>\w+) is told by (?P<how>.+) that there is something at (?P<where>\S+)")


def in_words(leak: str, words: dict[str, Any]) -> str:
    """What was found, so that whoever answers for a space understands it."""
    for name, sentence in (("read", READ), ("address", ADDRESS), ("told", TOLD)):
        found = sentence.fullmatch(leak)
        if found is not None:
            said = found.groupdict()
            who = words["people"].get("nobody" if said["who"] == "None" else said["who"], said["who"])
            table = words["tables"].get(said.get("table"), said.get("table"))
            return str(words["leak"][name].format(**said | {"who": who, "table": table}))
    return leak


def _some(lines: list[str], more: str) -> list[str]:
    return lines[:MOST] + ([more.format(len(lines) - MOST)] if len(lines) > MOST else [])
