"""Whether the service can do its work."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from threading import Lock

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.core.database import Database
from app.services.accounts import reference
from app.services.aladdin.cached_book import BookReader
from app.services.aladdin.errors import VendorError
from app.services.aladdin.vendor_book import VendorBook
from app.services.domain.book import AsOf
from app.services.domain.staleness import age, is_stale


class DataMode(StrEnum):
    """Where the data comes from: the simulated vendor or the real one."""

    MOCK = "mock"
    REAL = "real"


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether the service can do its work, and on which data; `database` and `aladdin` say so in words.

    `reference_date` is of the vendor's positions and risk, with its age in business days; what is not known
    is None. `stale` says what a preview warns of; old data does not make the service unready.
    """

    ready: bool
    mode: DataMode
    database: str
    aladdin: str
    business_date: date
    reference_date: date | None
    reference_age_business_days: int | None
    stale: bool | None


log = structlog.get_logger(__name__)

OK = "ok"
"""What is said of a dependency that works."""

LONGEST_WAIT = 5.0
"""Seconds that a caller waits for what the vendor says: probes must not use up the server's threads."""

KEPT_SECONDS = 2.0
"""From its beginning, a look at the vendor serves all who ask: anybody may, and the vendor counts calls."""


@dataclass(frozen=True, slots=True)
class _Sight:
    """Whether a dependency works, and what was seen of it, in words."""

    works: bool
    words: str
    reference_date: date | None = None


class HealthService:
    """Asks the database and the vendor for something small.

    There is one look at the vendor at a time, in a thread of `pool`, and whoever asks meanwhile shares it.

    Parameters
    ----------
    vendor, book : VendorBook, BookReader
        The vendor's book, read anew and kept for a while.
    pool : ThreadPoolExecutor
        Where looks run.
    mode : DataMode
        Where the data comes from.
    business_date : callable
        Which day it is for the desk.
    longest_wait : float
        Seconds that a caller waits for a look.
    timer : callable
        Seconds that only grow.
    """

    def __init__(
        self,
        database: Database,
        vendor: VendorBook,
        book: BookReader,
        pool: ThreadPoolExecutor,
        mode: DataMode,
        business_date: Callable[[], date],
        *,
        longest_wait: float = LONGEST_WAIT,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._vendor = vendor
        self._book = book
        self._mode = mode
        self._business_date = business_date
        self._pool = pool
        self._longest_wait = longest_wait
        self._timer = timer
        self._lock = Lock()
        self._probe: Future[_Sight] | None = None
        self._begun = 0.0

    def ready(self) -> Readiness:
        """Return what works; never raises for a dependency that does not."""
        database = _Sight(works=True, words=OK)
        groups: tuple[reference.GroupReference, ...] = ()
        try:
            with self._database.read() as session:
                groups = reference.groups(session)
        except SQLAlchemyError as error:
            database = _Sight(works=False, words=f"failed: {type(error).__name__}")
        if groups:
            seen = self._seen(groups[0].group_id)
        else:
            seen = _Sight(works=False, words="unknown: no portfolio group is configured")
        reference_date = seen.reference_date
        today = self._business_date()
        return Readiness(
            ready=database.works and seen.works,
            mode=self._mode,
            database=database.words,
            aladdin=seen.words,
            business_date=today,
            reference_date=reference_date,
            reference_age_business_days=None if reference_date is None else age(reference_date, today),
            stale=None if reference_date is None else is_stale(reference_date, today),
        )

    def _seen(self, group_id: str) -> _Sight:
        with self._lock:
            if self._probe is None or (self._probe.done() and self._timer() >= self._begun + KEPT_SECONDS):
                self._probe, self._begun = self._pool.submit(self._ask, group_id), self._timer()
            look = self._probe
        try:
            return look.result(self._longest_wait)
        except TimeoutError:
            return _Sight(works=False, words="failed: no answer yet")

    def _ask(self, group_id: str) -> _Sight:
        try:
            self._vendor.node(group_id)
            members = self._book.group_members([group_id])[0].account_ids
            found = self._book.positions(members[:1], AsOf.SOD)
        except VendorError as error:
            # Which group it was is for the log: anybody may ask whether we are ready.
            log.warning("aladdin_not_ready", code=error.code, detail=str(error))
            return _Sight(works=False, words=f"failed: {error.code}")
        return _Sight(works=True, words=OK, reference_date=found[0].reference_date if found else None)
