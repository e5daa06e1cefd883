"""The rule registry: what may go into which account, as exclusions and caps that bind the split itself."""

from app.services.compliance.engine import AccountVerdict, ComplianceVerdict, check, price_deviation
from app.services.compliance.rules import Explanation, Finding, FindingKind

__all__ = [
    "AccountVerdict",
    "ComplianceVerdict",
    "Explanation",
    "Finding",
    "FindingKind",
    "check",
    "price_deviation",
]
