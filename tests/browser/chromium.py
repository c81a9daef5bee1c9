"""A Chromium to test with: CHROMIUM, one on the machine, else one that is fetched; or one line that says how."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from portal.web.assets import npm

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "build" / "browser"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = [
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]
#: A Chromium that unpacks itself, for machines where nobody may install one.
PACKAGE = "@sparticuz/chromium@153.0.0"
UNPACK = """
import chromium from '@sparticuz/chromium';
console.log(JSON.stringify({path: await chromium.executablePath(), args: chromium.args,
    libraries: process.env.LD_LIBRARY_PATH || ''}));
"""


def launch_options() -> dict[str, Any]:
    """What Playwright's `launch` needs. Exits with one line where no browser can be had."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return {"executable_path": found, "args": [*ARGUMENTS, *_as_root()]}
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _run("apt-get", "update", "-qq")
        _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium")
        if path := shutil.which("chromium"):
            return {"executable_path": path, "args": [*ARGUMENTS, *_as_root()]}
    return _unpacked()


def _unpacked() -> dict[str, Any]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "package.json").write_text('{"private": true, "type": "module"}')
    (FOLDER / "unpack.js").write_text(UNPACK)
    if not (FOLDER / "node_modules" / "@sparticuz").exists():
        _run(*npm(), "install", "--no-audit", "--no-fund", "--no-package-lock", PACKAGE)
    environment = os.environ | {"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x"}  # it then brings its libraries along
    done = subprocess.run(
        [_node(), "unpack.js"], cwd=FOLDER, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        _give_up(done.stderr)
    told = json.loads(done.stdout)
    env = os.environ | {"LD_LIBRARY_PATH": told["libraries"]}
    return {"executable_path": told["path"], "args": [*told["args"], *ARGUMENTS], "env": env}


def _as_root() -> list[str]:
    return ["--no-sandbox"] if os.geteuid() == 0 else []


def _node() -> str:
    """Playwright brings a Node along."""
    import playwright

    return str(Path(playwright.__file__).parent / "driver" / "node")


def _run(*command: str) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, cwd=FOLDER if FOLDER.exists() else ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode and "apt-get" not in command[0]:
        _give_up(done.stderr)


def _give_up(why: str) -> None:
    reason = why.strip().splitlines()[-1] if why.strip() else "no reason given"
    sys.exit(f"No browser for the tests: install Chromium, or set CHROMIUM to one ({reason}).")


if __name__ == "__main__":
    print(launch_options()["executable_path"])
