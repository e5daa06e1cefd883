"""Serves the API with gunicorn: `python run.py`."""

from __future__ import annotations

import os
import sys
from typing import Any, NoReturn

# Before numpy is loaded: requests already run in threads, and BLAS threads beside them slow small problems
# down by a factor of fifty.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from alembic.util import CommandError
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from sqlalchemy.exc import SQLAlchemyError

from aladdin_simulator.book import BookError
from app import create_app
from app.core.config import Settings, SettingsError, load_settings


def stop_jobs(_arbiter: Any, worker: Any) -> None:
    """Stop the background jobs of a server process that ends."""
    app = getattr(worker, "wsgi", None)
    if app is not None:
        app.extensions["services"].jobs.stop()


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with threads; one process in mock mode, whose simulator keeps batches of orders in memory."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
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
        except (SettingsError, BookError) as error:
            self._exit_with(str(error))
        except (SQLAlchemyError, CommandError, OSError) as error:
            reason = str(error).splitlines()[0]
            self._exit_with(f"the database in DATABASE_URL cannot be used: {reason}")
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

    def _exit_with(self, reason: str) -> NoReturn:
        print(f"Cannot start: {reason}", file=sys.stderr)  # noqa: T201
        sys.exit(Arbiter.APP_LOAD_ERROR)


def main() -> None:
    """Read the settings and serve until a signal ends the process."""
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.exit(f"Cannot start: {error}")
    Server(settings).run()


if __name__ == "__main__":
    main()
