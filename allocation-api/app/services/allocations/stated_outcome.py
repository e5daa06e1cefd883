"""What became of stated amounts: sources, totals, reasons and warnings (R7.10)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from msgspec import structs

from app.services.allocations.capacity import AccountCapacity, Capacities
from app.services.allocations.placed import Placed, StatedFaces
from app.services.allocations.request import RemainderHandling, StatedAmount, StatedType
from app.services.allocations.stated_amounts import amounts_by_account, asked_face, priority_text
from app.services.allocations.types import (
    AccountAllocation,
    AllocationBreakdown,
    AllocationSource,
    NoAllocation,
    PreviewInputs,
    PreviewWarning,
    ReasonCode,
    WarningType,
)
from app.services.domain.face import Face, exact_face, face_number, face_text
from app.services.kernels.allocation.problem import KernelReason

_WARNED = {
    ReasonCode.INSUFFICIENT_CASH: WarningType.INSUFFICIENT_CASH,
    ReasonCode.INSUFFICIENT_POSITION: WarningType.INSUFFICIENT_POSITION,
    ReasonCode.COMPLIANCE: WarningType.COMPLIANCE,
    ReasonCode.MISSING_DATA: WarningType.MISSING_DATA,
    ReasonCode.MIN_LOT_SIZE: WarningType.MIN_LOT_SIZE,
    ReasonCode.LIMITED_BY_REQUEST: WarningType.LIMITED_BY_REQUEST,
}


class StatedOutcome:
    """What became of the stated amounts of one request, account by account in the order of the inputs."""

    def __init__(
        self, inputs: PreviewInputs, feasible: Capacities, placed: Placed, stated: StatedFaces
    ) -> None:
        self._order = inputs.request.order.quantity
        self._parameters = inputs.request.parameters
        self._feasible, self._placed, self._stated = feasible, placed, stated
        amounts = amounts_by_account(inputs)
        self._amounts = [amounts.get(account.account_id) for account in inputs.accounts]
        self._asked = [asked_face(a, x) for a, x in zip(self._amounts, stated.asked, strict=True)]

    @classmethod
    def of(cls, inputs: PreviewInputs, feasible: Capacities, placed: Placed) -> StatedOutcome | None:
        """Return the outcome, None where nothing is stated."""
        return None if placed.stated is None else cls(inputs, feasible, placed, placed.stated)

    def is_named(self, index: int) -> bool:
        """Say whether an amount is stated for an account."""
        return self._stated.named[index]

    def unallocated(self) -> str | None:
        """Say what stays of the order because the request leaves it; None where it is shared."""
        if self._parameters.remainder_handling is not RemainderHandling.NONE:
            return None
        stays = exact_face(self._order - self._placed.total)
        asked = exact_face(sum(self._asked))
        return (
            f"{face_text(stays)} of {face_text(self._order)} face stay unallocated; {face_text(asked)} are "
            "asked for in all, and remainder_handling is NONE"
        )

    def row(self, index: int, row: AccountAllocation) -> AccountAllocation:
        """Return a row with what is stated for the account, and where its face comes from."""
        amount = self._amounts[index]
        return structs.replace(
            row,
            reason=None if row.reason is None else self._reason(index, amount) or row.reason,
            requested_type=None if amount is None else amount.type,
            requested_value=None if amount is None else amount.value,
            requested_quantity=None if amount is None else self._asked[index],
            allocation_source=self._source(index),
        )

    def _source(self, index: int) -> AllocationSource | None:
        if self._placed.faces[index] == 0:
            return None
        if self._amounts[index] is None:
            return AllocationSource.REMAINDER
        return AllocationSource.PRO_RATA if self._stated.cut[index] else AllocationSource.DIRECT

    @property
    def direct_total(self) -> Face:
        """Face that went out as stated."""
        return exact_face(self._placed.total - self.remainder_total)

    @property
    def remainder_total(self) -> Face:
        """Face that went out as the remainder."""
        return exact_face(sum(self._stated.remainder))

    @property
    def breakdown(self) -> AllocationBreakdown:
        """Accounts that got some face, counted by the kind of what they got."""
        got = [
            amount.type
            for amount, face in zip(self._amounts, self._placed.faces, strict=True)
            if amount is not None and face > 0
        ]
        return AllocationBreakdown(
            dollar_amount_count=got.count(StatedType.DOLLAR_AMOUNT),
            percentage_count=got.count(StatedType.PERCENTAGE),
            quantity_count=got.count(StatedType.QUANTITY),
            remainder_count=sum(1 for face in self._stated.remainder if face > 0),
        )

    # --- reasons --------------------------------------------------------------------------------------------

    def _reason(self, index: int, amount: StatedAmount | None) -> NoAllocation | None:
        """Say why an account got nothing of what is stated; None where the usual reasons say it."""
        kernel = self._placed.reason[index]
        return _not_stated(kernel) if amount is None else self._not_as_stated(index, amount, kernel)

    def _not_as_stated(
        self, index: int, amount: StatedAmount, kernel: KernelReason | None
    ) -> NoAllocation | None:
        capacity, asked = self._feasible.accounts[index], self._asked[index]
        if asked < self._feasible.piece and (asked == 0 or asked != capacity.whole):
            return NoAllocation(ReasonCode.MIN_LOT_SIZE, self._too_small(amount, asked))
        if self._feasible.largest_face(capacity) == 0:
            return None
        match kernel:
            case KernelReason.NOT_IN_FULL:
                return self._not_in_full(capacity, asked)
            case KernelReason.BELOW_LEAST:
                words = f"It could get less than its min_value, {_value_text(amount, amount.min_value)}"
                return NoAllocation(ReasonCode.STATED_AMOUNT, words)
            case KernelReason.NO_REMAINDER:
                return self._nothing_left(amount)
            case _:
                return None

    def _too_small(self, amount: StatedAmount, asked: Face) -> str:
        piece = f"the minimum piece is {self._feasible.piece:,}"
        value = _value_text(amount, amount.value)
        if amount.type is StatedType.QUANTITY:
            return f"{value} are asked for; {piece}"
        return f"{value} is {face_text(asked)} face on the grid; {piece}"

    def _not_in_full(self, capacity: AccountCapacity, asked: Face) -> NoAllocation:
        wish = f"{face_text(asked)} face are asked for, and allow_partial is false"
        binding, total = capacity.binding, self._feasible.total
        if binding is not None and capacity.cap < asked:
            return NoAllocation(binding.code, f"{binding.explain().message}; {wish}")
        if total is not None and self._feasible.placeable < asked:
            return NoAllocation(ReasonCode.COMPLIANCE, f"{total.message}; {wish}")
        grid = f"Amounts are {self._feasible.grid.text}"
        if self._feasible.grid.holds(asked):
            grid = "A part of this size cannot be traded"
        return NoAllocation(ReasonCode.MIN_LOT_SIZE, f"{grid}; {wish}")

    def _nothing_left(self, amount: StatedAmount) -> NoAllocation:
        total = self._feasible.total
        if total is not None:
            return NoAllocation(ReasonCode.COMPLIANCE, total.message)
        words = f"The order holds no tradable part for it: it is served {priority_text(amount.priority)}"
        return NoAllocation(ReasonCode.ORDER_EXHAUSTED, words)

    # --- warnings -------------------------------------------------------------------------------------------

    def warnings(self, index: int, row: AccountAllocation) -> Iterator[PreviewWarning]:
        """Say where an account did not get exactly what is stated for it."""
        amount, asked = self._amounts[index], self._asked[index]
        face = row.allocated_quantity
        if amount is None or face == asked > 0:
            return
        kind, words = self._difference(index, amount, row)
        if kind is None:
            return
        details: dict[str, int | float | str | None] = {
            "requested_type": amount.type.value,
            "requested_value": float(amount.value),
            "requested_quantity": face_number(asked),
            "allocated_quantity": face_number(face),
        }
        yield PreviewWarning(kind, amount.account_id, words, details)

    def _difference(
        self, index: int, amount: StatedAmount, row: AccountAllocation
    ) -> tuple[WarningType | None, str]:
        asked, face = self._asked[index], row.allocated_quantity
        capacity = self._feasible.accounts[index]
        if row.reason is not None:
            return _WARNED.get(row.reason.code, WarningType.STATED_AMOUNT), row.reason.message
        if face > asked:
            words = f"{face_text(face)} face are past the {face_text(asked)} that are stated for it"
            shared = f"{words}: all accounts share the remainder, since each is named"
            return (WarningType.STATED_AMOUNT if amount.max_value is None else None), shared
        got = f"{face_text(face)} of {face_text(asked)} face"
        if self._stated.cut[index]:
            words = f"{got}: more is asked than the order holds, {priority_text(amount.priority)}"
            return WarningType.STATED_AMOUNT, words
        if capacity.binding is not None and capacity.cap < asked:
            kind = _WARNED.get(capacity.binding.code, WarningType.STATED_AMOUNT)
            return kind, f"{got}: {capacity.binding.explain().message}"
        return WarningType.ROUNDING, f"{got}: amounts are {self._feasible.grid.text}"


def _not_stated(kernel: KernelReason | None) -> NoAllocation | None:
    if kernel is not KernelReason.ZERO_SHARE:
        return None
    return NoAllocation(ReasonCode.ZERO_WEIGHT, "No amount is stated for it, and the remainder stays")


def _value_text(amount: StatedAmount, value: Decimal | None) -> str:
    if value is None:
        return "none"
    match amount.type:
        case StatedType.DOLLAR_AMOUNT:
            return f"{value:,.2f}"
        case StatedType.PERCENTAGE:
            return f"{value * 100:f} % of the order"
        case StatedType.QUANTITY:
            return f"{value:,f} face"
