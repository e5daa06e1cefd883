"""Bases of pro-rata shares: what an account's share of an order is proportional to (R6.1)."""

from __future__ import annotations

from decimal import Decimal

from app.services.allocations.request import BaseMetric, PreviewRequest, TargetMetric
from app.services.domain.account import AccountInput
from app.services.domain.face import Face, floored_face
from app.services.kernels.allocation.registry import Method


def base_metric(request: PreviewRequest) -> BaseMetric | None:
    """Return what the shares are proportional to, None for a method that does not share by a base."""
    return request.parameters.base_metric if request.method is Method.PRO_RATA else None


def zero_share(request: PreviewRequest) -> str:
    """Say why a share is zero."""
    match base_metric(request):
        case BaseMetric.CASH:
            return "It has no cash to share by"
        case BaseMetric.GAP:
            metric = request.parameters.target_metric
            return f"This trade moves its {metric} away from its benchmark, or it is there already"
        case _:
            return "Its base amount or weight is zero"


def own_order(request: PreviewRequest, account_id: str) -> Face | None:
    """Return the face of an account's own order, 0 where it has none; None where there are no such orders."""
    # R6.7
    if base_metric(request) is not BaseMetric.ORDER_SIZE:
        return None
    return floored_face(request.parameters.base_amounts.get(account_id, Decimal(0)))


def missing_for_base(request: PreviewRequest, account: AccountInput) -> tuple[str, ...]:
    """Say what is unknown of an account that its share would be proportional to (R4.4)."""
    match base_metric(request):
        case BaseMetric.CASH if account.cash is None:
            return ("cash: not reported",)
        case BaseMetric.GAP if benchmark_value(account, request.parameters.target_metric) is None:
            return (f"benchmark: none for {request.parameters.target_metric}",)
        case _:
            return ()


def benchmark_value(account: AccountInput, metric: TargetMetric) -> float | None:
    """Return the value of a metric at which an account is like its benchmark; None where it has none."""
    # R6.6
    match metric:
        case TargetMetric.ACTIVE_SPREAD_DURATION:
            return None if account.benchmark.spread_duration is None else 0.0
        case TargetMetric.DURATION:
            return account.benchmark.duration
        case TargetMetric.OAS:
            return account.benchmark.oas
        case TargetMetric.DTS:
            return None
