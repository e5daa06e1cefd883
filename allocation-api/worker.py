"""Does the jobs that Celery on Redis brings: `python worker.py`, where JOB_ENGINE is celery."""

from __future__ import annotations

import contextlib
import os
import sys
from threading import Event, Thread
from typing import Any

# Before numpy is loaded, as in run.py.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from app.core.config import Settings, SettingsError, load_settings
from app.core.database import Database
from app.core.logging import configure_logging
from app.core.migrate import prepare
from app.server import CannotStart, say
from app.services.jobs.broker import TASK, celery_app
from app.services.jobs.worker import end_process
from app.wiring import build_services

OPTIONS = (
    "--pool=prefork",
    "--without-gossip",
    "--without-mingle",
    "--without-heartbeat",
    "--loglevel=WARNING",
)


class Workers:
    """A Celery worker whose processes (prefork) each build their services after the fork.

    A pipe tells them of the end of their parent, however it ends: each then leaves its job to others.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopping = Event()
        self._alive, self._parent = os.pipe()
        self._house: Any = None

    def run(self) -> None:
        """Work until SIGTERM."""
        from celery import signals  # noqa: PLC0415 - only once the settings are known to be right

        app = celery_app(self._settings.requests.redis_url or "")

        @app.task(name=TASK)  # type: ignore[untyped-decorator]
        def run_job(job_id: str) -> None:
            self._services().jobs.executor.wake(job_id, self._stopping, end_process)

        signals.worker_process_init.connect(self._begin, weak=False)
        signals.worker_shutting_down.connect(self._stop, weak=False)
        app.worker_main(["worker", f"--concurrency={self._settings.jobs.workers}", *OPTIONS])

    def _stop(self, **_: Any) -> None:
        with contextlib.suppress(OSError):  # it is closed already
            os.close(self._parent)

    # --- in each process ------------------------------------------------------------------------------------

    def _begin(self, **_: Any) -> None:
        self._stop()
        configure_logging(self._settings.server.log_level)
        Thread(target=self._await_end, name="parent", daemon=True).start()

    def _services(self) -> Any:
        """Return the services, built for the first job.

        A process that begins while the database is away must not stay without them: its message is lost then,
        and sent again.
        """
        if self._house is None:
            self._house = build_services(self._settings)
        return self._house

    def _await_end(self) -> None:
        os.read(self._alive, 1)
        self._stopping.set()


def fault_of(settings: Settings) -> str | None:
    """Return why these settings and their database are not for a worker."""
    if not settings.jobs.is_celery:
        return "JOB_ENGINE must be celery, for the API and for its workers"
    if not settings.jobs.workers:
        return "JOB_WORKERS must be at least 1"
    database = Database(settings.database_url)
    try:
        prepare(database)
    except (SettingsError, SQLAlchemyError, CommandError) as error:
        return f"the database in DATABASE_URL cannot be used: {str(error).splitlines()[0]}"
    finally:
        database.close()
    return None


def main() -> int:
    """Read the settings and do jobs until a signal ends the process."""
    try:
        settings = load_settings()
    except SettingsError as error:
        say(error)
        return 1
    fault = fault_of(settings)
    if fault is not None:
        say(CannotStart(fault))
        return 1
    configure_logging(settings.server.log_level)
    Workers(settings).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
