"""One worker: in a copy of the tree of its own it puts a mutant in its place, runs the tests, and puts the original back.

It speaks lines of JSON. Every run is a fork of this process, which has loaded what other people wrote and nothing of
portal/access, and has a database server with the world in it.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

LIBRARIES = """
    litestar litestar.plugins.base litestar.datastructures litestar.exceptions piccolo.table piccolo.engine.postgres
    piccolo.columns piccolo.apps.migrations.commands.forwards asyncpg httpx PIL.Image wtforms markdown_it nh3 babel.dates
    babel.numbers jinja2 jinja2_fragments msgspec structlog argon2 zxcvbn fontTools.subset click uvloop
""".split()  # noqa: SIM905
FAILED = 1
OPTIONS = ("-x", "-q", "-n0", "--tb=short", "--no-header", "-p", "no:cacheprovider", "--timeout=900")


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
    _in_fork(lambda: _keep_sights(tree / "build" / "sights.json"))
    try:
        for line in sys.stdin:
            job = json.loads(line)
            path = tree / job["path"]
            original = path.read_text()
            path.write_text(job["source"])
            code = _in_fork(lambda tests=job["tests"]: WITHOUT_PYTEST.get(tests[0], lambda: _run_tests(tests))())  # type: ignore[misc]
            path.write_text(original)
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


def _try_predicates() -> int:
    """The rules that need no database, without pytest in between: a tenth of a second instead of three."""
    predicates = importlib.import_module("tests.access.test_predicates")
    try:
        for test in (test for name, test in vars(predicates).items() if name.startswith("test_")):
            marks = getattr(test, "pytestmark", ())
            for values in marks[0].args[1] if marks else [()]:
                test(values) if marks else test()
    except BaseException as noticed:  # noqa: BLE001  pytest's own failures are no exceptions
        Path("build/said").write_text(repr(noticed))
        return FAILED
    Path("build/said").write_text("")
    return 0


def _keep_sights(kept: Path) -> int:
    """A database with something of everything, and what everybody is to see of it."""
    import asyncio

    import asyncpg

    import tests.conftest  # noqa: F401
    from portal import db
    from tests.access.sights import should_be_seen
    from tests.access.variety import LOOKERS, something_of_everything
    from tests.servers import start_postgres
    from tests.template import make_template

    async def keep() -> None:
        cluster = start_postgres()
        name, world = await make_template(cluster)
        await db.open_pool(cluster.dsn(name), size=2)
        async with db.transaction():
            await something_of_everything(world)
        people = {looker: world.person_id[looker] for looker in LOOKERS}
        connection = await asyncpg.connect(cluster.dsn(name))
        kept.write_text(json.dumps([cluster.dsn(name), people, await should_be_seen(connection, people)]))
        await connection.close()
        await db.close_pool()

    asyncio.run(keep())
    return 0


def _try_sights() -> int:
    """What the rules of sight show, row by row, without pytest in between."""
    import asyncio

    from portal import db

    async def compare() -> list[str]:
        from tests.access.sights import wrong_sights

        dsn, people, should = json.loads(Path("build/sights.json").read_text())
        await db.open_pool(dsn, size=1)
        return await wrong_sights(people, should)

    try:
        wrong = asyncio.run(compare())
    except Exception as noticed:  # noqa: BLE001  a mutant may be no SQL at all
        wrong = [repr(noticed)]
    Path("build/said").write_text("\n".join(wrong))
    return FAILED if wrong else 0


#: What is tried without pytest in between: a tenth of the time.
WITHOUT_PYTEST = {"predicates": _try_predicates, "sights": _try_sights}


def _run_tests(tests: list[str]) -> int:
    import pytest

    said = os.open("build/said", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(said, 1)
    os.dup2(said, 2)
    return int(pytest.main([*OPTIONS, "-W", "ignore::pytest.PytestAssertRewriteWarning", *tests]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
