"""Readiness probe: checks the database and the vendor, with a TTL cache and single flight."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from threading import Lock

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.redis_link import RedisLink
from app.models import OrderRow
from app.services.accounts import reference
from app.services.aladdin.cached_book import BookReader
from app.services.aladdin.errors import VendorError
from app.services.aladdin.vendor_book import VendorBook
from app.services.domain.book import AsOf
from app.services.domain.record import AllocationState, booking_of
from app.services.domain.staleness import age, is_stale
from app.services.ops.database_probe import DatabaseProbe
from app.services.safety.emergency_stop import EmergencyStop, TradingState


class DataMode(StrEnum):
    """Where the data comes from: the simulated vendor or the real one."""

    MOCK = "mock"
    REAL = "real"


class RedisState(StrEnum):
    """Whether what all processes share is there; they can do without."""

    OK = "ok"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Readiness:
    """Result of a readiness probe; `database` and `aladdin` describe the dependencies in words.

    `reference_date` is the date of the vendor's positions, with its age in business days; None where it is
    unknown. `stale` is True where a preview would warn of stale data (R9.5), which leaves the service ready.
    `different_orders` are over and booked at Aladdin otherwise than they are filled (R12.6), by
    `different_face` together; neither makes the service unready, and both are None where the database fails.
    `redis` is the state of what all processes share, None where there is none; it leaves the service ready.
    `trading` is the state of the emergency stop, None where the database fails: a stopped desk is ready,
    since its orders can still be read and cancelled.
    """

    ready: bool
    mode: DataMode
    database: str
    aladdin: str
    redis: RedisState | None
    business_date: date
    reference_date: date | None
    reference_age_business_days: int | None
    stale: bool | None
    different_orders: int | None
    different_face: Decimal | None
    trading: TradingState | None


@dataclass(frozen=True, slots=True)
class DataAge:
    """Date of the vendor's positions, its age and whether that is stale (R9.5); None where it is unknown."""

    reference_date: date | None
    reference_age_business_days: int | None
    stale: bool | None

    @classmethod
    def of(cls, reference_date: date | None, today: date) -> DataAge:
        """Return the age of data of a date on the business date `today`."""
        if reference_date is None:
            return cls(None, None, None)
        return cls(reference_date, age(reference_date, today), is_stale(reference_date, today))


log = structlog.get_logger(__name__)

OK = "ok"
"""Description of a dependency that works."""

MAX_WAIT_SECONDS = 0.5
"""Longest wait for a vendor check from its start: probes need no login and must not use up the threads."""

MAX_AGE_SECONDS = 15.0
"""Age up to which the check before stands for one that is still under way."""

WRITE_WAIT_SECONDS = 5.0
"""Longest wait for a check of the database from its start: another process may hold its write lock."""

WRITE_TTL_SECONDS = 10.0
"""Lifetime of a check that the database can be written: a warehouse bills for each."""

DATA_AGE_TTL_SECONDS = 60.0
"""Age up to which a vendor check tells users the date of the data: it changes once a day."""

CACHE_TTL_SECONDS = 2.0
"""Lifetime of a vendor check from its start: probes need no login, and the vendor has quotas."""


@dataclass(frozen=True, slots=True)
class _Probe:
    """Result of a check of the database or the vendor; `words` describe it."""

    works: bool
    words: str
    reference_date: date | None = None


class _Shared:
    """Single flight with a TTL cache: callers at the same time share one run, later ones its result.

    While a run takes long, the result of the one before it stands for it, for up to `MAX_AGE_SECONDS`.
    """

    def __init__(self, pool: ThreadPoolExecutor, seconds: float, timer: Callable[[], float]) -> None:
        self._pool = pool
        self._seconds = seconds
        self._timer = timer
        self._lock = Lock()
        self._running: Future[_Probe] | None = None
        self._begun = 0.0
        self._ended: tuple[_Probe, float] | None = None

    def result(self, check: Callable[[], _Probe], max_wait: float) -> _Probe:
        """Return the present result; a first run that takes longer than `max_wait` seconds is a failure."""
        with self._lock:
            if self._running is None or (
                self._running.done() and self._timer() >= self._begun + self._seconds
            ):
                self._running, self._begun = self._pool.submit(self._kept, check), self._timer()
            running, left = self._running, self._begun + max_wait - self._timer()
        try:
            return running.result(max(left, 0.0))
        except TimeoutError:
            return self.last(MAX_AGE_SECONDS) or _Probe(works=False, words="failed: no answer yet")

    def last(self, max_age: float) -> _Probe | None:
        """Return the result of the last run that ended; None if it is older than `max_age` seconds."""
        ended = self._ended
        return ended[0] if ended is not None and self._timer() < ended[1] + max_age else None

    def _kept(self, check: Callable[[], _Probe]) -> _Probe:
        probe = check()
        self._ended = (probe, self._timer())
        return probe


class HealthService:
    """Checks readiness: by a small read at once, and by a write and calls to the vendor in threads of `pool`.

    Parameters
    ----------
    probe : DatabaseProbe
        What is checked of the database beside a read.
    vendor, book : VendorBook, BookReader
        The vendor's book, uncached and cached.
    pool : ThreadPoolExecutor
        Threads in which vendor checks run.
    mode : DataMode
        Where the data comes from, for the result.
    business_date : callable
        Returns the desk's business date.
    stop : EmergencyStop
        The emergency stop, whose state is shown.
    redis : RedisLink or None
        What all processes share.
    max_wait : float
        Longest wait for a vendor check from its start, in seconds: one that takes longer makes nobody wait
        who comes later.
    timer : callable
        Monotonic clock, in seconds.
    """

    def __init__(
        self,
        database: Database,
        probe: DatabaseProbe,
        vendor: VendorBook,
        book: BookReader,
        pool: ThreadPoolExecutor,
        mode: DataMode,
        business_date: Callable[[], date],
        stop: EmergencyStop,
        redis: RedisLink | None = None,
        *,
        max_wait: float = MAX_WAIT_SECONDS,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._vendor = vendor
        self._book = book
        self._mode = mode
        self._business_date = business_date
        self._stop = stop
        self._redis = redis
        self._max_wait = max_wait
        self._database_probe = probe
        self._write = _Shared(pool, WRITE_TTL_SECONDS, timer)
        self._vendor_check = _Shared(pool, CACHE_TTL_SECONDS, timer)

    def ready(self) -> Readiness:
        """Return the readiness; a failing dependency is part of the result and never an error."""
        database = _Probe(works=True, words=OK)
        groups: tuple[reference.GroupReference, ...] = ()
        different: Sequence[Decimal] | None = None
        trading: TradingState | None = None
        try:
            with self._database.read() as session:
                groups = reference.groups(session)
                different = _differences(session)
                trading = self._stop.read(session).state
        except SQLAlchemyError as error:
            database = _Probe(works=False, words=f"failed: {type(error).__name__}")
        else:
            database = self._write.result(self._check_database, WRITE_WAIT_SECONDS)
        vendor = self._checked(groups)
        today = self._business_date()
        data = DataAge.of(vendor.reference_date, today)
        return Readiness(
            ready=database.works and vendor.works,
            mode=self._mode,
            database=database.words,
            aladdin=vendor.words,
            redis=self._redis_state(),
            business_date=today,
            reference_date=data.reference_date,
            reference_age_business_days=data.reference_age_business_days,
            stale=data.stale,
            different_orders=None if different is None else len(different),
            different_face=None if different is None else sum(different, Decimal(0)),
            trading=trading,
        )

    def data_age(self) -> DataAge:
        """Return the age of the vendor's data as the last check of readiness found it.

        The vendor is asked only where no check of the last minute knows: once, whoever asks meanwhile.

        Raises
        ------
        SQLAlchemyError
            When the database fails.
        """
        seen = self._vendor_check.last(DATA_AGE_TTL_SECONDS)
        if seen is None or seen.reference_date is None:
            with self._database.read() as session:
                groups = reference.groups(session)
            seen = self._checked(groups)
        return DataAge.of(seen.reference_date, self._business_date())

    def _redis_state(self) -> RedisState | None:
        if self._redis is None:
            return None
        return RedisState.OK if self._redis.answers() else RedisState.AWAY

    def _checked(self, groups: Sequence[reference.GroupReference]) -> _Probe:
        if not groups:
            return _Probe(works=False, words="unknown: no portfolio group is configured")
        first = groups[0].group_id
        return self._vendor_check.result(lambda: self._check(first), self._max_wait)

    def _check_database(self) -> _Probe:
        fault = self._database_probe.fault()
        return _Probe(works=fault is None, words=fault or OK)

    def _check(self, group_id: str) -> _Probe:
        try:
            self._vendor.node(group_id)
            members = self._book.group_members([group_id])[0].account_ids
            found = self._book.positions(members[:1], AsOf.SOD)
        except VendorError as error:
            # The details are for the log only: probes need no login.
            log.warning("aladdin_not_ready", code=error.code, detail=str(error))
            return _Probe(works=False, words=f"failed: {error.code}")
        return _Probe(works=True, words=OK, reference_date=found[0].reference_date if found else None)


def _differences(session: Session) -> Sequence[Decimal]:
    """Return by how much face each order differs that is over and not booked as it is filled (R12.6)."""
    query = select(OrderRow.filled_quantity, OrderRow.booked).where(
        OrderRow.allocation_state == AllocationState.DIFFERENT
    )
    return [
        abs(filled - sum((booking_of(booked) or {}).values(), Decimal(0)))
        for filled, booked in session.execute(query)
    ]
