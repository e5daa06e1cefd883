"""Inputs of split and compliance: one account reduced to sums, and the compliance limits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.services.domain.book import Benchmark


@dataclass(frozen=True, slots=True)
class AccountInput:
    """One account as input of a split: reference data, and the vendor's positions reduced to sums.

    Money in the account's currency; `spread_duration` and `duration` in years, `oas` in bp, `dts` in years x
    bp, all of the whole account before the trade; `held_*` of the ordered bond; `issuer_market_value` of all
    bonds of its issuer. `None` means unknown, and `missing` describes what is unknown.
    `missing_reference` does the same for our own reference data, which only compliance needs.
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
