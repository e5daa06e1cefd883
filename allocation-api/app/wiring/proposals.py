"""Rebalancing proposals, over the book that previews read."""

from __future__ import annotations

from app.services.aladdin.shared_orders import unshared
from app.services.drift.bond_classes import BondClasses
from app.services.proposals.candidates import CandidateReader
from app.services.proposals.classes import Exposures
from app.services.proposals.scope import Scopes
from app.services.proposals.service import ProposalService
from app.services.securities.lookup import SecurityLookup
from app.wiring.allocations import inputs_over
from app.wiring.container import Room, Services


def build(house: Services) -> Room[ProposalService]:
    """Build the service; it has no jobs, since its time is bounded."""
    database, book = house.database, house.aladdin.book
    inputs = inputs_over(house, book, unshared(house.aladdin.ordinary_orders), house.pool)
    return Room(
        ProposalService(
            database,
            house.audit,
            Scopes(book, house.drift.own_books),
            CandidateReader(inputs, SecurityLookup(database, book)),
            Exposures(BondClasses(database, book, house.pool)),
            house.blotters.service,
            house.clock,
            house.aladdin.business_date,
        )
    )
