"""The audit trail."""

from __future__ import annotations

from flask_restx import Namespace

from app.api.context import services
from app.api.operation import Endpoint, operation
from app.core.security import Permission
from app.schemas.audit import AuditPageSchema, AuditQuery, AuditQuerySchema, AuditRecordSchema
from app.services.views import AuditRecord, Page

audit = Namespace("audit", "Who did what, when", path="/audit")


@audit.route("")
class AuditTrailEndpoint(Endpoint):
    """The trail."""

    @operation(
        "listAuditRecords",
        Permission.AUDIT_READ,
        query=AuditQuerySchema,
        returns=AuditPageSchema,
        addition=True,
    )
    def get(self, query: AuditQuery) -> Page[AuditRecord]:
        """List audit records, newest first."""
        return services().audit.list(
            action=query.action,
            entity_type=query.entity_type,
            entity_id=query.entity_id,
            username=query.username,
            request_id=query.request_id,
            cursor=query.cursor,
            limit=query.limit,
        )


@audit.route("/<audit_id>")
class AuditRecordEndpoint(Endpoint):
    """One record."""

    @operation("getAuditRecord", Permission.AUDIT_READ, returns=AuditRecordSchema, addition=True)
    def get(self, audit_id: str) -> AuditRecord:
        """Show one audit record."""
        return services().audit.get(audit_id)
