"""Drift of accounts and groups from the targets that hold for them."""

from __future__ import annotations

from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.operation import Endpoint, operation
from app.api.kit.vendor_errors import VENDOR_ERRORS
from app.api.kit.visibility import visible
from app.core.errors import DataMissing, NotFound
from app.core.security import Permission
from app.schemas.drift.own_books import (
    AccountDriftSchema,
    BookQuery,
    BookQuerySchema,
    GroupDriftSchema,
    StandingPage,
    StandingPageQuerySchema,
    StandingPageSchema,
)
from app.services.drift.book_types import AccountDrift, GroupDrift, Standing
from app.services.drift.errors import NoTargets
from app.utils.paging import Page

own_drift = Namespace("drift", "How far accounts and groups are from their targets", path="/drift")


@own_drift.route("/accounts/<account_id>")
class AccountDriftEndpoint(Endpoint):
    """Drift of an account."""

    @operation(
        "getAccountDrift",
        Permission.PORTFOLIOS_READ,
        query=BookQuerySchema,
        returns=AccountDriftSchema,
        fails=(*VENDOR_ERRORS, NotFound, NoTargets, DataMissing),
        addition=True,
    )
    def get(self, account_id: str, query: BookQuery) -> AccountDrift:
        """Show how far an account is from its targets: its own, else those of a group that it is in.

        Shares are of its NAV, by market value with accrued interest; cash is a class of its own.
        """
        return services().drift.own_books.account(account_id, query.as_of, visible())


@own_drift.route("/portfolio-groups/<group_id>")
class GroupDriftEndpoint(Endpoint):
    """Drift of a portfolio group."""

    @operation(
        "getGroupDrift",
        Permission.PORTFOLIOS_READ,
        query=BookQuerySchema,
        returns=GroupDriftSchema,
        fails=(*VENDOR_ERRORS, NotFound, NoTargets),
        addition=True,
    )
    def get(self, group_id: str, query: BookQuery) -> GroupDrift:
        """Show how far the accounts of a group are from their targets, and the group as one portfolio.

        Each account is measured against its own targets, else against those of the group. The dispersion says
        how far the accounts are from each other, before any trade.
        """
        return services().drift.own_books.group(group_id, query.as_of, visible())


@own_drift.route("/out-of-band")
class OutOfBandEndpoint(Endpoint):
    """Accounts out of band."""

    @operation(
        "listOutOfBand",
        Permission.PORTFOLIOS_READ,
        query=StandingPageQuerySchema,
        returns=StandingPageSchema,
        fails=VENDOR_ERRORS,
        addition=True,
    )
    def get(self, query: StandingPage) -> Page[Standing]:
        """List the accounts that are out of a band, the worst first, in bands.

        An account is a row for each of its target sets. Those that cannot be measured come last. With
        `only_out=false` accounts within their bands are listed, too.
        """
        return services().drift.own_books.out_of_band(
            query.filters, query.as_of, visible(), cursor=query.cursor, limit=query.limit
        )
