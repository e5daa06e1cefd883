"""Allocation drift."""

from __future__ import annotations

from app.services.drift.calculator import DriftCalculator
from app.services.drift.own_books import OwnBooks
from app.services.drift.target_sets import TargetSets
from app.wiring.container import Drift, Room, Services


def build(house: Services) -> Room[Drift]:
    """Build the calculator, and the services of own books over the cached book."""
    database, clock, aladdin = house.database, house.clock, house.aladdin
    target_sets = TargetSets(
        database,
        house.audit,
        aladdin.book,
        clock,
        aladdin.business_date,
        four_eyes=house.settings.drift.four_eyes,
    )
    return Room(
        Drift(
            calculator=DriftCalculator(clock),
            target_sets=target_sets,
            own_books=OwnBooks(database, aladdin.book, target_sets, clock, aladdin.business_date, house.pool),
        )
    )
