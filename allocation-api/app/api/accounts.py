"""Portfolio groups, their accounts, and an account's positions and cash."""

from __future__ import annotations

from typing import Any

from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.operation import Endpoint, operation
from app.api.kit.vendor_errors import VENDOR_ERRORS
from app.api.kit.visibility import visible
from app.core.security import Permission
from app.schemas.accounts import (
    CashPositionsSchema,
    GroupAccountsSchema,
    PortfolioGroupSchema,
    PortfolioGroupsSchema,
    PositionsQuery,
    PositionsQuerySchema,
    PositionsSchema,
)
from app.services.accounts.groups import PortfolioGroup
from app.services.accounts.positions import Positions

portfolio_groups = Namespace(
    "portfolio-groups", "Portfolio groups and their accounts", path="/portfolio-groups"
)


@portfolio_groups.route("")
class PortfolioGroupsEndpoint(Endpoint):
    """All groups."""

    @operation(
        "listPortfolioGroups",
        Permission.PORTFOLIOS_READ,
        returns=PortfolioGroupsSchema,
        fails=VENDOR_ERRORS,
    )
    def get(self) -> dict[str, Any]:
        """List the portfolio groups with their accounts."""
        return {"portfolio_groups": services().accounts.groups.list(visible())}


@portfolio_groups.route("/<group_id>")
class PortfolioGroupEndpoint(Endpoint):
    """One group."""

    @operation(
        "getPortfolioGroup", Permission.PORTFOLIOS_READ, returns=PortfolioGroupSchema, fails=VENDOR_ERRORS
    )
    def get(self, group_id: str) -> PortfolioGroup:
        """Show one portfolio group."""
        return services().accounts.groups.get(group_id, visible())


@portfolio_groups.route("/<group_id>/accounts")
class GroupAccountsEndpoint(Endpoint):
    """The accounts of one group."""

    @operation(
        "listGroupAccounts", Permission.PORTFOLIOS_READ, returns=GroupAccountsSchema, fails=VENDOR_ERRORS
    )
    def get(self, group_id: str) -> dict[str, Any]:
        """List a group's accounts with NAV, cash, restrictions and risk against the benchmark."""
        return {"accounts": services().accounts.groups.accounts(group_id, visible())}


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
        return services().accounts.positions.positions(account_id, query.as_of, visible())


@market_data.route("/cash/<account_id>")
class CashEndpoint(Endpoint):
    """Cash."""

    @operation("getCash", Permission.MARKET_DATA_READ, returns=CashPositionsSchema, fails=VENDOR_ERRORS)
    def get(self, account_id: str) -> dict[str, Any]:
        """List the cash of an account by currency."""
        return {"cash_positions": services().accounts.positions.cash(account_id, visible())}
