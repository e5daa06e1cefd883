"""User activity: who used which endpoint, and how the screens are used."""

from __future__ import annotations

from typing import Any

from flask_restx import Namespace

from app.api.audit import audit
from app.api.kit.context import services
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import Access, caller
from app.api.kit.visibility import visible
from app.core.security import Permission
from app.schemas.requests import ActivityPageSchema, ActivityQuery, ActivityQuerySchema
from app.schemas.requests_usage import (
    UsageEvents,
    UsageEventsSchema,
    UsageNotedSchema,
    UsageQuery,
    UsageQuerySchema,
    UsageSchema,
)
from app.services.requests.activity import ActivityPage
from app.services.requests.usage import Usage

usage = Namespace("usage", "How the screens are used", path="/usage")


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


@usage.route("")
class UsageEndpoint(Endpoint):
    """How the screens are used."""

    @operation(
        "noteUsage",
        Access.LOGGED_IN,
        body=UsageEventsSchema,
        returns=UsageNotedSchema,
        addition=True,
        examples={"page": {"events": [{"kind": "PAGE", "name": "workbench"}]}},
    )
    def post(self, body: UsageEvents) -> dict[str, Any]:
        """Note pages that were shown, steps that were done, and the time of orders from entry to commit.

        Names are of closed lists: nothing of what was on a screen is kept. Events are written in batches a
        few seconds later, and kept as long as the log of user activity.
        """
        return {"kept": services().requests.usage.note(body.events, caller())}

    @operation("showUsage", Permission.AUDIT_READ, query=UsageQuerySchema, returns=UsageSchema, addition=True)
    def get(self, query: UsageQuery) -> Usage:
        """Sum up how the screens were used in some days of the desk; without days, all that is kept.

        Durations are to a tenth of a second. No user is named; who sees only some portfolio groups sees the
        own use.
        """
        return services().requests.usage.show(query.date_from, query.date_to, visible())
