"""`make prove-isolation`: plants a canary in every text of the demo organisation and asks everything, as guests of two
companies, a former guest, somebody who was deactivated, and nobody; guests by the first wall alone, and behind both.

The database is a scratch one of an embedded server; nobody's data folder is touched. ARGS: `--language nl` for a Dutch
report, `--without TABLE` to take the rule of one table away, which has to end with leaks.
"""

from __future__ import annotations

import os

os.environ.update(
    PICCOLO_CONF="piccolo_conf",
    BASE_URL="http://127.0.0.1:8000",
    SECRET_KEY="for the proof alone, 0123456789abcdef",
    DATABASE_URL="postgresql://set.by.the.proof/",
)

import argparse
import asyncio
import multiprocessing
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg

from portal.run.postgres import EmbeddedPostgres
from tests.isolation.report import LANGUAGES, Findings, write_report
from tests.servers import ROOT

REPORTS = ROOT / "build" / "isolation"
#: Who asks: guests by the first wall alone and behind both, the others as they come.
ASKERS: list[tuple[str | None, bool]] = [
    ("guest_a", False),
    ("guest_b", False),
    ("guest_a", True),
    ("guest_b", True),
    ("former_guest", False),
    ("former_guest", True),
    ("deactivated", True),
    (None, True),
]


def main() -> int:
    """Makes the database, asks, and writes the report; gives the exit code."""
    parser = argparse.ArgumentParser(prog="make prove-isolation")
    parser.add_argument("--language", choices=LANGUAGES, default="en", help="of the report")
    parser.add_argument("--without", default="", metavar="TABLE", help="the control: everybody sees this table")
    parser.add_argument("--only", action="append", metavar="PATH", help="addresses that begin so (or so)")
    parser.add_argument(
        "--as", dest="readers", choices=sorted({_called(reader) for reader, _ in ASKERS}), action="append"
    )
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="proof-") as folder:
        os.environ["DATA_DIR"] = folder
        cluster = EmbeddedPostgres(Path(folder) / "postgres")
        cluster.start()
        try:
            findings = _prove(cluster, folder, asked)
        finally:
            cluster.stop()
    report = write_report(findings, REPORTS, asked.language, time.monotonic() - begun)
    for line in [*findings.leaks[:20], *findings.wrong[:20]]:
        print(line)
    print(f"The report is at {report.relative_to(ROOT)}")
    print(f"{findings.questions} questions, {len(findings.leaks)} leaks")
    return 1 if findings.leaks or findings.wrong else 0


def _called(reader: str | None) -> str:
    return reader or "nobody"


def _prove(cluster: EmbeddedPostgres, folder: str, asked: argparse.Namespace) -> Findings:
    from portal.app import set_up_logs
    from portal.web.assets import build
    from tests.isolation.asking import ask_everything, send_forms
    from tests.isolation.demo import Plan, make_demo, plant_demo

    set_up_logs("error")
    build()

    async def prepare() -> Plan:
        name, world = await make_demo(cluster)
        sessions = await plant_demo(cluster, name, world)
        return Plan(folder, name, world.dump(), sessions, asked.without, tuple(asked.only or [""]))

    print("The demo organisation is made, and a canary planted in every text …", flush=True)
    plan = asyncio.run(prepare())
    askers = [(reader, behind) for reader, behind in ASKERS if _called(reader) in (asked.readers or [_called(reader)])]
    findings = Findings(asyncio.run(_counted(cluster, plan)))
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(asked.workers, mp_context=spawn) as processes:
        for (reader, behind), crawl in zip(
            askers, processes.map(ask_everything, [plan] * len(askers), askers), strict=True
        ):
            findings.add(crawl, behind)
            said = f"{crawl.questions} questions, {len(crawl.leaks)} leaks, {len(crawl.wrong)} wrong answers"
            print(f"  {_called(reader):14} {'behind both walls' if behind else 'the first wall':18} {said}", flush=True)
    forms, changed = asyncio.run(send_forms(plan, list(dict.fromkeys(reader for reader, _ in askers))))
    for crawl in forms:
        findings.add(crawl, behind=True)
    findings.leaks += changed
    return findings


async def _counted(cluster: EmbeddedPostgres, plan: Any) -> dict[str, tuple[int, int]]:
    from tests.isolation.demo import planted

    connection = await asyncpg.connect(cluster.dsn(plan.database))
    try:
        return await planted(connection)
    finally:
        await connection.close()


if __name__ == "__main__":
    sys.exit(main())
