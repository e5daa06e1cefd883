"""Settings of jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from app.core.config.aladdin import AladdinSettings
from app.core.config.reader import Reader
from app.core.config.requests import RequestsSettings


class JobEngine(StrEnum):
    """Who does jobs: workers that the server starts, or those of Celery (worker.py)."""

    EMBEDDED = "embedded"
    CELERY = "celery"


@dataclass(frozen=True, slots=True)
class JobsSettings:
    """Who does jobs and how many at a time, the lease of a claimed job, and retention of ended jobs.

    Where the vendor is a simulator inside the serving process, workers are its threads: another process
    would have a vendor of its own.
    """

    engine: JobEngine
    workers: int
    in_threads: bool
    lease: timedelta
    lifetime: timedelta

    @property
    def is_celery(self) -> bool:
        """Whether the workers are Celery's."""
        return self.engine is JobEngine.CELERY

    @property
    def processes(self) -> int:
        """Processes that the server keeps beside the serving ones."""
        return 0 if self.is_celery or self.in_threads else self.workers

    @property
    def threads(self) -> int:
        """Threads of the serving process that do jobs."""
        return self.workers if self.in_threads else 0


def jobs_settings(read: Reader, aladdin: AladdinSettings, requests: RequestsSettings) -> JobsSettings:
    """Read the section."""
    engine = JobEngine(read.choice("JOB_ENGINE", tuple(JobEngine), JobEngine.EMBEDDED))
    if engine is JobEngine.CELERY and requests.redis_url is None:
        read.fail("JOB_ENGINE celery needs REDIS_URL")
    if engine is JobEngine.CELERY and aladdin.mock:
        read.fail("JOB_ENGINE celery cannot be used with MOCK_ALADDIN_DATA: its workers are other processes")
    return JobsSettings(
        engine=engine,
        workers=read.integer("JOB_WORKERS", 1, 0, 64),
        in_threads=aladdin.mock,
        lease=timedelta(seconds=read.integer("JOB_LEASE_SECONDS", 30, 2, 3_600)),
        lifetime=timedelta(days=read.integer("JOB_DAYS", 30, 1, 3_660)),
    )
