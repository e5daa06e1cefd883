"""Position rows of one account: its holdings, its cash, and its trades and live orders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from msgspec import field

from aladdin_simulator.book import HUNDRED, Account, Bond, SimulatorBook, to_cents
from aladdin_simulator.wire.messages import Message

_PUBLISHED = "Published"
_NO_FACTOR = 1


class PosSource(StrEnum):
    """Source of a row."""

    CLOSE = "EOD"
    TRADE = "TRD"
    ORDER = "ORD"


class PositionRow(Message, frozen=True):
    """One row of `GET /position`.

    `accrued_interest` and `mkt_value` are money, prices per 100 of face, `oas` basis points. NAV and cash are
    the portfolio's and repeat on each of its rows.
    """

    portfolio_name: str
    base_ccy: str
    pos_source: str
    reference_date: date
    gp_status: str
    asset_id: str
    sec_group: str
    sec_type: str
    ccy: str
    pos_quantity: Decimal
    mkt_value: Decimal
    portfolio_nav: Decimal = field(name="portfolioNAV")
    portfolio_nav_computed: Decimal = field(name="portfolioNAVComputed")
    cash_computed: Decimal
    isin: str | None = None
    sec_ticker: str | None = None
    sec_desc1: str | None = None
    issuer_id: str | None = None
    issuer_long_name: str | None = None
    country_risk: str | None = None
    cpn: Decimal | None = None
    maturity: date | None = None
    cur_par: Decimal | None = None
    factor: int | None = None
    price: Decimal | None = None
    price_date: date | None = None
    price_as_pct: str | None = None
    accrued_interest: Decimal | None = None
    oad: float | None = None
    spread_dur: float | None = None
    oas: float | None = None
    oac: float | None = None
    min_trade_size: int | None = None
    min_trade_increment: int | None = None
    order_id: int | None = None
    order_status: str | None = None
    trade_tran_type: str | None = None


@dataclass(frozen=True, slots=True)
class AccountSlice:
    """The booked or the open part of one account in one order; `face` is negative for a sale.

    `price` is clean, per 100: the order's average price for what is booked, the market's for what is open.
    `order_status` stands on open parts alone.
    """

    source: PosSource
    order_id: int
    order_status: str | None
    transaction_type: str
    bond: Bond
    face: Decimal
    price: Decimal

    @property
    def settlement_amount(self) -> Decimal:
        """Amount that the account pays (positive) or receives (negative) at settlement, to the cent."""
        return to_cents(self.face * (self.price + self.bond.accrued) / HUNDRED)


@dataclass(frozen=True, slots=True)
class _AccountRows:
    """Values that are the same on all rows of one account."""

    account: Account
    as_of: date
    nav_computed: Decimal
    cash: Decimal

    def bond_row(self, bond: Bond, face: Decimal, part: AccountSlice | None = None) -> PositionRow:
        account = self.account
        return PositionRow(
            portfolio_name=account.account_id,
            base_ccy=account.currency,
            pos_source=part.source if part else PosSource.CLOSE,
            reference_date=self.as_of,
            gp_status=_PUBLISHED,
            asset_id=bond.cusip,
            isin=bond.isin,
            sec_ticker=bond.ticker,
            sec_desc1=bond.description,
            sec_group="BND",
            sec_type=f"BND_{bond.kind}",
            issuer_id=bond.issuer_id,
            issuer_long_name=bond.issuer,
            country_risk=bond.risk_country,
            ccy=bond.currency,
            cpn=bond.coupon,
            maturity=bond.maturity,
            pos_quantity=face,
            cur_par=face,
            factor=_NO_FACTOR,
            price=bond.price,
            price_date=self.as_of,
            price_as_pct="Y",
            accrued_interest=bond.accrued_interest(face),
            mkt_value=bond.market_value(face),
            oad=bond.duration,
            spread_dur=bond.spread_duration,
            oas=bond.oas,
            oac=bond.convexity,
            min_trade_size=bond.min_piece,
            min_trade_increment=bond.increment,
            portfolio_nav=account.nav,
            portfolio_nav_computed=self.nav_computed,
            cash_computed=self.cash,
            order_id=part.order_id if part else None,
            order_status=part.order_status if part else None,
            trade_tran_type=part.transaction_type if part else None,
        )

    def cash_row(self, amount: Decimal, part: AccountSlice | None = None) -> PositionRow:
        account = self.account
        return PositionRow(
            portfolio_name=account.account_id,
            base_ccy=account.currency,
            pos_source=part.source if part else PosSource.CLOSE,
            reference_date=self.as_of,
            gp_status=_PUBLISHED,
            asset_id=account.currency,
            sec_desc1=f"{account.currency} cash",
            sec_group="CASH",
            sec_type="CASH_CASH",
            ccy=account.currency,
            pos_quantity=amount,
            mkt_value=amount,
            portfolio_nav=account.nav,
            portfolio_nav_computed=self.nav_computed,
            cash_computed=self.cash,
            order_id=part.order_id if part else None,
            order_status=part.order_status if part else None,
            trade_tran_type=part.transaction_type if part else None,
        )


def rows_of(book: SimulatorBook, account: Account, parts: Sequence[AccountSlice]) -> Iterator[PositionRow]:
    """Yield the rows of one account: its holdings, its cash, then two rows for every part of an order.

    A part makes a row of the bond at the market price, and a row of cash of its settlement amount with the
    opposite sign. So the computed NAV, the sum of all rows, changes by the gain or loss of trades against the
    market price, and not by open orders; `cashComputed` on all rows is the cash after all of them.
    """
    paid = sum((part.settlement_amount for part in parts), Decimal(0))
    gained = sum((part.bond.market_value(part.face) for part in parts), Decimal(0)) - paid
    nav = account.cash + book.holdings_value(account) + gained
    rows = _AccountRows(account, book.as_of, nav, account.cash - paid)
    for position in account.positions:
        yield rows.bond_row(book.bond_by_cusip[position.cusip], position.face)
    yield rows.cash_row(account.cash)
    for part in parts:
        yield rows.bond_row(part.bond, part.face, part)
        yield rows.cash_row(-part.settlement_amount, part)
