"""`make mutants`: removes each condition of portal/access in turn and runs the tests of access.

Every mutant is caught, or listed in explained.toml with the reason why it changes no answer. ARGS may name modules or
parts of mutants' names (`make mutants ARGS="sight_of_content.idea rules"`); `--quick` leaves the crawl out, and then counts what
only the crawl catches as not caught.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import py_compile
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.mutants.find import Mutant, mutants
from tests.mutants.worker import FAILED

ROOT = Path(__file__).parent.parent.parent
ACCESS = ROOT / "portal" / "access"
EXPLAINED = Path(__file__).parent / "explained.toml"
NOT_COPIED = (".git", ".venv", "build", "data", "node_modules", "__pycache__", ".*_cache", "*.egg-info")
TESTS = ROOT / "tests" / "access"
#: Modules of rules that are asked without a database: their conditions are tried one by one, in no time.
PREDICATES_OF = ("policy", "of_", "phases", "actor")
#: Modules of what comes into sight: what they show is compared row by row, in hardly any.
SIGHTS_OF = ("scope", "sight", "actor", "fields")
#: Which tests run first, by how the module's name begins: those that notice most in the shortest time.
FIRST = {
    "scope": ("scope", "matrix", "search_leaks", "leaks"),
    "sight": ("scope", "matrix", "search_leaks", "leaks"),
    "wall": ("wall_writes", "wall"),
    "actor": ("scope", "rights"),
    "fields": ("search_leaks", "leaks"),
}
SLOWEST = ("two_worlds", "isolation", "crawl")


UNCHANGED = Mutant("", "portal/access/rules.py", (ACCESS / "rules.py").read_text())


class Worker:
    """A process with a copy of the tree."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*NOT_COPIED), symlinks=True)
        (folder / "build").mkdir()
        (folder / "node_modules").symlink_to((ROOT / "node_modules").resolve())
        unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
        compileall.compile_dir(folder / "portal", quiet=2, invalidation_mode=unchecked)
        shutil.rmtree(folder / "portal" / "access" / "__pycache__")  # these will change
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.mutants.worker", str(folder)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, mutant: Mutant, tests: list[str]) -> dict[str, Any]:
        """Runs these tests with this mutant in its place."""
        assert self.process.stdin
        assert self.process.stdout
        job = {"path": mutant.path, "source": mutant.source, "tests": tests}
        print(json.dumps(job), file=self.process.stdin, flush=True)
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def end(self) -> None:
        """Stops the process, and its database with it."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(60)


def main() -> int:
    """Tries all mutants that are asked for; gives the exit code."""
    parser = argparse.ArgumentParser(
        prog="make mutants", description="Removes each condition of portal/access in turn."
    )
    parser.add_argument("parts", nargs="*", help="only mutants in whose name one of these stands")
    parser.add_argument("--quick", action="store_true", help="without the crawl, which takes minutes for each")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    found = [mutant for path in sorted(ACCESS.glob("*.py")) for mutant in mutants(path, ROOT)]
    reasons: dict[str, str] = tomllib.loads(EXPLAINED.read_text())["explained"]
    unknown = sorted(reasons.keys() - {mutant.name for mutant in found})
    chosen = [m for m in found if not asked.parts or any(part in m.name for part in asked.parts)]
    tested = [m for m in chosen if m.name not in reasons]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        missed = _try(tested, Path(folder), asked.workers, with_crawl=not asked.quick)
    for name in unknown:
        print(f"explained, but there is no such mutant: {name}")
    for mutant in missed:
        print(f"neither caught nor explained: {mutant.name}")
    explained = len(chosen) - len(tested)
    print(f"{len(chosen)} mutants, {len(tested) - len(missed)} caught, {explained} explained")
    return 1 if missed or unknown else 0


def _try(tested: list[Mutant], folder: Path, workers: int, *, with_crawl: bool) -> list[Mutant]:
    """Those that no test noticed. What one round of tests does not notice waits for the next, which takes longer."""
    jobs: queue.SimpleQueue[tuple[int, Mutant]] = queue.SimpleQueue()
    for mutant in tested:
        jobs.put((0, mutant))
    rounds = ROUNDS if with_crawl else ROUNDS[:-1]
    missed: list[Mutant] = []
    wrong: list[str] = []
    begun, done = time.monotonic(), iter(range(1, len(tested) + 1))

    def work(number: int) -> None:
        worker = Worker(folder / str(number))
        green: set[tuple[str, ...]] = set()  # which tests were seen to pass without any mutant
        try:
            while not wrong:
                level, mutant = jobs.get_nowait()
                if level == len(rounds):
                    missed.append(mutant)
                    print(f"{time.monotonic() - begun:6.0f} s  {next(done):4}  MISSED  {mutant.name}", flush=True)
                    continue
                tests = rounds[level](mutant.name)
                if tests is None:
                    jobs.put((level + 1, mutant))
                    continue
                if tuple(tests) not in green:
                    answer = worker.run(UNCHANGED, tests)
                    if answer["code"] != 0:
                        wrong.append(f"the tests of access are red without any mutant:\n{answer['said']}")
                        return
                    green.add(tuple(tests))
                answer = worker.run(mutant, tests)
                if answer["code"] == 0:
                    jobs.put((level + 1, mutant))
                elif answer["code"] == FAILED:
                    print(f"{time.monotonic() - begun:6.0f} s  {next(done):4}  caught  {mutant.name}", flush=True)
                else:
                    wrong.append(f"{mutant.name}: {answer['said']}")
        except queue.Empty:
            pass
        finally:
            worker.end()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        sys.exit("\n".join(wrong))
    return missed


def _predicates(name: str) -> list[str] | None:
    return ["predicates"] if name.startswith(PREDICATES_OF) else None


def _sights(name: str) -> list[str] | None:
    return ["sights"] if name.startswith(SIGHTS_OF) else None


def _first(name: str) -> list[str]:
    named = next((tests for start, tests in FIRST.items() if name.startswith(start)), ("matrix", "rights"))
    return [f"tests/access/test_{test}.py" for test in named]


def _others(name: str) -> list[str]:
    every = sorted(f"tests/access/{path.name}" for path in TESTS.glob("test_*.py"))
    return [path for path in every if path not in {*_first(name), *_slowest(name), "tests/access/test_predicates.py"}]


def _slowest(name: str) -> list[str]:
    return [f"tests/access/test_{test}.py" for test in SLOWEST]


ROUNDS: list[Callable[[str], list[str] | None]] = [_predicates, _sights, _first, _others, _slowest]


if __name__ == "__main__":
    sys.exit(main())
