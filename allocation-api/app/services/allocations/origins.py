"""Where a preview comes from that was not asked for by itself: a comparison, or the edit of another."""

from __future__ import annotations

from dataclasses import dataclass

from app.services.domain.face import Face
from app.services.kernels.allocation.problem import ProofStatus


@dataclass(frozen=True, slots=True)
class Choice:
    """The variant of a comparison that a preview was made of."""

    comparison_id: str
    variant: str


@dataclass(frozen=True, slots=True)
class Unedited:
    """The split before any edit: its face, its standard deviation, and what was proved of it.

    `lower_bound_std_dev` and `status` are None for methods that prove nothing.
    """

    allocation_id: str
    total_allocated: Face
    post_trade_std_dev: float
    lower_bound_std_dev: float | None
    status: ProofStatus | None


@dataclass(frozen=True, slots=True)
class Edit:
    """What-if edit of a preview, in face by account id.

    `fixed` are the accounts that edits have fixed, those of earlier edits included; `before` is what each
    account got in the preview `adjusted_from`.
    """

    adjusted_from: str
    fixed: dict[str, Face]
    before: dict[str, Face]
    unedited: Unedited


@dataclass(frozen=True, slots=True)
class EditCost:
    """What edits cost: the standard deviation after the trade with them less that without, in its unit.

    `relative` is a fraction of the latter, None where that is 0. `total_difference` is the face that is
    placed more than without edits: standard deviations of unequal totals do not compare.
    """

    unedited_std_dev: float
    lower_bound_std_dev: float | None
    status: ProofStatus | None
    post_trade_std_dev: float
    absolute: float
    relative: float | None
    total_difference: Face


@dataclass(frozen=True, slots=True)
class Move:
    """What an edit did to one account, in face."""

    account_id: str
    before: Face
    after: Face
    difference: Face


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What became of an edit: what is fixed, what it costs, and the accounts whose face it changed."""

    adjusted_from: str
    unedited_id: str
    fixed: dict[str, Face]
    cost: EditCost
    moved: tuple[Move, ...]
