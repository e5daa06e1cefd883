"""The database servers that the tests start: each a process of its own on a free port of this machine."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import psycopg

START_SECONDS = 60
POSTGRESQL_FOLDERS = sorted(
    Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True
)
UNPRIVILEGED = "postgres"
"""PostgreSQL refuses to run as root; Debian's package brings this user."""


class Unavailable(RuntimeError):
    """A server cannot be started on this machine; says what is missing."""


class Server:
    """A process that says on standard error when it is ready, and which statements arrive."""

    def __init__(self, command: list[str], ready: str, *, user: str | None = None) -> None:
        self.lines: list[str] = []
        self._grown = threading.Condition()
        self._ended = False
        self.process = subprocess.Popen(  # noqa: S603 - the command is written in this file
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/", **identity(user)
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        try:
            self.wait_for(ready)
        except BaseException:
            self.stop()
            raise

    def wait_for(self, text: str, start: int = 0) -> int:
        """Wait until a line from the start on holds the text, and return its place."""

        def found() -> bool:
            return self._ended or any(text in line for line in self.lines[start:])

        with self._grown:
            if not self._grown.wait_for(found, START_SECONDS):
                raise RuntimeError(f"the server does not say {text!r}")
            place = next((i for i, line in enumerate(self.lines[start:], start) if text in line), None)
        if place is None:
            raise RuntimeError("the server ended:\n" + "\n".join(self.lines[-20:]))
        return place

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join()
        self.process.stderr.close()

    def _read(self) -> None:
        for line in self.process.stderr:
            with self._grown:
                self.lines.append(line.rstrip())
                self._grown.notify_all()
        with self._grown:
            self._ended = True
            self._grown.notify_all()


@dataclass(frozen=True)
class DatabaseServer:
    """Where tests get databases: `url_of` makes a new empty one of that name."""

    kind: str
    url_of: Callable[[str], str]
    process: Server | None = None
    marks: tuple[str, ...] = ()
    port: int | None = None
    copy: Callable[[str, str], None] | None = None
    """Makes an empty database, the second, a copy of the first; None where files are copied."""

    def statements(self, marker: str) -> list[str]:
        """Return the lines with which the server told of statements, up to one that holds the marker."""
        place = self.process.wait_for(marker)
        return [line for line in self.process.lines[:place] if any(mark in line for mark in self.marks)]


def identity(user: str | None) -> dict[str, Any]:
    """Return the arguments by which a process is started as another user."""
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def sqlite(folder: Path) -> Iterator[DatabaseServer]:
    yield DatabaseServer("sqlite", lambda name: f"sqlite:///{folder / name}.db")


def _program(name: str) -> str:
    found = shutil.which(
        name, path=os.pathsep.join([*map(str, POSTGRESQL_FOLDERS), os.environ.get("PATH", "")])
    )
    if found is None:
        raise Unavailable(f"PostgreSQL's {name} is not installed (Debian: apt-get install postgresql)")
    return found


def _unprivileged() -> str | None:
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(UNPRIVILEGED).pw_name
    except KeyError:
        raise Unavailable(f"PostgreSQL does not run as root, and there is no user {UNPRIVILEGED}") from None


@contextmanager
def postgresql(*, is_told_statements: bool = True) -> Iterator[DatabaseServer]:
    """Start a PostgreSQL with a cluster of its own, which is gone afterwards.

    With `is_told_statements` the tests can read which statements arrive.

    Raises
    ------
    Unavailable
        When PostgreSQL is not installed.
    """
    initdb, postgres, user = _program("initdb"), _program("postgres"), _unprivileged()
    with tempfile.TemporaryDirectory(prefix="allocator-postgresql-") as folder:
        if user:
            shutil.chown(folder, user)
        data, port = f"{folder}/data", free_port()
        options = ["-U", "allocator", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
        made = subprocess.run(  # noqa: S603 - the command is written in this file
            [initdb, "-D", data, *options],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            **identity(user),
        )
        if made.returncode != 0:
            raise RuntimeError(f"initdb failed: {made.stderr}")
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "log_statement": "all" if is_told_statements else "none",
            "timezone": "Asia/Kolkata",  # nothing may depend on the server's time zone
        }
        given = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [postgres, "-D", data, "-p", str(port), *given]
        process = Server(command, "database system is ready to accept connections", user=user)

        def run(*statements: str) -> None:
            with psycopg.connect(
                host="127.0.0.1", port=port, user="allocator", dbname="postgres", autocommit=True
            ) as connection:
                for statement in statements:
                    connection.execute(statement)

        def new(name: str) -> str:
            run(f'CREATE DATABASE "{name}"')
            return f"postgresql+psycopg://allocator@127.0.0.1:{port}/{name}"

        def copy(source: str, name: str) -> None:
            run(f'DROP DATABASE "{name}"', f'CREATE DATABASE "{name}" TEMPLATE "{source}"')

        try:
            marks = ("LOG:  statement:", "LOG:  execute ")
            yield DatabaseServer("postgresql", new, process, marks, port, copy)
        finally:
            process.stop()


POOLED_CONNECTIONS = 4
"""Fewer than the connections of two processes, so that each transaction may get another one."""


@contextmanager
def pgbouncer(behind: DatabaseServer) -> Iterator[DatabaseServer]:
    """Start a PgBouncer in transaction mode before a PostgreSQL; its databases are those of the PostgreSQL.

    Raises
    ------
    Unavailable
        When PgBouncer is not installed.
    """
    program = shutil.which("pgbouncer", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))
    if program is None:
        raise Unavailable("PgBouncer is not installed (Debian: apt-get install pgbouncer)")
    user, port = _unprivileged(), free_port()
    with tempfile.TemporaryDirectory(prefix="allocator-pgbouncer-") as folder:
        users, settings = Path(folder, "users.txt"), Path(folder, "pgbouncer.ini")
        users.write_text('"allocator" ""\n')
        options = {
            "listen_addr": "127.0.0.1",
            "listen_port": port,
            "unix_socket_dir": "",
            "auth_type": "trust",
            "auth_file": users,
            "pool_mode": "transaction",
            "default_pool_size": POOLED_CONNECTIONS,
            "server_round_robin": 1,
        }
        given = "".join(f"{name} = {value}\n" for name, value in options.items())
        settings.write_text(f"[databases]\n* = host=127.0.0.1 port={behind.port}\n[pgbouncer]\n{given}")
        if user:
            for each in (folder, users, settings):
                shutil.chown(each, user)
        process = Server([program, str(settings)], "process up", user=user)

        def new(name: str) -> str:
            return behind.url_of(name).replace(f":{behind.port}/", f":{port}/")

        try:
            yield DatabaseServer("postgresql", new, behind.process, behind.marks, port)
        finally:
            process.stop()


@contextmanager
def snowflake() -> Iterator[DatabaseServer]:
    """Start fakesnow behind its adapter; see `snowflake_server`.

    Raises
    ------
    Unavailable
        When fakesnow is not installed.
    """
    if find_spec("fakesnow") is None:
        raise Unavailable("fakesnow is not installed (it comes with requirements-dev.txt)")
    port = free_port()
    script = Path(__file__).with_name("snowflake_server.py")
    process = Server([sys.executable, str(script), str(port)], "Uvicorn running on")

    def copy(source: str, name: str) -> None:
        asked = httpx.post(
            f"http://127.0.0.1:{port}/copy", params={"source": source, "name": name}, timeout=START_SECONDS
        )
        asked.raise_for_status()

    try:
        yield DatabaseServer(
            "snowflake",
            lambda name: f"snowflake://allocator:secret@127.0.0.1:{port}/{name}/PUBLIC?account=fakesnow",
            process,
            ("STATEMENT",),
            port,
            copy,
        )
    finally:
        process.stop()
