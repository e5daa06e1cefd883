"""Target sets: what an account, a group or a portfolio aims at, in one dimension and in versions (R19.7)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from app.core.numbers import number_text
from app.services.drift.targets import DEFAULT_THRESHOLD

CASH = "cash"
"""Class of cash, in each dimension whose targets are percentages."""

RATING_CLASSES = ("AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", "D")
"""Keys of ratings: S&P's notation without plus and minus, best first."""

DEFAULT_BUCKET_EDGES = (Decimal(1), Decimal(3), Decimal(5), Decimal(7), Decimal(10))
"""Edges of duration buckets in years, where a set states none."""


class TargetScope(StrEnum):
    """Whose targets they are."""

    ACCOUNT = "ACCOUNT"
    GROUP = "GROUP"


class TargetDimension(StrEnum):
    """What targets are about; all but METRIC are shares of NAV in percent."""

    ASSET_CLASS = "ASSET_CLASS"
    SECTOR = "SECTOR"
    RATING = "RATING"
    DURATION_BUCKET = "DURATION_BUCKET"
    COUNTRY = "COUNTRY"
    SECURITY = "SECURITY"
    METRIC = "METRIC"


class RiskMetric(StrEnum):
    """A metric of an account in years."""

    DURATION = "DURATION"
    SPREAD_DURATION = "SPREAD_DURATION"


class RelativeTo(StrEnum):
    """What a metric is measured against; without it the metric itself counts."""

    BENCHMARK = "BENCHMARK"


class TargetState(StrEnum):
    """State of a version; APPROVED and RETIRED ones hold from their day on, the others do not."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    RETIRED = "RETIRED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


class Decision(StrEnum):
    """What becomes of a version that waits for its approval."""

    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class ClassTarget:
    """Target share of a class in percent of NAV; bands in points, and in percent of the target.

    Of SECURITY each security is a class, and its key the vendor's id.
    """

    key: str
    target_percent: Decimal
    band_absolute: Decimal | None = None
    band_relative: Decimal | None = None

    @property
    def band(self) -> Decimal:
        """Drift in points that is left alone: the narrower of both bands, without any 5 (R19.9)."""
        relative = None if self.band_relative is None else self.target_percent * self.band_relative / 100
        return min((b for b in (self.band_absolute, relative) if b is not None), default=DEFAULT_THRESHOLD)


@dataclass(frozen=True, slots=True)
class MetricTarget:
    """Target of a metric in years, itself or above the benchmark's, and the distance that is left alone."""

    metric: RiskMetric
    relative_to: RelativeTo | None
    target: Decimal
    band_absolute: Decimal


@dataclass(frozen=True, slots=True)
class Content:
    """What a version says: targets of classes, which sum to 100, or of metrics.

    `bucket_edges` are of duration buckets only, in years and rising.
    """

    targets: tuple[ClassTarget, ...] = ()
    metric_targets: tuple[MetricTarget, ...] = ()
    bucket_edges: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class TargetVersion:
    """One version of a target set; `decided_*` are of one that needed an approval and was decided on."""

    version: int
    state: TargetState
    effective_from: date
    content: Content
    comment: str
    created_at: datetime
    created_by: str
    created_by_id: str
    decided_at: datetime | None = None
    decided_by: str | None = None
    decision_comment: str | None = None

    @property
    def holds(self) -> bool:
        """Whether it holds, or ends the set, from its day on."""
        return self.state in {TargetState.APPROVED, TargetState.RETIRED}


@dataclass(frozen=True, slots=True)
class TargetSet:
    """The targets of a scope in a dimension, with their versions, newest first; `on` is the day asked for."""

    target_set_id: str
    scope: TargetScope
    scope_id: str
    dimension: TargetDimension
    on: date
    versions: tuple[TargetVersion, ...]

    @property
    def version(self) -> int:
        """Number of the newest version, which the next one replaces."""
        return self.versions[0].version

    @property
    def in_force(self) -> TargetVersion | None:
        """The version that holds on the day: the newest that is approved and has begun (R19.8)."""
        begun = (v for v in self.versions if v.holds and v.effective_from <= self.on)
        newest = next(begun, None)
        return None if newest is None or newest.state is TargetState.RETIRED else newest

    @property
    def pending(self) -> TargetVersion | None:
        """The version that waits for its approval."""
        return next((v for v in self.versions if v.state is TargetState.PENDING), None)


@dataclass(frozen=True, slots=True)
class HeldTargets:
    """Targets in force: whose they are, in which dimension, and what they say."""

    target_set_id: str
    version: int
    scope: TargetScope
    scope_id: str
    dimension: TargetDimension
    content: Content


@dataclass(frozen=True, slots=True)
class StatedTargets:
    """Targets that a user states: `version` is the newest that the user has read, 0 for a new set."""

    scope: TargetScope
    scope_id: str
    dimension: TargetDimension
    version: int
    effective_from: date | None
    comment: str
    content: Content


@dataclass(frozen=True, slots=True)
class TargetFilter:
    """Which target sets; None is all. With `on` only those that are in force on that day."""

    scope: TargetScope | None = None
    scope_id: str | None = None
    dimension: TargetDimension | None = None
    on: date | None = None


def bucket_names(edges: Sequence[Decimal]) -> tuple[str, ...]:
    """Return the names of duration buckets: 0-1, 1-3 and so on, the last one 10+."""
    ends = [Decimal(0), *edges]
    names = [f"{number_text(low)}-{number_text(high)}" for low, high in pairwise(ends)]
    return (*names, f"{number_text(ends[-1])}+")


def bucket_of(duration: float, edges: Sequence[Decimal]) -> str:
    """Return the bucket of a duration in years; an edge belongs to the bucket above it."""
    place = sum(Decimal(repr(duration)) >= edge for edge in edges)
    return bucket_names(edges)[place]
