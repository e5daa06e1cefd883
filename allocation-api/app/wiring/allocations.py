"""Previews, their history and their replays."""

from __future__ import annotations

from app.services.aladdin.cached_book import BookReader
from app.services.allocations.inputs import InputsLoader
from app.services.allocations.service import AllocationService
from app.services.securities.lookup import SecurityLookup
from app.services.trading.orders.ledger import OrderLedger
from app.services.trading.orders.reservations import Reservations
from app.wiring.container import Room, Services


def build(house: Services) -> Room[AllocationService]:
    """Build the service over the cached book, with the vendor's what-if compliance if it is switched on."""
    aladdin, settings = house.aladdin, house.settings
    return Room(
        AllocationService(
            house.database,
            inputs_over(house, aladdin.book),
            house.audit,
            house.clock,
            settings.allocations.preview_lifetime,
            settings.zone,
            check=aladdin.orders.check if settings.aladdin.what_if else None,
        )
    )


def inputs_over(house: Services, book: BookReader) -> InputsLoader:
    """Return the loader of preview inputs over this book, cached or not."""
    lookup = SecurityLookup(house.database, book)
    ledger = OrderLedger(house.database, house.audit, house.clock, house.fairness.ledger)
    reservations = Reservations(house.database, house.aladdin.orders, ledger)
    return InputsLoader(
        house.database,
        book,
        lookup,
        house.pool,
        house.aladdin.business_date,
        reservations.of,
        house.fairness.ledger,
    )
