"""The fairness policy and the ledger of entitlements."""

from __future__ import annotations

from app.services.fairness.ledger import FairnessLedger
from app.services.fairness.policies import FairnessPolicies
from app.wiring.container import Fairness, Room, Services


def build(house: Services) -> Room[Fairness]:
    """Build the policies, and the ledger that is kept by them."""
    policies = FairnessPolicies(house.database, house.audit, house.clock)
    return Room(Fairness(policies=policies, ledger=FairnessLedger(policies, house.clock)))
