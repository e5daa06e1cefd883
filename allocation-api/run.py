"""Serves the API with gunicorn: `python run.py`."""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
from typing import Any, NoReturn

# Before numpy is loaded: requests already run in threads, and BLAS threads beside them slow small problems
# down by a factor of fifty.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Before the library of metrics is loaded. A directory of its own for each start: files of an earlier start do
# not count, and those of a process that has ended still do.
METRICS_DIRECTORY = tempfile.TemporaryDirectory(prefix="allocator-metrics-")
os.environ["PROMETHEUS_MULTIPROC_DIR"] = METRICS_DIRECTORY.name

from alembic.util import CommandError
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from sqlalchemy.exc import SQLAlchemyError

from aladdin_simulator.book import BookError
from app import create_app
from app.core.config import Settings, SettingsError, load_settings
from app.core.database import Database
from app.core.migrate import prepare

REFUSALS = (SettingsError, BookError, SQLAlchemyError, CommandError, OSError)
"""Errors of a start that its operator can mend; each is said in one line."""


FORK = multiprocessing.get_context("fork")


def say(error: Exception) -> None:
    """Say why the service cannot start."""
    reason = str(error)
    if not isinstance(error, SettingsError | BookError):
        reason = f"the database in DATABASE_URL cannot be used: {reason.splitlines()[0]}"
    print(f"Cannot start: {reason}", file=sys.stderr, flush=True)  # noqa: T201


def refuse(error: Exception) -> NoReturn:
    """Say why the service cannot start, and exit."""
    say(error)
    sys.exit(1)


def prepare_database(url: str) -> None:
    """Upgrade the embedded database, or check the schema of a server."""
    database = Database(url)
    try:
        prepare(database)
    except REFUSALS as error:
        refuse(error)
    finally:
        database.close()


def stop_jobs(_arbiter: Any, worker: Any) -> None:
    """Stop the background jobs of a server process that ends."""
    app = getattr(worker, "wsgi", None)
    if app is not None:
        app.extensions["services"].jobs.stop()


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with threads; one process in mock mode, whose simulator keeps batches of orders in memory."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._refused = FORK.Value("b", 0)  # for all server processes: they fail alike, and one says so
        super().__init__()

    def load_config(self) -> None:
        """Pass our settings to gunicorn."""
        options = {
            "bind": f"{self._settings.server.host}:{self._settings.server.port}",
            "worker_class": "gthread",
            "workers": self._settings.server.workers,
            "threads": self._settings.server.threads,
            "timeout": 120,
            "graceful_timeout": self._settings.trading.lease_seconds,
            "control_socket_disable": True,
            "loglevel": "warning",
            "post_worker_init": self._announce,
            "worker_exit": stop_jobs,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Build the application in the server process, and start its background jobs."""
        try:
            app = create_app(self._settings)
        except REFUSALS as error:
            with self._refused.get_lock():
                is_first, self._refused.value = not self._refused.value, 1
            if not is_first:
                sys.exit(0)  # a second load error while gunicorn handles the first ends in a traceback
            say(error)
            sys.exit(Arbiter.APP_LOAD_ERROR)
        app.extensions["services"].jobs.start()
        return app

    def _announce(self, worker: Any) -> None:
        """Print the API's address once the first server process is ready."""
        if worker.age > 1:
            return
        server = self._settings.server
        shown = "localhost" if server.host in {"127.0.0.1", "0.0.0.0"} else server.host  # noqa: S104
        root = f"http://{shown}:{server.port}"
        print(f"Allocator: API at {root}/v1, Swagger UI at {root}/docs", file=sys.stderr, flush=True)  # noqa: T201


def main() -> None:
    """Read the settings and serve until a signal ends the process."""
    try:
        settings = load_settings()
    except SettingsError as error:
        refuse(error)
    # In a process of its own: what is wrong is said once and not by each server process, and none of those
    # inherits a connection.
    first = FORK.Process(target=prepare_database, args=(settings.database_url,))
    first.start()
    first.join()
    if first.exitcode:
        sys.exit(1)
    Server(settings).run()


if __name__ == "__main__":
    main()
