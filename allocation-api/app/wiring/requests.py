"""What belongs to requests: activity, use of screens, idempotency keys, limits, and jobs over their rows."""

from __future__ import annotations

from datetime import timedelta

from app.core.jobs.embedded import Job, Where
from app.services.requests.activity import ActivityService
from app.services.requests.calculations import CalculationPlaces
from app.services.requests.gate import VendorGate
from app.services.requests.idempotency import IdempotencyService
from app.services.requests.rate_limits import RateLimits
from app.services.requests.usage import UsageService
from app.wiring.container import Requests, Room, Services

ACTIVITY_SECONDS, CLEARING_SECONDS = 2, 3_600
"""Periods of the jobs that write activity and use, and that delete expired rows."""


def build(house: Services) -> Room[Requests]:
    """Build the services; an idempotency key is reserved for as long as the desk's lease."""
    settings = house.settings
    activity = ActivityService(
        house.database, house.clock, settings.requests.activity_lifetime, settings.zone
    )
    usage = UsageService(house.database, house.clock, settings.requests.activity_lifetime, settings.zone)
    hold = timedelta(seconds=settings.trading.lease_seconds)
    idempotency = IdempotencyService(
        house.database, house.clock, hold=hold, lifetime=settings.requests.idempotency_lifetime
    )
    rates = RateLimits(
        settings.requests.rate_limit_per_minute,
        processes=settings.server.workers,
        redis=house.redis,
    )
    gate = VendorGate(settings.server.threads, settings.requests.max_vendor_requests)
    return Room(
        Requests(activity, usage, idempotency, rates, gate, CalculationPlaces(settings.server.threads)),
        jobs=(
            Job("activity", ACTIVITY_SECONDS, activity.write, Where.EVERY_PROCESS, last=True),
            Job("usage", ACTIVITY_SECONDS, usage.write, Where.EVERY_PROCESS, last=True),
            Job("forget-keys", CLEARING_SECONDS, idempotency.forget_old, Where.SCHEDULE),
            Job("old-activity", CLEARING_SECONDS, activity.forget, Where.SCHEDULE),
            Job("old-usage", CLEARING_SECONDS, usage.forget, Where.SCHEDULE),
        ),
    )
