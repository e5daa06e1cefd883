"""Alerts, the channels that tell of them, and the messages to these."""

from __future__ import annotations

from typing import Any

from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import Access, caller
from app.api.kit.visibility import visible
from app.core.errors import InvalidRequest, NotFound
from app.core.security import Permission
from app.schemas.alerts import (
    AlertCountsSchema,
    AlertNote,
    AlertNoteSchema,
    AlertPageSchema,
    AlertQuery,
    AlertQuerySchema,
    AlertsRead,
    AlertsReadSchema,
    AlertWithHistorySchema,
)
from app.schemas.alerts_channels import (
    ChannelSchema,
    ChannelsSchema,
    ChannelTermsSchema,
    ChannelTestSchema,
    DeletedChannelSchema,
    DeliveryPageSchema,
    DeliveryQuery,
    DeliveryQuerySchema,
    DeliverySchema,
    PutChannel,
    PutChannelSchema,
)
from app.services.alerts.channel_rows import Channel, ChannelTerms
from app.services.alerts.channels import ChannelTest
from app.services.alerts.deliveries import Delivery
from app.services.alerts.errors import AlertChanged, AlertChannelChanged, AlertNotOpen, DeliveryNotDead
from app.services.alerts.types import Alert
from app.services.alerts.views import AlertCounts, AlertWithHistory
from app.utils.paging import Page

alerts = Namespace("alerts", "Alerts, and the channels that tell of them", path="/alerts")

MAIL = {
    "name": "Desk by mail",
    "kind": "EMAIL",
    "recipients": ["desk@example.com"],
    "quiet_from": "22:00",
    "quiet_to": "07:00",
}
WEBHOOK = {
    "name": "Pager",
    "kind": "WEBHOOK",
    "url": "https://hooks.example.com/alerts",
    "secret": "PAGER",
    "severity": "CRITICAL",
}


@alerts.route("")
class AlertsEndpoint(Endpoint):
    """Alerts."""

    @operation(
        "listAlerts",
        Access.LOGGED_IN,
        query=AlertQuerySchema,
        returns=AlertPageSchema,
        addition=True,
        cost=0,
    )
    def get(self, query: AlertQuery) -> Page[Alert]:
        """List the alerts that the user may see, the last opened first.

        Alerts are of what the user may read: those on orders need `allocations:read`, for example, and where
        portfolio groups limit the user, all groups of an alert must be among them. Whether trading is stopped
        and whether data is old is shown to all.
        """
        return services().alerts.service.list(
            query.filters, caller(), visible(), cursor=query.cursor, limit=query.limit
        )


@alerts.route("/summary")
class AlertCountsEndpoint(Endpoint):
    """How many alerts there are."""

    @operation("countAlerts", Access.LOGGED_IN, returns=AlertCountsSchema, addition=True, cost=0)
    def get(self) -> AlertCounts:
        """Count the alerts that the user may see and that are not resolved, and those not yet read."""
        return services().alerts.service.counts(caller(), visible())


@alerts.route("/read")
class AlertsReadEndpoint(Endpoint):
    """What a user has read."""

    @operation(
        "readAlerts",
        Access.LOGGED_IN,
        body=AlertsReadSchema,
        returns=AlertCountsSchema,
        addition=True,
        cost=0,
        examples={"count": {"told_until": "2026-06-30T14:00:00Z"}},
    )
    def post(self, body: AlertsRead) -> AlertCounts:
        """Note that the user has read the alerts that were told until a moment; what comes later is unread.

        `told_until` of the count says when the last was told that is in it.
        """
        return services().alerts.service.read(body.told_until, caller(), visible())


@alerts.route("/<alert:alert_id>")
class AlertEndpoint(Endpoint):
    """One alert."""

    @operation("getAlert", Access.LOGGED_IN, returns=AlertWithHistorySchema, fails=(NotFound,), addition=True)
    def get(self, alert_id: str) -> AlertWithHistory:
        """Show an alert with its history."""
        return services().alerts.service.get(alert_id, caller(), visible())


@alerts.route("/<alert:alert_id>/acknowledge")
class AlertAcknowledgeEndpoint(Endpoint):
    """The acknowledgement of an alert."""

    @operation(
        "acknowledgeAlert",
        Permission.ALERTS_ACKNOWLEDGE,
        body=AlertNoteSchema,
        returns=AlertWithHistorySchema,
        fails=(NotFound, AlertNotOpen, AlertChanged),
        addition=True,
        idempotent=True,
        examples={"note": {"version": 1, "note": "I called the vendor"}},
    )
    def post(self, alert_id: str, body: AlertNote) -> AlertWithHistory:
        """Acknowledge an alert with a note, so that it does not escalate; that is audited.

        It stays in the list until what it is about is gone.
        """
        return services().alerts.service.acknowledge(alert_id, body.version, body.note, caller(), visible())


@alerts.route("/channels")
class ChannelsEndpoint(Endpoint):
    """Channels."""

    @operation(
        "listAlertChannels",
        Permission.ALERTS_MANAGE,
        returns=ChannelsSchema,
        addition=True,
        whole_desk=True,
    )
    def get(self) -> dict[str, Any]:
        """List the channels that tell of alerts; of secrets it has names alone."""
        return {"channels": services().alerts.channels.list()}

    @operation(
        "addAlertChannel",
        Permission.ALERTS_MANAGE,
        body=ChannelTermsSchema,
        returns=ChannelSchema,
        fails=(InvalidRequest,),
        addition=True,
        idempotent=True,
        whole_desk=True,
        examples={"mail": MAIL, "webhook": WEBHOOK},
    )
    def post(self, body: ChannelTerms) -> Channel:
        """Add a channel; it tells of alerts that open from now on. That is audited.

        A webhook is sent `webhook-id`, `webhook-timestamp` and, with a secret, `webhook-signature`: `v1,` and
        the base64 of HMAC-SHA256 over id, timestamp and body with dots between them. A receiver refuses an
        old timestamp and an id that it has seen.
        """
        return services().alerts.channels.create(body, caller())


@alerts.route("/channels/<channel_id>")
class ChannelEndpoint(Endpoint):
    """One channel."""

    @operation(
        "putAlertChannel",
        Permission.ALERTS_MANAGE,
        body=PutChannelSchema,
        returns=ChannelSchema,
        fails=(NotFound, InvalidRequest, AlertChannelChanged),
        addition=True,
        idempotent=True,
        whole_desk=True,
        examples={"mail": {**MAIL, "version": 1}},
    )
    def put(self, channel_id: str, body: PutChannel) -> Channel:
        """Replace a channel; messages that wait for it go by the new terms. That is audited."""
        return services().alerts.channels.put(channel_id, body.terms, body.version, caller())

    @operation(
        "deleteAlertChannel",
        Permission.ALERTS_MANAGE,
        returns=DeletedChannelSchema,
        fails=(NotFound,),
        addition=True,
        whole_desk=True,
    )
    def delete(self, channel_id: str) -> dict[str, Any]:
        """Delete a channel; messages that wait for it are cancelled. That is audited."""
        services().alerts.channels.delete(channel_id, caller())
        return {"channel_id": channel_id}


@alerts.route("/channels/<channel_id>/test")
class ChannelTestEndpoint(Endpoint):
    """A test of a channel."""

    @operation(
        "testAlertChannel",
        Permission.ALERTS_MANAGE,
        returns=ChannelTestSchema,
        fails=(NotFound,),
        addition=True,
        cost=10,
        whole_desk=True,
    )
    def post(self, channel_id: str) -> ChannelTest:
        """Send a message that is marked as a test now, and say what came of it."""
        return services().alerts.channels.test(channel_id)


@alerts.route("/deliveries")
class DeliveriesEndpoint(Endpoint):
    """Messages to channels."""

    @operation(
        "listAlertDeliveries",
        Permission.ALERTS_MANAGE,
        query=DeliveryQuerySchema,
        returns=DeliveryPageSchema,
        addition=True,
        whole_desk=True,
    )
    def get(self, query: DeliveryQuery) -> Page[Delivery]:
        """List the messages to channels, newest first; `state=DEAD` lists those that were given up."""
        return services().alerts.deliveries.list(
            state=query.state, channel_id=query.channel_id, cursor=query.cursor, limit=query.limit
        )


@alerts.route("/deliveries/<delivery_id>/retry")
class DeliveryRetryEndpoint(Endpoint):
    """Another try of a message."""

    @operation(
        "retryAlertDelivery",
        Permission.ALERTS_MANAGE,
        returns=DeliverySchema,
        fails=(NotFound, DeliveryNotDead),
        addition=True,
        idempotent=True,
        whole_desk=True,
    )
    def post(self, delivery_id: str) -> Delivery:
        """Send a message that was given up once more, under the same id. That is audited."""
        return services().alerts.deliveries.retry(delivery_id, caller())
