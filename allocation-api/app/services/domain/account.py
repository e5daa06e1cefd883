"""Inputs of split and compliance: one account reduced to sums, and the compliance limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.services.domain.book import Benchmark
from app.services.domain.cash_reserve import CashReserve


@dataclass(frozen=True, slots=True)
class Reservation:
    """What an order takes of an account by the fills recorded here, and Aladdin does not count yet (R4.6).

    `recorded_face` is filled by our record, `counted_face` what Aladdin's positions contain of the order. The
    difference is reserved: `face` of a sale, `cash` of a purchase in the account's currency; the other is 0.
    """

    order_id: str
    recorded_face: Decimal
    counted_face: Decimal
    face: Decimal
    cash: Decimal


@dataclass(frozen=True, slots=True)
class AccountInput:
    """One account as input of a split: reference data, and the vendor's positions reduced to sums.

    Money in the account's currency; `spread_duration` and `duration` in years, `oas` in bp, `dts` in years x
    bp, all of the whole account before the trade; `held_*` of the ordered bond; `issuer_market_value` of all
    bonds of its issuer. `None` means unknown, and `missing` describes what is unknown.
    `missing_reference` does the same for our own reference data, which only compliance needs. `reserved` is
    not in the vendor's positions and cash. `cash_reserve` is what reference data keeps back of its cash.
    """

    account_id: str
    account_name: str
    currency: str | None
    restrictions: tuple[str, ...]
    benchmark: Benchmark
    nav: Decimal | None
    cash: Decimal | None
    market_value: Decimal
    spread_duration: float | None
    duration: float | None
    oas: float | None
    dts: float | None
    held_face: Decimal
    held_market_value: Decimal
    settled_face: Decimal
    issuer_market_value: Decimal
    reference_date: date | None
    missing: tuple[str, ...] = ()
    missing_reference: tuple[str, ...] = ()
    reserved: tuple[Reservation, ...] = ()
    cash_reserve: CashReserve | None = None

    @property
    def sellable_face(self) -> Decimal:
        """Settled face less what is reserved of it, at least 0 (R4.3, R4.6)."""
        return max(self.settled_face - self.reserved_face, Decimal(0))

    @property
    def kept_face(self) -> Decimal:
        """Face held less what is reserved of it, unsettled face included."""
        return self.held_face - self.reserved_face

    @property
    def reserved_face(self) -> Decimal:
        """Face that is reserved (R4.6)."""
        return sum((r.face for r in self.reserved), Decimal(0))

    @property
    def reserved_cash(self) -> Decimal:
        """Cash that is reserved (R4.6)."""
        return sum((r.cash for r in self.reserved), Decimal(0))


class LimitScope(StrEnum):
    """Scope of a compliance limit; the narrowest applies: account, then sector, then default."""

    DEFAULT = "DEFAULT"
    SECTOR = "SECTOR"
    ACCOUNT = "ACCOUNT"


@dataclass(frozen=True, slots=True)
class Limit:
    """A compliance limit, a fraction; `scope_id` is the account or sector, `*` by default (R5.6)."""

    code: str
    scope: LimitScope
    scope_id: str
    value: Decimal
