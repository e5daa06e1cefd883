"""Settings of jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from app.core.config.aladdin import AladdinSettings
from app.core.config.reader import Reader


@dataclass(frozen=True, slots=True)
class JobsSettings:
    """Workers beside the server, the lease of a claimed job, and for how long ended jobs are kept.

    `processes` workers are processes of their own. `threads` are in the serving process: with a simulator
    inside it, another process would have a vendor of its own.
    """

    processes: int
    threads: int
    lease: timedelta
    lifetime: timedelta


def jobs_settings(read: Reader, aladdin: AladdinSettings) -> JobsSettings:
    """Read the section."""
    workers = read.integer("JOB_WORKERS", 1, 0, 64)
    return JobsSettings(
        processes=0 if aladdin.mock else workers,
        threads=workers if aladdin.mock else 0,
        lease=timedelta(seconds=read.integer("JOB_LEASE_SECONDS", 30, 2, 3_600)),
        lifetime=timedelta(days=read.integer("JOB_DAYS", 30, 1, 3_660)),
    )
