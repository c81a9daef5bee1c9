"""One worker: in a copy of the tree of its own it puts a mutant in its place, runs the tests, and puts the original back.

It speaks lines of JSON. Every run is a fork of this process, which has loaded what other people wrote and nothing of
portal/access, and has a database server with the world in it.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

LIBRARIES = """
    litestar litestar.plugins.base litestar.datastructures litestar.exceptions piccolo.table piccolo.engine.postgres
    piccolo.columns piccolo.apps.migrations.commands.forwards asyncpg httpx PIL.Image wtforms markdown_it nh3 babel.dates
    babel.numbers pytest jinja2 jinja2_fragments msgspec structlog argon2 zxcvbn fontTools.subset click uvloop
""".split()  # noqa: SIM905
FAILED = 1
OPTIONS = ("-x", "-q", "-n0", "--tb=short", "--no-header", "-p", "no:cacheprovider", "--timeout=300")


def main(tree: Path) -> None:
    """Runs what it is told, line by line."""
    os.chdir(tree)
    sys.path.insert(0, str(tree))
    sys.dont_write_bytecode = True
    os.environ.update(TEST_DATA_DIR=str(tree / "build" / "servers"))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a test prints
    os.environ.update(DATABASE_URL="postgresql://set.by.the.worker/", PICCOLO_CONF="piccolo_conf")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in (*LIBRARIES, "portal.tables", "portal.db"):
            importlib.import_module(name)
    from tests.servers import start_postgres

    cluster = start_postgres()
    kept = tree / "build" / "template.json"
    _in_fork(lambda: _keep_template(kept))
    os.environ["TEST_TEMPLATE"] = str(kept)
    if _in_fork(_keep):
        sys.exit("no database could be made")
    try:
        for line in sys.stdin:
            job = json.loads(line)
            path = tree / job["path"]
            original, compiled = path.read_text(), Path(importlib.util.cache_from_source(str(path)))
            unchecked = compiled.read_bytes()
            compiled.unlink()
            path.write_text(job["source"])
            code = _in_fork(lambda tests=job["tests"]: _run(tests))  # type: ignore[misc]
            path.write_text(original)
            compiled.write_bytes(unchecked)
            print(
                json.dumps({"code": code, "said": (tree / "build" / "said").read_text()[-3000:]}),
                file=answers,
                flush=True,
            )
    finally:
        cluster.stop()


def _in_fork(work: Callable[[], int]) -> int:
    """Runs something in a process of its own, which sees the tree as it is now; gives its exit code."""
    child = os.fork()
    if child == 0:
        code = 70
        try:
            code = work()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _keep_template(kept: Path) -> int:
    import asyncio

    import tests.conftest  # noqa: F401
    from tests.servers import start_postgres
    from tests.template import keep_template

    asyncio.run(keep_template(start_postgres(), kept))
    return 0


def _keep() -> int:
    from tests.mutants.kept import keep

    keep()
    return 0


def _run(tests: list[str]) -> int:
    from tests.mutants.kept import ROUNDS, first_wrong

    if tests[0] not in ROUNDS:
        return _run_tests(tests)
    wrong = first_wrong(tests[0])
    Path("build/said").write_text(wrong)
    return FAILED if wrong else 0


def _run_tests(tests: list[str]) -> int:
    import pytest

    said = os.open("build/said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    return int(pytest.main([*OPTIONS, "-W", "ignore::pytest.PytestAssertRewriteWarning", *tests]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
