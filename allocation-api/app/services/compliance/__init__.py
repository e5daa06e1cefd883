"""Pre-trade compliance: rules that exclude accounts, cap their face, or flag them, as input of the split."""

from app.services.compliance.engine import (
    AccountVerdict,
    ComplianceVerdict,
    check,
    issue_ownership,
    price_deviation,
)
from app.services.compliance.rules import Explanation, Finding, FindingKind

__all__ = [
    "AccountVerdict",
    "ComplianceVerdict",
    "Explanation",
    "Finding",
    "FindingKind",
    "check",
    "issue_ownership",
    "price_deviation",
]
