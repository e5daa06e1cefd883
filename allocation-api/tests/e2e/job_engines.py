"""What does jobs: a server with two workers beside it, or Celery on Redis with a worker of two processes."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from pathlib import Path

from app.core.clock import utc_now
from app.services.jobs.broker import JobSender
from app.services.jobs.store import JobStore
from tests.e2e.server_process import Server
from tests.support.redis_server import RedisServer

LEASE_SECONDS = 2
LEASE = timedelta(seconds=LEASE_SECONDS)
SERVER, WORKER = ("run.py",), ("worker.py",)


class Embedded:
    """A server with two workers beside it; it shares what it counts through Redis, if there is one."""

    def __init__(self, folder, environment, server=SERVER, worker=WORKER, redis=None):
        self.redis = redis
        more = {} if redis is None else {"REDIS_URL": redis.url}
        self.environment = {
            "JOB_WORKERS": "2",
            "JOB_LEASE_SECONDS": str(LEASE_SECONDS),
            **more,
            **environment,
        }
        self.server = Server(folder, command=server, **self.environment)

    def sender(self, database):
        """What is told of a job after its row is committed."""
        return lambda _job_id: None

    def start(self, alive="/health/live"):
        self.server.start(alive=alive)

    def stop(self):
        return self.server.stop()

    def kill_parent(self):
        os.kill(self.server.pid, signal.SIGKILL)

    def processes(self):
        """The pids of the workers, and of the serving process where it has the same parent."""
        return children(self.server.pid)

    def close(self):
        if self.server.is_running():
            self.server.stop(signal.SIGKILL)
        if self.redis is not None:
            self.redis.stop()


class Celery(Embedded):
    """A server without workers, and a Celery worker of two processes on a Redis of its own."""

    def __init__(self, folder, environment, server=SERVER, worker=WORKER, redis=None):
        redis = redis or RedisServer.start(folder)
        super().__init__(folder, {"JOB_ENGINE": "celery", **environment}, server, worker, redis)
        self.worker = Server(folder, command=worker, **self.environment)

    def sender(self, database):
        store = JobStore(database, utc_now, LEASE)
        return JobSender(self.redis.url, store, database, utc_now, LEASE).send

    def start(self, alive="/health/live"):
        super().start(alive)
        self.worker.begin()

    def stop(self):
        return self.worker.stop() or super().stop()

    def kill_parent(self):
        os.kill(self.worker.pid, signal.SIGKILL)

    def processes(self):
        return children(self.worker.pid)

    def close(self):
        if self.worker.is_running():
            self.worker.stop(signal.SIGKILL)
        super().close()


def children(pid):
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
