"""Lease on a database for the process with a simulator inside, over all hosts: a row and compare-and-set.

The file lock of `app.core.sole` is of one host. On a database server a second host would have a vendor of its
own for the same orders, so it is refused while the first renews its lease. That of a host that died expires.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from socket import gethostname

import structlog
from sqlalchemy import or_, update

from app.core.clock import Clock, latest
from app.core.database import Database, rows_changed
from app.models import MOCK_LOCK, LockRow

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=15)
RENEWAL_SECONDS = 4
PAUSE_SECONDS = 0.5


class MockLease:
    """The lease in row `mock-vendor` of the table `locks`.

    Its token is the file whose lock this process holds on this host: who finds its own token there knows that
    it is that of its predecessor, which has ended.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        file: Path,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._database = database
        self._clock = clock
        self._token = sha256(f"{gethostname()}:{file.resolve()}".encode()).hexdigest()[:32]
        self._sleep = sleep
        self._is_lost = False

    def acquire(self) -> bool:
        """Take the lease, if need be once that of a host that died is over. False if another renews it."""
        end = self._clock() + LEASE + timedelta(seconds=1)
        while not self._take():
            self._redate()
            if self._clock() >= end:
                return False
            self._sleep(PAUSE_SECONDS)
        return True

    def renew(self) -> None:
        """Renew the lease; say so in the log, once, if another process has taken it meanwhile."""
        if not self._take() and not self._is_lost:
            self._is_lost = True
            log.critical("another process serves mock data on this database: stop one of the two")

    def _redate(self) -> None:
        """Let a lease from the future end one lease from now: the clock was set back since.

        It is never shortened, for a host that lives renewed it before now, and renews it again.
        """
        now = self._clock()
        ahead = update(LockRow).where(LockRow.name == MOCK_LOCK, LockRow.held_until > latest(now, LEASE))
        dated = ahead.values(held_until=now + LEASE)
        if self._database.retried(lambda session: rows_changed(session, dated)):
            log.warning("the lease on mock data was held from the future: the clock was set back")

    def _take(self) -> bool:
        now = self._clock()
        free = or_(LockRow.token.is_(None), LockRow.token == self._token, LockRow.held_until <= now)
        taken = update(LockRow).where(LockRow.name == MOCK_LOCK, free)
        values = {"token": self._token, "held_until": now + LEASE}
        return self._database.retried(lambda session: rows_changed(session, taken.values(values))) == 1
