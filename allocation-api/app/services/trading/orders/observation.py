"""What a sync has found of an order: its new state, its fill, and whose word its split is (R12.6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

import msgspec

from app.models import OrderRow
from app.services.allocations.types import PreviewInputs
from app.services.domain.block_order import UNREPORTED, OrderStatus, PostedOrder
from app.services.domain.face import face_text
from app.services.domain.record import AllocationState, FillKind, booking_of, booking_text, is_over
from app.services.trading.orders.fills import allocate_fill
from app.services.trading.orders.slices import booked_faces, stated_faces

UNITS_PER_FACE = 10_000
"""Faces are stored with four decimals: in units of these they are whole numbers."""


class BookingWarningType(StrEnum):
    """What a booking breaks: the lot, the account's slice, or what the account could take at the preview."""

    OFF_LOT = "OFF_LOT"
    OVER_SLICE = "OVER_SLICE"
    OVER_CAPACITY = "OVER_CAPACITY"


@dataclass(frozen=True, slots=True)
class BookingWarning:
    """A rule that the booking of one account breaks; the booking is the truth all the same (R12.6)."""

    type: BookingWarningType
    account_id: str
    message: str


@dataclass(frozen=True, slots=True)
class RecordedFill:
    """The last recorded fill of a block: its totals after it, and whose split it is."""

    filled_quantity: Decimal = Decimal(0)
    price: Decimal = Decimal(0)
    kind: FillKind | None = None
    warnings: tuple[BookingWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredOrder:
    """A stored order: its row, slices and allocated fills, face by account, and its last fill."""

    row: OrderRow
    slices: Mapping[str, Decimal]
    allocated: Mapping[str, Decimal]
    fill: RecordedFill

    @property
    def booked(self) -> Mapping[str, Decimal] | None:
        """Face by account that Aladdin was last seen to have booked; None where it did not say."""
        return booking_of(self.row.booked)


@dataclass(frozen=True, slots=True)
class FillTerms:
    """What of an order's preview its fills are split by: the inputs, and the face each account could take."""

    inputs: PreviewInputs
    max_faces: Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class FillUpdate:
    """A new fill of the block: totals after it, face by account; `price` is 0 when nothing is filled."""

    filled_quantity: Decimal
    price: Decimal
    allocated: Mapping[str, Decimal]
    factor: Decimal
    kind: FillKind
    warnings: tuple[BookingWarning, ...] = ()


@dataclass(frozen=True, slots=True)
class Update:
    """New state of an order to be recorded after a sync; quantities are face.

    `slices` are None where they did not change. A new fill is in `fill`, or `unallocated` says why it cannot
    be allocated. `booked` is the text of what Aladdin has booked by account.
    """

    status: str
    quantity: Decimal
    filled_quantity: Decimal
    average_price: Decimal | None
    state: AllocationState
    booked: str | None
    slices: Mapping[str, Decimal] | None = None
    fill: FillUpdate | None = None
    unallocated: str | None = None

    @property
    def booking(self) -> Mapping[str, Decimal] | None:
        """Face by account that Aladdin has booked; None where it does not say."""
        return booking_of(self.booked)

    def repeats(self, row: OrderRow) -> bool:
        """Say whether the row has all of this already."""
        mine = (self.status, self.quantity, self.filled_quantity, self.average_price, self.state, self.booked)
        kept = (row.status, row.quantity, row.filled_quantity, row.average_price)
        return mine == (*kept, row.allocation_state, row.booked) and self.slices is None and self.fill is None


def observe(stored: StoredOrder, posted: PostedOrder | None, terms: Callable[[], FillTerms]) -> Update | None:
    """Return what is new of an order, None where nothing is.

    Parameters
    ----------
    posted
        The order as the vendor shows it now, None where it does not.
    terms
        Reads the terms of the order's preview, only where a fill is to be split.
    """
    row = stored.row
    if posted is None:
        known = OrderStatus.of(row.status)
        if known is OrderStatus.UNREPORTED or known.is_final:
            return None  # Aladdin drops old orders: a final status stays.
        state = AllocationState(row.allocation_state)
        return Update(UNREPORTED, row.quantity, row.filled_quantity, row.average_price, state, row.booked)
    found = _Observation(stored, posted, terms).update()
    return None if found.repeats(row) else found


class _Observation:
    """One order as stored and as the vendor shows it."""

    def __init__(self, stored: StoredOrder, posted: PostedOrder, terms: Callable[[], FillTerms]) -> None:
        row = stored.row
        stated = stated_faces(posted)
        self._stored = stored
        self._posted = posted
        self._terms = terms
        self._new_slices = stated if stated is not None and stated != stored.slices else None
        self._slices = stored.slices if self._new_slices is None else self._new_slices
        self._filled = row.filled_quantity if posted.filled_face is None else posted.filled_face
        self._price = _average_price(row, posted, self._filled)
        self._face = row.quantity if posted.face is None else posted.face
        self._status = posted.status or row.status
        self._booking = booked_faces(posted)

    def update(self) -> Update:
        state = self._state()
        fill = self._fill(state)
        unallocated = fill if isinstance(fill, str) else None
        if unallocated is not None and state is AllocationState.OF_RECORD:
            state = AllocationState.DIFFERENT
        return Update(
            self._status,
            self._face,
            self._filled,
            self._price,
            state,
            self._booked(),
            self._new_slices,
            None if isinstance(fill, str) else fill,
            unallocated,
        )

    def _booked(self) -> str | None:
        """Return the text of the booking; None where it is not told, and before there is anything to book."""
        booking = self._booking
        if booking is None or not (self._filled or any(booking.values())):
            return None
        return booking_text(booking)

    def _state(self) -> AllocationState:
        if not is_over(self._status, self._face, self._filled):
            return AllocationState.PROVISIONAL
        if self._booking is None:
            # With nothing filled there is nothing to book.
            agreed = self._posted.filled_face == 0
        else:
            agreed = sum(self._booking.values()) == self._filled
        return AllocationState.OF_RECORD if agreed else AllocationState.DIFFERENT

    def _fill(self, state: AllocationState) -> FillUpdate | str | None:
        """Return the new fill, why it cannot be allocated (R12.5), or None where there is none."""
        had = self._stored.fill
        booking = (self._booking or {}) if state is AllocationState.OF_RECORD else None
        corrected = booking is not None and _some(booking) != _some(self._stored.allocated)
        shrunk = self._new_slices is not None and any(
            self._slices.get(a, 0) < x for a, x in self._stored.allocated.items()
        )
        moved = self._filled != had.filled_quantity or (
            bool(self._filled) and self._price not in {None, had.price}
        )
        if not (moved or corrected or (shrunk and booking is None)):
            return None
        if self._filled and self._price is None:
            return "Aladdin reports no average price yet"
        try:
            return self._split(self._terms(), booking)
        except msgspec.DecodeError as error:
            return f"its preview cannot be read: {error}"

    def _split(self, terms: FillTerms, booking: Mapping[str, Decimal] | None) -> FillUpdate | str:
        """Return the fill split by R12.1 where nothing is booked or just that is, else as it is booked."""
        calculated = self._calculated(terms.inputs.increment)
        if isinstance(calculated, str):
            if booking is None:
                return calculated
        elif booking is None or (
            self._stored.fill.kind is not FillKind.BOOKED and _some(calculated) == _some(booking)
        ):
            return self._made(calculated, FillKind.CALCULATED, terms)
        accounts = sorted({*self._slices, *self._stored.allocated, *booking})
        return self._made({a: booking.get(a, Decimal(0)) for a in accounts}, FillKind.BOOKED, terms)

    def _calculated(self, increment: int) -> dict[str, Decimal] | str:
        """Return the split by R12.1, or why there is none."""
        block = sum(self._slices.values(), Decimal(0))
        if self._posted.face is not None and self._posted.face != block:
            return (
                f"the slices add up to {face_text(block)} face, but the order has "
                f"{face_text(self._posted.face)}"
            )
        is_whole = not any(face % 1 for face in self._slices.values())
        if not 0 <= self._filled <= block or (is_whole and self._filled % 1):
            return f"{face_text(self._filled)} filled of {face_text(block)} is not a possible fill"
        split = allocate_fill(
            _units(self._slices),
            int(self._filled * UNITS_PER_FACE),
            increment * UNITS_PER_FACE,
            _units(self._stored.allocated),
        )
        return {account: Decimal(units) / UNITS_PER_FACE for account, units in split.items()}

    def _made(self, allocated: Mapping[str, Decimal], kind: FillKind, terms: FillTerms) -> FillUpdate:
        warnings = () if kind is FillKind.CALCULATED else tuple(self._warnings(allocated, terms))
        price, factor = self._price or Decimal(0), terms.inputs.security.factor
        return FillUpdate(self._filled, price, allocated, factor, kind, warnings)

    def _warnings(self, booking: Mapping[str, Decimal], terms: FillTerms) -> list[BookingWarning]:
        increment, total = terms.inputs.increment, terms.inputs.request.order.quantity
        found = []
        for account, face in booking.items():
            own, most = self._slices.get(account, Decimal(0)), terms.max_faces.get(account)
            words = {}
            if face % increment and face != own:
                words[BookingWarningType.OFF_LOT] = f"is no multiple of {increment:,}"
            if face > own:
                words[BookingWarningType.OVER_SLICE] = f"is more than its slice of {face_text(own)}"
            if most is not None and most < total and face > most:
                words[BookingWarningType.OVER_CAPACITY] = (
                    f"is more than the {face_text(most)} that it could take at the preview"
                )
            found += [
                BookingWarning(kind, account, f"{face_text(face)} face booked for {account} {said}")
                for kind, said in words.items()
            ]
        return found


def _some(faces: Mapping[str, Decimal]) -> dict[str, Decimal]:
    return {account: face for account, face in faces.items() if face}


def _units(faces: Mapping[str, Decimal]) -> dict[str, int]:
    return {account: int(face * UNITS_PER_FACE) for account, face in faces.items()}


def _average_price(row: OrderRow, posted: PostedOrder, filled: Decimal) -> Decimal | None:
    """Return the average price of the fills; the stored one where Aladdin leaves out an unchanged one."""
    if not filled:
        return None
    price = posted.average_price
    if price is None or price <= 0:
        return row.average_price if filled == row.filled_quantity else None
    return price
