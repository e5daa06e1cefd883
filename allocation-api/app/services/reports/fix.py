"""Encoder of the FIX 4.4 message AllocationInstruction (35=J), for the systems of counterparties.

Fields are in the order of the FIX 4.4 specification, volume 5, AllocationInstruction; inside repeating groups
that order is mandatory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from simplefix import FixMessage

from app.core.errors import DataMissing
from app.core.numbers import number_text
from app.services.domain.fix_fields import is_fix_text, security_id_of
from app.services.domain.side import Side

SOH = b"\x01"
BODY, TRAILER = SOH + b"70=", SOH + b"10="
"""Where the body and the trailer of a message begin."""

SYMBOL = "[N/A]"
"""Symbol (55) that FIX prescribes for an instrument identified by its SecurityID alone."""

Field = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Header:
    """Sender, target and sending time. The message belongs to no FIX session: its sequence number is 1."""

    sender: str
    target: str
    sent_at: datetime


class AllocTransType(StrEnum):
    """AllocTransType (71): what a message does to the one before it."""

    NEW = "NEW"
    REPLACE = "REPLACE"
    CANCEL = "CANCEL"


class AllocType(StrEnum):
    """AllocType (626): CALCULATED is of what was filled, with money; PRELIMINARY of what was ordered."""

    PRELIMINARY = "PRELIMINARY"
    CALCULATED = "CALCULATED"


@dataclass(frozen=True, slots=True)
class Transaction:
    """A message's own AllocID (70), and what it does (71) to which other (72), None when it is new."""

    alloc_id: str
    type: AllocTransType
    replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """One account's part: face and, in calculated messages, clean principal and accrued interest."""

    account_id: str
    quantity: Decimal
    principal: Decimal = Decimal(0)
    accrued: Decimal = Decimal(0)


_TRANS_TYPES = {AllocTransType.NEW: "0", AllocTransType.REPLACE: "1", AllocTransType.CANCEL: "2"}
_ALLOC_TYPES = {AllocType.CALCULATED: "1", AllocType.PRELIMINARY: "2"}


@dataclass(frozen=True, slots=True)
class AllocationInstruction:
    """Allocation of one order, preliminary or calculated (R14.1).

    Calculated, `quantity` is the filled face, with money; preliminary, the ordered face, without. A message
    that cancels has no `shares`. `average_price` is clean, per 100 of current face; `factor` is current over
    original face.
    """

    type: AllocType
    external_id: str
    order_id: str
    order_quantity: Decimal
    side: Side
    isin: str | None
    cusip: str
    currency: str
    factor: Decimal
    quantity: Decimal
    average_price: Decimal
    trade_date: date
    settlement_date: date
    transacted_at: datetime
    shares: tuple[Share, ...]


def encoded(
    instruction: AllocationInstruction, transaction: Transaction, header: Header, text: str | None = None
) -> bytes:
    """Return the encoded message with body length and checksum; `text` is its Text (58), for people.

    Raises
    ------
    DataMissing
        Naming the tag, when a value cannot be written in FIX, or the bond has neither ISIN nor CUSIP.
    """
    message = FixMessage()
    for tag, value in (*_header(header), *_body(instruction, transaction, text)):
        if not is_fix_text(value):
            raise DataMissing(f"FIX tag {tag} cannot be written: {value!r} is not printable ASCII text")
        message.append_pair(tag, value)
    return bytes(message.encode())


def readable(message: bytes) -> str:
    """Return a message as text with | instead of the field separator SOH."""
    return message.replace(SOH, b"|").decode("ascii")


def body(message: bytes) -> bytes:
    """Return the fields of a message between header and trailer."""
    return message[message.index(BODY) : message.rindex(TRAILER)]


def _header(header: Header) -> Iterator[Field]:
    yield 8, "FIX.4.4"
    yield 35, "J"
    yield 49, header.sender
    yield 56, header.target
    yield 34, "1"
    yield 52, _utc_timestamp(header.sent_at)


def _body(given: AllocationInstruction, transaction: Transaction, text: str | None) -> Iterator[Field]:
    yield 70, transaction.alloc_id
    yield 71, _TRANS_TYPES[transaction.type]
    yield 626, _ALLOC_TYPES[given.type]
    if transaction.replaces is not None:
        yield 72, transaction.replaces
        yield 796, "2"  # AllocCancReplaceReason: change in underlying order details
    yield 857, "1"  # AllocNoOrdersType: the orders are listed
    yield 73, "1"  # NoOrders
    yield 11, given.external_id
    yield 37, given.order_id
    yield 38, number_text(given.order_quantity)
    yield 54, "1" if given.side is Side.BUY else "2"
    yield 55, SYMBOL
    yield from _security_id(given)
    if given.factor != 1:
        yield 228, number_text(given.factor)
    yield 53, number_text(given.quantity)
    yield 423, "1"  # PriceType: per cent of par
    yield 6, number_text(given.average_price)
    yield 15, given.currency
    yield 75, f"{given.trade_date:%Y%m%d}"
    yield 60, _utc_timestamp(given.transacted_at)
    yield 64, f"{given.settlement_date:%Y%m%d}"
    has_money = given.type is AllocType.CALCULATED and bool(given.shares)
    principal = sum((share.principal for share in given.shares), Decimal(0))
    accrued = sum((share.accrued for share in given.shares), Decimal(0))
    if has_money:
        yield 381, number_text(principal)
        yield 118, number_text(principal + accrued)
    if text is not None:
        yield 58, text
    if has_money:
        yield 159, number_text(accrued)
    if given.shares:
        yield 78, str(len(given.shares))  # NoAllocs
    for share in given.shares:
        yield from _share(given, transaction.alloc_id, share)


def _share(given: AllocationInstruction, alloc_id: str, share: Share) -> Iterator[Field]:
    yield 79, share.account_id
    yield 80, number_text(share.quantity)
    yield 467, f"{alloc_id}:{share.account_id}"
    if given.type is AllocType.CALCULATED:
        yield 153, number_text(given.average_price)
        yield 154, number_text(share.principal + share.accrued)
        yield 742, number_text(share.accrued)


def _security_id(given: AllocationInstruction) -> Iterator[Field]:
    found = security_id_of(given.isin, given.cusip)
    if found is None:
        raise DataMissing(f"FIX tag 48: the bond {given.cusip} has neither a valid ISIN nor a valid CUSIP")
    yield 48, found[0]
    yield 22, found[1]


def _utc_timestamp(at: datetime) -> str:
    """Return a FIX UTCTimestamp in milliseconds; `at` is in UTC."""
    return f"{at:%Y%m%d-%H:%M:%S}.{at.microsecond // 1000:03}"
