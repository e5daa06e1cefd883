"""Jobs over Celery on Redis: the table is the queue, and a message only wakes a worker up.

A message is acknowledged before its job is done, so that no broker ever repeats one. What is lost with a
killed worker or a restarted Redis is sent again, for the jobs that nobody has begun with.
"""

from __future__ import annotations

import ssl
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import or_, select, update

from app.core.clock import Clock
from app.core.database import Database, rows_changed
from app.models import JobRow
from app.services.jobs.kinds import PERIODIC
from app.services.jobs.store import JobStore

if TYPE_CHECKING:
    from celery import Celery

TASK = "allocator.run_job"
QUEUE = "jobs"
PREFIX = "allocator-jobs:"
"""Of the keys in Redis, which is also used for rate limits."""

MAX_SENT = 20
"""Jobs that one look sends again: with more, messages would pile up while all workers are busy."""

SOCKET_SECONDS = 1.0
"""Longest wait for Redis; who asks for a job waits for it."""

IMPATIENT = {
    "socket_timeout": SOCKET_SECONDS,
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "interval_max": 0,
}
"""Options of who sends: a request waits for it, and a job that is not sent now is sent later."""

log = structlog.get_logger(__name__)


def celery_app(redis_url: str) -> Celery:
    """Return the Celery application with its settings; it has no results, since the table has them."""
    from celery import Celery  # noqa: PLC0415 - it takes long to load, and few processes need it

    # Kombu names a socket otherwise than redis-py does.
    broker = redis_url.replace("unix://", "redis+socket://", 1)
    app = Celery("allocator", broker=broker, set_as_current=False)
    app.conf.update(
        task_default_queue=QUEUE,
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        # A message that waits in a worker while Redis is away could not be acknowledged, and the worker would
        # take no other one any more.
        worker_disable_prefetch=True,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "global_keyprefix": PREFIX,
            "socket_timeout": 5 * SOCKET_SECONDS,
            "socket_connect_timeout": SOCKET_SECONDS,
        },
        **({"broker_use_ssl": {"ssl_cert_reqs": ssl.CERT_REQUIRED}} if broker.startswith("rediss:") else {}),
    )
    return app


class JobSender:
    """Tells Celery's workers of jobs that are due; a job whose message is lost is told again.

    Parameters
    ----------
    stale : timedelta
        Time after which a job that nobody has begun with is sent again.
    """

    def __init__(
        self, redis_url: str, store: JobStore, database: Database, clock: Clock, stale: timedelta
    ) -> None:
        self._redis_url = redis_url
        self._store = store
        self._database = database
        self._clock = clock
        self._stale = stale
        self._lock = Lock()
        self._app: Celery | None = None

    def send(self, job_id: str) -> bool:
        """Send a message about a job whose row is committed; False while Redis is away."""
        sent = update(JobRow).where(JobRow.id == job_id).values(sent_at=self._clock())
        try:
            self._sender().send_task(TASK, args=[job_id], retry=False, ignore_result=True)
            self._database.retried(lambda session: rows_changed(session, sent))
        except Exception as error:  # whatever it is, the job is in the table and is sent again
            log.warning("a job was not sent to the workers", job_id=job_id, exc_info=error)
            return False
        return True

    def send_stale(self) -> None:
        """Send the jobs that are due and were not sent of late, until Redis fails."""
        long_ago = self._clock() - self._stale
        query = select(JobRow.id).where(
            self._store.claimable(),
            JobRow.kind.not_like(f"{PERIODIC}%"),  # the leader does those itself
            or_(JobRow.sent_at.is_(None), JobRow.sent_at <= long_ago),
        )
        with self._database.read() as session:
            found = list(session.scalars(query.order_by(JobRow.due_at).limit(MAX_SENT)))
        for job_id in found:
            if not self.send(job_id):
                return

    def _sender(self) -> Any:
        with self._lock:
            if self._app is None:
                self._app = celery_app(self._redis_url)
                self._app.conf.broker_transport_options.update(IMPATIENT)
            return self._app
