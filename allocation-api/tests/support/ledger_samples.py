"""Reports on the fairness ledger for the fake services to answer with."""

from __future__ import annotations

from decimal import Decimal

from app.services.allocations.types import ReasonCode
from app.services.domain.fairness import FairnessMode
from app.services.domain.side import Side
from app.services.reports.ledger_views import (
    NO_PEAK,
    AccountLedger,
    AccountReplay,
    LedgerPeriod,
    LedgerReplay,
    LedgerReport,
    LedgerTotals,
    LeftOut,
    NamedExclusion,
    NotRecomputed,
    Peak,
    PolicyVersion,
    ReplayTotals,
)
from tests.support.samples import TODAY

PEAK = Peak(Decimal(210_000), 2.1, "GOLDEN", Side.BUY, "ACC001", TODAY, "9001")
PERIOD = LedgerPeriod(TODAY, TODAY)
LEDGER_REPORT = LedgerReport(
    period=PERIOD,
    time_zone="America/New_York",
    orders=3,
    provisional=1,
    not_filled=1,
    before_ledger=0,
    greatest_quantity=PEAK,
    greatest_pieces=PEAK,
    balance_sum=Decimal("0.0000"),
    policies=(PolicyVersion("default", 0),),
    ledgers=(
        LedgerTotals(
            "GOLDEN", Side.BUY, 3, Decimal(400_000), Decimal(400_000), Decimal("0.0000"), PEAK, PEAK
        ),
    ),
    accounts=(
        AccountLedger(
            account_id="ACC001",
            account_name="Account one",
            scope="GOLDEN",
            side=Side.BUY,
            entitled=Decimal("300000.5000"),
            received=Decimal("200000.0000"),
            ratio=Decimal("0.6666655556"),
            balance_start=Decimal(110_000),
            carried=Decimal("-0.5"),
            balance_end=Decimal("210000.0000"),
            greatest_shortfall=PEAK,
            greatest_excess=NO_PEAK,
            orders_eligible=2,
            orders_with_nothing=1,
            orders_not_eligible=3,
            not_eligible=(LeftOut(ReasonCode.INSUFFICIENT_CASH, 2), LeftOut(None, 1)),
            excluded=(NamedExclusion("9002", TODAY, "client asked"),),
        ),
    ),
    breaks=(),
)
TOTALS = ReplayTotals(1, PEAK, PEAK)
LEDGER_REPLAY = LedgerReplay(
    period=PERIOD,
    time_zone="America/New_York",
    rule=FairnessMode.PER_ORDER,
    fairness_weight=None,
    orders=2,
    recomputed=1,
    kept=0,
    before_ledger=0,
    not_recomputed=(NotRecomputed("9003", "alloc-3", TODAY, "no spread duration"),),
    recorded=TOTALS,
    replayed=TOTALS,
    message="Had this been per order: nothing would have changed.",
    accounts=(
        AccountReplay(
            account_id="ACC001",
            account_name="Account one",
            scope="GOLDEN",
            side=Side.BUY,
            entitled=Decimal("300000.5000"),
            recorded_received=Decimal(200_000),
            recorded_ratio=Decimal("0.6666655556"),
            recorded_balance=Decimal("100000.5"),
            replayed_received=Decimal(0),
            replayed_ratio=Decimal(0),
            replayed_balance=Decimal("300000.5"),
        ),
    ),
)
