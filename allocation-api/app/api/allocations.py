"""Previews of allocations, their edits, comparisons of them, and their history."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response
from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.examples import CAPACITIES, COMPARISONS, PREVIEWS
from app.api.kit.limits import charge_accounts
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tables import TABLES, Table, made, table_answer
from app.api.kit.tokens import caller
from app.api.kit.vendor_errors import VENDOR_ERRORS
from app.api.kit.visibility import visible
from app.core.errors import Conflict, DataMissing, NotFound
from app.core.security import Permission
from app.schemas.allocations.adjustments import Edits, EditsSchema
from app.schemas.allocations.answers import (
    AllocationLineSchema,
    AllocationPageSchema,
    AllocationSchema,
    History,
    HistorySchema,
    ReplaySchema,
)
from app.schemas.allocations.capacity import CapacityRequestSchema, OrderCapacitySchema
from app.schemas.allocations.comparisons import (
    ChoiceSchema,
    ComparisonRequestSchema,
    ComparisonSchema,
    VariantName,
    comparison_columns,
    comparison_line,
)
from app.schemas.allocations.fairness import FrontierSchema
from app.schemas.allocations.request import PreviewRequestSchema
from app.schemas.kit.tables import TableFormat, TableQuery, TableQuerySchema
from app.schemas.reports.history import SheetLineSchema
from app.services.allocations.compared import ComparisonRequest, StoredComparison
from app.services.allocations.errors import PreviewErased, PreviewExpired, SolverError
from app.services.allocations.frontier import Frontier
from app.services.allocations.history import AllocationSummary, HistoryFilter
from app.services.allocations.order_capacity import OrderCapacity
from app.services.allocations.replay import ReplayResult
from app.services.allocations.request import PreviewRequest
from app.services.allocations.store import StoredAllocation
from app.services.audit.errors import EvidenceBroken
from app.services.reports.views import AllocationSheet
from app.utils.paging import Page, every

MAX_ROWS_PER_READ = 1_000
"""Rows in one read when a whole list is streamed."""

SKIPS_COMPLIANCE = {Permission.COMPLIANCE_BYPASS: "where the order skips the compliance check"}

allocations = Namespace("allocations", "Previews, commits, history", path="/allocations")


@allocations.route("/preview")
class PreviewEndpoint(Endpoint):
    """Previews."""

    @operation(
        "previewAllocation",
        Permission.ALLOCATIONS_PREVIEW,
        body=PreviewRequestSchema,
        returns=AllocationSchema,
        fails=(*VENDOR_ERRORS, Conflict, DataMissing, NotFound, SolverError),
        may_need=SKIPS_COMPLIANCE,
        idempotent=True,
        examples=PREVIEWS,
    )
    def post(self, body: PreviewRequest) -> StoredAllocation:
        """Preview how a block order splits over the accounts of portfolio groups.

        PRO_RATA shares it by NAV or another base, CUSTOM_WEIGHTS by weights or stated amounts for each
        account, MIN_DISPERSION so that a risk metric differs least between the accounts. The preview is
        stored and can be committed until `expires_at`.
        """
        return services().allocations.previews.preview(body, caller(), visible(), charge_accounts)


@allocations.route("/capacity")
class CapacityEndpoint(Endpoint):
    """What accounts could take."""

    @operation(
        "computeOrderCapacity",
        Permission.ALLOCATIONS_PREVIEW,
        body=CapacityRequestSchema,
        returns=OrderCapacitySchema,
        fails=(*VENDOR_ERRORS, Conflict, DataMissing, NotFound),
        addition=True,
        may_need=SKIPS_COMPLIANCE,
        examples=CAPACITIES,
    )
    def post(self, body: PreviewRequest) -> OrderCapacity:
        """Show how much of a block order accounts and groups could take, without splitting it.

        Cash, positions, compliance and wishes are those of a preview; nothing is stored. It holds for one by
        the default metrics: another base or target metric may miss data of an account that these do not.
        """
        return services().allocations.capacities.of(body, caller(), visible(), charge_accounts)


@allocations.route("/<allocation:allocation_id>")
class AllocationEndpoint(Endpoint):
    """One allocation."""

    @operation(
        "getAllocation",
        Permission.ALLOCATIONS_READ,
        query=TableQuerySchema,
        returns=AllocationSchema,
        fails=(PreviewErased,),
        addition=True,
        tables=TABLES,
    )
    def get(self, allocation_id: str, query: TableQuery) -> StoredAllocation | Response:
        """Show a stored preview, and its commit, with the numbers that were shown first.

        As csv or xlsx a line for each account with its name and money: the preview's numbers beside what is
        ordered and filled now.
        """
        if query.format is not TableFormat.JSON:
            return table_answer(_allocation_table(allocation_id), query)
        return services().allocations.previews.get(allocation_id, visible())


@allocations.route("/<allocation:allocation_id>/replay")
class ReplayEndpoint(Endpoint):
    """Recomputation."""

    @operation(
        "replayAllocation",
        Permission.ALLOCATIONS_READ,
        returns=ReplaySchema,
        fails=(PreviewErased, SolverError),
        addition=True,
        cost=2,
    )
    def post(self, allocation_id: str) -> ReplayResult:
        """Recompute a preview from its stored inputs and say whether the numbers are identical."""
        return services().allocations.previews.replay(allocation_id, visible())


@allocations.route("/<allocation:allocation_id>/frontier")
class FrontierEndpoint(Endpoint):
    """What fairness costs."""

    @operation(
        "getAllocationFrontier",
        Permission.ALLOCATIONS_READ,
        returns=FrontierSchema,
        fails=(DataMissing, PreviewErased, SolverError),
        addition=True,
        cost=5,
    )
    def get(self, allocation_id: str) -> Frontier:
        """Show dispersion against the greatest balance owed for one order, from a stored preview.

        Minimum dispersion of the stored inputs for lambda from 0, the least dispersion, up to the split by
        what is owed; and where the preview itself lies.
        """
        return services().allocations.previews.frontier(allocation_id, visible())


@allocations.route("")
class AllocationsEndpoint(Endpoint):
    """History."""

    @operation(
        "listAllocations",
        Permission.ALLOCATIONS_READ,
        query=HistorySchema,
        returns=AllocationPageSchema,
        addition=True,
        tables=TABLES,
    )
    def get(self, query: History) -> Page[AllocationSummary] | Response:
        """List stored previews and commits, newest first.

        As JSON a page of them; as csv or xlsx all that the filters let pass, without pages.
        """
        if query.table.format is not TableFormat.JSON:
            return table_answer(_list_table(query.filters), query.table)
        return services().allocations.previews.history(
            query.filters, visible(), cursor=query.cursor, limit=query.limit
        )


@allocations.route("/<allocation:allocation_id>/adjust")
class AdjustmentEndpoint(Endpoint):
    """Edits."""

    @operation(
        "adjustAllocation",
        Permission.ALLOCATIONS_PREVIEW,
        body=EditsSchema,
        returns=AllocationSchema,
        fails=(Conflict, DataMissing, EvidenceBroken, PreviewErased, PreviewExpired, SolverError),
        addition=True,
        may_need=SKIPS_COMPLIANCE,
        idempotent=True,
        examples={"one account": {"PPR-001": 1000000}},
    )
    def post(self, allocation_id: str, body: Edits) -> StoredAllocation:
        """Edit a preview: fix the face of some accounts and split the rest again, as a new preview.

        It is computed from the same snapshot and expires with the preview that it is made of. Accounts that
        earlier edits fixed stay fixed unless they are named anew. `adjustment` says what moved, and what the
        edits cost in dispersion.
        """
        return services().allocations.adjustments.adjust(allocation_id, body.faces, caller(), visible())


@allocations.route("/compare")
class ComparisonsEndpoint(Endpoint):
    """Comparisons."""

    @operation(
        "compareAllocations",
        Permission.ALLOCATIONS_PREVIEW,
        body=ComparisonRequestSchema,
        returns=ComparisonSchema,
        fails=(*VENDOR_ERRORS, Conflict, DataMissing, NotFound),
        addition=True,
        may_need=SKIPS_COMPLIANCE,
        idempotent=True,
        examples=COMPARISONS,
    )
    def post(self, body: ComparisonRequest) -> StoredComparison:
        """Compare several splits of one order, side by side.

        The book is read once for all variants. One that cannot be computed is shown with its problem and
        does not spoil the others. Until `expires_at` any of them can be chosen, which makes it a preview.
        """
        return services().allocations.comparisons.compare(body, caller(), visible(), charge_accounts)


@allocations.route("/compare/<comparison_id>")
class ComparisonEndpoint(Endpoint):
    """One comparison."""

    @operation(
        "getComparison",
        Permission.ALLOCATIONS_READ,
        query=TableQuerySchema,
        returns=ComparisonSchema,
        fails=(PreviewErased,),
        addition=True,
        tables=TABLES,
    )
    def get(self, comparison_id: str, query: TableQuery) -> StoredComparison | Response:
        """Show a stored comparison with the numbers that were shown first.

        As csv or xlsx a line for each account, and for each variant its face, metric and reason.
        """
        found = services().allocations.comparisons.get(comparison_id, visible())
        return found if query.format is TableFormat.JSON else table_answer(_comparison_table(found), query)


@allocations.route("/compare/<comparison_id>/choose")
class ChoiceEndpoint(Endpoint):
    """Choices."""

    @operation(
        "chooseVariant",
        Permission.ALLOCATIONS_PREVIEW,
        body=ChoiceSchema,
        returns=AllocationSchema,
        fails=(Conflict, EvidenceBroken, PreviewErased, PreviewExpired),
        addition=True,
        may_need=SKIPS_COMPLIANCE,
        idempotent=True,
        examples={"by name": {"variant": "by NAV"}},
    )
    def post(self, comparison_id: str, body: VariantName) -> StoredAllocation:
        """Make a variant of a comparison a preview, exactly as it was computed.

        It can be committed as any other, until the comparison expires. A variant that is chosen again is the
        preview that it was made before.
        """
        return services().allocations.comparisons.choose(comparison_id, body.variant, caller(), visible())


def _comparison_table(found: StoredComparison) -> Table:
    """Return a comparison, a line for each account."""
    return Table(
        f"comparison-{found.comparison_id}",
        "Comparison",
        comparison_columns(found),
        map(comparison_line, found.allocations),
        {"Report": "Several splits of one order by account", **_about_comparison(found), **made()},
    )


def _about_comparison(found: StoredComparison) -> Mapping[str, object]:
    variants = [
        (f"Variant {variant.name}", variant.problem.detail if variant.problem else variant.request.method)
        for variant in found.variants
    ]
    return {
        "Comparison": found.comparison_id,
        "Compared at (UTC)": found.created_at,
        "Compared by": found.created_by,
        "Portfolio groups": found.portfolio_groups,
        "Security": found.order.security_id,
        "Side": found.order.side,
        "Quantity": found.order.total_quantity,
        "Settlement date": found.order.settlement_date,
        "Clean price": found.order.price,
        "Price source": found.order.price_source,
        "Accrued": found.order.accrued,
        **dict(variants),
    }


def _list_table(filters: HistoryFilter) -> Table:
    """Return the list of allocations."""
    read, seen = services().allocations.previews.history, visible()
    return Table(
        "allocations",
        "Allocations",
        AllocationLineSchema(),
        every(lambda cursor: read(filters, seen, cursor=cursor, limit=MAX_ROWS_PER_READ)),
        {
            "Report": "Previews and commits, newest first",
            "First business date": filters.date_from,
            "Last business date": filters.date_to,
            "Status": filters.status,
            "Security": filters.security_id,
            "Portfolio group": filters.group_id,
            "Previewed by": filters.username,
            "Method": filters.method,
            "Side": filters.side,
            "Account": filters.account_id,
            **made(),
        },
    )


def _allocation_table(allocation_id: str) -> Table:
    """Return one allocation, a line for each account."""
    sheet = services().reports.sheets.sheet(allocation_id, visible())
    return Table(
        f"allocation-{allocation_id}",
        "Allocation",
        SheetLineSchema(),
        sheet.lines,
        {"Report": "One allocation by account", **_about(sheet), **made()},
    )


def _about(sheet: AllocationSheet) -> Mapping[str, object]:
    order, priced = sheet.request.order, sheet.priced
    return {
        "Allocation": sheet.allocation_id,
        "Status": sheet.status,
        "Previewed at (UTC)": sheet.created_at,
        "Previewed by": sheet.created_by,
        "Trade date": sheet.business_date,
        "Method": sheet.request.method,
        "Portfolio groups": sheet.request.portfolio_groups,
        "Security": priced.security_id,
        "Description": sheet.security_description,
        "ISIN": sheet.isin,
        "Side": order.side,
        "Quantity": order.quantity,
        "Allocated": sheet.total_allocated,
        "Settlement date": priced.settlement_date,
        "Clean price": priced.price,
        "Price source": priced.price_source,
        "Accrued": priced.accrued,
        "Currency": sheet.currency,
        "Notional": sheet.total_notional,
        "Settlement amount": sheet.total_settlement_amount,
        "Order": sheet.order_id,
        "Order status": sheet.order_status,
        "Allocation state": sheet.allocation_state,
        "Ordered now": sheet.ordered_quantity,
        "Filled": sheet.filled_quantity,
        "Average price": sheet.average_price,
        "SHA-256 of the inputs": sheet.snapshot_sha256,
    }
