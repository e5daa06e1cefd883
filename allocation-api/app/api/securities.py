"""Bonds: search, terms, analytics."""

from __future__ import annotations

from typing import Any

from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.operation import Endpoint, operation
from app.api.kit.vendor_errors import VENDOR_ERRORS
from app.api.kit.visibility import visible
from app.core.errors import Conflict
from app.core.security import Permission
from app.schemas.securities import (
    HoldersQuery,
    HoldersQuerySchema,
    HoldersSchema,
    Search,
    SearchSchema,
    SecuritiesSchema,
    SecurityAnalyticsSchema,
    SecurityDetailSchema,
)
from app.services.securities.holders import Holders
from app.services.securities.service import SecurityAnalytics, SecurityDetail

securities = Namespace("securities", "Bonds: search, terms, analytics", path="/securities")


@securities.route("/search")
class SecuritySearchEndpoint(Endpoint):
    """Search."""

    @operation(
        "searchSecurities",
        Permission.SECURITIES_READ,
        query=SearchSchema,
        returns=SecuritiesSchema,
        fails=VENDOR_ERRORS,
    )
    def get(self, query: Search) -> dict[str, Any]:
        """Search bonds by CUSIP, ISIN, ticker, issuer or words of the description; best match first."""
        return {"securities": services().securities.search(query.query, query.limit)}


@securities.route("/<security_id>")
class SecurityEndpoint(Endpoint):
    """Terms of one bond."""

    @operation(
        "getSecurity",
        Permission.SECURITIES_READ,
        returns=SecurityDetailSchema,
        fails=(*VENDOR_ERRORS, Conflict),
    )
    def get(self, security_id: str) -> SecurityDetail:
        """Show the terms of a bond, found by CUSIP or ISIN, with its price."""
        return services().securities.get(security_id, visible())


@securities.route("/<security_id>/analytics")
class SecurityAnalyticsEndpoint(Endpoint):
    """Risk of one bond."""

    @operation(
        "getSecurityAnalytics",
        Permission.SECURITIES_READ,
        returns=SecurityAnalyticsSchema,
        fails=(*VENDOR_ERRORS, Conflict),
    )
    def get(self, security_id: str) -> SecurityAnalytics:
        """Show the risk numbers of a bond, found by CUSIP or ISIN."""
        return services().securities.analytics(security_id, visible())


@securities.route("/<security_id>/holders")
class SecurityHoldersEndpoint(Endpoint):
    """Who holds one bond."""

    @operation(
        "getSecurityHolders",
        Permission.MARKET_DATA_READ,
        query=HoldersQuerySchema,
        returns=HoldersSchema,
        fails=(*VENDOR_ERRORS, Conflict),
        addition=True,
    )
    def get(self, security_id: str, query: HoldersQuery) -> Holders:
        """List the accounts that hold a bond, found by CUSIP or ISIN, largest position first.

        Positions are those that previews use: after today's trades and live orders.
        """
        return services().securities.holders(security_id, query.group_id, visible())
