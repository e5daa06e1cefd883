"""The product's original contract, written out by hand: what every client was promised.

Fields are dotted paths with `[]` for lists. Nothing here is derived from the service.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Promise:
    """Fields and parameters of one operation; enums by the path of their field."""

    query: frozenset[str] = frozenset()
    request: frozenset[str] = frozenset()
    response: frozenset[str] = frozenset()
    enums: dict[str, set[str]] = field(default_factory=dict)


def _paths(text: str) -> frozenset[str]:
    return frozenset(text.split())


ORIGINAL = {
    ("post", "/auth/login"): Promise(
        request=_paths("username password"),
        response=_paths("access_token refresh_token user user.id user.username user.permissions"),
    ),
    ("get", "/portfolio-groups"): Promise(
        response=_paths(
            """portfolio_groups portfolio_groups[].group_id portfolio_groups[].group_name
            portfolio_groups[].account_count portfolio_groups[].accounts
            portfolio_groups[].accounts[].account_id portfolio_groups[].accounts[].account_name"""
        ),
    ),
    ("get", "/securities/search"): Promise(
        query=_paths("query"),
        response=_paths(
            """securities securities[].cusip securities[].ticker securities[].description securities[].coupon
            securities[].maturity securities[].duration securities[].oas securities[].min_denomination"""
        ),
    ),
    ("post", "/allocations/preview"): Promise(
        request=_paths(
            """order order.security_id order.side order.quantity order.settlement_date allocation_method
            portfolio_groups parameters parameters.base_metric parameters.weights parameters.target_metric
            parameters.tolerance parameters.max_iterations constraints constraints.respect_cash
            constraints.min_allocation constraints.compliance_check"""
        ),
        response=_paths(
            """allocation_id timestamp order order.security_id order.side order.total_quantity
            order.settlement_date allocations allocations[].account_id allocations[].account_name
            allocations[].allocated_quantity allocations[].allocated_notional allocations[].available_cash
            allocations[].post_trade_cash
            allocations[].pre_trade_metrics allocations[].pre_trade_metrics.active_spread_duration
            allocations[].pre_trade_metrics.contribution_to_duration
            allocations[].post_trade_metrics allocations[].post_trade_metrics.active_spread_duration
            allocations[].post_trade_metrics.contribution_to_duration
            summary summary.total_allocated summary.unallocated summary.allocation_rate
            summary.accounts_allocated summary.accounts_skipped summary.dispersion_metrics
            summary.dispersion_metrics.pre_trade_std_dev summary.dispersion_metrics.post_trade_std_dev
            summary.dispersion_metrics.improvement
            warnings warnings[].type warnings[].account_id warnings[].message errors"""
        ),
        enums={
            "request order.side": {"BUY", "SELL"},
            "request allocation_method": {"PRO_RATA", "CUSTOM_WEIGHTS", "MIN_DISPERSION"},
            "request parameters.base_metric": {"NAV", "CUSTOM"},
            "request parameters.target_metric": {"ACTIVE_SPREAD_DURATION"},
            "response order.side": {"BUY", "SELL"},
            "response warnings[].type": {"INSUFFICIENT_CASH", "MIN_LOT_SIZE", "COMPLIANCE"},
        },
    ),
    ("post", "/allocations/{allocation_id}/commit"): Promise(
        request=_paths("comment override_warnings"),
        response=_paths(
            """status aladdin_order_ids allocations allocations[].account_id allocations[].aladdin_order_id
            allocations[].status allocations[].message audit_id"""
        ),
        # PENDING_COMPLIANCE was added to both: Aladdin takes an order although its compliance has not
        # finished, and to call that a success would be untrue. The promised values remain.
        enums={
            "response status": {"SUCCESS", "FAILED"},
            "response allocations[].status": {"SUBMITTED", "FAILED"},
        },
    ),
    ("put", "/orders/{order_id}"): Promise(
        request=_paths("quantity comment"),
        response=_paths("status aladdin_order_id message"),
        # PENDING_COMPLIANCE was added, as for the commit.
        enums={"response status": {"SUCCESS", "FAILED"}},
    ),
    ("delete", "/orders/{order_id}"): Promise(
        request=_paths("reason"),
        response=_paths("status message"),
        enums={"response status": {"SUCCESS", "FAILED"}},
    ),
    ("get", "/positions/{account_id}"): Promise(
        query=_paths("as_of"),
        response=_paths(
            """positions positions[].account_id positions[].cusip positions[].quantity
            positions[].market_value positions[].duration positions[].spread_duration"""
        ),
        enums={"query as_of": {"SOD"}},
    ),
    ("get", "/cash/{account_id}"): Promise(
        response=_paths(
            """cash_positions cash_positions[].currency cash_positions[].settled_cash
            cash_positions[].available_cash"""
        ),
    ),
}

NAMED_ONLY = {
    ("post", "/auth/refresh"),
    ("post", "/auth/logout"),
    ("get", "/auth/me"),
    ("get", "/portfolio-groups/{group_id}"),
    ("get", "/portfolio-groups/{group_id}/accounts"),
    ("get", "/securities/{security_id}"),
    ("get", "/securities/{security_id}/analytics"),
}
"""Operations that were promised without saying what they answer."""
