"""The audit trail."""

from __future__ import annotations

from app.services.audit.trail import AuditService
from app.wiring.container import Room, Services


def build(house: Services) -> Room[AuditService]:
    """Build the audit trail."""
    return Room(AuditService(house.database, house.clock))
