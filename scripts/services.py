"""Starts the Redis and the PostgreSQL that are installed, for development; Ctrl-C stops both.

`python scripts/services.py [FOLDER]`. Data lies in FOLDER, `.services` of the checkout by default; that of
PostgreSQL stays for the next start. Each listens on this machine alone, on its usual port or, where that is
taken, on a free one. The standard library is enough.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
START_SECONDS, STOP_SECONDS = 60, 30
POLL_SECONDS = 0.2
POSTGRESQL_USER = "postgres"
"""PostgreSQL refuses to run as root; Debian's package brings this user."""


class CannotStart(Exception):
    """A service cannot be started; says why."""


@dataclass(frozen=True)
class Service:
    """A running service, and the setting that leads to it."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    setting: str


def say(line: str) -> None:
    """Say something at once, into a pipe too."""
    print(line, flush=True)


def program(names: Sequence[str]) -> str | None:
    """Return the first of these programs that is installed; Debian keeps PostgreSQL's out of PATH."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *map(str, folders)])
    return next(filter(None, (shutil.which(name, path=path) for name in names)), None)


def port_for(usual: int) -> int:
    """Return the usual port, or a free one where it is taken."""
    for port in (usual, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise CannotStart("no port is free")


def begun(name: str, command: list[str], folder: Path, port: int, setting: str, **user: Any) -> Service:
    """Start a service, and wait until it takes connections.

    In a session of its own, so that Ctrl-C reaches this script alone, which then stops it in order.
    """
    log = folder / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - the commands are written in this file
            command, stdout=output, stderr=output, cwd="/", start_new_session=True, **user
        )
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return Service(name, process, log, setting)
        time.sleep(POLL_SECONDS)
    process.kill()
    process.wait()
    raise CannotStart(f"{name} does not start, see {log}")


def redis(folder: Path) -> Service | None:
    """Start Redis, which keeps nothing and evicts nothing."""
    server = program(["redis-server", "valkey-server"])
    if server is None:
        say("Redis is not installed (Debian: redis-server). Each process counts and caches for itself then.")
        return None
    folder.mkdir(parents=True, exist_ok=True)
    port = port_for(6379)
    options = {"port": port, "bind": HOST, "save": "", "appendonly": "no", "maxmemory-policy": "noeviction"}
    given = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    command = [server, *given, "--dir", str(folder)]
    return begun("Redis", command, folder, port, f"REDIS_URL=redis://{HOST}:{port}/0")


def postgresql(folder: Path) -> Service | None:
    """Start PostgreSQL with a database `allocator`, which is made at the first start."""
    initdb, postgres, psql = (program([name]) for name in ("initdb", "postgres", "psql"))
    if initdb is None or postgres is None or psql is None:
        say("PostgreSQL is not installed (Debian: postgresql). The database is SQLite then.")
        return None
    folder.mkdir(parents=True, exist_ok=True)
    user = other_user(folder)
    data, port = folder / "data", port_for(5432)
    if not (data / "PG_VERSION").exists():
        options = ["--username=allocator", "--auth=trust", "--encoding=UTF8", "--no-locale"]
        run([initdb, f"--pgdata={data}", *options], **user)
    settings = {"listen_addresses": HOST, "port": port, "unix_socket_directories": ""}
    given = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    url = f"postgresql://allocator@{HOST}:{port}"
    command = [postgres, "-D", str(data), *given]
    service = begun("PostgreSQL", command, folder, port, f"DATABASE_URL={url}/allocator", **user)
    try:
        make_database(psql, url)
    except BaseException:
        stop(service)
        raise
    return service


def make_database(psql: str, url: str) -> None:
    """Make the database unless it is there; a server that begins to listen may refuse for a moment."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            found = run(
                [psql, f"{url}/postgres", "-Atc", "SELECT 1 FROM pg_database WHERE datname='allocator'"]
            )
            if not found.strip():
                run([psql, f"{url}/postgres", "-qc", "CREATE DATABASE allocator"])
        except CannotStart:
            if time.monotonic() > deadline:
                raise
            time.sleep(POLL_SECONDS)
        else:
            return


def other_user(folder: Path) -> dict[str, Any]:
    """Return as whom PostgreSQL runs, where this is root."""
    if os.geteuid() != 0:
        return {}
    try:
        group = pwd.getpwnam(POSTGRESQL_USER).pw_gid
    except KeyError:
        raise CannotStart(
            f"PostgreSQL does not run as root, and there is no user {POSTGRESQL_USER}"
        ) from None
    shutil.chown(folder, POSTGRESQL_USER)
    return {"user": POSTGRESQL_USER, "group": group, "extra_groups": []}


def run(command: list[str], **user: Any) -> str:
    """Run a command to its end, and return what it said."""
    done = subprocess.run(  # noqa: S603 - the commands are written in this file
        command, cwd="/", capture_output=True, text=True, check=False, **user
    )
    if done.returncode:
        raise CannotStart(f"{Path(command[0]).name}: {done.stderr.strip()}")
    return done.stdout


def stop(service: Service) -> None:
    """End a service; PostgreSQL ends its clients' connections at SIGINT, Redis at any signal."""
    if service.process.poll() is None:
        service.process.send_signal(signal.SIGINT)
    try:
        service.process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        service.process.kill()
        service.process.wait()


def serve(folder: Path, stopping: Event) -> int:
    """Start what is installed and wait for a signal, or for one of them to end."""
    running: list[Service] = []
    try:
        for start, name in ((redis, "redis"), (postgresql, "postgresql")):
            if not stopping.is_set() and (service := start(folder / name)) is not None:
                running.append(service)
        if not running:
            return 1
        say("Settings, for .env or the environment of make:")
        for service in running:
            say(f"  {service.setting}")
        say(f"A new PostgreSQL needs `make migrate`. Data and logs are in {folder}. Ctrl-C stops them.")
        while not stopping.wait(POLL_SECONDS):
            ended = [each for each in running if each.process.poll() is not None]
            for each in ended:
                say(f"{each.name} has ended, see {each.log}")
            if ended:
                return 1
    except CannotStart as error:
        say(str(error))
        return 1
    finally:
        for service in reversed(running):
            stop(service)
    return 0


def main() -> int:
    """Serve until SIGINT or SIGTERM."""
    stopping = Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stopping.set())
    given = sys.argv[1:]
    return serve(Path(given[0]).resolve() if given else ROOT / ".services", stopping)


if __name__ == "__main__":
    sys.exit(main())
