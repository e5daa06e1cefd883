"""Values for the fake services to answer with."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from app.core.security import Role, effective_permissions
from app.services.allocations.request import PreviewRequest, TargetMetric
from app.services.allocations.store import AllocationStatus, CommitLine, CommitResult
from app.services.allocations.types import (
    AccountMetrics,
    DispersionMetrics,
    NoAllocation,
    OptimalityReport,
    PreviewResult,
    PreviewWarning,
    PricedOrder,
    ReasonCode,
    ShownAllocation,
    Summary,
    WarningType,
)
from app.services.audit.breaks import Break, Damage
from app.services.audit.chain import Head
from app.services.audit.trail import AuditRecord
from app.services.audit.verification import Verification
from app.services.domain.book import AssetFault, Benchmark
from app.services.domain.caller import User
from app.services.domain.record import AllocationState, FillKind
from app.services.domain.side import Side
from app.services.kernels.allocation.problem import Weighting
from app.services.kernels.allocation.registry import Method
from app.services.ops.health import Readiness
from app.services.reports.views import AccountFairness, FairnessReport, Gains, HistoryLine, Period
from app.services.requests.activity import Activity
from app.services.securities.service import SecurityHit
from app.services.trading.orders.answers import AllocatedFill, Fill, Order, OrderFills, OrderSlice

NOW = datetime(2026, 6, 30, 14, 30, tzinfo=UTC)
TODAY = date(2026, 6, 30)
USER = User(
    "user-1",
    "demo_user",
    effective_permissions([Role.PORTFOLIO_MANAGER], []),
    (Role.PORTFOLIO_MANAGER,),
)
BENCHMARK = Benchmark(spread_duration=4.8, duration=5.5, oas=None)
HIT = SecurityHit(
    cusip="912828YW4",
    isin="US912828YW42",
    ticker="T",
    description="US Treasury 2.5 05/31/2031",
    issuer="US Treasury",
    sector="GOVT",
    rating="AA+",
    country="US",
    currency="USD",
    coupon=Decimal("2.5"),
    maturity=date(2031, 5, 31),
    duration=4.2,
    spread_duration=3.8,
    oas=12.0,
    min_denomination=1000,
    increment=1000,
)
READY = Readiness(
    ready=True,
    mode="mock",
    database="ok",
    aladdin="ok",
    redis="ok",
    business_date=TODAY,
    reference_date=TODAY,
    reference_age_business_days=0,
    stale=False,
    different_orders=0,
    different_face=Decimal(0),
    trading="OPEN",
)
METRICS = AccountMetrics(5.2, 10.0, 10.5, 90.0, 900.0, 0.037)
NO_METRICS = AccountMetrics(None, None, None, None, None, None)
COMMITTED = CommitResult(
    allocation_id="alloc-1",
    status="SUCCESS",
    aladdin_order_ids=("9001",),
    allocations=(CommitLine("ACC002", 6_985_000, "9001", "SUBMITTED", "sent"),),
    audit_id="audit-1",
    message="sent",
)
ORDER = Order(
    order_id="9001",
    allocation_id="alloc-1",
    security_id="912828YW4",
    side=Side.BUY,
    previewed_quantity=Decimal(8_000_000),
    quantity=Decimal("8000000.0000"),
    filled_quantity=Decimal(0),
    average_price=None,
    status="OPEN",
    settlement_date=date(2026, 7, 1),
    created_at=NOW,
    updated_at=NOW,
    created_by="demo_user",
    touch_count=1,
    allocation_state=AllocationState.PROVISIONAL,
    slices=(
        OrderSlice("ACC002", Decimal(6_985_000), Decimal(6_985_000), Decimal(0), Decimal(0), Decimal(0)),
    ),
    warnings=(),
    security_description="US Treasury 2.5 05/31/2031",
    portfolio_groups=("PUBLICPRE",),
    allocation_status=AllocationStatus.SUBMITTED,
)
FILLS = OrderFills(
    order_id="9001",
    quantity=Decimal(8_000_000),
    filled_quantity=Decimal(1_000_000),
    average_price=Decimal("98.4375"),
    fills=(
        Fill(
            sequence=1,
            kind=FillKind.CALCULATED,
            at=NOW,
            quantity=Decimal(1_000_000),
            filled_quantity=Decimal(1_000_000),
            average_price=Decimal("98.4375"),
            allocations=(
                AllocatedFill(
                    account_id="ACC002",
                    quantity=Decimal(1_000_000),
                    filled_quantity=Decimal(1_000_000),
                    average_price=Decimal("98.4375"),
                    principal=Decimal("984375.00"),
                ),
            ),
        ),
    ),
)
RECORD = AuditRecord(
    audit_id="audit-1",
    at=NOW,
    user_id=None,
    username="nobody",
    action="LOGIN_REFUSED",
    entity_type="user",
    entity_id="nobody",
    request_id="r-1",
    address="192.0.2.17",
    before=None,
    after={"depth": {"any": [1, "two"]}},
    day=TODAY,
    sequence=1,
    previous_hash="0" * 64,
    hash="ab" * 32,
    hashed_text="{}",
)
VERIFIED = Verification(
    records=11,
    days=1,
    rows=7,
    rows_unrecorded=1,
    rows_since="2026-06-30T09:15:00.000001Z",
    anchor=Head("2026-06-30", 12, "ab" * 32),
    break_count=3,
    breaks=(
        Break(
            Damage.ROW_CHANGED,
            "2026-06-30",
            4,
            "audit-2",
            "order_slices.quantity is not as recorded",
            table="order_slices",
            key={"order_id": "o-1", "account_id": "A"},
            column="quantity",
            recorded="1000.0000",
            found="2000.0000",
        ),
        Break(Damage.CHANGED, "2026-06-30", 3, "audit-1", "the record does not fit its hash"),
        Break(Damage.HEAD_MISSING, "2026-06-29", None, None, "the head of this day is missing"),
    ),
)


ROWS = (
    ShownAllocation(
        account_id="ACC001",
        account_name="Account one",
        allocated_quantity=0,
        allocated_notional=Decimal("0.00"),
        accrued_interest=Decimal("0.00"),
        settlement_amount=Decimal("0.00"),
        available_cash=None,
        post_trade_cash=None,
        max_quantity=0,
        pre_trade_metrics=NO_METRICS,
        post_trade_metrics=NO_METRICS,
        reason=NoAllocation(ReasonCode.MISSING_DATA, "no cash is known"),
        nav=None,
        benchmark=Benchmark(),
    ),
    ShownAllocation(
        account_id="ACC002",
        account_name="Account two",
        allocated_quantity=6_985_000,
        allocated_notional=Decimal("6880225.00"),
        accrued_interest=Decimal("12.34"),
        settlement_amount=Decimal("6880237.34"),
        available_cash=Decimal("8000000.00"),
        post_trade_cash=Decimal("1119762.66"),
        max_quantity=8_121_000,
        pre_trade_metrics=METRICS,
        post_trade_metrics=METRICS,
        reason=None,
        nav=Decimal("150000000.00"),
        benchmark=BENCHMARK,
    ),
)


def result(request: PreviewRequest) -> PreviewResult:
    """Return a small result with one account that gets face and one that gets nothing."""
    dispersion = DispersionMetrics(
        target_metric=TargetMetric.ACTIVE_SPREAD_DURATION,
        weighting=Weighting.EQUAL,
        pre_trade_std_dev=0.2586,
        post_trade_std_dev=0.1973,
        improvement=0.237,
        max_deviation=0.3,
        min_deviation=0.01,
        target_value=5.19,
        within_tolerance=False,
    )
    optimality = (
        OptimalityReport("OPTIMAL", 0.19, 0.0, None, "SLSQP", 7, None)
        if request.method is Method.MIN_DISPERSION
        else None
    )
    return PreviewResult(
        order=PricedOrder(
            security_id=request.order.security_id,
            side=request.order.side,
            total_quantity=request.order.quantity,
            settlement_date=date(2026, 7, 1),
            price=Decimal("98.5"),
            accrued=Decimal("0.000177"),
            price_source="REQUEST",
        ),
        allocations=ROWS,
        summary=Summary(
            6_985_000,
            request.order.quantity - 6_985_000,
            0.873125,
            1,
            1,
            Decimal("6880225.00"),
            Decimal("6880237.34"),
            dispersion,
            optimality,
        ),
        warnings=(PreviewWarning(WarningType.MISSING_DATA, "ACC001", "no cash", {"cash": None, "n": 1}),),
        errors=(AssetFault("31677QBR9", "404", "unknown"),),
    )


ACTIVITY = Activity(
    id="activity-1",
    at=NOW,
    user_id="user-1",
    username="demo_user",
    method="GET",
    endpoint="/v1/orders/<order_id>",
    status=200,
    duration_ms=12,
    request_id="request-1",
)
LINES = (
    HistoryLine(
        allocation_id="alloc-1",
        business_date=TODAY,
        created_at=NOW,
        committed_at=NOW,
        account_id="ACC001",
        account_name="Account one",
        security_id=HIT.cusip,
        security_description=HIT.description,
        side=Side.BUY,
        method=Method.PRO_RATA,
        status="SUBMITTED",
        allocated_quantity=400_000,
        ordered_quantity=Decimal("350000.0000"),
        filled_quantity=Decimal("300000.0000"),
        booked_quantity=Decimal(300_000),
        average_price=Decimal("98.1234567891"),
        principal=Decimal("12345678901234567.89"),
        order_id="9001",
        order_status="Active",
        allocation_state="PROVISIONAL",
        reason_code=None,
        created_by="demo_user",
    ),
    HistoryLine(
        allocation_id="alloc-1",
        business_date=TODAY,
        created_at=NOW,
        committed_at=None,
        account_id="=SUM(A1)",
        account_name=None,
        security_id=HIT.cusip,
        security_description=HIT.description,
        side=Side.SELL,
        method=Method.PRO_RATA,
        status="PREVIEWED",
        allocated_quantity=0,
        ordered_quantity=None,
        filled_quantity=None,
        booked_quantity=None,
        average_price=None,
        principal=None,
        order_id=None,
        order_status=None,
        allocation_state=None,
        reason_code="COMPLIANCE",
        created_by='@ev,il "x"',
    ),
)
FAIRNESS = FairnessReport(
    period=Period(TODAY, TODAY),
    time_zone="America/New_York",
    allocations=1,
    provisional=1,
    not_filled=2,
    not_known=0,
    not_comparable=0,
    asked_quantity=Decimal(400_000),
    filled_quantity=Decimal(300_000),
    gains=Gains(0, 1, 0, Decimal(0)),
    accounts=(
        AccountFairness(
            account_id="ACC001",
            account_name="Account one",
            allocations=1,
            not_comparable=0,
            asked_quantity=Decimal(400_000),
            filled_quantity=Decimal("300000.0000"),
            entitled_quantity=Decimal("300000.5000"),
            fill_ratio=Decimal("0.75"),
            total_quantity=Decimal(300_000),
            share=Decimal(1),
            comparable_quantity=Decimal(300_000),
            comparable_total=Decimal(300_000),
            pro_rata_share=Decimal(1),
            entitlement_ratio=Decimal("0.9999983333"),
            difference_quantity=Decimal("-0.5000"),
            difference_percentage_points=Decimal(0),
            average_price=Decimal("98.5"),
            block_average_price=Decimal("98.5"),
            price_difference=Decimal("0E-10"),
            price_difference_bp=Decimal("0E-10"),
            gains=Gains(0, 1, 0, Decimal(0)),
            gain_p_value=0.00001,
        ),
    ),
)
