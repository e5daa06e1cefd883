"""The methods by name: the one place where a new one is entered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from app.services.kernels.allocation.custom_weights import CustomWeights
from app.services.kernels.allocation.min_dispersion import MinDispersion
from app.services.kernels.allocation.pro_rata import ProRata
from app.services.kernels.allocation.problem import FloatArray, IntArray, Solver, Strategy, Weighting
from app.services.kernels.allocation.stated_amounts import StatedAmounts
from app.services.kernels.allocation.tiers import Tiers


class Method(StrEnum):
    """How a block order is split: by a base, by weights, or for the least dispersion of a metric."""

    PRO_RATA = "PRO_RATA"
    CUSTOM_WEIGHTS = "CUSTOM_WEIGHTS"
    MIN_DISPERSION = "MIN_DISPERSION"


@dataclass(frozen=True, slots=True, eq=False)
class Options:
    """What a caller may choose, over all methods; each method reads its own part.

    Parameters
    ----------
    base : float64[n] or None
        Base amounts of pro-rata.
    weights : float64[n] or None
        Stated weights of custom weights, `redistribute` and `normalize` with them.
    weighting, solver, max_iterations
        Of minimum dispersion; `max_iterations` is for SLSQP.
    stated : StatedAmounts or None
        Stated amounts of custom weights, instead of `weights`.
    owed : float64[n] or None
        Face that each account is owed: of pro-rata by it, and of minimum dispersion, `fairness_weight`
        (lambda) with it.
    tiers : tuple of int64 arrays
        Places of the accounts that any method serves before the others, tier by tier.
    """

    base: FloatArray | None = None
    weights: FloatArray | None = None
    redistribute: bool = False
    weighting: Weighting = Weighting.EQUAL
    solver: Solver = Solver.EXACT
    max_iterations: int = 1000
    stated: StatedAmounts | None = None
    owed: FloatArray | None = None
    fairness_weight: float | FloatArray = 0.0
    tiers: tuple[IntArray, ...] = ()
    normalize: bool = False


def _pro_rata(options: Options) -> Strategy:
    return ProRata(_required("base", options.base), owed=options.owed)


def _custom_weights(options: Options) -> Strategy:
    if options.stated is not None:
        return options.stated
    weights = _required("weights", options.weights)
    return CustomWeights(weights, redistribute=options.redistribute, normalize=options.normalize)


def _min_dispersion(options: Options) -> Strategy:
    return MinDispersion(
        options.weighting,
        options.solver,
        options.max_iterations,
        owed=options.owed,
        fairness_weight=options.fairness_weight,
    )


REGISTRY: Mapping[Method, Callable[[Options], Strategy]] = MappingProxyType(
    {
        Method.PRO_RATA: _pro_rata,
        Method.CUSTOM_WEIGHTS: _custom_weights,
        Method.MIN_DISPERSION: _min_dispersion,
    }
)


def strategy(method: Method, options: Options) -> Strategy:
    """Return the strategy of `method`.

    Raises
    ------
    ValueError
        If an option that the method needs is missing or out of range; the message starts with its name.
    """
    chosen = REGISTRY[method](options)
    return Tiers(chosen, options.tiers) if options.tiers else chosen


def _required(name: str, values: FloatArray | None) -> FloatArray:
    if values is None:
        raise ValueError(f"{name}: the method needs it")
    return values
