"""Reallocation: how far holdings are from a target, and trades within liquidity that add up to the cent."""

from app.services.kernels.reallocation.impact import Market, estimated_impact
from app.services.kernels.reallocation.plan import Limits, Plan, PlanStatus, plan
from app.services.kernels.reallocation.utilization import (
    Holding,
    Utilization,
    UtilizationReport,
    measure,
)

__all__ = [
    "Holding",
    "Limits",
    "Market",
    "Plan",
    "PlanStatus",
    "Utilization",
    "UtilizationReport",
    "estimated_impact",
    "measure",
    "plan",
]
