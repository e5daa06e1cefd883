"""The block order that a preview stands for: what a commit sends, and what the vendor is asked about."""

from __future__ import annotations

from decimal import Decimal

from app.services.allocations.types import PreviewInputs, PreviewResult
from app.services.domain.block_order import BlockOrder, Slice


def block_order(
    allocation_id: str, inputs: PreviewInputs, result: PreviewResult, *, comment: str = ""
) -> BlockOrder:
    """Return one order with one slice for each account that gets anything (R2.3, R10.1).

    Its external id is the allocation's, so it can be found again. A price that the request gave is the
    order's limit: what was reckoned with is what may be paid.

    Raises
    ------
    ValueError
        When nothing is allocated.
    """
    order = inputs.request.order
    return BlockOrder(
        security_id=order.security_id,
        side=order.side,
        face=Decimal(result.summary.total_allocated),
        settlement_date=inputs.settlement_date,
        external_id=allocation_id,
        basket_id=allocation_id,
        slices=tuple(
            Slice(a.account_id, Decimal(a.allocated_quantity))
            for a in result.allocations
            if a.allocated_quantity > 0
        ),
        limit_price=order.price,
        comment=comment,
        trade_date=inputs.business_date,
        currency=inputs.security.currency,
    )
