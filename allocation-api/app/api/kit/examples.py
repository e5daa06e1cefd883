"""Requests that work with the mock data, to be tried from the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_BUY = {"security_id": "91282CKF7", "side": "BUY", "quantity": 8_000_000}
_SMALL_BUY = {"security_id": "91282CKF7", "side": "BUY", "quantity": 2_000_000}
_CONSTRAINTS = {"respect_cash": True, "min_allocation": 1000, "compliance_check": True}

CAPACITIES: Mapping[str, Any] = {
    "a purchase": {"order": _BUY, "portfolio_groups": ["PUBLICPRE"], "constraints": _CONSTRAINTS},
}

BLOTTERS: Mapping[str, Any] = {
    "a purchase, and a sale that funds it": {
        "defaults": {
            "order": {"security_id": "91282CKF7"},
            "allocation_method": "PRO_RATA",
            "portfolio_groups": ["PUBLICPRE"],
        },
        "lines": [
            {"order": {"side": "BUY", "quantity": 2_000_000}},
            {
                "order": {"side": "SELL", "quantity": 500_000},
                "parameters": {"base_metric": "POSITION"},
                "priority": 1,
            },
        ],
        "policy": {"sales_fund_buys": True},
    },
    "two bonds at once": {
        "defaults": {
            "order": {"side": "BUY"},
            "allocation_method": "MIN_DISPERSION",
            "portfolio_groups": ["PUBLICPRE"],
        },
        "lines": [
            {"order": {"security_id": "91282CKF7", "quantity": 4_000_000}},
            {"order": {"security_id": "12740KAB1", "quantity": 6_000_000}},
        ],
        "joint": True,
    },
}

PREVIEWS: Mapping[str, Any] = {
    "by NAV": {
        "order": _BUY,
        "allocation_method": "PRO_RATA",
        "portfolio_groups": ["PUBLICPRE"],
        "parameters": {"base_metric": "NAV"},
        "constraints": _CONSTRAINTS,
    },
    "by own weights": {
        "order": _BUY,
        "allocation_method": "CUSTOM_WEIGHTS",
        "portfolio_groups": ["PUBLICPRE"],
        "parameters": {"weights": {"PPR-001": 0.6, "PPR-004": 0.4}},
        "constraints": _CONSTRAINTS,
    },
    "by stated amounts": {
        "order": _BUY,
        "allocation_method": "CUSTOM_WEIGHTS",
        "portfolio_groups": ["PUBLICPRE"],
        "parameters": {
            "allocations": [
                {"account_id": "PPR-001", "type": "DOLLAR_AMOUNT", "value": 1_000_000, "priority": 1},
                {"account_id": "PPR-004", "type": "PERCENTAGE", "value": 0.05, "priority": 2},
                {"account_id": "PPR-006", "type": "QUANTITY", "value": 200_000, "priority": 2},
            ],
            "remainder_handling": "PRO_RATA",
            "allow_partial": True,
        },
        "constraints": _CONSTRAINTS,
    },
    "by the gap to the benchmark, one account first": {
        "order": _BUY,
        "allocation_method": "PRO_RATA",
        "portfolio_groups": ["PUBLICPRE"],
        "parameters": {"base_metric": "GAP", "tiers": [["PPR-003"]]},
        "constraints": _CONSTRAINTS,
    },
    "minimum dispersion": {
        "order": _BUY,
        "allocation_method": "MIN_DISPERSION",
        "portfolio_groups": ["PUBLICPRE"],
        "parameters": {"target_metric": "ACTIVE_SPREAD_DURATION", "tolerance": 0.05},
        "constraints": _CONSTRAINTS,
    },
    "minimum dispersion with wishes for accounts": {
        "order": _BUY,
        "allocation_method": "MIN_DISPERSION",
        "portfolio_groups": ["PUBLICPRE"],
        "constraints": {
            "exclude_accounts": [{"account_id": "PPR-002", "reason": "Client asked to wait"}],
            "account_limits": {"PPR-001": {"min": 400_000}, "PPR-004": {"max": 600_000}},
            "cash_reserve": {"percent_of_nav": 0.001},
            "round_to": 100_000,
            "round_to_above_only": True,
        },
    },
    "minimum dispersion and what accounts are owed": {
        "order": _SMALL_BUY,
        "allocation_method": "MIN_DISPERSION",
        "portfolio_groups": ["PUBLICPRE"],
        "parameters": {"fairness": "LEDGER", "max_dispersion_cost": 0.1},
        "constraints": _CONSTRAINTS,
    },
    "by orders of the accounts": {
        "order": _SMALL_BUY,
        "allocation_method": "PRO_RATA",
        "portfolio_groups": ["PUBLICPRE"],
        "parameters": {
            "base_metric": "ORDER_SIZE",
            "base_amounts": {"PPR-004": 1_500_000, "PPR-006": 1_000_000, "PPR-010": 500_000},
        },
        "constraints": _CONSTRAINTS,
    },
    "an amount of money in tiers": {
        "order": {"security_id": "91282CKF7", "side": "BUY", "notional": 8_000_000},
        "allocation_method": "PRO_RATA",
        "portfolio_groups": ["PUBLICPRE"],
        "parameters": {"base_metric": "EQUAL", "tiers": [["PPR-001", "PPR-004"], ["PPR-006"]]},
        "constraints": _CONSTRAINTS,
    },
    "a sale that leaves tradable positions": {
        "order": {"security_id": "91282CKF7", "side": "SELL", "quantity": 1_000_000},
        "allocation_method": "PRO_RATA",
        "portfolio_groups": ["PUBLICPRE"],
        "parameters": {"base_metric": "POSITION"},
        "constraints": {"leave_tradable": True, "compliance_check": True},
    },
}

COMPARISONS: Mapping[str, Any] = {
    "four ways": {
        "order": _BUY,
        "portfolio_groups": ["PUBLICPRE"],
        "constraints": _CONSTRAINTS,
        "variants": [
            {"name": "by NAV", "allocation_method": "PRO_RATA"},
            {"name": "least dispersion", "allocation_method": "MIN_DISPERSION"},
            {
                "name": "least dispersion by NAV",
                "allocation_method": "MIN_DISPERSION",
                "parameters": {"weighting": "NAV"},
            },
            {
                "name": "by what accounts are owed",
                "allocation_method": "PRO_RATA",
                "parameters": {"fairness": "LEDGER"},
            },
        ],
    },
}
