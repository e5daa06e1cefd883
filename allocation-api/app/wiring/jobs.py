"""Jobs: their table, what does them, and what ends those that no worker goes on with."""

from __future__ import annotations

from app.core.jobs.embedded import Job, Where
from app.services.jobs.broker import JobSender
from app.services.jobs.events import JobEvents
from app.services.jobs.executor import JobExecutor
from app.services.jobs.gauges import gauges
from app.services.jobs.jobs import JobService
from app.services.jobs.kinds import Handlers
from app.services.jobs.store import JobStore
from app.services.jobs.worker import JobThreads
from app.wiring.container import Jobs, Room, Services

REAP_SECONDS = 5
"""Period of the job that ends jobs without a worker."""

SEND_SECONDS = 2
"""Period of the job that sends jobs whose message was lost, or that are due only now."""

CLEARING_SECONDS = 3_600
"""Period of the job that deletes old ones."""


def build(house: Services) -> Room[Jobs]:
    """Build the services; the kinds of jobs come from the rooms above."""
    settings, clock = house.settings.jobs, house.clock
    store, handlers = JobStore(house.database, clock, settings.lease), Handlers()
    executor = JobExecutor(store, handlers)
    sender = _sender(house, store)
    service = JobService(house.database, clock, *(() if sender is None else (sender.send,)))
    return Room(
        Jobs(
            service=service,
            events=JobEvents(service, house.settings.server.threads),
            store=store,
            handlers=handlers,
            executor=executor,
            threads=JobThreads(executor, settings.threads),
        ),
        jobs=(
            Job("reap-jobs", REAP_SECONDS, store.reap, Where.LEADER),
            Job(
                "old-jobs",
                CLEARING_SECONDS,
                lambda: store.forget(clock() - settings.lifetime),
                Where.SCHEDULE,
            ),
            *(() if sender is None else (Job("send-jobs", SEND_SECONDS, sender.send_stale, Where.LEADER),)),
        ),
        gauges=gauges(),
    )


def _sender(house: Services, store: JobStore) -> JobSender | None:
    """Return what tells Celery's workers of jobs, where there are any."""
    settings = house.settings
    if settings.requests.redis_url is None or not settings.jobs.is_celery:
        return None
    return JobSender(settings.requests.redis_url, store, house.database, house.clock, settings.jobs.lease)
