"""Faults: why an id that was asked for has no usable answer."""

from __future__ import annotations

from enum import StrEnum

from app.services.aladdin.wire import Fault
from app.services.domain.book import AssetFault


class FaultCode(StrEnum):
    """Faults that we find ourselves; further codes are the vendor's own."""

    NOT_ANSWERED = "NOT_ANSWERED"
    AMBIGUOUS = "AMBIGUOUS"
    UNREADABLE = "UNREADABLE"
    DATA_MISSING = "DATA_MISSING"
    DATA_INVALID = "DATA_INVALID"


UNUSABLE = frozenset({FaultCode.UNREADABLE, FaultCode.DATA_MISSING, FaultCode.DATA_INVALID})
"""Faults of an id that the vendor does know."""


def vendor_fault(asset_id: str, fault: Fault) -> AssetFault:
    """Return the vendor's own error for an id."""
    return AssetFault(asset_id, str(fault.code), fault.message or "")


def not_answered(asset_id: str) -> AssetFault:
    """Return the fault for an id that the vendor passed over in silence."""
    return asset_fault(
        asset_id, FaultCode.NOT_ANSWERED, "is neither in the data nor in the errors of the answer"
    )


def asset_fault(asset_id: str, code: FaultCode, message: str) -> AssetFault:
    """Return a fault that we found ourselves."""
    return AssetFault(asset_id, code.value, f"{asset_id}: {message}")
