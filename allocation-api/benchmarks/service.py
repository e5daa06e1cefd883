"""The service as `make run` starts it, in processes of its own, and a Redis for it where one is installed."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from aladdin_simulator import load_book
from app.core import migrate
from app.core.database import Database
from app.models import ReferenceSourceRow
from app.services.accounts import reference
from app.wiring import aladdin as wiring
from benchmarks.simulator import API_DIR, SimulatorProcess

BOND, DAY = "912828YW4", "2026-06-30"
CASH = 1_000_000_000_000
START_SECONDS = 120
DEMO = {"username": "demo_user", "password": "demo_password"}


def roomy_book(folder: Path, groups: dict[str, int]) -> Path:
    """Write a book of accounts with more cash than any run spends; a group has so many of the first ones."""
    book = json.loads((API_DIR / "tests" / "books" / "golden.json").read_text())
    template = book["accounts"][0] | {"cash": CASH, "nav": 2 * CASH}
    ids = [f"LOAD{number:03}" for number in range(1, max(groups.values()) + 1)]
    book["accounts"] = [template | {"account_id": each, "account_name": each} for each in ids]
    group = book["groups"][0]
    book["groups"] = [
        group | {"group_id": name, "group_name": name, "accounts": ids[:count]}
        for name, count in groups.items()
    ]
    file = folder / "roomy.json"
    file.write_text(json.dumps(book))
    return file


def describe_accounts(url: str, scenario: str) -> None:
    """Make a database that holds what the desk knows of its accounts, and the vendor does not say."""
    database = Database(url)
    migrate.upgrade(database)
    with database.write() as session:
        reference.load_mock(session, wiring.reference_of(load_book(scenario).reference()))
        session.delete(session.get(ReferenceSourceRow, reference.MOCK))
    database.close()


@contextmanager
def redis_url(folder: Path) -> Iterator[str | None]:
    """Start a Redis that keeps nothing, until the block ends; None where redis-server is not installed."""
    command = shutil.which("redis-server")
    if command is None:
        yield None
        return
    port = _free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(  # noqa: S603 - our own command
        [command, *options, "--maxmemory-policy", "noeviction", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(START_SECONDS)


class Service:
    """The service with a simulator as its vendor, until the block ends; `more` are settings.

    Without a DATABASE_URL among them it has an SQLite file of its own.
    """

    def __init__(
        self, simulator: SimulatorProcess, folder: Path, scenario: str, groups: list[str], **more: str
    ) -> None:
        port = _free_port()
        url = more.get("DATABASE_URL", f"sqlite:///{folder / 'service.db'}")
        describe_accounts(url, scenario)
        self.root = f"http://127.0.0.1:{port}/v1/"
        self._environment = {
            "FLASK_ENV": "development",
            "DEMO_USERS": "true",
            "LOG_LEVEL": "ERROR",
            "PORT": str(port),
            "DATABASE_URL": url,
            "BUSINESS_DATE": DAY,
            "MOCK_ALADDIN_DATA": "false",
            "ALADDIN_HOST": simulator.url,
            "ALADDIN_CLIENT_ID": "load",
            "ALADDIN_CLIENT_SECRET": "load-secret",
            "ALADDIN_GROUPS": ",".join(groups),
            "ALADDIN_QUOTA_SECONDS": "1",
            "RATE_LIMIT_PER_MINUTE": "0",
            **more,
        }

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "run.py"],
            cwd=API_DIR,
            env={**os.environ, **self._environment},
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                httpx.get(f"{self.root}health/ready", timeout=START_SECONDS).raise_for_status()
                break
            except httpx.HTTPError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(START_SECONDS)

    def memory(self) -> dict[int, int]:
        """Return the resident megabytes of each process by its pid: those that serve, and workers."""
        parent = self._process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        page = os.sysconf("SC_PAGE_SIZE")
        return {
            int(pid): int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * page // 1_000_000
            for pid in children
        }


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
