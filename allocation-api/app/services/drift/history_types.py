"""Snapshots of drift: what checks keep, and what of it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from app.services.drift.target_types import TargetDimension, TargetScope
from app.services.kernels.rebalancing import ClassAttribution


class CheckKind(StrEnum):
    """Why drift was checked: by schedule on each business day, the one of the week, or for a user."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    REQUESTED = "REQUESTED"


@dataclass(frozen=True, slots=True)
class Check:
    """A check; its id is the business date of a scheduled one, the job's id of another one."""

    check_id: str
    kind: CheckKind
    business_date: date


class KeptHolding(msgspec.Struct, frozen=True, array_like=True):
    """A holding: face, clean price per 100, market value with accrued interest, and a class by dimension."""

    security_id: str
    face: Decimal
    price: Decimal | None
    value: Decimal | None
    classes: tuple[str, ...]


class KeptTargets(msgspec.Struct, frozen=True):
    """Targets of a dimension in percent of NAV, and the class that cash is of."""

    dimension: TargetDimension
    cash_class: str
    percents: dict[str, Decimal]


class KeptBook(msgspec.Struct, frozen=True):
    """An account at a check; classes of holdings are in the order of `targets`."""

    nav: Decimal
    cash: Decimal
    currency: str | None
    targets: tuple[KeptTargets, ...]
    holdings: tuple[KeptHolding, ...]


@dataclass(frozen=True, slots=True)
class DriftFilter:
    """Which lines of snapshots; None is all. Dates are business dates, both included."""

    scope: TargetScope | None = None
    scope_id: str | None = None
    date_from: date | None = None
    date_to: date | None = None
    dimension: TargetDimension | None = None
    class_key: str | None = None
    kind: CheckKind | None = None
    check_id: str | None = None


@dataclass(frozen=True, slots=True)
class DriftLine:
    """One class or metric of an account or group at a check, in points, or in years of a metric."""

    check_id: str
    kind: CheckKind
    business_date: date
    taken_at: datetime
    reference_date: date | None
    scope: TargetScope
    scope_id: str
    dimension: TargetDimension
    class_key: str
    current: Decimal | None
    benchmark: Decimal | None
    target: Decimal
    band: Decimal
    difference: Decimal | None
    is_out: bool
    value: Decimal | None
    nav: Decimal
    currency: str | None
    target_set_id: str
    target_set_version: int


@dataclass(frozen=True, slots=True)
class AskedCheck:
    """A check that a user asked for."""

    job_id: str


@dataclass(frozen=True, slots=True)
class AttributionQuery:
    """Which account, between which business dates, in which dimension; None is all."""

    account_id: str
    date_from: date
    date_to: date
    dimension: TargetDimension | None = None


@dataclass(frozen=True, slots=True)
class KeptSnapshot:
    """A snapshot of an account."""

    check: Check
    taken_at: datetime
    reference_date: date | None
    book: KeptBook


@dataclass(frozen=True, slots=True)
class DimensionAttribution:
    """What moved the classes of one dimension."""

    dimension: TargetDimension
    market: Decimal
    flows: Decimal
    account_return: Decimal
    classes: tuple[ClassAttribution, ...]


@dataclass(frozen=True, slots=True)
class AccountAttribution:
    """What moved the drift of an account between two snapshots, by dimension."""

    account_id: str
    first: KeptSnapshot
    last: KeptSnapshot
    dimensions: tuple[DimensionAttribution, ...]
