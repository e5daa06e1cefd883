"""Previews, their history and their replays, comparisons and edits."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from app.core.jobs.embedded import Job
from app.services.aladdin.cached_book import BookReader
from app.services.aladdin.shared_orders import SeeOrders, unshared
from app.services.allocations.adjustments import AdjustmentService
from app.services.allocations.comparisons import ComparisonService
from app.services.allocations.erasure import Erasure
from app.services.allocations.inputs import InputsLoader
from app.services.allocations.order_capacity import OrderCapacityService
from app.services.allocations.service import AllocationService
from app.services.securities.lookup import SecurityLookup
from app.services.trading.orders.ledger import OrderLedger
from app.services.trading.orders.reservations import Reservations
from app.wiring.container import Allocations, Room, Services

ERASURE_SECONDS = 3_600
"""Period of the job that erases previews which were never committed."""


def build(house: Services) -> Room[Allocations]:
    """Build the services over the cached book, with the vendor's what-if compliance if it is switched on."""
    aladdin, settings = house.aladdin, house.settings
    lifetime = settings.allocations.preview_lifetime
    inputs = inputs_over(house, aladdin.book, unshared(aladdin.ordinary_orders), house.pool)
    previews = AllocationService(
        house.database,
        inputs,
        house.audit,
        house.clock,
        house.safety.limits,
        lifetime,
        settings.zone,
        check=aladdin.ordinary_orders.check if settings.aladdin.what_if else None,
    )
    comparisons = ComparisonService(
        house.database, inputs, house.audit, house.clock, house.safety.limits, lifetime, previews
    )
    adjustments = AdjustmentService(house.database, house.audit, house.clock, previews)
    capacities = OrderCapacityService(house.database, aladdin.book, inputs, previews)
    erasure = Erasure(house.database, house.audit, house.clock, settings.allocations.preview_retention)
    return Room(
        Allocations(previews, comparisons, adjustments, capacities),
        jobs=(Job("erase-previews", ERASURE_SECONDS, erasure.erase),),
    )


def inputs_over(house: Services, book: BookReader, see: SeeOrders, pool: ThreadPoolExecutor) -> InputsLoader:
    """Return the loader of preview inputs over this book, cached or not, and with these threads."""
    lookup = SecurityLookup(house.database, book)
    return InputsLoader(
        house.database,
        book,
        lookup,
        pool,
        house.aladdin.business_date,
        reservations_of(house, see).of,
        house.fairness.ledger,
    )


def reservations_of(house: Services, see: SeeOrders) -> Reservations:
    """Return what orders reserve, looked up by `see`."""
    ledger = OrderLedger(house.database, house.audit, house.clock, house.fairness.ledger)
    return Reservations(house.database, see, ledger)
