"""`make mutants`: removes each condition of portal/access in turn and runs the tests of access.

Every mutant is caught, or listed in explained.toml with the reason why it changes no answer; what is listed there is tried,
too, and must not be noticed. ARGS may name modules or parts of mutants' names (`make mutants ARGS="sight_of_content.idea
rules"`). What was tried stands in build/mutants.json, so that what was broken off goes on where it was; it holds for that
very tree, and for no other.
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
from collections.abc import Callable, Collection
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.mutants.find import Mutant, mutants
from tests.mutants.worker import FAILED

ROOT = Path(__file__).parent.parent.parent
ACCESS = ROOT / "portal" / "access"
EXPLAINED = Path(__file__).parent / "explained.toml"
NOT_COPIED = (".git", ".venv", "build", "data", "node_modules", "__pycache__", ".*_cache", "*.egg-info")
TESTS = ROOT / "tests" / "access"
TRIED = ROOT / "build" / "mutants.json"
#: What decides whether a mutant is noticed: all that the workers copy, but for what is not read by any test of access.
TREE = ("portal", "tests", "migrations", "templates", "static")
#: What is asked first, and mostly suffices, by how the module's name begins: `kept.py` asks it in half a second.
QUICK = {
    "predicates": ("policy", "of_", "phases", "actor", "rules"),
    "tables": ("scope.NEVER_SHOWN",),
    "refusals": ("conflicts",),
    "roles": ("wall_build.TOO_MIGHTY",),
    "masks": ("masks",),
    "eyes": ("eyes",),
    "facts": ("actor", "unread"),
    "sights": ("scope", "sight", "actor", "fields"),
    "names": ("of_people",),
    "log": ("wall_log", "wall.GATES: t.Event"),
    "walls": ("wall",),
    "forged": ("wall",),
}
#: Which tests come next: those that notice most in the shortest time. All others of tests/access follow.
FIRST = {
    "wall": ("access/test_wall_writes", "access/test_wall"),
    "actor": ("access/test_rights", "accounts/test_sessions"),
    "eyes": ("spaces/test_as_guest",),
    "masks": ("escalation/test_anonymous",),
    "conflicts": ("units",),
    "unread": ("notifications/test_list",),
    "of_people": ("leaving",),
    "sight_of_screening": ("escalation/test_sensitive",),
    "sight": ("access/test_scope",),
    "scope": ("access/test_scope",),
}
SLOWEST = ("two_worlds", "isolation", "crawl")


UNCHANGED = Mutant("", "portal/access/rules.py", (ACCESS / "rules.py").read_text)


class Worker:
    """A process with a copy of the tree."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT, folder, ignore=shutil.ignore_patterns(*NOT_COPIED), symlinks=True)
        (folder / "build").mkdir()
        (folder / "node_modules").symlink_to((ROOT / "node_modules").resolve())
        unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
        for code in ("portal", "tests"):
            compileall.compile_dir(folder / code, quiet=2, invalidation_mode=unchecked)
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
        job = {"path": mutant.path, "source": mutant.make(), "tests": tests}
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
    parser.add_argument("--quick", action="store_true", help="only what is asked in a second; then not all are caught")
    parser.add_argument("--anew", action="store_true", help="also those that were caught before")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    found = [mutant for path in sorted(ACCESS.glob("*.py")) for mutant in mutants(path, ROOT)]
    reasons: dict[str, str] = tomllib.loads(EXPLAINED.read_text())["explained"]
    unknown = sorted(reasons.keys() - {mutant.name for mutant in found})
    chosen = [m for m in found if not asked.parts or any(part in m.name for part in asked.parts)]
    tried = Tried(TRIED, anew=asked.anew)
    waiting = [m for m in chosen if m.name not in tried]
    rounds = ROUNDS[: len(QUICK)] if asked.quick else ROUNDS
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        missed = _try(waiting, Path(folder), asked.workers, rounds, tried, reasons.keys())
    noticed = [m for m in chosen if m.name in reasons and tried.noticed(m.name)]
    for name in unknown:
        print(f"explained, but there is no such mutant: {name}")
    for mutant in noticed:
        print(f"explained, but noticed: {mutant.name}")
    for mutant in missed:
        print(f"neither caught nor explained: {mutant.name}")
    explained = sum(m.name in reasons for m in chosen)
    print(f"{len(chosen)} mutants, {len(chosen) - explained - len(missed)} caught, {explained} explained")
    return 1 if missed or noticed or unknown else 0


class Tried:
    """Which mutants were tried on this very tree, each with the test that noticed it, in a file."""

    def __init__(self, file: Path, *, anew: bool) -> None:
        self.file = file
        self.tree = _digest()
        kept = {} if anew or not file.exists() else json.loads(file.read_text())
        self.by: dict[str, str] = kept["by"] if kept.get("tree") == self.tree else {}

    def __contains__(self, name: str) -> bool:
        return name in self.by

    def noticed(self, name: str) -> bool:
        """Whether a test noticed it; what is explained must not be."""
        return bool(self.by.get(name))

    def add(self, mutant: Mutant, by: str) -> None:
        """One more; noticed by nothing where nothing has to."""
        self.by[mutant.name] = by
        self.file.parent.mkdir(exist_ok=True)
        self.file.write_text(json.dumps({"tree": self.tree, "by": self.by}, indent=0))


def _digest() -> str:
    """Of every file of the tree."""
    digest = sha256()
    for path in sorted(path for folder in TREE for path in (ROOT / folder).rglob("*") if path.is_file()):
        if "__pycache__" not in path.parts:
            digest.update(f"{path.relative_to(ROOT)}\0{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


Round = Callable[[str], list[str] | None]


def _try(
    tested: list[Mutant], folder: Path, workers: int, rounds: list[Round], tried: Tried, explained: Collection[str]
) -> list[Mutant]:
    """Those that no test noticed. What one round of tests does not notice waits for the next, which takes longer; what is
    explained is tried by the quick ones."""
    jobs: queue.SimpleQueue[tuple[int, Mutant]] = queue.SimpleQueue()
    for mutant in tested:
        jobs.put((0, mutant))
    missed: list[Mutant] = []
    wrong: list[str] = []
    begun, done = time.monotonic(), iter(range(1, len(tested) + 1))

    def tell(what: str, mutant: Mutant, said: str = "") -> None:
        print(f"{time.monotonic() - begun:6.0f} s  {next(done):4}  {what}  {mutant.name}{said}", flush=True)

    def work(number: int) -> None:
        worker = Worker(folder / str(number))
        green: set[tuple[str, ...]] = set()  # which tests were seen to pass without any mutant
        try:
            while not wrong:
                level, mutant = jobs.get_nowait()
                if level >= len(QUICK) and mutant.name in explained:
                    tried.add(mutant, "")
                    tell("explained", mutant)
                    continue
                if level == len(rounds):
                    missed.append(mutant)
                    tell("MISSED", mutant)
                    continue
                tests = rounds[level](mutant.name)
                if tests is None:
                    jobs.put((level + 1, mutant))
                    continue
                if tuple(tests) not in green:
                    answer = worker.run(UNCHANGED, tests)
                    if answer["code"] != 0:
                        wrong.append(f"{tests[0]} is red without any mutant:\n{answer['said']}")
                        return
                    green.add(tuple(tests))
                answer = worker.run(mutant, tests)
                if answer["code"] == 0:
                    jobs.put((level + 1, mutant))
                elif answer["code"] == FAILED:
                    tried.add(mutant, tests[0])
                    said = f": {answer['said'].splitlines()[0][:80]}" if tests[0] in QUICK else ""
                    tell("caught", mutant, f"  by {tests[0]}{said}")
                else:
                    wrong.append(f"{mutant.name}: {answer['said']}")
        except queue.Empty:
            pass
        finally:
            worker.end()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(workers if tested else 0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        sys.exit("\n".join(wrong))
    return missed


def _quick(round_: str) -> Round:
    return lambda name: [round_] if name.startswith(QUICK[round_]) else None


def _first(name: str) -> list[str]:
    named = next((tests for start, tests in FIRST.items() if name.startswith(start)), ("access/test_matrix",))
    return [f"tests/{test}.py" if (ROOT / "tests" / f"{test}.py").exists() else f"tests/{test}" for test in named]


def _others(name: str) -> list[str]:
    every = sorted(f"tests/access/{path.name}" for path in TESTS.glob("test_*.py"))
    tried = {*_first(name), *_slowest(name), "tests/access/test_predicates.py", "tests/access/test_sights.py"}
    return [path for path in every if path not in tried]


def _slowest(name: str) -> list[str]:
    return [f"tests/access/test_{test}.py" for test in SLOWEST]


ROUNDS: list[Round] = [*map(_quick, QUICK), _first, _others, _slowest]


if __name__ == "__main__":
    sys.exit(main())
