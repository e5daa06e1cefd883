"""The parent process: binds the port once, forks processes, replaces those that die, and stops them.

They are serving processes and, where there are any, companions beside these.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.context import ForkProcess
from typing import Any, NoReturn

import structlog

from app.core.config.server import ServerSettings
from app.core.logging import configure_logging
from app.server.companion import Companions, accompany
from app.server.worker import CannotStart, Program, Worker, refuse_hangup, say

FORK = multiprocessing.get_context("fork")
BACKLOG = 1024
RESTART_SECONDS = 1.0
"""Between a process that ended before it served and the next try."""

COMPANION_SECONDS = 2.0
"""Between a companion that ended and the next one in its place."""

CLOSE_SECONDS = 15.0
"""Time for the background jobs to end, beside the grace of the requests."""

MAX_FILES = 65_536
REFUSED = 3
STOPPING = frozenset({signal.SIGTERM, signal.SIGINT})
WAKING = (*STOPPING, signal.SIGCHLD)
NONE = Companions("companion", 0, lambda _: None)

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Child:
    """A serving process. `served` is a byte shared with it: whether it came to serve."""

    process: ForkProcess
    served: Any


class Server:
    """Serves an application from several processes; `run` returns the exit status.

    Parameters
    ----------
    settings : ServerSettings
        Address, processes, threads and limits.
    load : callable
        Builds the application, in each serving process after the fork. It raises `CannotStart` where the
        operator can mend what is wrong.
    grace_seconds : float
        Time that requests in progress have at a stop.
    on_end : callable
        Called with the id of each process that has ended.
    beside : Companions
        Processes beside the serving ones. One that ends is replaced, whatever it ended by.
    """

    def __init__(
        self,
        settings: ServerSettings,
        load: Callable[[], Program],
        grace_seconds: float,
        on_end: Callable[[int], None] = lambda _: None,
        *,
        beside: Companions = NONE,
    ) -> None:
        self._settings = settings
        self._load = load
        self._grace_seconds = grace_seconds
        self._on_end = on_end
        self._beside = beside
        self._children: list[_Child] = []
        self._companions: list[ForkProcess] = []
        self._next_companion = 0.0
        self._started = 0
        self._has_served = False
        self._next_start = 0.0
        self._stop_by: float | None = None
        self._status = 0

    def run(self) -> int:
        """Serve until SIGTERM or SIGINT; a second one, or the end of the grace, kills what still runs.

        Raises
        ------
        CannotStart
            When the address cannot be used.
        """
        configure_logging(self._settings.log_level)
        _raise_file_limit()
        self._listener = _bound(self._settings)
        self._alive = os.pipe()
        self._wake = os.pipe()
        # Serving processes fail alike: the one that takes the byte from this pipe says why.
        self._word = os.pipe()
        for end in (*self._wake, *self._word):
            os.set_blocking(end, False)
        # The numbers of signals are written to the pipe, and `select` wakes up by it.
        signal.set_wakeup_fd(self._wake[1], warn_on_full_buffer=False)
        for each in WAKING:
            signal.signal(each, _only_wake)
        signal.signal(signal.SIGHUP, refuse_hangup)
        while self._stop_by is None or self._children or self._companions:
            self._start_missing()
            self._start_companions()
            for number in self._signals():
                if number in STOPPING:
                    self._stop()
            self._reap()
            self._reap_companions()
            if self._stop_by is not None and time.monotonic() >= self._stop_by:
                self._kill()
        return self._status

    def _start_missing(self) -> None:
        if self._stop_by is not None or time.monotonic() < self._next_start:
            return
        if len(self._children) < self._settings.workers:
            _taken(self._word[0])
            os.write(self._word[1], b"1")
        while len(self._children) < self._settings.workers:
            self._started += 1
            served = FORK.RawValue("b", 0)
            process = FORK.Process(target=self._serve, args=(self._started, served), name="server")
            _start(process)
            self._children.append(_Child(process, served))

    def _start_companions(self) -> None:
        if self._stop_by is not None or time.monotonic() < self._next_companion:
            return
        while len(self._companions) < self._beside.count:
            process = FORK.Process(target=self._accompany, name=self._beside.name)
            _start(process)
            self._companions.append(process)

    def _signals(self) -> bytes:
        now = time.monotonic()
        moments = (self._stop_by, self._next_start, self._next_companion)
        ahead = [at - now for at in moments if at is not None and at > now]
        timeout = min(ahead) if ahead else None
        select.select([self._wake[0]], [], [], timeout)
        return _taken(self._wake[0])

    def _reap(self) -> None:
        for child in list(self._children):
            status = child.process.exitcode
            served = bool(child.served.value)
            self._has_served |= served
            if status is None:
                continue
            self._children.remove(child)
            if child.process.pid is not None:
                self._on_end(child.process.pid)
            if self._stop_by is not None:
                self._status = self._status or int(status != 0)
            elif served:
                log.warning("a serving process ended, another one takes its place", exit_status=status)
            elif self._has_served:
                log.error("a serving process could not start, another one tries", exit_status=status)
                self._next_start = time.monotonic() + RESTART_SECONDS
            else:
                self._status = 1
                self._stop()

    def _reap_companions(self) -> None:
        for process in list(self._companions):
            if process.exitcode is None:
                continue
            self._companions.remove(process)
            if process.pid is not None:
                self._on_end(process.pid)
            if self._stop_by is None:
                log.warning(
                    "a process ended, another one takes its place",
                    process=process.name,
                    exit_status=process.exitcode,
                )
                self._next_companion = time.monotonic() + COMPANION_SECONDS

    def _stop(self) -> None:
        if self._stop_by is not None:
            self._kill()
            return
        self._stop_by = time.monotonic() + self._grace_seconds + CLOSE_SECONDS
        self._listener.close()
        for process in self._processes():
            process.terminate()

    def _kill(self) -> None:
        self._status = 1
        for process in self._processes():
            process.kill()
            process.join()

    def _processes(self) -> list[ForkProcess]:
        return [child.process for child in self._children] + self._companions

    # --- in a companion -------------------------------------------------------------------------------------

    def _accompany(self) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        self._listener.close()
        for descriptor in (*self._wake, self._alive[1]):
            os.close(descriptor)
        try:
            accompany(self._beside, self._alive[0])
        except CannotStart as error:
            self._refuse(error)

    # --- in a serving process -------------------------------------------------------------------------------

    def _serve(self, number: int, served: Any) -> None:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        worker = Worker(
            self._settings,
            self._listener,
            self._load,
            on_ready=lambda: self._announce(number, served),
            parent_alive=self._alive[0],
            grace_seconds=self._grace_seconds,
        )
        worker.handle_signals()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {*WAKING, signal.SIGHUP})
        for descriptor in (*self._wake, self._alive[1]):
            os.close(descriptor)
        try:
            status = worker.run()
        except CannotStart as error:
            self._refuse(error)
        sys.exit(status)

    def _refuse(self, error: CannotStart) -> NoReturn:
        """End this process, and say why unless another one has."""
        if _taken(self._word[0]):
            say(error)
        sys.exit(REFUSED)

    def _announce(self, number: int, served: Any) -> None:
        served.value = 1
        if number == 1:
            host, port = self._settings.host, self._listener.getsockname()[1]
            shown = "localhost" if host in {"127.0.0.1", "0.0.0.0"} else host  # noqa: S104
            root = f"http://{shown}:{port}{self._settings.path_prefix}"
            workbench = f"workbench at {root}/, " if self._settings.workbench else ""
            docs = f", Swagger UI at {root}/docs" if self._settings.docs else ""
            print(f"Allocator: {workbench}API at {root}/v1{docs}", file=sys.stderr, flush=True)  # noqa: T201


def _taken(pipe: int) -> bytes:
    """Return what is in a pipe that does not block."""
    try:
        return os.read(pipe, 4096)
    except BlockingIOError:
        return b""


def _start(process: ForkProcess) -> None:
    """Fork; until the new process has its own handlers, a signal must not wake this one through the pipe."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {*WAKING, signal.SIGHUP})
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {*WAKING, signal.SIGHUP})


def _only_wake(_number: int, _frame: object) -> None:
    """Handle a signal by nothing but the byte that the interpreter writes to the pipe."""


def _bound(settings: ServerSettings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise CannotStart(
            f"HOST {settings.host} and PORT {settings.port} cannot be used: {os.strerror(error.errno or 0)}"
        ) from error


def _raise_file_limit() -> None:
    """Allow as many open files as the system lets us: a connection takes up to three."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
