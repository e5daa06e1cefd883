"""Value objects of a comparison: what is asked, what is stored, and what is shown side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from app.core.errors import AllocatorError, FieldError
from app.services.allocations.request import Constraints, OrderRequest, Parameters, PreviewRequest
from app.services.allocations.types import (
    NoAllocation,
    PreviewInputs,
    PreviewResult,
    PreviewWarning,
    PricedOrder,
    Summary,
)
from app.services.audit.breaks import Break
from app.services.domain.book import AssetFault, Benchmark
from app.services.domain.face import Face
from app.services.kernels.allocation.registry import Method

# --- asked --------------------------------------------------------------------------------------------------


MAX_VARIANTS = 10
"""Variants of one comparison."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to split the order; `constraints` of its own take the place of those of the comparison."""

    name: str
    method: Method
    parameters: Parameters = field(default_factory=Parameters)
    constraints: Constraints | None = None


@dataclass(frozen=True, slots=True)
class ComparisonRequest:
    """One order, and the variants to split it by; their names are unique."""

    order: OrderRequest
    portfolio_groups: tuple[str, ...]
    variants: tuple[Variant, ...]
    constraints: Constraints = field(default_factory=Constraints)

    def previews(self) -> Iterator[PreviewRequest]:
        """Yield the request that each variant is, in their order."""
        for variant in self.variants:
            yield PreviewRequest(
                order=self.order,
                method=variant.method,
                portfolio_groups=self.portfolio_groups,
                parameters=variant.parameters,
                constraints=self.constraints if variant.constraints is None else variant.constraints,
            )


# --- stored -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NamedRequest:
    """The request that a variant is."""

    name: str
    request: PreviewRequest


@dataclass(frozen=True, slots=True)
class ComparisonInputs:
    """Complete input of a comparison: one book for all variants; what differs is the request of each.

    The request of `common` has the order and the constraints that are shared, and no method's parameters.
    """

    common: PreviewInputs
    variants: tuple[NamedRequest, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a variant or a line has no split, as a request for it alone would have been refused."""

    code: str
    title: str
    detail: str
    errors: tuple[FieldError, ...]

    @classmethod
    def of(cls, error: AllocatorError) -> Problem:
        """Return what an error says."""
        return cls(error.code, error.title, error.detail, error.errors)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a variant: a split or a problem, and how long it took."""

    result: PreviewResult | None
    problem: Problem | None
    milliseconds: float


# --- shown --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShownVariant:
    """A column: a variant with its totals and warnings, or with its problem.

    `allocation_id` is the preview that it was made, None before that.
    """

    name: str
    request: PreviewRequest
    summary: Summary | None
    warnings: tuple[PreviewWarning, ...]
    milliseconds: float
    problem: Problem | None
    allocation_id: str | None


@dataclass(frozen=True, slots=True)
class Cell:
    """What one account gets by one variant; the metric is the variant's own target metric."""

    variant: str
    allocated_quantity: Face
    pre_trade_metric: float | None
    post_trade_metric: float | None
    reason: NoAllocation | None


@dataclass(frozen=True, slots=True)
class ComparedAccount:
    """A row: one account, with a cell for each variant, None for one without a split."""

    account_id: str
    account_name: str
    nav: Decimal | None
    benchmark: Benchmark
    variants: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class StoredComparison:
    """A stored comparison; `evidence_breaks` say where its row is not as the audit trail has it."""

    comparison_id: str
    created_at: datetime
    expires_at: datetime
    created_by: str
    order: PricedOrder
    portfolio_groups: tuple[str, ...]
    constraints: Constraints
    variants: tuple[ShownVariant, ...]
    allocations: tuple[ComparedAccount, ...]
    errors: tuple[AssetFault, ...]
    evidence_breaks: tuple[Break, ...] = ()
