"""A PostGIS server of the test run's own: in a temporary folder, on a unix socket, gone when the run is gone.

The run holds a lock on `FOLDER/alive` for as long as it lives. Whichever test process needs PostGIS first starts a
guardian (this file as a program), which starts the server and then waits for that lock. However the run ends (done,
Ctrl-C, killed), the system frees the lock, and the guardian stops the server and removes the folder.
"""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

MISSING = (
    "PostGIS is not installed: apt-get install --no-install-recommends postgresql-postgis "
    "(looked for initdb in PATH and /usr/lib/postgresql/*/bin)"
)
PORT = "5432"  # names the socket's file; nothing listens on the network
SETTINGS = {
    "listen_addresses": "''",
    "port": PORT,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "log_min_messages": "fatal",
}


class PostgisMissing(Exception):
    """The server cannot run on this machine; the message says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """The running server; every test process connects to it as its superuser."""

    folder: Path

    def url(self, database: str) -> str:
        """The address of a database, as the application takes it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder / 'socket'}&port={PORT}"

    def create(self, database: str, *, template: str = "template1") -> None:
        """Nothing; the database is a copy of its template."""
        self._run(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(database), sql.Identifier(template)))

    def drop(self, database: str) -> None:
        """Nothing; the database is gone, whoever is still connected."""
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))

    def has(self, database: str) -> bool:
        """Whether the database exists."""
        with self._connect() as connection:
            return bool(connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone())

    def _run(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.folder / "socket"), port=PORT, user="postgres", dbname="postgres", autocommit=True
        )


def open_run() -> tuple[Path, IO[bytes]]:
    """The folder of a test run, and the open lock that says the run lives."""
    folder = Path(tempfile.mkdtemp(prefix="pointward-test-"))
    folder.chmod(0o711)  # the server's user passes through
    alive = (folder / "alive").open("wb")
    fcntl.flock(alive, fcntl.LOCK_EX)
    return folder, alive


def close_run(folder: Path, alive: IO[bytes]) -> None:
    """Nothing, once the server has stopped and the folder is gone."""
    alive.close()
    with locked(folder / "guarded"):  # held by the guardian until the server has stopped
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """A block that only one process at a time runs."""
    with path.open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def running_server(folder: Path) -> Server:
    """The server of the run, started by whoever asks first. Call it with a lock held.

    Raises
    ------
    PostgisMissing
    """
    answer = folder / "answer"
    if not answer.exists():
        guardian = subprocess.Popen(
            [sys.executable, __file__, str(folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # Ctrl-C is for the run; the guardian acts when the run has ended
        )
        assert guardian.stdout is not None
        with guardian.stdout:
            answer.write_text(guardian.stdout.read())  # it closes its output when the server answers
        guardian.returncode = 0  # nobody waits for it: it outlives this process
    said = answer.read_text()
    if said != "ready":
        raise PostgisMissing(said)
    return Server(folder)


def _guard(folder: Path) -> None:
    guarded = (folder / "guarded").open("wb")
    fcntl.flock(guarded, fcntl.LOCK_EX)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        binaries = _binaries()
        _start(binaries, folder)
    except (OSError, KeyError, PostgisMissing, subprocess.CalledProcessError) as error:
        detail = error.stdout if isinstance(error, subprocess.CalledProcessError) else ""
        sys.exit(f"{error} {detail}")
    try:
        _say_ready()
        with (folder / "alive").open("rb") as alive:
            fcntl.flock(alive, fcntl.LOCK_EX)
    finally:
        _as_server_user([binaries / "pg_ctl", "stop", "-D", folder / "data", "-m", "immediate"], folder)
        shutil.rmtree(folder, ignore_errors=True)


def _start(binaries: Path, folder: Path) -> None:
    for name in ("data", "socket"):
        (folder / name).mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(folder / name, "postgres", "postgres")
    data = folder / "data"
    initdb = [binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync"]
    _as_server_user([*initdb, "--encoding=UTF8", "--locale=C"], folder)
    options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items())
    start = [binaries / "pg_ctl", "start", "-w", "-D", data, "-l", data / "log"]
    _as_server_user([*start, "-o", f"{options} -k {folder / 'socket'}"], folder)


def _binaries() -> Path:
    in_path = shutil.which("initdb")
    found = [Path(in_path).resolve().parent] if in_path else []
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    for binaries in found:
        if all((binaries / name).exists() for name in ("initdb", "pg_ctl", "pg_config")):
            # The library, not the scripts: they are packages of their own, and the scripts may outlive it.
            libraries = subprocess.check_output([binaries / "pg_config", "--pkglibdir"], text=True).strip()
            if Path(libraries, "postgis-3.so").exists():
                return binaries
    raise PostgisMissing(MISSING)


def _as_server_user(command: list[object], folder: Path) -> None:
    """Nothing; the server refuses to run as root, so root becomes `postgres`."""
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        entry = pwd.getpwnam("postgres")
        user = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if command[1] != "start" else subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
        text=True,
        **user,
    )


def _say_ready() -> None:
    sys.stdout.write("ready")
    sys.stdout.flush()
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)


if __name__ == "__main__":
    _guard(Path(sys.argv[1]))
