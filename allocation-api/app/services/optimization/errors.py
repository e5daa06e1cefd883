"""Why there is no portfolio: each case a problem of its own that names the fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.core.errors import MAX_ERRORS, AllocatorError, DataMissing, FieldError, InvalidRequest, field_detail
from app.services.kernels.optimization import (
    Conflict,
    ConstraintKind,
    Infeasible,
    InvalidProblem,
    NoExcessReturn,
    NoRisk,
    NotSolved,
    OutOfTime,
)


class InfeasibleConstraints(AllocatorError):
    """No weights that sum to 1 meet all constraints; each that takes part is named."""

    status, code, title = 422, "INFEASIBLE_CONSTRAINTS", "The constraints cannot be met together"


class NoExcess(AllocatorError):
    """Nothing is expected to earn more than the risk-free rate: there is no best Sharpe ratio."""

    status, code, title = 422, "NO_EXCESS_RETURN", "Nothing earns more than the risk-free rate"


class WithoutRisk(AllocatorError):
    """A portfolio above the risk-free rate has no risk by the measure: the ratio has no limit."""

    status, code, title = 422, "NO_RISK", "A portfolio has no risk by this measure"


class NotOptimized(AllocatorError):
    """No solver found weights within the constraints."""

    status, code, title = 422, "NOT_SOLVED", "No solver found a portfolio"


class TooMuchWork(AllocatorError):
    """Periods, assets and points of the frontier are more than one request computes."""

    status, code, title = 422, "TOO_MUCH_WORK", "The calculation is too large for one request"


class TooSlow(AllocatorError):
    """The time that solvers have was up before they had proved a portfolio: the same again ends so again."""

    status, code, title = 422, "TIME_LIMIT_EXCEEDED", "The calculation takes too long"


class ReplayedPricesMissing(DataMissing):
    """The prices of a kept optimisation are not there any more."""

    code, title = "PRICES_MISSING", "The prices of this portfolio are missing"


_FIELDS = {
    ConstraintKind.LOWER_BOUND: "constraints.lower_bound",
    ConstraintKind.UPPER_BOUND: "constraints.upper_bound",
    ConstraintKind.TURNOVER: "constraints.max_turnover",
    ConstraintKind.TARGET_RETURN: "constraints.target_return",
    ConstraintKind.CARDINALITY: "constraints.max_assets",
    ConstraintKind.MIN_WEIGHT: "constraints.min_weight",
}
_SUMS = {
    ConstraintKind.LOWER_BOUND: "The lower bounds of {names} sum to {limit:g}.",
    ConstraintKind.UPPER_BOUND: "The upper bounds of {names} sum to {limit:g}.",
    ConstraintKind.GROUP_MIN: "{names} must have {limit:g} at least.",
    ConstraintKind.GROUP_MAX: "{names} may have {limit:g} at most.",
    ConstraintKind.TURNOVER: "The turnover may be {limit:g} at most.",
    ConstraintKind.TARGET_RETURN: "The expected return of a year must be {limit:g} at least.",
    ConstraintKind.CARDINALITY: "There may be {limit:g} assets at most.",
    ConstraintKind.MIN_WEIGHT: "What is held must have {limit:g} at least.",
}
_NAMED = 5
_TOO_SLOW = (
    "Time was up before the portfolio was proved to be the best. Ask for fewer assets, fewer days, a lower "
    "frequency, fewer points of the frontier, no max_assets and min_weight, or another measure: EVaR and "
    "EDaR take longest, MV is quickest."
)


@contextmanager
def optimizable(field_of: Callable[[str], str], periods: int) -> Iterator[None]:
    """Turn what the kernels of optimisation refuse into problems, with returns of a year of `periods`.

    `field_of` is where a field stands in the request.

    Raises
    ------
    InfeasibleConstraints, NoExcess, WithoutRisk, NotOptimized, TooSlow, InvalidRequest
    """
    try:
        yield
    except Infeasible as error:
        errors = [_conflict(each, periods) for each in error.conflicts]
        raise InfeasibleConstraints(field_detail(errors), errors=errors[:MAX_ERRORS]) from error
    except NoExcessReturn as error:
        message = (
            f"The highest expected return of a year is {error.best_return * periods:g}, "
            f"not above the risk-free rate of {error.risk_free_rate * periods:g}."
        )
        raise NoExcess(message, errors=[FieldError("risk_free_rate", message)]) from error
    except NoRisk as error:
        message = (
            f"A portfolio that could be chosen has a risk of {error.risk:g} in a period: no ratio "
            "to it, and no share of it, is known."
        )
        raise WithoutRisk(message, errors=[FieldError("risk_measure", message)]) from error
    except OutOfTime as error:
        raise TooSlow(_TOO_SLOW, errors=[FieldError("risk_measure", _TOO_SLOW)]) from error
    except NotSolved as error:
        raise NotOptimized(str(error)) from error
    except InvalidProblem as error:
        faults = [FieldError(field_of(each.field), each.message) for each in error.faults]
        raise InvalidRequest.of(*faults) from error


def _conflict(found: Conflict, periods: int) -> FieldError:
    field = _FIELDS.get(found.kind)
    if field is None:
        end = "min" if found.kind is ConstraintKind.GROUP_MIN else "max"
        field = f"constraints.group_constraints.{''.join(found.names)}.{end}"
    more = len(found.names) - _NAMED
    names = ", ".join(found.names[:_NAMED]) + (f" and {more} more" if more > 0 else "")
    limit = found.limit * (periods if found.kind is ConstraintKind.TARGET_RETURN else 1)
    return FieldError(field, _SUMS[found.kind].format(names=names, limit=limit))
