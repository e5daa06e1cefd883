"""A process with periodic jobs that note each of their runs.

`python -m tests.storage.periodic_process URL FILE`

It stops at the end of its standard input. The file has the seconds by which its clock is ahead.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from app.core.clock import utc_now
from app.core.database import Database
from app.core.jobs.embedded import Job, Where, stop
from app.services.jobs import leader_lock
from app.services.jobs.leader_lock import LeaderLock
from app.services.jobs.periodic import PeriodicWork
from app.services.jobs.store import JobStore

LEASE_SECONDS = 3


def jobs_on(database):
    """Jobs of each sort: those that note that they run, one that fails and one that never ends."""

    def note(name):
        row = {"name": name, "pid": os.getpid(), "at": time.time()}
        with database.write() as session:
            session.execute(text("INSERT INTO runs (name, pid, at) VALUES (:name, :pid, :at)"), row)

    def fail():
        note("failing")
        raise ZeroDivisionError

    def hang():
        note("hanging")
        time.sleep(3_600)

    return (
        Job("own", 1, lambda: note("own"), Where.EVERY_PROCESS),
        Job("look", 1, lambda: note("look"), Where.LEADER),
        Job("failing", 1, fail, Where.LEADER),
        Job("hanging", 1, hang, Where.LEADER),
        Job("hourly", 3_600, lambda: note("hourly"), Where.SCHEDULE),
        Job("often", 4, lambda: note("often"), Where.SCHEDULE),
    )


def main(url, file):
    leader_lock.LEASE = leader_lock.SNOWFLAKE_LEASE = timedelta(seconds=LEASE_SECONDS)
    database = Database(url)

    def clock():
        return utc_now() + timedelta(seconds=int(Path(file).read_text()))

    store = JobStore(database, clock, timedelta(seconds=LEASE_SECONDS))
    work = PeriodicWork(jobs_on(database), LeaderLock(database, clock), store, clock)
    work.start()
    sys.stdin.read()
    stop(work, timeout=0.5)


if __name__ == "__main__":
    main(*sys.argv[1:])
