"""What is answered about the drift of own books."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from app.services.allocations.request import TargetMetric
from app.services.domain.book import AsOf
from app.services.drift.history_types import KeptBook
from app.services.drift.target_types import HeldTargets, MetricTarget, TargetScope
from app.services.drift.types import DriftWarning, DriftWarningType
from app.services.kernels.rebalancing import ClassDrift
from app.services.ops.health import DataAge


class DriftSide(StrEnum):
    """Whether there is too much or too little of a class, or a metric is too long or too short."""

    OVER = "OVER"
    UNDER = "UNDER"


@dataclass(frozen=True, slots=True)
class BandedClass:
    """A class with the drift in points that is left alone."""

    drift: ClassDrift
    band: Decimal


@dataclass(frozen=True, slots=True)
class MetricDrift:
    """A metric against its target, in years: `difference` is current less benchmark less target.

    `current`, `benchmark` and `difference` are None where they are not known; then it is not out.
    """

    target: MetricTarget
    current: Decimal | None
    benchmark: Decimal | None
    difference: Decimal | None
    is_out: bool


@dataclass(frozen=True, slots=True)
class Worst:
    """The class or metric of a set with the largest drift in bands; `ratio` is None for a band of 0."""

    key: str
    side: DriftSide
    difference: Decimal
    band: Decimal
    ratio: Decimal | None

    @property
    def is_out(self) -> bool:
        """Whether it is out of its band."""
        return abs(self.difference) > self.band


@dataclass(frozen=True, slots=True)
class SetDrift:
    """Drift of a book from one target set, in points or, of metrics, in years; `worst` of what is known."""

    held: HeldTargets
    classes: tuple[BandedClass, ...]
    metrics: tuple[MetricDrift, ...]
    total_drift: Decimal
    needs_rebalancing: bool
    worst: Worst | None
    warnings: tuple[DriftWarning, ...]


@dataclass(frozen=True, slots=True)
class BookDrift:
    """One account, or a group as one portfolio, against the targets that hold for it.

    Without a usable NAV there are no drifts, which the warning MISSING_NAV says.
    """

    account_id: str | None
    account_name: str | None
    nav: Decimal | None
    currency: str | None
    data: DataAge
    drifts: tuple[SetDrift, ...]
    warnings: tuple[DriftWarning, ...]

    @property
    def needs_rebalancing(self) -> bool:
        """Whether any class or metric is out of its band."""
        return any(each.needs_rebalancing for each in self.drifts)


@dataclass(frozen=True, slots=True)
class Measured:
    """An account or a group with its drift, for a snapshot; `kept` is of an account."""

    scope: TargetScope
    scope_id: str
    book: BookDrift
    kept: KeptBook | None


@dataclass(frozen=True, slots=True)
class AccountDrift:
    """The drift of an account at a moment; `smallest_group` is its visible group with the fewest accounts."""

    as_of: AsOf
    timestamp: datetime
    book: BookDrift
    smallest_group: str | None


@dataclass(frozen=True, slots=True)
class MetricDispersion:
    """Population standard deviation of a metric over the accounts that have it (R8.1), each alike."""

    metric: TargetMetric
    std_dev: float
    mean: float
    max_deviation: float
    accounts: int


@dataclass(frozen=True, slots=True)
class GroupDrift:
    """The drift of a group at a moment: account by account, and as one portfolio."""

    group_id: str
    group_name: str
    as_of: AsOf
    timestamp: datetime
    accounts: tuple[BookDrift, ...]
    whole: BookDrift
    dispersion: tuple[MetricDispersion, ...]

    @property
    def needs_rebalancing(self) -> bool:
        """Whether an account, or the group as one portfolio, is out of a band."""
        return self.whole.needs_rebalancing or any(each.needs_rebalancing for each in self.accounts)


@dataclass(frozen=True, slots=True)
class Standing:
    """One account against one target set, in a list; `drift` is None without a usable NAV.

    `portfolio_groups` are those that were read and have the account.
    """

    account_id: str
    account_name: str
    portfolio_groups: tuple[str, ...]
    nav: Decimal | None
    held: HeldTargets
    data: DataAge
    drift: SetDrift | None
    warnings: tuple[DriftWarningType, ...]

    @property
    def total_drift(self) -> Decimal | None:
        """Total drift, None where it is not measured."""
        return self.drift.total_drift if self.drift else None

    @property
    def needs_rebalancing(self) -> bool:
        """Whether anything is out of its band."""
        return self.drift is not None and self.drift.needs_rebalancing

    @property
    def worst(self) -> Worst | None:
        """The largest drift in bands, None where nothing is measured."""
        return self.drift.worst if self.drift else None
