"""Hierarchical risk parity (Lopez de Prado 2016): a tree of assets, and risk halved down its order."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.optimization.errors import InvalidProblem
from app.services.kernels.optimization.problem import covariance_faults, still_faults


class Linkage(StrEnum):
    """How near clusters are to each other."""

    SINGLE = "single"
    COMPLETE = "complete"
    AVERAGE = "average"
    WARD = "ward"


def hierarchical_risk_parity(
    assets: tuple[str, ...], covariance: FloatArray, linkage: Linkage = Linkage.SINGLE
) -> FloatArray:
    """Return weights (float64[n]) above zero, of sum 1.

    Assets are ordered by a tree over the distances sqrt((1 - correlation) / 2), neighbours in it as near as
    may be. That order is halved again and again; each half gets money by the inverse of its variance, which
    is that of its assets weighted by the inverse of theirs.

    Raises
    ------
    InvalidProblem
        If the covariance is wrong, or an asset has no variance: its correlation is not known.
    """
    n = len(assets)
    faults = [*covariance_faults(covariance, n)]
    if not faults:
        faults += still_faults(assets, covariance)
    if faults:
        raise InvalidProblem(tuple(faults))
    weights = np.ones(n)
    clusters = [_ordered(covariance, linkage)]
    while clusters:
        halves = []
        for cluster in clusters:
            if len(cluster) == 1:
                continue
            left, right = cluster[: len(cluster) // 2], cluster[len(cluster) // 2 :]
            first, second = _variance(covariance, left), _variance(covariance, right)
            weights[left] *= second / (first + second)
            weights[right] *= first / (first + second)
            halves += [left, right]
        clusters = halves
    return weights


def _ordered(covariance: FloatArray, linkage: Linkage) -> list[int]:
    if len(covariance) == 1:
        return [0]
    # Imported here, since scipy.cluster is slow to import and only this method needs it.
    from scipy.cluster.hierarchy import leaves_list  # noqa: PLC0415
    from scipy.cluster.hierarchy import linkage as tree  # noqa: PLC0415

    deviation = np.sqrt(np.diag(covariance))
    correlation = np.clip(covariance / np.outer(deviation, deviation), -1.0, 1.0)
    pairs = np.triu_indices(len(covariance), 1)
    distance = np.sqrt((1.0 - correlation[pairs]) / 2.0)
    return [int(at) for at in leaves_list(tree(distance, method=linkage, optimal_ordering=True))]


def _variance(covariance: FloatArray, cluster: list[int]) -> float:
    part = covariance[np.ix_(cluster, cluster)]
    weights = 1.0 / np.diag(part)
    weights /= weights.sum()
    return float(weights @ part @ weights)
