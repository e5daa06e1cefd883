"""The audit trail."""

from __future__ import annotations

from flask import Response
from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.json_lines import JSON_LINES, json_lines_answer
from app.api.kit.operation import Endpoint, operation
from app.api.kit.visibility import visible
from app.core.security import Permission
from app.schemas.audit import (
    AuditPageSchema,
    AuditQuery,
    AuditQuerySchema,
    AuditRecordSchema,
    ExportQuerySchema,
    VerificationQuerySchema,
    VerificationSchema,
)
from app.services.audit.trail import AuditRecord
from app.services.audit.verification import Span, Verification
from app.utils.paging import Page

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
            visible(),
            action=query.action,
            entity_type=query.entity_type,
            entity_id=query.entity_id,
            username=query.username,
            request_id=query.request_id,
            address=query.address,
            days=Span(query.date_from, query.date_to),
            cursor=query.cursor,
            limit=query.limit,
        )


@audit.route("/verify")
class AuditVerificationEndpoint(Endpoint):
    """The trail's chain."""

    @operation(
        "verifyAuditTrail",
        Permission.AUDIT_READ,
        query=VerificationQuerySchema,
        returns=VerificationSchema,
        addition=True,
        cost=10,
        whole_desk=True,
    )
    def get(self, query: Span) -> Verification:
        """Verify the audit trail.

        Every record carries the hash of the one before it and its own, day by day in UTC, and the rows that
        were written with it. Records and rows that were changed, removed, inserted or moved are listed, rows
        with table, key, column and both values. Give the `anchor` of an earlier answer, kept outside the
        database, to find also a chain whose end was cut off or which was rewritten altogether.
        """
        return services().audit.verify(query)


@audit.route("/export")
class AuditExportEndpoint(Endpoint):
    """The trail for third parties."""

    @operation(
        "exportAuditTrail",
        Permission.AUDIT_READ,
        query=ExportQuerySchema,
        addition=True,
        cost=10,
        whole_desk=True,
        media_type=JSON_LINES,
    )
    def get(self, query: Span) -> Response:
        """Export the audit trail as JSON lines, oldest first, with a signed anchor at the end.

        Each record is a line with `hash` and `hashed_text`, the text whose SHA-256 it is. The last line has
        `anchor`, the end of the chain, `signature`, Ed25519 over `audit-anchor/1:` and the anchor, and
        `public_key`. `docs/audit-chain.md` describes the chain, `scripts/verify_audit.py` verifies an export.
        """
        return json_lines_answer(services().audit.export(query), "audit")


@audit.route("/<audit_id>")
class AuditRecordEndpoint(Endpoint):
    """One record."""

    @operation("getAuditRecord", Permission.AUDIT_READ, returns=AuditRecordSchema, addition=True)
    def get(self, audit_id: str) -> AuditRecord:
        """Show one audit record."""
        return services().audit.get(audit_id, visible())
