"""Where a preview comes from that was not asked for by itself: a comparison, an edit, a blotter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid5

from app.services.domain.face import Face, face_number
from app.services.kernels.allocation.problem import ProofStatus


@dataclass(frozen=True, slots=True)
class Choice:
    """The variant of a comparison that a preview was made of."""

    comparison_id: str
    variant: str


def chosen_id(comparison_id: str, place: int) -> str:
    """Return the id of the preview that the variant at this place becomes, each time it is chosen."""
    return str(uuid5(UUID(comparison_id), str(place)))


@dataclass(frozen=True, slots=True)
class BlotterPlace:
    """The line of a blotter whose book a preview was computed on.

    That book contains the trades of `earlier` previews, those of the lines before it; `previous` is the last
    of them, and its own place names the one before.
    """

    blotter_id: str
    line: int
    earlier: int
    previous: str | None


@dataclass(frozen=True, slots=True)
class JointShare:
    """What a joint split of a blotter's lines gives the accounts of one line: face by account id (R17).

    Accounts without face are left out. `split_sha256` is that of the stored joint split. `fairness_weight` is
    how much debts counted in it, for all or by account id; None where they did not.
    """

    split_sha256: str
    faces: dict[str, Face]
    fairness_weight: float | dict[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Best:
    """The split of least dispersion without any edit, and what is proved of it."""

    total_allocated: Face
    post_trade_std_dev: float
    lower_bound_std_dev: float | None
    status: ProofStatus | None


@dataclass(frozen=True, slots=True)
class Unedited:
    """The preview before any edit and its standard deviation, and the best that its limits allow."""

    allocation_id: str
    post_trade_std_dev: float
    best: Best


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
    """What edits cost: the standard deviation after the trade with them less the least, in its unit.

    `relative` is a fraction of the least, None where that is 0. `total_difference` is the face that is placed
    more than by the least: standard deviations of unequal totals do not compare.
    """

    unedited_std_dev: float
    least_std_dev: float
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


def recorded_origin(
    choice: Choice | None, edit: Edit | None, blotter: BlotterPlace | None, joint: JointShare | None
) -> Mapping[str, object]:
    """Return what an audit record says of where a preview comes from; nothing of one on its own."""
    found: dict[str, object] = {}
    if choice is not None:
        found |= {"comparison_id": choice.comparison_id, "variant": choice.variant}
    if edit is not None:
        fixed = {account: face_number(face) for account, face in edit.fixed.items()}
        found |= {"adjusted_from": edit.adjusted_from, "fixed": fixed}
    if blotter is not None:
        found |= {"blotter_id": blotter.blotter_id, "blotter_line": blotter.line}
    if joint is not None:
        found |= {"joint_split_sha256": joint.split_sha256}
    return found
