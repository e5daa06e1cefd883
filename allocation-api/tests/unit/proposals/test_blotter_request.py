"""What a proposal asks of a blotter."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from app.services.allocations.request import AccountLimit
from app.services.domain.side import Side
from app.services.kernels.proposals import ProposalMode, ProposalStatus
from app.services.proposals.service import blotter_request
from app.services.proposals.types import Outcome, ProposedOrder, Slice


def order(security_id, side, **faces):
    slices = tuple(Slice(name, face, Decimal(face)) for name, face in faces.items())
    total = sum(faces.values())
    return ProposedOrder(security_id, side, total, Decimal(total), slices)


OUTCOME = Outcome(
    status=ProposalStatus.OPTIMAL,
    portfolio_groups=("EAST",),
    stages=(),
    orders=(order("B1", Side.SELL, A=3_000, B=1_000), order("B2", Side.BUY, A=2_000)),
    accounts=(),
    left_out=(),
    data_as_of=datetime(2026, 6, 30, tzinfo=UTC),
    reference_date=None,
)


def test_each_account_has_its_face_as_a_fixed_wish_and_sales_come_first():
    # R20.10
    asked = blotter_request(OUTCOME, ProposalMode.TO_BAND)
    sold, bought = (line.request for _, line in asked.in_order())
    assert (sold.order.security_id, sold.order.side, sold.order.quantity) == ("B1", Side.SELL, 4_000)
    assert sold.constraints.account_limits == {"A": AccountLimit(fixed=3_000), "B": AccountLimit(fixed=1_000)}
    assert (bought.order.quantity, bought.portfolio_groups) == (2_000, ("EAST",))
    assert sold.constraints.compliance_check
    assert sold.constraints.respect_cash


@pytest.mark.parametrize(
    ("mode", "funds"),
    [
        (ProposalMode.FULL, True),
        (ProposalMode.TO_BAND, True),
        (ProposalMode.BUY_ONLY, False),
        (ProposalMode.CASH_RAISE, False),
    ],
)
def test_purchases_count_on_sales_where_there_are_both(mode, funds):
    assert blotter_request(OUTCOME, mode).policy.sales_fund_buys is funds
