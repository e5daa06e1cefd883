"""A desk for the command `allocate`: one user's blotters, and the work on their jobs in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from threading import Event, Thread
from typing import Any

import msgspec
import structlog

from app.cli.kit.acting import active_user
from app.core.config import Settings
from app.core.database import new_id
from app.core.errors import AllocatorError, NotFound
from app.core.jobs.embedded import stop
from app.core.security import Permission
from app.core.sole import hold
from app.services.allocations.errors import PreviewErased
from app.services.blotters.service import blotter_of
from app.services.blotters.types import (
    Blotter,
    BlotterRequest,
    BlotterStatus,
    CommitOrder,
    LineStatus,
    Policy,
    ShownLine,
    Submitted,
)
from app.services.domain.caller import Caller, require
from app.services.jobs.jobs import JobView
from app.services.jobs.states import JobState
from app.services.requests.errors import IdempotencyKeyInUse
from app.services.requests.idempotency import Reservation, StoredAnswer, key_id_of
from app.services.visibility.visibility import Visibility
from app.wiring import build_services
from app.wiring.container import Services

LOOK_SECONDS = 0.2
"""Between two looks at a job."""

LOOKS = ("settle", "reap-jobs")
"""Periodic work that a command waits for: commits whose outcome is unknown, and jobs that no worker ends."""

AGAIN_SECONDS = 1.0
"""Before this process tries again to claim a job that another one has."""

LASTING = frozenset({LineStatus.PENDING, LineStatus.REJECTED})
"""Statuses of lines that can still be previewed, or that another user has said no to."""

MAX_FORGOTTEN = 20
"""Attempts at a file whose blotters may be forgotten before the one that is kept."""

LINES_AT_A_TIME = 200
KEPT = 202
"""Status of the answer that is kept under the key of a file."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is asked for every file: what lines leave out, their policy, and whether they are committed.

    `again` is the name of a run that takes a file although it was taken before; None for the one run of it.
    """

    defaults: Mapping[str, Any] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    commit: bool = False
    comment: str = ""
    override_warnings: bool = False
    again: str | None = None


class Unfinished(Exception):
    """The work on a blotter has ended early: by a signal, or because its job failed."""


class Stopped(Unfinished):
    """A signal has ended it."""


class BlotterDesk:
    """Takes blotters for a user, and works on them until they are done.

    Jobs are done in this process where `works_here`; any worker that is running may be first.
    """

    def __init__(self, house: Services, username: str, *, works_here: bool, stopping: Event) -> None:
        self._house = house
        self._works_here = works_here
        self._stopping = stopping
        self._username = username
        self._caller, self._visible = self._read_user()

    def _read_user(self) -> tuple[Caller, Visibility]:
        house = self._house
        user = active_user(house.database, house.access.users, self._username)
        permissions, run = frozenset(user.permissions), f"command-{new_id()}"
        caller = Caller(user.id, user.username, permissions, run, groups=user.groups)
        return caller, house.accounts.visibility.of(user)

    def check(self, request: BlotterRequest) -> None:
        """Check what a blotter would be refused for."""
        self._house.blotters.service.check(request, self._caller, self._visible)

    def renew(self, *, commit: bool) -> None:
        """Read anew what the user may do and see, and check that it is enough for what is asked for.

        Raises
        ------
        InvalidRequest
            When there is no active user of this name any more.
        Forbidden
            Naming the permission that is missing.
        """
        self._caller, self._visible = self._read_user()
        require(self._caller, Permission.ALLOCATIONS_PREVIEW)
        if commit:
            require(self._caller, Permission.ALLOCATIONS_COMMIT)

    def take(self, request: BlotterRequest, content: bytes, name: str, wishes: Wishes) -> tuple[str, bool]:
        """Return the blotter that a file is, and whether it was taken before.

        A file is one blotter, by its content, its name and what lines leave out. One of which no line was
        sent and none can be is followed by a new one, unless another user has rejected a line.
        """

        def key(attempt: int) -> str:
            asked = [sha256(content).hexdigest(), name, dict(wishes.defaults), wishes.policy, wishes.again]
            return f"blotter file {msgspec.json.encode([*asked, attempt], order='deterministic').decode()}"

        attempt = self._first_kept(key)
        while True:
            held = self._reserved(key(attempt))
            if isinstance(held, Reservation):
                # A key is forgotten after some hours, and its blotter is there for much longer.
                is_known = self._is_there(blotter_of(held.key_id))
                blotter_id = self._created(request, held)
                if not is_known:
                    return blotter_id, False
            else:
                blotter_id = held.body
            if not self._is_over(blotter_id):
                return blotter_id, True
            attempt += 1

    def _first_kept(self, key: Callable[[int], str]) -> int:
        """Return the first attempt at a file whose blotter is kept: those before it may be forgotten."""
        ids = (blotter_of(key_id_of(self._caller.user_id, key(attempt))) for attempt in range(MAX_FORGOTTEN))
        return next((attempt for attempt, found in enumerate(ids) if self._is_there(found)), 0)

    def _is_there(self, blotter_id: str) -> bool:
        try:
            self.blotter(blotter_id)
        except NotFound:
            return False
        return True

    def _reserved(self, key: str) -> Reservation | StoredAnswer:
        keys = self._house.requests.idempotency
        while True:
            try:
                return keys.reserve(self._caller.user_id, key, sha256(key.encode()).hexdigest())
            except IdempotencyKeyInUse:
                self._wait(AGAIN_SECONDS)

    def _created(self, request: BlotterRequest, held: Reservation) -> str:
        keys, service = self._house.requests.idempotency, self._house.blotters.service
        try:
            made: Submitted = service.create(
                request, self._caller, self._visible, key=held.key_id, resumed=True
            )
        except AllocatorError:
            keys.release(held)
            raise
        blotter_id = str(made.blotter_id)
        keys.keep(held, StoredAnswer(KEPT, "text/plain", blotter_id))
        return blotter_id

    def _is_over(self, blotter_id: str) -> bool:
        """Say whether nothing was sent or can be: previews have expired, or Aladdin surely has no order."""
        found = self.blotter(blotter_id)
        return found.status is BlotterStatus.FAILED and LASTING.isdisjoint(found.lines_by_status)

    def blotter(self, blotter_id: str, cursor: str | None = None) -> Blotter:
        """Return a blotter with a page of its lines."""
        service = self._house.blotters.service
        return service.get(blotter_id, self._visible, cursor=cursor, limit=LINES_AT_A_TIME)

    def lines(self, blotter_id: str) -> Iterator[ShownLine]:
        """Yield all lines of a blotter, by number."""
        cursor: str | None = None
        while True:
            found = self.blotter(blotter_id, cursor)
            yield from found.lines
            cursor = found.next_cursor
            if cursor is None:
                return

    def sheet(self, allocation_id: str) -> tuple[Any, ...]:
        """Return an allocation, a line for each account; none of one that is erased."""
        try:
            return self._house.reports.sheets.sheet(allocation_id, self._visible).lines
        except PreviewErased:
            return ()

    def finish(self, blotter_id: str, wishes: Wishes, show: Callable[[JobView], None]) -> Blotter:
        """Work on a blotter until it is previewed, and committed where that is asked for.

        Raises
        ------
        Unfinished
            When a job has failed, or a signal has ended this process; asked again, it goes on.
        """
        service, begun = self._house.blotters.service, set[str]()
        while True:
            found = self.blotter(blotter_id)
            if found.status in {BlotterStatus.PENDING, BlotterStatus.RUNNING}:
                self._work(found.preview_job_id, show)
            elif found.status is BlotterStatus.COMMITTING:
                self._work(str(found.commit_job_id), show)
            elif found.lines_by_status.get(LineStatus.PENDING) and "preview" not in begun:
                begun.add("preview")
                service.preview(blotter_id, self._caller, self._visible)
            elif wishes.commit and found.lines_by_status.get(LineStatus.PREVIEWED) and "commit" not in begun:
                begun.add("commit")
                opened = [n.line for n in self.lines(blotter_id) if n.status is LineStatus.PREVIEWED]
                order = CommitOrder(
                    self._caller, wishes.comment, wishes.override_warnings, lines=tuple(opened)
                )
                service.commit(blotter_id, order, self._visible)
            else:
                return found

    def _work(self, job_id: str, show: Callable[[JobView], None]) -> None:
        """Do a job, or wait for whoever does it."""
        ended = Event()
        worker = Thread(target=self._do, args=(job_id, ended), name="job-worker", daemon=True)
        if self._works_here:
            worker.start()
        try:
            while True:
                found = self._house.jobs.service.get(job_id, self._caller)
                show(found)
                if found.has_ended:
                    break
                self._wait(LOOK_SECONDS)
        finally:
            ended.set()
            if self._works_here:
                worker.join()
        if found.state is not JobState.SUCCEEDED:
            raise Unfinished(found.error.reason if found.error else f"The job is {found.state}.")

    def _do(self, job_id: str, ended: Event) -> None:
        while not (ended.is_set() or self._stopping.is_set()):
            try:
                # After commits that are due, to which it would give way line by line. The fence keeps this
                # thread from storing anything once its lease is over.
                self._house.jobs.executor.wake(job_id, self._stopping, lambda: None)
            except Exception:  # the database may be away for a moment
                log.exception("a job cannot be done now", job_id=job_id)
            ended.wait(AGAIN_SECONDS)

    def _wait(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise Stopped("It was stopped after the line at hand. Run it again to go on.")


@contextmanager
def blotter_desk(settings: Settings, username: str, stopping: Event) -> Iterator[BlotterDesk]:
    """Yield a desk of the settings' database.

    A simulator inside a server is that server's vendor: where one is running, its workers do the jobs.
    """
    is_mock = settings.aladdin.mock
    works_here = not is_mock or hold(settings.aladdin.mock_lock, wait_seconds=0)
    if not works_here:
        settings = replace(settings, aladdin=replace(settings.aladdin, journal=None))
    house = build_services(settings, sole=is_mock and works_here)
    try:
        desk = BlotterDesk(house, username, works_here=works_here, stopping=stopping)
        if works_here:
            house.periodic.start_beside(LOOKS)
            house.jobs.threads.start()  # with a simulator inside: other processes wait for this one
        yield desk
    finally:
        if works_here:
            stop(house.jobs.threads, house.periodic)
        house.pool.shutdown(wait=False)
        house.database.close()
