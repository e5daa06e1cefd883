"""Position rows to accounts with holdings.

The vendor returns several rows for one asset (close, corporate action, each trade, each order) and repeats
the account's totals on every row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Any

from app.services.aladdin.errors import VendorUnexpected
from app.services.aladdin.mapping.numbers import is_usable
from app.services.aladdin.wire import PositionRow
from app.services.domain.book import Holding, Price
from app.services.domain.face import exact_face
from app.services.domain.positions import AccountPositions

SETTLED_SOURCES = frozenset({"EOD", "CA"})
RELATIVE_TOLERANCE = Decimal("1e-6")
ABSOLUTE_TOLERANCE = Decimal("0.01")

NOISE_UNIT = Decimal("0.000001")
"""Decimals beyond it are noise of a double: 491.75999999999999 is 491.76, which can be sold whole."""

_ZERO = Decimal(0)
_ONE = Decimal(1)
_PERCENT = Decimal(100)
_SOURCE_ORDER = {"EOD": 0, "CA": 1, "TRD": 2, "ORD": 3}

_DESCRIPTION = attrgetter(
    *("issuer_id", "isin", "sec_ticker", "sec_desc1", "issuer_long_name", "ccy", "oad", "spread_dur", "oas"),
    "sec_group",
)


def account_positions(rows: Iterable[PositionRow]) -> tuple[AccountPositions, ...]:
    """Aggregate rows by account and asset; accounts and their holdings are sorted by id.

    NAV is `portfolioNAV`, else `portfolioNAVComputed`; cash is `cashComputed`. The reference date is the
    oldest of the account's rows. Rows of the CASH group carry these totals but are not holdings.

    Raises
    ------
    VendorUnexpected
        For a row without account, asset or quantity, for a number that is not usable, and for totals of one
        account that differ between its rows; names the account and the field.
    """
    by_account: defaultdict[str, list[PositionRow]] = defaultdict(list)
    for row in rows:
        if not row.portfolio_name:
            raise VendorUnexpected("positions: a row has no portfolioName", extra={"field": "portfolioName"})
        by_account[row.portfolio_name].append(row)
    return tuple(_account(account_id, by_account[account_id]) for account_id in sorted(by_account))


def _account(account_id: str, rows: Sequence[PositionRow]) -> AccountPositions:
    by_asset: defaultdict[str, list[PositionRow]] = defaultdict(list)
    for row in rows:
        if row.sec_group == "CASH":
            continue
        if not row.asset_id:
            raise _unusable(account_id, "assetId", "is missing on a row")
        by_asset[row.asset_id].append(row)
    nav = _agreed(account_id, "portfolioNAV", (row.portfolio_nav for row in rows))
    computed = _agreed(account_id, "portfolioNAVComputed", (row.portfolio_nav_computed for row in rows))
    currencies = {row.base_ccy for row in rows if row.base_ccy}
    if len(currencies) > 1:
        raise _unusable(account_id, "baseCcy", f"differs between rows: {', '.join(sorted(currencies))}")
    return AccountPositions(
        account_id=account_id,
        nav=computed if nav is None else nav,
        cash=_agreed(account_id, "cashComputed", (row.cash_computed for row in rows)),
        currency=next(iter(currencies), None),
        reference_date=min((row.reference_date for row in rows if row.reference_date), default=None),
        holdings=tuple(_holding(account_id, asset_id, by_asset[asset_id]) for asset_id in sorted(by_asset)),
    )


def _holding(account_id: str, asset_id: str, rows: list[PositionRow]) -> Holding:
    """Sum the rows of one asset; descriptive fields come from the end-of-day row, else from the next one."""
    if len(rows) > 1:
        rows.sort(key=lambda row: _SOURCE_ORDER.get(row.pos_source or "", 4))
    face = settled = _ZERO
    for row in rows:
        quantity = _without_noise(_finite(account_id, "posQuantity", asset_id, row.pos_quantity))
        face += quantity
        # Purchases that are unsettled or of an unknown source cannot be sold yet; sales count at once.
        settled += quantity if row.pos_source in SETTLED_SOURCES else min(_ZERO, quantity)
    issuer_id, isin, ticker, description, issuer, currency, duration, spread_duration, oas, group = (
        _described(rows)
    )
    return Holding(
        account_id=account_id,
        security_id=asset_id,
        issuer_id=None if issuer_id is None else str(issuer_id),
        face=face,
        settled_face=max(_ZERO, settled),
        market_value=_market_value(account_id, asset_id, rows),
        price=_price(account_id, asset_id, rows),
        duration=duration,
        spread_duration=spread_duration,
        oas=oas,
        isin=isin,
        ticker=ticker,
        description=description,
        issuer=issuer,
        currency=currency,
        sec_group=group,
    )


def _described(rows: Sequence[PositionRow]) -> tuple[Any, ...]:
    """Return the `_DESCRIPTION` fields, each from the first row that has it."""
    if len(rows) == 1:
        found: tuple[Any, ...] = _DESCRIPTION(rows[0])
        return found
    columns = zip(*map(_DESCRIPTION, rows), strict=True)
    return tuple(next((value for value in column if value is not None), None) for column in columns)


def _market_value(account_id: str, asset_id: str, rows: Sequence[PositionRow]) -> Decimal | None:
    """Sum the rows' values in the account's currency; None if any row has none."""
    total = _ZERO
    for row in rows:
        value = row.mkt_value
        if value is None:
            try:
                value = _derived_value(row)
            except ArithmeticError:
                raise _unusable(account_id, "mktValue", f"of {asset_id} cannot be computed") from None
            if value is None:
                return None
        total += _finite(account_id, "mktValue", asset_id, value)
    return total


def _derived_value(row: PositionRow) -> Decimal | None:
    """Compute (price / 100) x current face + accrued in the account's currency, as the vendor defines it.

    The accrued interest of a row is an amount, not a rate. A factor that is not given is 1 (the vendor's
    convention for bonds without one); anything else that is missing gives None.
    """
    if row.price is None or row.accrued_interest is None or not _is_per_cent(row):
        return None
    current_face = row.cur_par
    if current_face is None:
        current_face = (row.pos_quantity or _ZERO) * (_ONE if row.factor is None else row.factor)
    local = row.price / _PERCENT * current_face + row.accrued_interest
    if row.ccy is not None and row.ccy == row.base_ccy:
        return local
    rate = row.local_base_fx_rate
    if not rate or row.is_rate_flipped is None:
        return None
    return local * rate if row.is_rate_flipped else local / rate


def _price(account_id: str, asset_id: str, rows: Sequence[PositionRow]) -> Price | None:
    for row in rows:
        if row.price is not None and _is_per_cent(row):
            clean = _finite(account_id, "price", asset_id, row.price)
            if clean > 0:  # zero means "no price"; taken as a price, it would make every purchase free
                return Price(clean, row.price_date, row.price_source or "ALADDIN")
    return None


def _is_per_cent(row: PositionRow) -> bool:
    """Return whether the price is per 100 of face, which only an explicit "N" denies."""
    return row.price_as_pct != "N"


def _agreed(account_id: str, field: str, values: Iterable[Decimal | None]) -> Decimal | None:
    """Return the value that all rows repeat; None when no row has it."""
    agreed: Decimal | None = None
    for value in values:
        if value is None or value == agreed:
            continue
        if not is_usable(value):
            raise _unusable(account_id, field, f"is {value}")
        if agreed is None:
            agreed = value
        elif abs(value - agreed) > max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * abs(agreed)):
            raise _unusable(account_id, field, f"differs between rows: {agreed} and {value}")
    return None if agreed is None else _without_noise(agreed)


def _without_noise(number: Decimal) -> Decimal:
    """Return a face or money without the noise of a double; one without noise as it is written."""
    rounded = number.quantize(NOISE_UNIT)
    return number if rounded == number else Decimal(exact_face(rounded))


def _finite(account_id: str, field: str, asset_id: str, value: Decimal | None) -> Decimal:
    if value is None or not is_usable(value):
        raise _unusable(account_id, field, f"of {asset_id} is {'missing' if value is None else value}")
    return value


def _unusable(account_id: str, field: str, what: str) -> VendorUnexpected:
    return VendorUnexpected(
        f"positions of {account_id}: {field} {what}", extra={"account_id": account_id, "field": field}
    )
