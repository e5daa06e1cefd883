"""Validation of orders: a client's input becomes an order of the vendor, or is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from msgspec.structs import replace

from aladdin_simulator.book import HUNDRED, Bond, SimulatorBook, exact, to_cents
from aladdin_simulator.wire.order_messages import (
    BUY,
    SELL,
    AssetReference,
    Detail,
    DetailFields,
    DetailInput,
    ExternalReference,
    Order,
    OrderFields,
    OrderInput,
    PortfolioReference,
    RpcStatus,
)
from aladdin_simulator.wire.portfolios import Portfolios

INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION = 3, 5, 9
OPEN, ACTIVE, COMPL_PENDING = "Open", "Active", "Compl Pending"
BOOKED, CANCELED, EXPIRED = "Booked", "Canceled", "Expired"
LIVE_STATUSES = frozenset({OPEN, COMPL_PENDING, "Authorized", ACTIVE})
SIGNS: Mapping[str, int] = {BUY: 1, SELL: -1}
_MAX_ID_CHARACTERS = 64
_MAX_FACE = 1e13
_MIN_PRICE, _MAX_PRICE = 1e-6, 1e9


class OrderRefusedError(Exception):
    """An order, a change or a cancellation is refused; `code` is a google.rpc code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.status = RpcStatus(code=code, message=message)


class OrderRules:
    """Validates orders against the bonds and portfolios of a book. Stateless."""

    def __init__(self, book: SimulatorBook, portfolios: Portfolios) -> None:
        self._bonds = book.bond_by_cusip
        self._cusip_by_isin = {bond.isin: bond.cusip for bond in book.securities if bond.isin is not None}
        self._portfolios = portfolios

    def new_order(self, sent: OrderInput, now: datetime) -> Order:
        """Return the new order of a client's input, without an id yet.

        Raises
        ------
        OrderRefusedError
            If the asset, a portfolio or the transaction type is unknown, there is no slice, a quantity is not
            positive, or `face` is not the sum of the slices.
        """
        bond = self._bond(sent)
        if sent.transaction_type not in SIGNS:
            raise _invalid(f"transactionType: {sent.transaction_type!r} is not {' or '.join(SIGNS)}")
        _check_external_id(sent)
        _check_limit(sent.trading_limit_type, sent.trading_limit_value)
        details = self._details(sent.order_details or (), {}, now)
        face = _face(sent, details)
        fields = {name: getattr(sent, name) for name in OrderFields.__struct_fields__}
        fields |= {
            "asset_id": bond.cusip,
            "face": float(face),
            "basket_id": _basket_id(sent),
            "order_date": sent.order_date or now.date(),
            "market_price": float(bond.price) if sent.market_price is None else sent.market_price,
            "owner_type": sent.owner_type or "OWNER_TYPE_PM",
        }
        return Order(
            **fields,
            order_status=OPEN,
            version=1,
            touch_count=1,
            fill_amount=0.0,
            average_price=0.0,
            factor=1.0,
            principal=_principal(bond, face),
            interest=float(bond.settling(sent.settle_date).accrued_interest(face)),
            market_yield=bond.yield_to_maturity,
            entry_time=now,
            modify_time=now,
            order_details=details,
        )

    def changed_order(self, order: Order, sent: OrderInput, now: datetime) -> Order:
        """Return `order` with the fields that the client sends; it is live again, or booked if it is full.

        Slices that are sent replace all slices: one with an id changes that slice, not below what is booked
        for it; one without an id is new; one that is not sent is removed, unless anything is booked for it.
        If no slices are sent, the order keeps its own.

        Raises
        ------
        OrderRefusedError
            As for a new order, and if the order is not live, or its asset or side would change.
        """
        check_live(order, "changed")
        bond = self._bonds[order.asset_id or ""]
        names_asset = sent.asset_id is not None or sent.asset_reference is not None
        if names_asset and self._bond(sent) is not bond:
            raise _invalid("assetId: the asset of an order cannot change")
        if sent.transaction_type not in (None, order.transaction_type):
            raise _invalid("transactionType: the side of an order cannot change")
        _check_external_id(sent)
        details = order.order_details
        if sent.order_details is not None:
            existing = {detail.order_detail_id: detail for detail in details}
            details = self._details(sent.order_details, existing, now)
            _check_booked_kept(existing, details)
        face = _face(sent, details)
        stated = {name: getattr(sent, name) for name in OrderFields.__struct_fields__}
        changes = {name: value for name, value in stated.items() if value is not None}
        _check_limit(
            sent.trading_limit_type or order.trading_limit_type,
            order.trading_limit_value if sent.trading_limit_value is None else sent.trading_limit_value,
        )
        changes |= {
            "asset_id": order.asset_id,
            "face": float(face),
            "basket_id": order.basket_id if sent.basket_id is None else _basket_id(sent),
            "version": order.version + 1,
            "touch_count": order.touch_count + 1,
            "principal": _principal(bond, face),
            "interest": float(bond.settling(sent.settle_date or order.settle_date).accrued_interest(face)),
            "modify_time": now,
            "order_details": details,
            "order_status": BOOKED if is_filled(details) else status_of_trading(order),
        }
        return replace(order, **changes)

    def _bond(self, sent: OrderInput) -> Bond:
        reference = sent.asset_reference or AssetReference()
        asset_id = sent.asset_id or reference.snp_cusip or self._cusip_by_isin.get(reference.isin or "", "")
        if asset_id not in self._bonds:
            named = sent.asset_id or reference.snp_cusip or reference.isin
            raise _invalid(
                f"assetId: {named!r} is not known" if named else "assetId: the order names no asset"
            )
        return self._bonds[asset_id]

    def _details(
        self, sent: Sequence[DetailInput], existing: Mapping[int, Detail], now: datetime
    ) -> tuple[Detail, ...]:
        """Return the slices of an order from those that are sent; ids count from 1 within the order."""
        if not sent:
            raise _invalid("orderDetails: at least one slice is needed")
        next_id = max(existing, default=0) + 1
        details: list[Detail] = []
        for number, slice_ in enumerate(sent):
            place = f"orderDetails[{number}]"
            if slice_.order_detail_id is None:
                details.append(self._new_detail(place, slice_, next_id, now))
                next_id += 1
            elif slice_.order_detail_id in existing:
                details.append(self._changed_detail(place, slice_, existing[slice_.order_detail_id], now))
            else:
                raise _invalid(
                    f"{place}.orderDetailId: {slice_.order_detail_id} is not a slice of this order"
                )
        if len({detail.order_detail_id for detail in details}) < len(details):
            raise _invalid("orderDetails: an orderDetailId occurs twice")
        return tuple(details)

    def _new_detail(self, place: str, sent: DetailInput, detail_id: int, now: datetime) -> Detail:
        quantity = _quantity(place, sent)
        if quantity <= 0:
            raise _invalid(f"{place}.quantity: {quantity:g} is not positive")
        return Detail(
            **{name: getattr(sent, name) for name in DetailFields.__struct_fields__},
            order_detail_id=detail_id,
            portfolio_reference=self._portfolio(place, sent.portfolio_reference),
            quantity=quantity,
            quantity_booked=0.0,
            version=1,
            modify_time=now,
        )

    def _changed_detail(self, place: str, sent: DetailInput, detail: Detail, now: datetime) -> Detail:
        quantity = _quantity(place, sent)
        if quantity < detail.quantity_booked:
            raise _invalid(f"{place}.quantity: {quantity:g} is below the {detail.quantity_booked:g} booked")
        portfolio = detail.portfolio_reference
        if sent.portfolio_reference and self._portfolio(place, sent.portfolio_reference) != portfolio:
            raise _invalid(f"{place}.portfolioReference: the portfolio of a slice cannot change")
        stated = {name: getattr(sent, name) for name in DetailFields.__struct_fields__}
        changes = {name: value for name, value in stated.items() if value is not None}
        return replace(detail, **changes, quantity=quantity, version=detail.version + 1, modify_time=now)

    def _portfolio(self, place: str, reference: PortfolioReference | None) -> PortfolioReference:
        """Complete a reference by code or ticker; the code takes precedence, and groups are refused."""
        if reference is None:
            raise _invalid(f"{place}: portfolio is required")
        named = reference.portfolio_id if reference.portfolio_id is not None else reference.portfolio_ticker
        ticker = named if reference.portfolio_id is None else self._portfolios.ticker(reference.portfolio_id)
        if ticker is None or self._portfolios.account(ticker) is None:
            raise _invalid(f"{place}.portfolioReference: {named!r} is not a portfolio")
        return PortfolioReference(portfolio_id=self._portfolios.code(ticker), portfolio_ticker=ticker)


def check_live(order: Order, action: str) -> None:
    """Check that an order is live.

    Raises
    ------
    OrderRefusedError
        If the order's status is not a live one.
    """
    if order.order_status not in LIVE_STATUSES:
        raise OrderRefusedError(
            FAILED_PRECONDITION, f"order {order.id} is {order.order_status} and cannot be {action}"
        )


def status_of_trading(order: Order) -> str:
    """Return the status of a live order after compliance: Active once trading has begun, else Open."""
    return OPEN if order.active_time is None else ACTIVE


def is_filled(details: Sequence[Detail]) -> bool:
    """Return whether every slice is fully booked."""
    return all(detail.quantity_booked >= detail.quantity for detail in details)


def _invalid(message: str) -> OrderRefusedError:
    return OrderRefusedError(INVALID_ARGUMENT, message)


def _quantity(place: str, sent: DetailInput) -> float:
    if sent.quantity is None:
        raise _invalid(f"{place}: quantity is required")
    if not 0 <= sent.quantity <= _MAX_FACE:
        raise _invalid(f"{place}.quantity: {sent.quantity:g} is not between 0 and {_MAX_FACE:g}")
    return sent.quantity


def _face(sent: OrderInput, details: Sequence[Detail]) -> Decimal:
    """Return the sum of the slices; a face that is sent must equal it."""
    total = sum((exact(detail.quantity) for detail in details), Decimal(0))
    if total == 0:
        raise _invalid("face: the slices add up to nothing")
    if sent.face is not None and exact(sent.face) != total:
        raise _invalid(f"face: {exact(sent.face)} is not the sum of the slices, {total}")
    return total


def _check_booked_kept(existing: Mapping[int, Detail], details: Sequence[Detail]) -> None:
    kept = {detail.order_detail_id for detail in details}
    for detail_id, detail in existing.items():
        if detail.quantity_booked and detail_id not in kept:
            raise _invalid(
                f"orderDetails: slice {detail_id} has {detail.quantity_booked:g} booked and must stay"
            )


def _check_limit(kind: str | None, value: float | None) -> None:
    if kind == "Price" and (value is None or not _MIN_PRICE <= value <= _MAX_PRICE):
        raise _invalid(f"tradingLimitValue: {value} is not a price between {_MIN_PRICE:g} and {_MAX_PRICE:g}")


def _principal(bond: Bond, face: Decimal) -> float:
    """Return face x clean price / 100."""
    return float(to_cents(face * bond.price / HUNDRED))


def _basket_id(sent: OrderInput) -> str | None:
    """Truncate the basket id silently, as the vendor does."""
    return None if sent.basket_id is None else sent.basket_id[:_MAX_ID_CHARACTERS]


def _check_external_id(sent: OrderInput) -> None:
    reference = sent.external_order_reference or ExternalReference()
    for key, value in (("externalId1", reference.external_id1), ("externalId2", reference.external_id2)):
        if value is not None and len(value) > _MAX_ID_CHARACTERS:
            raise _invalid(f"externalOrderReference.{key}: longer than {_MAX_ID_CHARACTERS} characters")
