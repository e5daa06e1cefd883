"""Events: webhooks that tell of new data, and the monitoring of portfolios."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from flask import Response
from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.event_stream import EVENT_STREAM, event_stream, last_event
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import Access, caller
from app.api.kit.visibility import visible
from app.api.kit.webhooks import headers, signed
from app.core.errors import InvalidRequest, NotFound
from app.core.security import Permission
from app.schemas.events import (
    ChangeSchema,
    DatabaseWebhookSchema,
    EventReceiptSchema,
    MarketDataUpdate,
    MarketDataUpdateSchema,
    MonitorBody,
    MonitorConfigSchema,
    MonitorStatusSchema,
    PortfolioStatusSchema,
    RequestedRecalculationSchema,
)
from app.schemas.kit.dump import compiled
from app.schemas.market_history_fields import EXAMPLE_ASSETS
from app.services.events.database_changes import RowChange
from app.services.events.errors import (
    MonitorChanged,
    RecalculationLimit,
    RecalculationRunning,
    WebhookOff,
    WebhookRefused,
)
from app.services.events.types import MonitorStatus, PortfolioStatus, Receipt, RequestedRecalculation

UPDATE = {"assets": list(EXAMPLE_ASSETS), "timestamp": "2026-06-30T14:00:00Z"}
ROW = {
    "type": "UPDATE",
    "schema": "public",
    "table": "market_data",
    "record": {"id": 7, "symbol": EXAMPLE_ASSETS[0], "close": 101.5},
    "old_record": {"id": 7, "symbol": EXAMPLE_ASSETS[0], "close": 100},
}

webhook = Namespace("webhook", "Signed webhooks that tell of new data", path="/webhook")
monitor = Namespace("monitor", "Monitoring of portfolios, and their recalculation", path="/monitor")

_DUMP = compiled(ChangeSchema())


@webhook.route("/market-data-update")
class MarketDataUpdateEndpoint(Endpoint):
    """New market data."""

    @signed
    @operation(
        "updateMarketData",
        Access.PUBLIC,
        body=MarketDataUpdateSchema,
        returns=EventReceiptSchema,
        fails=(WebhookRefused, WebhookOff),
        addition=True,
        accepted=True,
        examples={"two assets": UPDATE},
    )
    def post(self, body: MarketDataUpdate) -> Receipt:
        """Take the word that there is new data of assets.

        It is signed as Standard Webhooks has it: the header webhook-signature is `v1,` and the base64 of
        HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>` by the secret of the settings. A delivery
        that is repeated under its webhook-id is stored once. It is stored when this answers, and what follows
        from it is decided a moment later.
        """
        return services().events.inbox.market_data(body.assets, body.timestamp, headers().message_id)


@webhook.route("/database")
class DatabaseWebhookEndpoint(Endpoint):
    """Changes of rows."""

    @signed
    @operation(
        "tellRowChange",
        Access.PUBLIC,
        body=DatabaseWebhookSchema,
        returns=EventReceiptSchema,
        fails=(WebhookRefused, WebhookOff, InvalidRequest),
        addition=True,
        accepted=True,
        examples={"a price": ROW},
    )
    def post(self, body: RowChange) -> Receipt:
        """Take the word that a row of prices, deposits or withdrawals has changed, as Supabase sends it.

        It is signed like the other webhook. A new row with an `id` is one event, by whichever door it comes.
        """
        told = headers()
        at = datetime.fromtimestamp(int(told.timestamp), UTC)
        return services().events.inbox.row_change(body, at, told.message_id)


@monitor.route("/status")
class MonitorStatusEndpoint(Endpoint):
    """The state of monitoring."""

    @operation("getMonitorStatus", Permission.MARKET_HISTORY_READ, returns=MonitorStatusSchema, addition=True)
    def get(self) -> MonitorStatus:
        """Show whether events come in, and how many portfolios wait for a recalculation."""
        return services().events.monitor.status()


@monitor.route("/events")
class MonitorEventsEndpoint(Endpoint):
    """Changes as they happen."""

    @operation(
        "followMonitor",
        Permission.MARKET_HISTORY_READ,
        fails=(InvalidRequest,),
        addition=True,
        cost=0,
        media_type=EVENT_STREAM,
    )
    def get(self) -> Response:
        """Follow events and recalculations by server-sent events: each has its number as its id.

        An answer ends after a few seconds, or at once while many are followed; the client asks again with the
        header `Last-Event-ID`, as browsers do by themselves, and misses no change. Without that header the
        first one is the last that there was.
        """
        found = services().events.changes.follow(last_event(), visible())
        return event_stream("change", ((each.sequence, json.dumps(_DUMP(each))) for each in found))


@monitor.route("/portfolio/<portfolio_id>/status")
class PortfolioStatusEndpoint(Endpoint):
    """One portfolio."""

    @operation(
        "getMonitoredPortfolio",
        Permission.MARKET_HISTORY_READ,
        returns=PortfolioStatusSchema,
        fails=(NotFound,),
        addition=True,
    )
    def get(self, portfolio_id: str) -> PortfolioStatus:
        """Show how a portfolio is monitored, and its last recalculations."""
        return services().events.monitor.portfolio(portfolio_id, visible())


@monitor.route("/portfolio/<portfolio_id>/config")
class PortfolioConfigEndpoint(Endpoint):
    """How one portfolio is monitored."""

    @operation(
        "putMonitorConfig",
        Permission.MONITORING_WRITE,
        body=MonitorConfigSchema,
        returns=PortfolioStatusSchema,
        fails=(NotFound, InvalidRequest, MonitorChanged),
        addition=True,
        idempotent=True,
        examples={"twice a day": {"scheduled_recalculations": ["09:30", "16:00"]}},
    )
    def put(self, portfolio_id: str, body: MonitorBody) -> PortfolioStatus:
        """State how a portfolio is monitored; what is left out is as by default.

        From the first statement on, events recalculate the portfolio. Each recalculation is a new portfolio.
        """
        return services().events.monitor.configure(
            portfolio_id, body.config, caller(), visible(), version=body.version
        )


@monitor.route("/portfolio/<portfolio_id>/recalculate")
class RecalculateEndpoint(Endpoint):
    """A recalculation now."""

    @operation(
        "recalculatePortfolio",
        Permission.MONITORING_WRITE,
        returns=RequestedRecalculationSchema,
        fails=(NotFound, RecalculationRunning, RecalculationLimit),
        addition=True,
        accepted=True,
        idempotent=True,
    )
    def post(self, portfolio_id: str) -> RequestedRecalculation:
        """Ask for a recalculation now, whatever the minimum interval; it counts for the limit of a day.

        A recalculation that was pending becomes this one. While a job of the portfolio has not ended, the
        answer is a 409 that names it.
        """
        return services().events.recalculations.request(portfolio_id, caller(), visible())
