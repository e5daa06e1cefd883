"""Serves the API: `python run.py`."""

from __future__ import annotations

import os
import sys
from typing import Any, NoReturn

# Before numpy is loaded: requests run in threads already, and BLAS threads on top of them slow small problems
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
    """Let the work beside the requests end with its process."""
    app = getattr(worker, "wsgi", None)
    if app is not None:
        app.extensions["services"].jobs.stop()


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn with threads; one process where the simulator's orders live in it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        """Hand our settings to gunicorn."""
        options = {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "worker_class": "gthread",
            "workers": self._settings.workers,
            "threads": self._settings.threads,
            "timeout": 120,
            "graceful_timeout": self._settings.trading.lease_seconds,
            "control_socket_disable": True,
            "loglevel": "warning",
            "post_worker_init": self._say_where,
            "worker_exit": stop_jobs,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Build the application, in the process that serves it."""
        try:
            app = create_app(self._settings)
        except (SettingsError, BookError) as error:
            self._give_up(str(error))
        except (SQLAlchemyError, CommandError, OSError) as error:
            reason = str(error).splitlines()[0]
            self._give_up(f"the database in DATABASE_URL cannot be used: {reason}")
        app.extensions["services"].jobs.start()
        return app

    def _say_where(self, worker: Any) -> None:
        """Say where the API is as soon as the first process serves; the others serve the same."""
        if worker.age > 1:
            return
        shown = "localhost" if self._settings.host in {"127.0.0.1", "0.0.0.0"} else self._settings.host  # noqa: S104
        root = f"http://{shown}:{self._settings.port}"
        print(f"Allocator: API at {root}/v1, Swagger UI at {root}/docs", file=sys.stderr, flush=True)  # noqa: T201

    def _give_up(self, reason: str) -> NoReturn:
        print(f"Cannot start: {reason}", file=sys.stderr)  # noqa: T201
        sys.exit(Arbiter.APP_LOAD_ERROR)


def main() -> None:
    """Read the settings and serve until told to stop."""
    try:
        settings = load_settings()
    except SettingsError as error:
        sys.exit(f"Cannot start: {error}")
    Server(settings).run()


if __name__ == "__main__":
    main()
