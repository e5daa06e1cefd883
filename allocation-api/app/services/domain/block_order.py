"""Block orders: one order of one bond for several accounts, as it is sent and as the vendor reports it.

Faces and quantities are original face in the bond's currency, prices clean per 100 of face.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum, auto

from app.services.domain.side import Side

UNREPORTED = "UNREPORTED"
"""Stored where there is no word of the vendor's: its answer had none, or it no longer shows the order."""

LONGEST_STATUS = 32
"""Characters of the vendor's word for an order's state that are kept; tenants choose the words."""

MAX_REFERENCE = 64
"""Longest reference that the vendor stores; it cuts a longer basket id off without a word."""


class OrderStatus(Enum):
    """Closed classification of the vendor's word for an order's state: decisions are made on this alone.

    The word itself stays text, because tenants may change the list; one that is not known here is LIVE.
    """

    LIVE = auto()
    PENDING_COMPLIANCE = auto()
    BOOKED = auto()
    CANCELLED = auto()
    REJECTED = auto()
    EXPIRED = auto()
    UNREPORTED = auto()

    @classmethod
    def of(cls, word: str | None) -> OrderStatus:
        """Return the status that the vendor's word stands for; without a word it is UNREPORTED."""
        return _STATUSES.get(word, cls.LIVE) if word else cls.UNREPORTED

    @property
    def is_refused(self) -> bool:
        """Whether the order was not let through, taken back or ran out: no more of it is filled."""
        return self in {OrderStatus.CANCELLED, OrderStatus.REJECTED, OrderStatus.EXPIRED}

    @property
    def is_final(self) -> bool:
        """Whether the order does not change any more."""
        return self.is_refused or self is OrderStatus.BOOKED


_STATUSES = {
    "Compl Pending": OrderStatus.PENDING_COMPLIANCE,
    "Booked": OrderStatus.BOOKED,
    "Canceled": OrderStatus.CANCELLED,
    "Rejected": OrderStatus.REJECTED,
    "Expired": OrderStatus.EXPIRED,
    UNREPORTED: OrderStatus.UNREPORTED,
}

FINAL_WORDS = frozenset(word for word, status in _STATUSES.items() if status.is_final)
"""The vendor's words for orders that do not change any more, for queries."""

REJECTED_WORDS = frozenset(word for word, status in _STATUSES.items() if status is OrderStatus.REJECTED)
"""The vendor's words for orders that it did not take, for queries."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One account's part of a block order."""

    account_id: str
    face: Decimal


@dataclass(frozen=True, slots=True)
class BlockOrder:
    """A block order to be sent.

    `external_id` is ours, one per order, and the only way to find the order again after a lost answer;
    `basket_id` is shared by all orders of one allocation. Without `limit_price` it is a market order;
    without `trade_date` the vendor takes its own today.

    Raises
    ------
    ValueError
        Naming the field: a face that is not positive and finite, slices that do not add up to `face`, an
        account twice, a reference that is empty or too long.
    """

    security_id: str
    side: Side
    face: Decimal
    settlement_date: date
    external_id: str
    basket_id: str
    slices: tuple[Slice, ...]
    limit_price: Decimal | None = None
    comment: str = ""
    trade_date: date | None = None
    currency: str | None = None

    def __post_init__(self) -> None:
        for name, reference in (("external_id", self.external_id), ("basket_id", self.basket_id)):
            if not 0 < len(reference) <= MAX_REFERENCE:
                raise ValueError(f"{name} must have 1 to {MAX_REFERENCE} characters, not {len(reference)}")
        if self.limit_price is not None and not (self.limit_price.is_finite() and self.limit_price > 0):
            raise ValueError(f"limit_price must be positive, not {self.limit_price}")
        if total_face(self.slices) != self.face:
            raise ValueError(f"slices add up to {total_face(self.slices)}, face is {self.face}")


def total_face(slices: tuple[Slice, ...]) -> Decimal:
    """Check the slices of one order and add them up.

    Raises
    ------
    ValueError
        Without any slice, for a face that is not positive and finite, or for an account that comes twice.
    """
    if not slices:
        raise ValueError("slices must not be empty")
    for part in slices:
        if not (part.face.is_finite() and part.face > 0):
            raise ValueError(f"slices: the face of {part.account_id} must be positive, not {part.face}")
    if len({part.account_id for part in slices}) < len(slices):
        raise ValueError("slices: an account comes twice")
    return sum((part.face for part in slices), Decimal(0))


@dataclass(frozen=True, slots=True)
class PostedSlice:
    """One account's part of an order at the vendor; `booked_face` is what has been filled and booked."""

    account_id: str | None
    portfolio_id: str | None
    order_detail_id: int | None
    face: Decimal | None
    booked_face: Decimal | None


@dataclass(frozen=True, slots=True)
class ComplianceViolation:
    """A rule of the vendor's that an order breaks, and the accounts for which it does."""

    violation_id: str | None
    rule_id: str | None
    severity: str | None
    action_status: str | None
    description: str | None
    account_ids: tuple[str, ...]


class CheckState(StrEnum):
    """How far the vendor's compliance came with an order that was only asked about."""

    FINISHED = "FINISHED"
    PENDING = "PENDING"
    REFUSED = "REFUSED"
    NOT_ASKED = "NOT_ASKED"


@dataclass(frozen=True, slots=True)
class VendorCheck:
    """What the vendor's compliance says of an order that was not placed.

    Only FINISHED means that the violations are all there is to say; for the other states `reason` says why.
    REFUSED is an order that the vendor would not take, NOT_ASKED an answer that never came or cannot be read.
    """

    state: CheckState
    violations: tuple[ComplianceViolation, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PostedOrder:
    """An order as the vendor reports it; None where this answer does not say.

    `status` is the vendor's own word, to be shown; `OrderStatus.of` says what it means. `side` is None when
    its transaction type is neither a plain buy nor a plain sell, `average_price` until something is filled.
    `touch_count` grows with every change of the order. Times are in UTC.
    """

    order_id: str
    status: str | None
    security_id: str | None
    side: Side | None
    face: Decimal | None
    filled_face: Decimal | None
    average_price: Decimal | None
    settlement_date: date | None
    external_id: str | None
    basket_id: str | None
    touch_count: int | None
    entered_at: datetime | None
    modified_at: datetime | None
    slices: tuple[PostedSlice, ...] = ()
    violations: tuple[ComplianceViolation, ...] = ()
