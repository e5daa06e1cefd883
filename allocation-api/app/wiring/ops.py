"""Readiness."""

from __future__ import annotations

from app.services.ops.database_probe import DatabaseProbe
from app.services.ops.health import HealthService
from app.wiring.container import Room, Services


def build(house: Services) -> Room[HealthService]:
    """Build the readiness check, which reads from the vendor past the cache."""
    aladdin = house.aladdin
    return Room(
        HealthService(
            house.database,
            DatabaseProbe(house.database),
            aladdin.vendor_book,
            aladdin.book,
            house.pool,
            aladdin.mode,
            aladdin.business_date,
            house.safety.stop,
            house.redis,
        )
    )
