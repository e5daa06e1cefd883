"""Block orders: one order of one bond for several accounts, as sent and as the vendor reports it.

Amounts are original face in the bond's currency, prices clean per 100 of face.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum, auto

from app.services.domain.side import Side

UNREPORTED = "UNREPORTED"
"""Status that is stored where the vendor reports none, or no longer shows the order."""

MAX_STATUS_CHARACTERS = 32
"""Length to which a vendor status is cut for the column; tenants may define their own statuses."""

MAX_REFERENCE_CHARACTERS = 64
"""Longest reference that the vendor stores; it silently truncates a longer basket id."""


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


@dataclass(frozen=True, slots=True)
class Slice:
    """One account's part of a block order."""

    account_id: str
    face: Decimal


@dataclass(frozen=True, slots=True)
class BlockOrder:
    """A block order to be sent.

    `external_id` is our id of the order, by which it is found after a lost answer; `basket_id` is shared by
    all orders of one allocation. Without `limit_price` it is a market order; without `trade_date` the vendor
    uses its own business date.

    Raises
    ------
    ValueError
        Naming the field: a face that is not positive and finite, slices that do not add up to `face`, a
        duplicate account, a reference that is empty or too long.
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
            if not 0 < len(reference) <= MAX_REFERENCE_CHARACTERS:
                raise ValueError(
                    f"{name} must have 1 to {MAX_REFERENCE_CHARACTERS} characters, not {len(reference)}"
                )
        if self.limit_price is not None and not (self.limit_price.is_finite() and self.limit_price > 0):
            raise ValueError(f"limit_price must be positive, not {self.limit_price}")
        if total_face(self.slices) != self.face:
            raise ValueError(f"slices add up to {total_face(self.slices)}, face is {self.face}")


def total_face(slices: tuple[Slice, ...]) -> Decimal:
    """Return the total face of the slices of one order, after checking them.

    Raises
    ------
    ValueError
        Without any slice, for a face that is not positive and finite, or for a duplicate account.
    """
    if not slices:
        raise ValueError("slices must not be empty")
    for part in slices:
        if not (part.face.is_finite() and part.face > 0):
            raise ValueError(f"slices: the face of {part.account_id} must be positive, not {part.face}")
    if len({part.account_id for part in slices}) < len(slices):
        raise ValueError("slices: an account occurs twice")
    return sum((part.face for part in slices), Decimal(0))


@dataclass(frozen=True, slots=True)
class PostedSlice:
    """One account's part of an order at the vendor; `booked_face` is the filled and booked face."""

    account_id: str | None
    portfolio_id: str | None
    order_detail_id: int | None
    face: Decimal | None
    booked_face: Decimal | None


@dataclass(frozen=True, slots=True)
class ComplianceViolation:
    """A compliance rule of the vendor that an order violates, and the accounts concerned."""

    violation_id: str | None
    rule_id: str | None
    severity: str | None
    action_status: str | None
    description: str | None
    account_ids: tuple[str, ...]


class CheckState(StrEnum):
    """State of a what-if compliance check at the vendor."""

    FINISHED = "FINISHED"
    PENDING = "PENDING"
    REFUSED = "REFUSED"
    NOT_ASKED = "NOT_ASKED"


@dataclass(frozen=True, slots=True)
class VendorCheck:
    """Result of a what-if compliance check at the vendor: the order is not placed (R5.8).

    Only in state FINISHED are the violations complete; for the other states `reason` says why. REFUSED: the
    vendor would not accept the order. NOT_ASKED: the request was not sent, or no usable answer came.
    """

    state: CheckState
    violations: tuple[ComplianceViolation, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PostedOrder:
    """An order as the vendor reports it; None where the answer leaves a field out.

    `status` is the vendor's own text, for display; `OrderStatus.of` classifies it. `side` is None when its
    transaction type is neither a plain buy nor a plain sell; `average_price` is None until something is
    filled. `touch_count` is its version number. Times are in UTC.
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

    @property
    def is_traded(self) -> bool:
        """Whether something of it is filled, by its total or for any account."""
        return bool(self.filled_face) or any(part.booked_face for part in self.slices)
