"""Serves the real application so that any line can kill it: `python -m tests.e2e.crashing_server DIR`.

The service is the one of run.py, under the same server. What is added stands around it, in this file alone:

- A request with the header `X-Kill-At` kills its process, by SIGKILL, when it reaches that step. A step is a
  line of the files that carry orders out, and how often it was reached: `file:line:time`. The step `ANSWER`
  is the finished answer before any of it has left.
- A request with `X-Record-Steps` notes its steps; `GET /steps` gives the last that were noted, and the pid.
- A process that finds the file `settle.json` in DIR when it starts takes it away and does the same to the
  first run of its keeper's job `settle`: {"kill_at": step}, or {} to record.

The process that is killed is replaced by the next at once, by its parent. Clocks of later processes are ahead
by the seconds in the file `jump` each time, so that nobody has to wait until the lease of the dead runs out.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from app import create_app
from app.core.clock import utc_now
from app.core.config import load_settings
from app.core.jobs.embedded import Job, stop
from app.server import Program, Server
from app.wiring import build_services, hold_mock
from tests.support.desk import CHEAP

API_DIR = Path(__file__).resolve().parents[2]
ANSWER = "ANSWER"
SETTLE = "settle"
CARRIERS = {
    "app/services/trading/": 200,
    "app/services/audit/": 50,
    "app/services/fairness/": 50,
    "app/core/database.py": 15,
    "app/services/aladdin/vendor_orders.py": 12,
    "app/services/aladdin/transport.py": 28,
    "app/services/aladdin/resilient_wire.py": 14,
}
"""Beginnings of the files whose lines are steps, and how many lines of each a commit reaches at least."""

BROKER_CARRIERS = ("app/services/execution/",)
"""Those that carry orders to brokers; a commit reaches none of them."""


class Steps:
    """Follows one thread through the files that carry orders out."""

    def __init__(self):
        self.noted = []
        self._names = {}

    def follow(self, work, kill_at=None):
        """Do some work in this thread, note its steps, and be killed at one of them."""
        self._kill_at, self._times, self.noted = kill_at, Counter(), []
        sys.settrace(self._enter)
        try:
            return work()
        finally:
            sys.settrace(None)

    def name_of(self, file):
        if file not in self._names:
            inside = file.removeprefix(f"{API_DIR}/")
            self._names[file] = inside if inside.startswith((*CARRIERS, *BROKER_CARRIERS)) else None
        return self._names[file]

    def _enter(self, frame, _event, _argument):
        return self._step if self.name_of(frame.f_code.co_filename) else None

    def _step(self, frame, event, _argument):
        if event == "line":
            place = f"{self.name_of(frame.f_code.co_filename)}:{frame.f_lineno}"
            self._times[place] += 1
            step = f"{place}:{self._times[place]}"
            self.noted.append([step, frame.f_code.co_name])
            if step == self._kill_at:
                kill()
        return self._step


def kill():
    os.kill(os.getpid(), signal.SIGKILL)


class Front:
    """The application, as a request that names a step meets it."""

    def __init__(self, application, steps):
        self._application = application
        self._steps = steps

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] == "/steps":
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps({"steps": self._steps.noted, "pid": os.getpid()}).encode()]
        kill_at = environ.get("HTTP_X_KILL_AT")
        if kill_at is None and "HTTP_X_RECORD_STEPS" not in environ:
            return self._application(environ, start_response)
        answer = self._steps.follow(lambda: self._application(environ, start_response), kill_at)
        if kill_at == ANSWER:
            kill()
        return answer


class Crashing:
    """Builds an application that can be killed at a step, in each serving process."""

    def __init__(self, settings, folder):
        self._settings = settings
        self._folder = folder

    def load(self):
        ahead = self._moved_clock()
        services = build_services(
            self._settings,
            clock=lambda: utc_now() + ahead,
            passwords=CHEAP,
            sole=hold_mock(self._settings),
        )
        steps = Steps()
        app = create_app(self._settings, services=services)
        # Only now: whoever is killed while it settles has taken the file away.
        jobs = services.periodic._jobs
        jobs[SETTLE] = self._watched(jobs[SETTLE], steps)
        services.periodic.start()
        app.wsgi_app = Front(app.wsgi_app, steps)
        return Program(app, lambda: stop(services.periodic))

    def _moved_clock(self):
        jump, moved = self._folder / "jump", self._folder / "moved"
        seconds = (int(moved.read_text()) if moved.exists() else 0) + int(jump.read_text())
        moved.write_text(str(seconds))
        with (self._folder / "lives").open("a") as lives:
            lives.write(".")
        return timedelta(seconds=seconds)

    def _watched(self, job, steps):
        order = self._folder / f"{SETTLE}.json"
        if not order.exists():
            return job
        watched = [json.loads(order.read_text())]
        order.unlink()

        def work():
            if watched:
                steps.follow(job.work, watched.pop().get("kill_at"))
            else:
                job.work()

        return Job(job.name, job.every, work, job.where)


if __name__ == "__main__":
    settings = load_settings()
    crashing = Crashing(settings, Path(sys.argv[1]))
    sys.exit(Server(settings.server, crashing.load, settings.trading.lease_seconds).run())
