"""What the vendor's compliance said of a split, as warnings beside those of our own."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from app.services.allocations.types import PreviewWarning, WarningType
from app.services.domain.block_order import CheckState, ComplianceViolation, VendorCheck

SOURCE = "ALADDIN"

_UNFINISHED = {
    CheckState.PENDING: "Aladdin's compliance has not finished with this split",
    CheckState.REFUSED: "Aladdin would not take this split",
    CheckState.NOT_ASKED: "Aladdin's compliance could not be asked about this split",
}


def vendor_warnings(check: VendorCheck, account_ids: Collection[str]) -> tuple[PreviewWarning, ...]:
    """Return one warning for each account and rule, and one for the order where the check says too little.

    A violation that names no account of the preview is a warning for the whole order.

    Parameters
    ----------
    check : VendorCheck
        The vendor's answer.
    account_ids : collection of str
        The accounts of the preview.
    """
    # R5.8
    warnings = []
    if check.state is not CheckState.FINISHED:
        message = f"{_UNFINISHED[check.state]}: {check.reason or 'no reason given'}"
        details: dict[str, int | float | str | None] = {
            "source": SOURCE,
            "state": check.state.value,
            "reason": check.reason,
        }
        warnings.append(PreviewWarning(WarningType.COMPLIANCE, None, message, details))
    broken: dict[tuple[str | None, str], list[ComplianceViolation]] = {}
    for i, violation in enumerate(check.violations):
        # Without the rule's name nothing says that two violations are of the same rule.
        rule = f"rule {violation.rule_id}" if violation.rule_id else f"violation {i}"
        named: list[str | None] = [a for a in violation.account_ids if a in account_ids]
        for account_id in named or [None]:
            broken.setdefault((account_id, rule), []).append(violation)
    warnings += [_violated(account_id, found) for (account_id, _), found in broken.items()]
    return tuple(warnings)


def _violated(account_id: str | None, found: list[ComplianceViolation]) -> PreviewWarning:
    """Return the warning of one rule for one account, whatever the number of violations behind it."""
    rule_id = found[0].rule_id
    severity = _words(v.severity for v in found)
    description = _words(v.description for v in found)
    return PreviewWarning(
        WarningType.COMPLIANCE,
        account_id,
        f"Aladdin's compliance: {description or 'a rule is broken'}"
        f" ({rule_id or 'rule not named'}, {severity or 'severity not given'})",
        {
            "source": SOURCE,
            "rule_id": rule_id,
            "severity": severity,
            "description": description,
            "action_status": _words(v.action_status for v in found),
        },
    )


def _words(texts: Iterable[str | None]) -> str | None:
    return "; ".join(dict.fromkeys(text for text in texts if text)) or None
