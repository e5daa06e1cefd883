"""The audit trail."""

from __future__ import annotations

from app.services.audit.export import AnchorSigner
from app.services.audit.trail import AuditService
from app.wiring.container import Room, Services


def build(house: Services) -> Room[AuditService]:
    """Build the audit trail, with the key that signs its anchors."""
    access = house.settings.access
    seed = access.audit_signing_key
    signer = AnchorSigner.derived(access.jwt_secret_key) if seed is None else AnchorSigner(seed)
    return Room(AuditService(house.database, house.clock, signer))
