"""What the kernels of risk refuse: an error has a fault for each thing that is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What is wrong with an input; callers decide by this, never by a message."""

    REQUIRED = "REQUIRED"
    SHAPE = "SHAPE"
    TOO_FEW_ROWS = "TOO_FEW_ROWS"
    TOO_MANY_ROWS = "TOO_MANY_ROWS"
    TOO_MANY_ASSETS = "TOO_MANY_ASSETS"
    NOT_FINITE = "NOT_FINITE"
    OVERFLOW = "OVERFLOW"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    UNKNOWN_ASSET = "UNKNOWN_ASSET"
    WEIGHTS_SUM = "WEIGHTS_SUM"
    ZERO_VARIANCE = "ZERO_VARIANCE"
    TOTAL_LOSS = "TOTAL_LOSS"
    UNDEFINED = "UNDEFINED"
    NOT_SYMMETRIC = "NOT_SYMMETRIC"
    NOT_POSITIVE_SEMIDEFINITE = "NOT_POSITIVE_SEMIDEFINITE"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: its kind, the input it is in, a message, and the assets it is about."""

    kind: FaultKind
    field: str
    message: str
    assets: tuple[str, ...] = ()


class RiskError(ValueError):
    """Inputs that have no answer; `faults` are all that were found, at least one."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(" ".join(f"{fault.field}: {fault.message}" for fault in faults))
        self.faults = faults

    @property
    def kinds(self) -> tuple[FaultKind, ...]:
        """The kinds of the faults, in their order."""
        return tuple(fault.kind for fault in self.faults)


def refuse(kind: FaultKind, field: str, message: str, assets: tuple[str, ...] = ()) -> RiskError:
    """Return the error for one fault."""
    return RiskError(Fault(kind, field, message, assets))
