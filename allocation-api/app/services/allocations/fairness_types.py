"""Value objects of fairness in a preview: what the ledger did to the split, and the split to the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.services.domain.face import Face
from app.services.domain.fairness import FairnessMode


class FairnessSource(StrEnum):
    """Who chose the mode: the request, or the policy in force."""

    REQUEST = "REQUEST"
    POLICY = "POLICY"


class FairnessEffect(StrEnum):
    """What the ledger did to a split.

    STEERED: it moved the shares. NOTHING_OWED: no account that can take part is owed anything, so plain
    weights hold. RECORDED: the split is as without it.
    """

    STEERED = "STEERED"
    NOTHING_OWED = "NOTHING_OWED"
    RECORDED = "RECORDED"


class WeightSource(StrEnum):
    """Where the fairness weight comes from; DISPERSION_COST is the greatest within the cost asked for."""

    REQUEST = "REQUEST"
    POLICY = "POLICY"
    AUTO = "AUTO"
    DISPERSION_COST = "DISPERSION_COST"


@dataclass(frozen=True, slots=True)
class Balance:
    """Face that one account is owed, negative where it has had too much, and the same in pieces."""

    account_id: str
    quantity: Face
    pieces: float


@dataclass(frozen=True, slots=True)
class FairnessSummary:
    """Fairness of a preview: the policy that holds, what the ledger did, and the greatest balances."""

    mode: FairnessMode
    source: FairnessSource
    effect: FairnessEffect
    policy_id: str
    policy_version: int
    scope: str
    as_of: date | None
    fairness_weight: float | None
    weight_source: WeightSource | None
    greatest_before: Balance | None
    greatest_after: Balance | None
    least_std_dev: float | None
    dispersion_cost: float | None
