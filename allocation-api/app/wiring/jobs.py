"""Jobs: their table, what does them, and what ends those that no worker goes on with."""

from __future__ import annotations

from app.core.jobs.embedded import Job
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

CLEARING_SECONDS = 3_600
"""Period of the job that deletes old ones."""


def build(house: Services) -> Room[Jobs]:
    """Build the services; the kinds of jobs come from the rooms above."""
    settings, clock = house.settings.jobs, house.clock
    store, handlers = JobStore(house.database, clock, settings.lease), Handlers()
    executor = JobExecutor(store, handlers)
    service = JobService(house.database, clock)
    return Room(
        Jobs(
            service=service,
            events=JobEvents(service, house.settings.server.threads),
            handlers=handlers,
            executor=executor,
            threads=JobThreads(executor, settings.threads),
        ),
        jobs=(
            Job("reap-jobs", REAP_SECONDS, store.reap),
            Job("old-jobs", CLEARING_SECONDS, lambda: store.forget(clock() - settings.lifetime)),
        ),
        gauges=gauges(),
    )
