"""Pre-trade compliance: rules that exclude accounts, cap their face, or flag them, as input of the split."""

from app.services.compliance.engine import AccountVerdict, ComplianceVerdict, check, price_deviation
from app.services.compliance.rules import Finding, FindingKind

__all__ = ["AccountVerdict", "ComplianceVerdict", "Finding", "FindingKind", "check", "price_deviation"]
