"""User activity: who used which endpoint."""

from __future__ import annotations

from app.api.audit import audit
from app.api.kit.context import services
from app.api.kit.operation import Endpoint, operation
from app.api.kit.visibility import visible
from app.core.security import Permission
from app.schemas.requests import ActivityPageSchema, ActivityQuery, ActivityQuerySchema
from app.services.requests.activity import ActivityPage


@audit.route("/activity")
class ActivityEndpoint(Endpoint):
    """Who used what."""

    @operation(
        "listActivity",
        Permission.AUDIT_READ,
        query=ActivityQuerySchema,
        returns=ActivityPageSchema,
        addition=True,
    )
    def get(self, query: ActivityQuery) -> ActivityPage:
        """List the requests of users, newest first.

        Requests are kept in batches a few seconds after they were answered, and for a limited time.
        """
        return services().requests.activity.list(
            query.filters, visible(), cursor=query.cursor, limit=query.limit
        )
