"""Faults: the reason why a requested id has no usable answer."""

from __future__ import annotations

from enum import StrEnum

from app.services.aladdin.wire import Fault
from app.services.domain.book import AssetFault


class FaultCode(StrEnum):
    """Fault codes of our own checks; all other codes are the vendor's."""

    NOT_ANSWERED = "NOT_ANSWERED"
    AMBIGUOUS = "AMBIGUOUS"
    UNREADABLE = "UNREADABLE"
    DATA_MISSING = "DATA_MISSING"
    DATA_INVALID = "DATA_INVALID"


UNUSABLE = frozenset({FaultCode.UNREADABLE, FaultCode.DATA_MISSING, FaultCode.DATA_INVALID})
"""Faults of ids that the vendor has, with data that cannot be used."""

UNKNOWN = frozenset({"NOT_FOUND", "5", "404", FaultCode.NOT_ANSWERED})
"""Faults of ids that the vendor does not have: by name, as gRPC and as HTTP number them, and by silence."""


def vendor_fault(asset_id: str, fault: Fault) -> AssetFault:
    """Return the vendor's error for an id as a fault."""
    return AssetFault(asset_id, str(fault.code), fault.message or "")


def not_answered(asset_id: str) -> AssetFault:
    """Return the fault for an id that the answer omits."""
    return asset_fault(
        asset_id, FaultCode.NOT_ANSWERED, "is neither in the data nor in the errors of the answer"
    )


def asset_fault(asset_id: str, code: FaultCode, message: str) -> AssetFault:
    """Return a fault of our own checks."""
    return AssetFault(asset_id, code.value, f"{asset_id}: {message}")
