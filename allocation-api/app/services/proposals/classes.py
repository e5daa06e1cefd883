"""What a unit of money in a bond counts for each goal, and the goals of an account (R20.1, R20.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from app.services.domain.book import Holding
from app.services.drift.bond_classes import NOTHING_KNOWN, BondClasses, BondFacts, class_of
from app.services.drift.book_types import BookDrift, SetDrift
from app.services.drift.target_keys import normal
from app.services.drift.target_types import CASH, HeldTargets, RiskMetric, TargetDimension
from app.services.drift.targets import UNCLASSIFIED
from app.services.kernels.proposals import Goal
from app.services.proposals.candidates import Candidate

_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a bond counts by key of a goal.

    In the sets of `unclassified` it has no class with a target, so that it is not bought; in those of
    `unmeasured` a metric of it is not known, so that it is not traded.
    """

    by_key: Mapping[str, Decimal] = field(default_factory=dict)
    unclassified: frozenset[str] = frozenset()
    unmeasured: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Aim:
    """A goal of an account with what it is about; `unit` of the goal is a point, or a year."""

    held: HeldTargets
    key: str
    goal: Goal


def aims_of(book: BookDrift, raised: Decimal) -> tuple[Aim, ...]:
    """Return the goals of an account, of what stays when `raised` has left it."""
    nav = book.nav or Decimal(0)
    found: list[Aim] = []
    for drift in book.drifts:
        found += _of_classes(drift, nav - raised, raised)
        found += _of_metrics(drift, nav, nav - raised)
    return tuple(found)


def _of_classes(drift: SetDrift, nav: Decimal, raised: Decimal) -> Iterable[Aim]:
    unit = nav / 100
    for each in drift.classes:
        name, target = each.drift.asset_class, each.drift.target_percent
        of_cash = normal(drift.held.dimension, name) == CASH
        goal = Goal(
            key=f"{drift.held.target_set_id}:{name}",
            value=each.drift.current_value - (raised if of_cash else 0),
            low=(target - each.band) * unit,
            target=target * unit,
            high=(target + each.band) * unit,
            unit=unit,
            of_cash=of_cash,
        )
        yield Aim(drift.held, name, goal)


def _of_metrics(drift: SetDrift, before: Decimal, nav: Decimal) -> Iterable[Aim]:
    for each in drift.metrics:
        if each.current is None or each.difference is None:
            continue  # what is not known has no goal; the drift says so
        aimed, band = each.current - each.difference, each.target.band_absolute
        goal = Goal(
            key=f"{drift.held.target_set_id}:{each.target.metric}",
            value=each.current * before,
            low=(aimed - band) * nav,
            target=aimed * nav,
            high=(aimed + band) * nav,
            unit=nav,
        )
        yield Aim(drift.held, each.target.metric, goal)


class Exposures:
    """Reads what bonds count in the target sets of accounts."""

    def __init__(self, classes: BondClasses) -> None:
        self._classes = classes

    def of(
        self,
        candidates: Sequence[Candidate],
        books: Sequence[BookDrift],
        holdings: Mapping[str, Sequence[Holding]],
    ) -> dict[str, Exposure]:
        """Return the exposure of each bond, by its id."""
        sets = {drift.held.target_set_id: drift.held for book in books for drift in book.drifts}
        ids = [each.security_id for each in candidates]
        undated = [name for name in ids if not any(h.duration is not None for h in holdings.get(name, ()))]
        facts = self._classes.read({held.dimension for held in sets.values()}, ids, undated)
        return {
            each.security_id: _exposure(
                each,
                sets.values(),
                facts.get(each.security_id, NOTHING_KNOWN),
                holdings.get(each.security_id, ()),
            )
            for each in candidates
        }


def _exposure(
    candidate: Candidate, sets: Iterable[HeldTargets], facts: BondFacts, held: Sequence[Holding]
) -> Exposure:
    by_key: dict[str, Decimal] = {}
    unclassified, unmeasured = set(), set()
    for each in sets:
        if each.dimension is TargetDimension.METRIC:
            counts = _metrics(candidate, each)
            if counts is None:
                unmeasured.add(each.target_set_id)
            by_key |= counts or {}
            continue
        key = _class(candidate.security_id, each, facts, held)
        if key is None:
            unclassified.add(each.target_set_id)
        by_key[f"{each.target_set_id}:{key or UNCLASSIFIED}"] = _ONE
    return Exposure(by_key, frozenset(unclassified), frozenset(unmeasured))


def _class(security_id: str, held: HeldTargets, facts: BondFacts, holdings: Sequence[Holding]) -> str | None:
    """Return the class with a target that a bond is of; None where there is none."""
    dimension = held.dimension
    name = class_of(
        dimension,
        held.content.bucket_edges,
        facts,
        security_id=security_id,
        sec_group=next((h.sec_group for h in holdings if h.sec_group), None),
        duration=next((h.duration for h in holdings if h.duration is not None), None),
    )
    keys = {normal(dimension, target.key): target.key for target in held.content.targets}
    return None if name is None else keys.get(normal(dimension, name))


def _metrics(candidate: Candidate, held: HeldTargets) -> dict[str, Decimal] | None:
    risk, found = candidate.bought.analytics, {}
    for each in held.content.metric_targets:
        years = risk.duration if each.metric is RiskMetric.DURATION else risk.spread_duration
        if years is None:
            return None
        found[f"{held.target_set_id}:{each.metric}"] = Decimal(repr(years))
    return found
