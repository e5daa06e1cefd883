"""Serves the API: `python run.py`."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import tempfile
from functools import partial
from threading import Event

# Before numpy is loaded: requests already run in threads, and BLAS threads beside them slow small problems
# down by a factor of fifty.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# No collection while modules are loaded: it finds nothing to free, and takes a seventh of the start.
gc.disable()

# Before the library of metrics is loaded. A directory of its own for each start: files of an earlier start do
# not count, and those of a process that has ended still do.
METRICS_DIRECTORY = tempfile.TemporaryDirectory(prefix="allocator-metrics-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = METRICS_DIRECTORY.name

from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from aladdin_simulator.book import BookError
from app import create_app
from app.core.config import Settings, SettingsError, load_settings
from app.core.database import Database
from app.core.jobs.embedded import stop
from app.core.metrics import forget_process
from app.core.migrate import prepare
from app.server import CannotStart, Companions, Program, Server, say

REFUSALS = (SettingsError, BookError, SQLAlchemyError, CommandError, OSError)
"""Errors of a start that its operator can mend; each is said in one line."""


def refusal(error: Exception) -> CannotStart:
    """Return an error of `REFUSALS` in the words for the operator."""
    if isinstance(error, SettingsError | BookError):
        return CannotStart(str(error))
    return CannotStart(f"the database in DATABASE_URL cannot be used: {str(error).splitlines()[0]}")


def prepare_database(url: str) -> None:
    """Upgrade the embedded database, or check the schema of a server."""
    database = Database(url)
    try:
        prepare(database)
    except REFUSALS as error:
        say(refusal(error))
        sys.exit(1)
    finally:
        database.close()


def load(settings: Settings) -> Program:
    """Build the application in a serving process, and start its background jobs."""
    try:
        app = create_app(settings)
    except REFUSALS as error:
        raise refusal(error) from error
    house = app.extensions["services"]
    house.periodic.start()
    house.jobs.threads.start()
    works = (house.jobs.threads, house.periodic, house.alerts.dispatcher, house.events.listeners)
    return Program(app, lambda: stop(*works))


def do_jobs(settings: Settings, stopping: Event) -> None:
    """Do jobs in a process beside the serving ones."""
    from app.services.jobs.worker import work  # noqa: PLC0415 - the parent does without, so its start is quick
    from app.wiring import build_services  # noqa: PLC0415

    try:
        house = build_services(settings)
    except REFUSALS as error:
        raise refusal(error) from error
    work(house.jobs.executor, stopping)


def main() -> int:
    """Read the settings and serve until a signal ends the process."""
    # What is loaded stays: serving processes share its pages as long as no collection touches them.
    gc.freeze()
    gc.enable()
    try:
        settings = load_settings()
        # In a process of its own: what is wrong is said once and not by each serving process, and none of
        # those inherits a connection.
        first = multiprocessing.get_context("fork").Process(
            target=prepare_database, args=(settings.database_url,)
        )
        first.start()
        first.join()
        if first.exitcode:
            return 1
        workers = Companions("job worker", settings.jobs.processes, partial(do_jobs, settings))
        return Server(
            settings.server,
            lambda: load(settings),
            settings.trading.lease_seconds,
            forget_process,
            beside=workers,
        ).run()
    except (SettingsError, CannotStart) as error:
        say(error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
