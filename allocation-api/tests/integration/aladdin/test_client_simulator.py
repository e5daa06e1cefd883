"""The client and the simulator, written apart from the same published descriptions, understand each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from decimal import Decimal

import httpx
import pytest

from aladdin_simulator import SimulatorBook, create_simulator, load_book
from app.core.errors import Conflict
from app.services.aladdin.errors import VendorNotFound, VendorRejected
from app.services.aladdin.mapping.securities import IdType
from app.services.aladdin.transport import Transport
from app.services.aladdin.vendor_book import VendorBook
from app.services.aladdin.vendor_orders import VendorOrders
from app.services.domain.block_order import BlockOrder, CheckState, PostedOrder, Slice, VendorCheck
from app.services.domain.book import Analytics, AsOf, AssetFault, Holding, Ratings, Security
from app.services.domain.positions import AccountPositions
from app.services.domain.side import Side

GROUP = "OPNIC"


@dataclass(frozen=True)
class Vendor:
    book: VendorBook
    orders: VendorOrders


@pytest.fixture(scope="module")
def book() -> SimulatorBook:
    return load_book("default", as_of=date(2026, 6, 30))


@pytest.fixture
def client(book: SimulatorBook) -> Iterator[Vendor]:
    transport = httpx.WSGITransport(app=create_simulator(book))
    with httpx.Client(transport=transport, base_url="https://aladdin.invalid") as http:
        wire = Transport(http)
        yield Vendor(VendorBook(wire), VendorOrders(wire, account_code="12345"))


def held(account: AccountPositions, security_id: str) -> Holding | None:
    return next((h for h in account.holdings if h.security_id == security_id), None)


def block(book: SimulatorBook, side: Side = Side.SELL) -> BlockOrder:
    """Return an order for 2,000 and 1,000 of a bond that both accounts of the group hold."""
    accounts = {account.account_id: account for account in book.accounts}
    group = next(group for group in book.groups if group.group_id == GROUP)
    first, second = (accounts[member] for member in group.member_ids)
    common = {p.cusip for p in first.positions} & {p.cusip for p in second.positions}
    slices = (Slice(first.account_id, Decimal(2000)), Slice(second.account_id, Decimal(1000)))
    return BlockOrder(
        security_id=min(common),
        side=side,
        face=Decimal(3000),
        settlement_date=date(2026, 7, 1),
        external_id="ALLOC-1-1",
        basket_id="ALLOC-1",
        slices=slices,
        limit_price=Decimal("98.5"),
        comment="pro-rata",
        trade_date=book.as_of,
        currency="USD",
    )


def faces(order: PostedOrder) -> dict[str | None, Decimal | None]:
    return {part.account_id: part.face for part in order.slices}


# --- the book -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("group_id", "count"), [("PUBLICPRE", 12), ("BIG6", 6), ("DP-LB-USD", 11), ("OPNIC", 2)]
)
def test_members_of_the_desks_groups(client: Vendor, group_id: str, count: int) -> None:
    (members,) = client.book.group_members([group_id])
    assert len(members.account_ids) == count
    positions = client.book.positions([group_id], AsOf.SOD)
    assert tuple(account.account_id for account in positions) == members.account_ids


@pytest.mark.parametrize("as_of", AsOf)
def test_positions_are_the_books_own(client: Vendor, book: SimulatorBook, as_of: AsOf) -> None:
    accounts = {account.account_id: account for account in book.accounts}
    found = client.book.positions([group.group_id for group in book.groups], as_of)
    assert [account.account_id for account in found] == sorted(accounts)
    for account in found:
        known = accounts[account.account_id]
        assert (account.nav, account.cash) == (known.nav, known.cash)
        assert (account.currency, account.reference_date) == (known.currency, book.as_of)
        assert {h.security_id: h.face for h in account.holdings} == {p.cusip: p.face for p in known.positions}
        assert all(h.settled_face == h.face for h in account.holdings)


def test_a_node_says_what_is_under_it(client: Vendor, book: SimulatorBook) -> None:
    group = next(group for group in book.groups if group.group_id == GROUP)
    node = client.book.node(GROUP)
    assert (node.ticker, len(node.child_ids)) == (GROUP, len(group.member_ids))
    assert client.book.node(group.member_ids[0]).child_ids == ()


def test_cash_and_market_values_add_up_to_nav(client: Vendor, book: SimulatorBook) -> None:
    for account in client.book.positions([group.group_id for group in book.groups], AsOf.SOD):
        values = [h.market_value for h in account.holdings if h.market_value is not None]
        assert len(values) == len(account.holdings)
        assert account.cash is not None
        assert account.cash + sum(values, Decimal(0)) == account.nav


def test_an_account_can_be_asked_for_by_itself(client: Vendor, book: SimulatorBook) -> None:
    account_id = book.accounts[0].account_id
    (account,) = client.book.positions([account_id], AsOf.SOD)
    assert account.account_id == account_id


def test_every_bond_of_the_book_has_terms_and_numbers(client: Vendor, book: SimulatorBook) -> None:
    ids = [bond.cusip for bond in book.securities]
    securities, analytics, ratings = (
        read(ids) for read in (client.book.securities, client.book.analytics, client.book.ratings)
    )
    assert list(securities) == list(analytics) == list(ratings) == ids
    for bond in book.securities:
        terms, risk, rated = (answers[bond.cusip] for answers in (securities, analytics, ratings))
        assert isinstance(terms, Security)
        assert isinstance(risk, Analytics)
        assert isinstance(rated, Ratings)
        assert rated.composite == terms.rating
        assert (terms.isin, terms.coupon, terms.maturity) == (bond.isin, bond.coupon, bond.maturity)
        assert (terms.min_piece, terms.increment) == (bond.min_piece, bond.increment)
        assert (terms.rating, terms.day_count) == (
            None if bond.rating == "NR" else bond.rating,
            bond.day_count.value,
        )
        assert (terms.country, terms.currency) == (bond.risk_country, bond.currency)
        assert (risk.duration, risk.spread_duration, risk.oas) == (
            bond.duration,
            bond.spread_duration,
            bond.oas,
        )
        assert (risk.accrued, risk.risk_date) == (bond.accrued, book.as_of)


def test_a_bond_is_found_by_isin_and_an_unknown_one_is_a_fault(client: Vendor, book: SimulatorBook) -> None:
    bond = book.securities[0]
    found, fault = client.book.securities([bond.isin, "US0000000000"], IdType.ISIN).values()
    assert found.security_id == bond.cusip
    assert isinstance(fault, AssetFault)
    assert (fault.security_id, fault.code) == ("US0000000000", "NOT_FOUND")


def test_what_the_vendor_does_not_know_is_not_found(client: Vendor) -> None:
    with pytest.raises(VendorNotFound, match="NOWHERE"):
        client.book.group_members(["NOWHERE"])
    with pytest.raises(VendorNotFound, match="NOWHERE"):
        client.book.positions(["NOWHERE"], AsOf.SOD)


# --- orders -------------------------------------------------------------------------------------------------


def test_a_posted_order_comes_back_as_it_was_sent(client: Vendor, book: SimulatorBook) -> None:
    order = block(book)
    posted = client.orders.post_order(order)
    assert (posted.status, posted.side, posted.face) == ("Open", Side.SELL, Decimal(3000))
    assert (posted.external_id, posted.basket_id) == (order.external_id, order.basket_id)
    assert (posted.security_id, posted.settlement_date) == (order.security_id, order.settlement_date)
    assert faces(posted) == {part.account_id: part.face for part in order.slices}
    assert (posted.filled_face, posted.average_price) == (Decimal(0), None)
    assert posted.entered_at is not None
    assert client.orders.order_by_external_id(order.external_id) == posted
    assert client.orders.orders([posted.order_id, "1"]) == (posted,)
    assert client.orders.orders_of_groups([GROUP], security_ids=[order.security_id]) == (posted,)
    assert client.orders.orders_of_baskets([order.basket_id, "B-9"], book.as_of) == (posted,)
    assert client.orders.orders_of_baskets([order.basket_id], date(2026, 6, 29)) == ()
    entered = posted.entered_at
    assert client.orders.orders_modified([GROUP], since=entered, zone=UTC) == (posted,)
    earlier = {"since": entered - timedelta(hours=2), "until": entered - timedelta(hours=1)}
    assert client.orders.orders_modified([GROUP], **earlier, zone=UTC) == ()


def test_a_live_sale_lowers_the_position_and_what_may_be_sold(client: Vendor, book: SimulatorBook) -> None:
    order = block(book, Side.SELL)
    before = client.book.positions([GROUP], AsOf.TRADES_AND_ORDERS)
    client.orders.post_order(order)
    after = client.book.positions([GROUP], AsOf.TRADES_AND_ORDERS)
    slices = {part.account_id: part.face for part in order.slices}
    for old, new in zip(before, after, strict=True):
        was, now = held(old, order.security_id), held(new, order.security_id)
        assert was is not None
        assert now is not None
        sold = slices[old.account_id]
        assert (was.face - now.face, was.settled_face - now.settled_face) == (sold, sold)
        assert (was.market_value or 0) > (now.market_value or 0)
        assert (new.cash or 0) > (old.cash or 0)
        assert new.nav == old.nav
    assert client.book.positions([GROUP], AsOf.SOD) == before


def test_a_live_purchase_cannot_be_sold_yet(client: Vendor, book: SimulatorBook) -> None:
    order = block(book, Side.BUY)
    (before, *_) = client.book.positions([order.slices[0].account_id], AsOf.TRADES_AND_ORDERS)
    client.orders.post_order(order)
    (after, *_) = client.book.positions([order.slices[0].account_id], AsOf.TRADES_AND_ORDERS)
    was, now = held(before, order.security_id), held(after, order.security_id)
    assert was is not None
    assert now is not None
    assert (now.face - was.face, now.settled_face - was.settled_face) == (Decimal(2000), Decimal(0))
    assert (after.cash or 0) < (before.cash or 0)


def test_a_what_if_places_nothing(client: Vendor, book: SimulatorBook) -> None:
    order = block(book)
    assert client.orders.check(order) == VendorCheck(CheckState.FINISHED)
    assert client.orders.order_by_external_id(order.external_id) is None


def test_a_changed_order_has_the_new_slices_and_everything_else_as_before(
    client: Vendor, book: SimulatorBook
) -> None:
    order = block(book)
    posted = client.orders.post_order(order)
    first, second = (part.account_id for part in order.slices)
    other = next(a.account_id for a in book.accounts if a.account_id not in {first, second})
    slices = [Slice(first, Decimal(5000)), Slice(other, Decimal(1000))]
    client.orders.modify_order(
        posted.order_id, slices=slices, touch_count=posted.touch_count, comment="larger"
    )
    (changed,) = client.orders.orders([posted.order_id])
    assert faces(changed) == {first: Decimal(5000), second: Decimal(0), other: Decimal(1000)}
    assert (changed.face, changed.touch_count) == (Decimal(6000), (posted.touch_count or 0) + 1)
    same = {"face": None, "slices": (), "touch_count": None, "modified_at": None}
    assert replace(changed, **same) == replace(posted, **same)


def test_an_order_that_was_touched_meanwhile_is_not_changed(client: Vendor, book: SimulatorBook) -> None:
    posted = client.orders.post_order(block(book))
    slices = [Slice(part.account_id, part.face + 1000) for part in block(book).slices]
    client.orders.modify_order(posted.order_id, slices=slices, touch_count=posted.touch_count)
    with pytest.raises(Conflict, match="touch count 2, expected 1"):
        client.orders.modify_order(posted.order_id, slices=slices, touch_count=posted.touch_count)


def test_a_cancelled_order_is_gone_from_the_positions(client: Vendor, book: SimulatorBook) -> None:
    before = client.book.positions([GROUP], AsOf.TRADES_AND_ORDERS)
    posted = client.orders.post_order(block(book))
    cancelled = client.orders.cancel_order(posted.order_id, "PM withdrew")
    assert (cancelled.order_id, cancelled.status) == (posted.order_id, "Canceled")
    assert client.book.positions([GROUP], AsOf.TRADES_AND_ORDERS) == before
    with pytest.raises(VendorRejected, match="Canceled"):
        client.orders.cancel_order(posted.order_id, "again")


def test_an_order_for_an_unknown_account_is_refused_and_nothing_is_placed(
    client: Vendor, book: SimulatorBook
) -> None:
    order = replace(block(book), face=Decimal(1000), slices=(Slice("NOBODY", Decimal(1000)),))
    with pytest.raises(VendorRejected, match="NOBODY"):
        client.orders.post_order(order)
    assert client.orders.order_by_external_id(order.external_id) is None


def test_an_unknown_order_cannot_be_cancelled_or_changed(client: Vendor) -> None:
    with pytest.raises(VendorNotFound):
        client.orders.cancel_order("1", "no such order")
    with pytest.raises(VendorNotFound):
        client.orders.modify_order("1", slices=[Slice("A", Decimal(1000))], touch_count=None)
