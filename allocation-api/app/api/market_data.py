"""Positions and cash of an account."""

from __future__ import annotations

from typing import Any

from flask_restx import Namespace

from app.api.context import services
from app.api.operation import Endpoint, operation
from app.api.vendor import VENDOR_ERRORS
from app.core.security import Permission
from app.schemas.market_data import (
    CashPositionsSchema,
    PositionsQuery,
    PositionsQuerySchema,
    PositionsSchema,
)
from app.services.accounts.positions import Positions

market_data = Namespace("market-data", "Positions and cash of an account", path="/")


@market_data.route("/positions/<account_id>")
class PositionsEndpoint(Endpoint):
    """Positions."""

    @operation(
        "getPositions",
        Permission.MARKET_DATA_READ,
        query=PositionsQuerySchema,
        returns=PositionsSchema,
        fails=VENDOR_ERRORS,
    )
    def get(self, account_id: str, query: PositionsQuery) -> Positions:
        """List the positions of an account."""
        return services().market_data.positions(account_id, query.as_of)


@market_data.route("/cash/<account_id>")
class CashEndpoint(Endpoint):
    """Cash."""

    @operation("getCash", Permission.MARKET_DATA_READ, returns=CashPositionsSchema, fails=VENDOR_ERRORS)
    def get(self, account_id: str) -> dict[str, Any]:
        """List the cash of an account by currency."""
        return {"cash_positions": services().market_data.cash(account_id)}
