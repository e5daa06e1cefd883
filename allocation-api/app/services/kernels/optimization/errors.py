"""Why a portfolio cannot be optimised: each a type of its own, with the numbers that a message needs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.services.kernels.risk.errors import Fault


class ConstraintKind(StrEnum):
    """What can stand against other constraints; that weights sum to 1 always holds."""

    LOWER_BOUND = "LOWER_BOUND"
    UPPER_BOUND = "UPPER_BOUND"
    GROUP_MIN = "GROUP_MIN"
    GROUP_MAX = "GROUP_MAX"
    TURNOVER = "TURNOVER"
    TARGET_RETURN = "TARGET_RETURN"
    CARDINALITY = "CARDINALITY"
    MIN_WEIGHT = "MIN_WEIGHT"


@dataclass(frozen=True, slots=True)
class Conflict:
    """One constraint of those that cannot hold together.

    Parameters
    ----------
    kind : ConstraintKind
    names : tuple of str
        Assets, for a bound; else the group, or nothing.
    limit : float
        For bounds of several assets their sum.
    """

    kind: ConstraintKind
    names: tuple[str, ...]
    limit: float


class OptimizationError(ValueError):
    """No portfolio can be given."""


class InvalidProblem(OptimizationError):
    """Fields are missing, not finite, out of range or too large; all of them at once."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.message}" for fault in faults))
        self.faults = faults


class Infeasible(OptimizationError):
    """Constraints that cannot hold together, none of which could be left out of this list.

    Parameters
    ----------
    conflicts : tuple of Conflict
    shortfall : float
        Least sum by which constraints would have to give way.
    """

    def __init__(self, conflicts: tuple[Conflict, ...], shortfall: float) -> None:
        named = ", ".join(
            f"{each.kind} {' + '.join(each.names)} {each.limit:g}".replace("  ", " ") for each in conflicts
        )
        super().__init__(f"constraints: weights that sum to 1 cannot meet {named} together")
        self.conflicts = conflicts
        self.shortfall = shortfall


class NoExcessReturn(OptimizationError):
    """No portfolio is expected to earn more than the risk-free rate, so none has a best Sharpe ratio."""

    def __init__(self, best_return: float, risk_free_rate: float) -> None:
        super().__init__(
            f"risk_free_rate: {risk_free_rate:g} is not below the highest expected return, {best_return:g}"
        )
        self.best_return = best_return
        self.risk_free_rate = risk_free_rate


class NoRisk(OptimizationError):
    """A portfolio with an excess return has no risk, or a negative one, so that the ratio has no limit."""

    def __init__(self, risk: float) -> None:
        super().__init__(f"objective: a portfolio above the risk-free rate has a risk of {risk:g}")
        self.risk = risk


class NotSolved(OptimizationError):
    """No solver found weights within the constraints."""


class OutOfTime(OptimizationError):
    """The deadline of the problem came before an answer that is proved.

    What was found by then is not given: it would differ from one run to the next.
    """

    def __init__(self) -> None:
        super().__init__("deadline: time was up before weights were proved")
