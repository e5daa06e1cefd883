"""Drift of an account, or of accounts together, from targets: arithmetic alone (R19.10 to R19.12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from app.services.allocations.request import TargetMetric
from app.services.domain import exposures
from app.services.domain.book import Benchmark, Holding
from app.services.domain.positions import AccountPositions
from app.services.drift.bond_classes import NOTHING_KNOWN, BondFacts, class_of
from app.services.drift.book_types import (
    BandedClass,
    DriftSide,
    MetricDispersion,
    MetricDrift,
    SetDrift,
    Worst,
)
from app.services.drift.calculator import MAX_DIFFERENCE
from app.services.drift.target_keys import normal
from app.services.drift.target_types import (
    CASH,
    HeldTargets,
    MetricTarget,
    RelativeTo,
    RiskMetric,
    TargetDimension,
)
from app.services.drift.targets import DEFAULT_THRESHOLD, UNCLASSIFIED
from app.services.drift.types import DriftWarning, DriftWarningType
from app.services.kernels.allocation.dispersion import dispersion
from app.services.kernels.allocation.problem import Weighting
from app.services.kernels.rebalancing import Sleeve, measure

METRIC_DECIMALS = 9
"""Decimals to which a metric is rounded before it is compared: it is a sum of floating-point numbers."""

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What is measured: the positions of one account or of several, their NAV above zero, and a benchmark."""

    positions: tuple[AccountPositions, ...]
    nav: Decimal
    benchmark: Benchmark

    @property
    def holdings(self) -> Iterable[Holding]:
        """Yield all holdings."""
        return (holding for account in self.positions for holding in account.holdings)

    @property
    def cash(self) -> Decimal:
        """Cash of all accounts; what is not known counts as zero."""
        return sum((a.cash for a in self.positions if a.cash is not None), _ZERO)

    def metric(self, metric: RiskMetric) -> float | None:
        """Return a metric over all accounts, weighted by NAV (R1.3); None where one does not have it."""
        total = 0.0
        for account in self.positions:
            value = account.duration if metric is RiskMetric.DURATION else account.spread_duration
            if value is None or account.nav is None:
                return None
            total += value * float(account.nav)
        return total / float(self.nav)


def portfolio_of(positions: Sequence[AccountPositions], benchmark: Benchmark) -> Portfolio | None:
    """Return accounts as one portfolio; None where their NAVs do not add up to one above zero."""
    navs = [account.nav for account in positions if account.nav is not None]
    nav = sum(navs, _ZERO)
    same = len({account.currency for account in positions}) <= 1
    if len(navs) < len(positions) or nav <= 0 or not same:
        return None
    return Portfolio(tuple(positions), nav, benchmark)


def drift_from(held: HeldTargets, of: Portfolio, facts: Mapping[str, BondFacts]) -> SetDrift:
    """Return the drift of a portfolio from one target set."""
    if held.dimension is TargetDimension.METRIC:
        return _metric_drift(held, of)
    return _class_drift(held, of, facts)


def _class_drift(held: HeldTargets, of: Portfolio, facts: Mapping[str, BondFacts]) -> SetDrift:
    targets = {target.key: target for target in held.content.targets}
    values, unknown, missing = _values(held, of, facts)
    names = [*targets, *(name for name in values if name not in targets)]
    sleeves = [
        Sleeve(
            name,
            values.get(name, _ZERO),
            targets[name].target_percent if name in targets else _ZERO,
            targets[name].band if name in targets else DEFAULT_THRESHOLD,
        )
        for name in names
    ]
    drift = measure(sleeves, of.nav)
    classes = tuple(
        BandedClass(each, sleeve.band) for each, sleeve in zip(drift.classes, sleeves, strict=True)
    )
    return SetDrift(
        held=held,
        classes=classes,
        metrics=(),
        total_drift=drift.total_drift,
        needs_rebalancing=drift.needs_rebalancing,
        worst=_worst((c.drift.asset_class, c.drift.difference_percent, c.band) for c in classes),
        warnings=tuple(_class_warnings(held.dimension, unknown, missing)),
    )


def _values(
    held: HeldTargets, of: Portfolio, facts: Mapping[str, BondFacts]
) -> tuple[dict[str, Decimal], list[str], list[str]]:
    """Return the value of each class, and the bonds whose class has no target, or is not known."""
    values: dict[str, Decimal] = {cash_class(held): of.cash}
    unknown: set[str] = set()
    missing: set[str] = set()
    for holding, name, key in classified(held, of.holdings, facts):
        if key == UNCLASSIFIED:
            (missing if name is None else unknown).add(holding.security_id)
        values[key] = values.get(key, _ZERO) + (holding.market_value or _ZERO)
    return values, sorted(unknown), sorted(missing)


def cash_class(held: HeldTargets) -> str:
    """Return the class of cash as a target set writes it."""
    return _keys(held).get(CASH, CASH)


def classified(
    held: HeldTargets, holdings: Iterable[Holding], facts: Mapping[str, BondFacts]
) -> Iterable[tuple[Holding, str | None, str]]:
    """Yield each holding with its class, None where it is not known, and the key that it counts under."""
    keys = _keys(held)
    for holding in holdings:
        name = class_of(
            held.dimension,
            held.content.bucket_edges,
            facts.get(holding.security_id, NOTHING_KNOWN),
            security_id=holding.security_id,
            sec_group=holding.sec_group,
            duration=holding.duration,
        )
        found = None if name is None else keys.get(normal(held.dimension, name))
        yield holding, name, UNCLASSIFIED if found is None else found


def _keys(held: HeldTargets) -> Mapping[str, str]:
    return {normal(held.dimension, target.key): target.key for target in held.content.targets}


def _class_warnings(
    dimension: TargetDimension, unknown: Sequence[str], missing: Sequence[str]
) -> Iterable[DriftWarning]:
    words = dimension.lower().replace("_", " ")
    of = "" if dimension is TargetDimension.SECURITY else f"with a {words} "
    if unknown:
        yield DriftWarning(
            DriftWarningType.UNKNOWN_CLASS,
            f"{_bonds(unknown)} {of}without a target: shown as {UNCLASSIFIED}, target 0.",
            tuple(unknown),
        )
    if missing:
        yield DriftWarning(
            DriftWarningType.MISSING_CLASS,
            f"{_bonds(missing)} without a {words}: shown as {UNCLASSIFIED}, target 0.",
            tuple(missing),
        )


def _metric_drift(held: HeldTargets, of: Portfolio) -> SetDrift:
    metrics = tuple(_metric(target, of) for target in held.content.metric_targets)
    known = [(m, m.difference) for m in metrics if m.difference is not None]
    return SetDrift(
        held=held,
        classes=(),
        metrics=metrics,
        total_drift=sum((abs(difference) for _, difference in known), _ZERO),
        needs_rebalancing=any(each.is_out for each in metrics),
        worst=_worst((f"{m.target.metric}", difference, m.target.band_absolute) for m, difference in known),
        warnings=tuple(_metric_warnings(metrics)),
    )


def _metric(target: MetricTarget, of: Portfolio) -> MetricDrift:
    current = _rounded(of.metric(target.metric))
    benchmark = None
    if target.relative_to is RelativeTo.BENCHMARK:
        duration = target.metric is RiskMetric.DURATION
        benchmark = _rounded(of.benchmark.duration if duration else of.benchmark.spread_duration)
    if current is None or (target.relative_to is not None and benchmark is None):
        return MetricDrift(target, current, benchmark, None, is_out=False)
    difference = current - (benchmark or _ZERO) - target.target
    return MetricDrift(target, current, benchmark, difference, is_out=abs(difference) > target.band_absolute)


def _metric_warnings(metrics: Sequence[MetricDrift]) -> Iterable[DriftWarning]:
    for each in metrics:
        words = each.target.metric.lower().replace("_", " ")
        if each.current is None:
            message = f"The {words} is not known: a NAV, a market value or a bond's {words} is missing."
            yield DriftWarning(DriftWarningType.MISSING_METRIC, message)
        if each.target.relative_to is not None and each.benchmark is None:
            message = f"There is no {words} of the benchmark. State it in the reference data."
            yield DriftWarning(DriftWarningType.MISSING_BENCHMARK, message)


def _rounded(value: float | None) -> Decimal | None:
    return None if value is None else round(Decimal(repr(value)), METRIC_DECIMALS)


def _worst(measured: Iterable[tuple[str, Decimal, Decimal]]) -> Worst | None:
    """Return the largest drift in bands, ties in their order; any drift is more than a band of 0."""
    found = [
        Worst(
            key,
            DriftSide.OVER if difference > 0 else DriftSide.UNDER,
            difference,
            band,
            abs(difference) / band if band else None if difference else _ZERO,
        )
        for key, difference, band in measured
    ]
    return min(found, key=severity, default=None)


def severity(worst: Worst) -> tuple[bool, Decimal]:
    """Return what drifts are sorted by, the worst first: those with a band of 0, then by drift in bands."""
    if worst.ratio is None:
        return (False, -abs(worst.difference))
    return (True, -worst.ratio)


def position_warnings(account: AccountPositions) -> tuple[DriftWarning, ...]:
    """Return what to know about an account's positions, whatever its targets (R19.12)."""
    found = []
    if account.nav is None or account.nav <= 0:
        found.append(
            DriftWarning(DriftWarningType.MISSING_NAV, "Aladdin has no NAV above zero: nothing is measured.")
        )
    if account.cash is None:
        found.append(DriftWarning(DriftWarningType.MISSING_CASH, "Aladdin has no cash: it counts as zero."))
    if account.unvalued:
        found.append(
            DriftWarning(
                DriftWarningType.MISSING_MARKET_VALUE,
                f"{_bonds(account.unvalued)} without a market value: counted as zero.",
                account.unvalued,
            )
        )
    short = tuple(
        h.security_id for h in account.holdings if h.market_value is not None and h.market_value < 0
    )
    if short:
        found.append(
            DriftWarning(
                DriftWarningType.SHORT_POSITION,
                f"{_bonds(short)} with a value below zero, counted as short positions.",
                short,
            )
        )
    return (*found, *_difference(account))


def _difference(account: AccountPositions) -> Iterable[DriftWarning]:
    if account.nav is None or account.nav <= 0:
        return
    held = account.market_value + (account.cash or _ZERO)
    difference = held - account.nav
    if abs(difference) > MAX_DIFFERENCE * account.nav:
        yield DriftWarning(
            DriftWarningType.HOLDINGS_DIFFER,
            f"Holdings and cash are worth {held:,.2f}, the NAV is {account.nav:,.2f}: "
            f"{abs(difference):,.2f} {'too much' if difference > 0 else 'missing'}.",
            difference=difference,
        )


def dispersions(
    positions: Sequence[AccountPositions], benchmarks: Mapping[str, Benchmark]
) -> tuple[MetricDispersion, ...]:
    """Return the dispersion of each metric over accounts, before any trade (R8.1)."""
    values = {
        TargetMetric.ACTIVE_SPREAD_DURATION: [
            exposures.active(a.spread_duration, benchmarks.get(a.account_id, Benchmark())) for a in positions
        ],
        TargetMetric.DURATION: [a.duration for a in positions],
        TargetMetric.OAS: [a.oas for a in positions],
        TargetMetric.DTS: [a.dts for a in positions],
    }
    nav = np.array([np.nan if a.nav is None else float(a.nav) for a in positions], dtype=np.float64)
    found = []
    for metric, numbers in values.items():
        known = np.array([np.nan if v is None else v for v in numbers], dtype=np.float64)
        stats = dispersion(known, Weighting.EQUAL, nav)
        accounts = int(np.isfinite(known).sum())
        found.append(MetricDispersion(metric, stats.std_dev, stats.mean, stats.max_deviation, accounts))
    return tuple(found)


def _bonds(ids: Sequence[str]) -> str:
    return "1 holding" if len(ids) == 1 else f"{len(ids)} holdings"
