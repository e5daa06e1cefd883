"""Upper bounds on an account's face that the request sets, each with its reason in words."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from msgspec import Struct

from app.services.allocations.request import AccountLimit
from app.services.allocations.types import ReasonCode
from app.services.compliance import Explanation
from app.services.domain.account import AccountInput
from app.services.domain.face import Face, face_number, face_text, floored_face


class Bound(Struct, frozen=True):
    """One upper bound on an account's face; `explain` writes the numbers behind it when asked to."""

    code: ReasonCode
    face: Face
    explain: Callable[[], Explanation]


def excluded_bound(reason: str) -> Bound:
    """Return the bound of an account that the request excludes (R4.7)."""
    explanation = Explanation(f"Excluded by the request: {reason}", {"reason": reason})
    return Bound(ReasonCode.EXCLUDED_BY_REQUEST, 0, lambda: explanation)


def limit_bound(limit: AccountLimit | None) -> Bound | None:
    """Return the most that the request lets an account get; None where it does not say (R4.8)."""
    if limit is None or limit.most is None:
        return None
    most = limit.most
    explanation = Explanation(
        f"Limited by the request to {face_text(most)} face", {"limit_quantity": face_number(most)}
    )
    return Bound(ReasonCode.LIMITED_BY_REQUEST, most, lambda: explanation)


def own_order_bound(face: Face | None) -> Bound | None:
    """Return an account's own order as its bound; None where orders of their own do not count (R6.7)."""
    if face is None:
        return None
    if face == 0:
        none = Explanation("It has no order of its own", {})
        return Bound(ReasonCode.ZERO_WEIGHT, 0, lambda: none)
    explanation = Explanation(f"Its own order is {face_text(face)} face", {"own_order": face_number(face)})
    return Bound(ReasonCode.LIMITED_BY_REQUEST, face, lambda: explanation)


def rest_bound(account: AccountInput, piece: int) -> Bound:
    """Return the most that may be sold of a position in part, so that a tradable rest stays (R4.10)."""
    face = max(floored_face(max(account.kept_face, Decimal(0))) - piece, 0)
    return Bound(ReasonCode.MIN_LOT_SIZE, face, partial(_rest_explained, account, face, piece))


def _rest_explained(account: AccountInput, face: Face, piece: int) -> Explanation:
    held = face_text(floored_face(account.kept_face))
    return Explanation(
        f"At most {face_text(face)} of the position of {held} face can be sold in part, so that what stays "
        f"is not under the bond's minimum piece of {piece:,}",
        {
            "max_quantity": face_number(face),
            "position": float(account.kept_face),
            "minimum_piece": piece,
        },
    )
