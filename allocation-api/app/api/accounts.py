"""Portfolio groups, their accounts, an account's positions and cash, and the desk's reference data."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.csv import CSV
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import caller
from app.api.kit.vendor_errors import VENDOR_ERRORS
from app.api.kit.visibility import visible
from app.core.security import Permission
from app.schemas.accounts import (
    AccountSchema,
    CashPositionsSchema,
    GroupAccountsSchema,
    LoadQuery,
    LoadQuerySchema,
    LoadReportSchema,
    LoadRequestSchema,
    PortfolioGroupSchema,
    PortfolioGroupsSchema,
    PositionsQuery,
    PositionsQuerySchema,
    PositionsSchema,
)
from app.schemas.kit.tables import CsvQuery, CsvQuerySchema
from app.schemas.reports.account_ledger import (
    AccountBalancesQuery,
    AccountBalancesQuerySchema,
    AccountBalancesSchema,
)
from app.services.accounts.errors import ReferenceOfMock
from app.services.accounts.groups import Account, PortfolioGroup
from app.services.accounts.positions import Positions
from app.services.accounts.reference_load import LoadRequest
from app.services.accounts.reference_report import LoadReport
from app.services.audit.errors import EvidenceBroken
from app.services.reports.account_ledger import AccountBalances

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


accounts = Namespace("accounts", "One account", path="/accounts")


@accounts.route("/<account_id>")
class AccountEndpoint(Endpoint):
    """One account."""

    @operation(
        "getAccount",
        Permission.PORTFOLIOS_READ,
        returns=AccountSchema,
        fails=VENDOR_ERRORS,
        addition=True,
    )
    def get(self, account_id: str) -> Account:
        """Show one account with NAV, cash, restrictions, risk against the benchmark, and its groups.

        Positions and cash are `positions/{account_id}` and `cash/{account_id}`; its orders and allocations
        are the lists of these with `account_id`.
        """
        return services().accounts.groups.account(account_id, visible())


@accounts.route("/<account_id>/ledger")
class AccountLedgerEndpoint(Endpoint):
    """What one account is owed."""

    @operation(
        "getAccountLedger",
        Permission.ALLOCATIONS_READ,
        query=AccountBalancesQuerySchema,
        returns=AccountBalancesSchema,
        addition=True,
    )
    def get(self, account_id: str, query: AccountBalancesQuery) -> AccountBalances:
        """Show what the fairness ledgers owe one account today, and the newest entries."""
        return services().reports.accounts.ledger(account_id, query.limit, visible())


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


ONE_LIMIT = "code,scope,scope_id,value\r\nISSUE_OWNERSHIP,DEFAULT,*,0.2\r\n"

LOADS = {
    "What one limit would change": {"files": {"limits": ONE_LIMIT}, "dry_run": True},
    "Limits for good": {"files": {"limits": ONE_LIMIT}, "comment": "New guideline of the board"},
}

reference = Namespace("reference", "Reference data of the desk, as CSV files", path="/admin/reference")


@reference.route("")
class ReferenceEndpoint(Endpoint):
    """All files of reference data."""

    @operation(
        "loadReference",
        Permission.REFERENCE_WRITE,
        body=LoadRequestSchema,
        returns=LoadReportSchema,
        fails=(EvidenceBroken, ReferenceOfMock),
        examples=LOADS,
        addition=True,
        whole_desk=True,
    )
    def put(self, body: LoadRequest) -> LoadReport:
        """Load several files of reference data in one transaction, or say what that would change.

        So an account and its restrictions are there at once. Every error of every file is listed, by file,
        line and column, and then nothing is stored. Rows that a file does not have stay, unless `remove` is
        true. `docs/reference-data.md` describes the files.
        """
        return services().accounts.reference.load(body, caller())


@reference.route("/<reference_file>")
class ReferenceFileEndpoint(Endpoint):
    """One file of reference data."""

    @operation(
        "exportReferenceFile",
        Permission.REFERENCE_WRITE,
        query=CsvQuerySchema,
        addition=True,
        whole_desk=True,
        media_type=CSV,
    )
    def get(self, reference_file: str, query: CsvQuery) -> Response:
        """Export one file of reference data, as it can be loaded again."""
        lines = services().accounts.reference.export(reference_file, bom=query.bom)
        response = Response(lines, content_type=f"{CSV}; charset=utf-8; header=present")
        response.headers["Content-Disposition"] = f'attachment; filename="{reference_file}.csv"'
        return response

    @operation(
        "loadReferenceFile",
        Permission.REFERENCE_WRITE,
        query=LoadQuerySchema,
        takes=(CSV,),
        returns=LoadReportSchema,
        fails=(EvidenceBroken, ReferenceOfMock),
        examples={"One limit": ONE_LIMIT},
        addition=True,
        whole_desk=True,
    )
    def put(self, reference_file: str, query: LoadQuery, body: bytes) -> LoadReport:
        """Load one file of reference data, or say what that would change.

        Every error is listed by line and column, and then nothing is stored. Rows that the file does not have
        stay, unless `remove` is true. Load an account and its restrictions together, by the operation for
        several files.
        """
        wanted = LoadRequest({reference_file: body}, query.comment, query.remove, query.dry_run)
        return services().accounts.reference.load(wanted, caller())
