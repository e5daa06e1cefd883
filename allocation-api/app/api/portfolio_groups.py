"""Portfolio groups and their accounts."""

from __future__ import annotations

from typing import Any

from flask_restx import Namespace

from app.api.context import services
from app.api.operation import Endpoint, operation
from app.api.vendor import VENDOR_ERRORS
from app.core.security import Permission
from app.schemas.portfolios import GroupAccountsSchema, PortfolioGroupSchema, PortfolioGroupsSchema
from app.services.accounts.groups import PortfolioGroup

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
        return {"portfolio_groups": services().portfolios.list()}


@portfolio_groups.route("/<group_id>")
class PortfolioGroupEndpoint(Endpoint):
    """One group."""

    @operation(
        "getPortfolioGroup", Permission.PORTFOLIOS_READ, returns=PortfolioGroupSchema, fails=VENDOR_ERRORS
    )
    def get(self, group_id: str) -> PortfolioGroup:
        """Show one portfolio group."""
        return services().portfolios.get(group_id)


@portfolio_groups.route("/<group_id>/accounts")
class GroupAccountsEndpoint(Endpoint):
    """The accounts of one group."""

    @operation(
        "listGroupAccounts", Permission.PORTFOLIOS_READ, returns=GroupAccountsSchema, fails=VENDOR_ERRORS
    )
    def get(self, group_id: str) -> dict[str, Any]:
        """List a group's accounts with NAV, cash, restrictions and risk against the benchmark."""
        return {"accounts": services().portfolios.accounts(group_id)}
