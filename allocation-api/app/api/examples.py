"""Requests that work with the mock data, to be tried from the documentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SECURITY_ID = "912828YW4"

PREVIEWS: Mapping[str, Any] = {
    "by NAV": {
        "order": {"security_id": SECURITY_ID, "side": "BUY", "quantity": 8000000},
        "allocation_method": "PRO_RATA",
        "portfolio_groups": ["PUBLICPRE"],
        "parameters": {"base_metric": "NAV"},
        "constraints": {"respect_cash": True, "min_allocation": 1000, "compliance_check": True},
    },
    "minimum dispersion": {
        "order": {"security_id": SECURITY_ID, "side": "BUY", "quantity": 8000000},
        "allocation_method": "MIN_DISPERSION",
        "portfolio_groups": ["PUBLICPRE"],
        "parameters": {"target_metric": "ACTIVE_SPREAD_DURATION", "tolerance": 0.05},
    },
}
