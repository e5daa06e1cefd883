"""The book that a line of a blotter sees: the vendor's, with the trades of those before it (R18.1, R18.2)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from app.services.accounts.reference import AccountReference
from app.services.allocations.engine import split
from app.services.allocations.inputs import account_input
from app.services.allocations.request import BaseMetric, Constraints, Parameters
from app.services.blotters.book import TradedBook
from app.services.domain.book import AsOf, Benchmark, GroupMembers, Holding, Price
from app.services.domain.positions import AccountPositions, latest_price
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method
from tests.support.builders import BUSINESS_DATE, inputs, security
from tests.support.profiles import examples

READ_AT = datetime(2026, 6, 30, 9, 0, tzinfo=UTC)
DAYS = (date(2026, 7, 1), date(2026, 7, 2), date(2026, 7, 6))
TOMORROW = DAYS[0]
BONDS = tuple(
    security(security_id=name, issuer_id=issuer, sector="CORPORATES", rating="A")
    for name, issuer in (("BOND-A1", "ACME"), ("BOND-A2", "ACME"), ("BOND-B1", "BOLT"))
)
LIVE = AsOf.TRADES_AND_ORDERS


class Book:
    """The vendor's book, which counts how often it is read."""

    def __init__(self, *accounts):
        self.accounts = accounts
        self.reads = 0

    def group_members(self, group_ids):
        return tuple(GroupMembers(g, tuple(a.account_id for a in self.accounts)) for g in group_ids)

    def positions(self, groups_or_accounts, as_of):
        self.reads += 1
        return self.accounts


def holding(bond, face, account_id="A", *, price="100"):
    return Holding(
        account_id=account_id,
        security_id=bond.security_id,
        issuer_id=bond.issuer_id,
        face=Decimal(face),
        settled_face=Decimal(face),
        market_value=Decimal(face) * Decimal(price) / 100,
        price=Price(Decimal(price), BUSINESS_DATE, "ALADDIN"),
        duration=4.0,
        spread_duration=3.5,
        oas=90.0,
    )


def positions(account_id="A", *, cash="1000000", nav="100000000", holdings=()):
    return AccountPositions(account_id, Decimal(nav), Decimal(cash), "USD", BUSINESS_DATE, tuple(holdings))


def previewed(book, bond, side, quantity, settlement=TOMORROW, *, price="100", respect_cash=True):
    """A line as it is previewed on the book, by NAV or, for a sale, by position."""
    accounts = [
        account_input(
            found.account_id,
            AccountReference(found.account_id, "", None, "USD", (), Benchmark(spread_duration=3.0)),
            found,
            bond,
        )
        for found in seen(book, settlement).values()
    ]
    base = BaseMetric.POSITION if side is Side.SELL else BaseMetric.NAV
    wanted = inputs(
        accounts,
        quantity=quantity,
        side=side,
        method=Method.PRO_RATA,
        parameters=Parameters(base_metric=base),
        constraints=Constraints(respect_cash=respect_cash, leave_tradable=True),
        bond=bond,
        price=price,
    )
    asked = replace(wanted, settlement_date=settlement)
    return asked, split(asked)


def traded(book, *line, **more):
    """Preview a line and put its trades on the book; its face by account."""
    asked, result = previewed(book, *line, **more)
    book.add(asked, result)
    return {row.account_id: int(row.allocated_quantity) for row in result.allocations}


def over(*accounts, sales_fund_buys=False):
    return TradedBook(Book(*accounts), READ_AT, sales_fund_buys=sales_fund_buys)


def seen(book, settlement=TOMORROW):
    return {found.account_id: book.after(found, settlement) for found in book.positions(["ALL"], LIVE)}


def test_a_purchase_takes_cash_and_adds_a_holding_that_cannot_be_sold_yet():
    book = over(positions())
    assert traded(book, BONDS[0], Side.BUY, 400_000, price="98.5") == {"A": 400_000}
    (bought,) = seen(book)["A"].holdings
    assert seen(book)["A"].cash == Decimal("606000.00")
    assert (bought.face, bought.settled_face, bought.market_value) == (400_000, 0, Decimal("394000.00"))
    assert (bought.issuer_id, bought.spread_duration) == ("ACME", 3.8)
    assert seen(book)["A"].nav == Decimal(100_000_000)


def test_a_sale_takes_face_that_the_next_one_cannot_sell():
    book = over(positions(holdings=[holding(BONDS[0], 500_000)]))
    assert traded(book, BONDS[0], Side.SELL, 300_000) == {"A": 300_000}
    assert traded(book, BONDS[0], Side.SELL, 300_000) == {"A": 200_000}
    assert traded(book, BONDS[0], Side.SELL, 300_000) == {"A": 0}


def test_what_was_bought_is_not_sold_before_it_is_settled():
    book = over(positions(holdings=[holding(BONDS[0], 100_000)]))
    traded(book, BONDS[0], Side.BUY, 300_000)
    assert traded(book, BONDS[0], Side.SELL, 400_000) == {"A": 100_000}


@pytest.mark.parametrize(
    ("sales_fund_buys", "sold_on", "bought_on", "bought"),
    [
        (False, 0, 1, 1_000_000),
        (True, 0, 0, 1_500_000),
        (True, 0, 1, 1_500_000),
        (True, 1, 0, 1_000_000),
    ],
)
def test_a_sale_funds_a_purchase_that_settles_no_earlier_and_only_by_policy(
    sales_fund_buys, sold_on, bought_on, bought
):
    book = over(positions(holdings=[holding(BONDS[0], 500_000)]), sales_fund_buys=sales_fund_buys)
    traded(book, BONDS[0], Side.SELL, 500_000, DAYS[sold_on])
    assert traded(book, BONDS[2], Side.BUY, 2_000_000, DAYS[bought_on]) == {"A": bought}


def test_cash_that_a_later_settlement_needs_is_not_spent_before():
    """1,000,000 and proceeds of 500,000 on the 2nd, less 1,200,000 on the 6th, leave 300,000."""
    book = over(positions(holdings=[holding(BONDS[0], 500_000)]), sales_fund_buys=True)
    traded(book, BONDS[0], Side.SELL, 500_000, DAYS[1])
    assert traded(book, BONDS[2], Side.BUY, 1_200_000, DAYS[2]) == {"A": 1_200_000}
    assert seen(book, DAYS[0])["A"].cash == 300_000
    assert traded(book, BONDS[2], Side.BUY, 2_000_000, DAYS[0]) == {"A": 300_000}
    assert seen(book, DAYS[2])["A"].cash == 0


def test_an_issuer_s_limit_holds_over_its_bonds_together():
    """10 % of a NAV of 10,000,000 is 1,000,000 of one issuer, whichever bond."""
    book = over(positions(cash="9000000", nav="10000000"))
    assert traded(book, BONDS[0], Side.BUY, 700_000) == {"A": 700_000}
    assert traded(book, BONDS[1], Side.BUY, 700_000) == {"A": 300_000}
    assert traded(book, BONDS[2], Side.BUY, 700_000) == {"A": 700_000}


def test_metrics_before_a_line_are_those_after_the_line_before_it():
    book = over(
        positions("A", nav="900000000", holdings=[holding(BONDS[0], 50_000_000)], cash="9000000"),
        positions("B", holdings=[holding(BONDS[2], 20_000_000, "B")], cash="9000000"),
    )
    asked, first = previewed(book, BONDS[1], Side.BUY, 4_000_000)
    book.add(asked, first)
    _, second = previewed(book, BONDS[2], Side.BUY, 1_000_000)
    for before, after in zip(first.allocations, second.allocations, strict=True):
        assert before.allocated_quantity > 0
        for name in ("active_spread_duration", "duration", "oas", "dts"):
            expected = getattr(before.post_trade_metrics, name)
            assert getattr(after.pre_trade_metrics, name) == pytest.approx(expected, rel=1e-12)


def test_a_price_that_an_order_states_is_no_market_price():
    book = over(positions())
    traded(book, BONDS[0], Side.BUY, 400_000, price="42")
    assert latest_price(tuple(seen(book).values()), BONDS[0].security_id) is None


def test_a_trade_is_worth_what_the_market_says_and_costs_what_was_stated():
    book = over(positions())
    asked, result = previewed(book, BONDS[0], Side.BUY, 400_000, price="50")
    book.add(replace(asked, market_price=Price(Decimal(100), BUSINESS_DATE, "ALADDIN")), result)
    (bought,) = seen(book)["A"].holdings
    assert (seen(book)["A"].cash, bought.market_value) == (Decimal("800000.00"), Decimal("400000.00"))


def test_the_book_is_read_once_and_an_account_has_one_reading():
    first = positions("A", cash="100")
    vendor = Book(first)
    book = TradedBook(vendor, READ_AT, sales_fund_buys=False)
    assert book.positions(["ONE"], LIVE)[0].cash == 100
    vendor.accounts = (replace(first, cash=Decimal(999)), positions("B", cash="7"))
    assert [p.cash for p in book.positions(["ONE"], LIVE)] == [100]
    assert [p.cash for p in book.positions(["TWO"], LIVE)] == [100, 7]
    for _ in range(3):
        book.positions(["ONE"], AsOf.SOD)
    assert vendor.reads == 3


def test_a_sale_whose_proceeds_do_not_count_still_takes_the_face():
    book = over(positions(holdings=[holding(BONDS[0], 500_000)]), sales_fund_buys=True)
    asked, result = previewed(book, BONDS[0], Side.SELL, 500_000)
    book.add(asked, result, counts_proceeds=False)
    assert seen(book)["A"].cash == 1_000_000
    assert traded(book, BONDS[0], Side.SELL, 500_000) == {"A": 0}


def test_what_is_taken_back_leaves_the_book_as_it_was_without_it():
    held = [holding(BONDS[0], 5_000_000), holding(BONDS[2], 3_000_000)]
    with_it, without = (over(positions(holdings=held), sales_fund_buys=True) for _ in range(2))
    bought = previewed(with_it, BONDS[1], Side.BUY, 300_000, price="98.5")
    sold = previewed(with_it, BONDS[0], Side.SELL, 200_000, price="101")
    for made in (bought, sold):
        with_it.add(*made)
    without.add(*sold)
    with_it.take_back(*bought, counted_proceeds=True)
    found, wanted = seen(with_it)["A"], seen(without)["A"]
    assert (found.cash, found.market_value) == (wanted.cash, wanted.market_value) == (1_202_000, 7_798_000)
    assert found.spread_duration == pytest.approx(wanted.spread_duration, rel=1e-12)
    with_it.take_back_proceeds(*sold)
    assert seen(with_it)["A"].cash == 1_000_000
    with_it.take_back(*sold, counted_proceeds=False)
    found = seen(with_it)["A"]
    assert (found.cash, found.market_value, found.dts) == (
        1_000_000,
        8_000_000,
        pytest.approx(8e6 * 315 / 1e8),
    )


def test_sums_of_an_account_after_trades_are_those_of_all_its_holdings():
    held = [holding(BONDS[0], 5_000_000), holding(BONDS[2], 3_000_000)]
    book = over(positions(cash="9000000", holdings=held))
    traded(book, BONDS[1], Side.BUY, 700_000, price="98.5")
    traded(book, BONDS[0], Side.SELL, 300_000, price="101")
    after = seen(book)["A"]
    plain = AccountPositions("A", after.nav, after.cash, "USD", BUSINESS_DATE, after.holdings)
    assert (after.market_value, after.unvalued) == (plain.market_value, plain.unvalued)
    for name in ("spread_duration", "duration", "oas", "dts"):
        assert getattr(after, name) == pytest.approx(getattr(plain, name), rel=1e-12)
    for bond in BONDS:
        assert list(after.of_security(bond.security_id)) == list(plain.of_security(bond.security_id))
        assert set(after.of_issuer(bond.issuer_id)) == set(plain.of_issuer(bond.issuer_id))


# --- promises over whole blotters ---------------------------------------------------------------------------

PIECES = st.integers(0, 3_000).map(lambda lots: lots * 1_000)
ACCOUNTS = st.lists(
    st.tuples(
        st.integers(-100_000, 4_000_000),  # cash
        st.integers(5_000_000, 40_000_000),  # NAV
        st.tuples(PIECES, PIECES, PIECES),  # face held of each bond
    ),
    min_size=1,
    max_size=3,
)
LINES = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from(Side),
        st.integers(1, 5_000).map(lambda lots: lots * 1_000),
        st.sampled_from(DAYS),
        st.sampled_from(("97.25", "100", "103.125")),
    ),
    min_size=1,
    max_size=6,
)


@examples(1_000, suppress_health_check=[HealthCheck.too_slow])
@given(ACCOUNTS, LINES, st.booleans())
def test_cash_positions_and_limits_hold_over_the_sum(accounts, lines, sales_fund_buys):
    start = {
        name: positions(
            name,
            cash=cash,
            nav=nav,
            holdings=[holding(b, face, name) for b, face in zip(BONDS, held, strict=True) if face],
        )
        for name, (cash, nav, held) in zip("ABC", accounts, strict=False)
    }
    book = over(*start.values(), sales_fund_buys=sales_fund_buys)
    kept = {name: Kept(found) for name, found in start.items()}
    for place, side, quantity, day, price in lines:
        for name, face in traded(book, BONDS[place], side, quantity, day, price=price).items():
            kept[name].trade(BONDS[place], side, face, day, face * Decimal(price) / 100)
    for account in kept.values():
        account.check(sales_fund_buys)


class Kept:
    """One account's sums, kept beside the book: what is held, sold, paid and received."""

    def __init__(self, start):
        self.start = start
        self.paid, self.received = [], []
        self.sold, self.issued = defaultdict(int), defaultdict(Decimal)
        for held in start.holdings:
            self.issued[held.issuer_id] += held.market_value

    def trade(self, bond, side, face, day, amount):
        if not face:
            return
        if side is Side.SELL:
            self.sold[bond.security_id] += face
            self.received.append((day, amount))
            self.issued[bond.issuer_id] -= amount
            return
        self.paid.append((day, amount))
        self.issued[bond.issuer_id] += amount
        assert self.issued[bond.issuer_id] <= self.start.nav / 10

    def check(self, sales_fund_buys):
        held = {h.security_id: h.face for h in self.start.holdings}
        assert all(face <= held[name] for name, face in self.sold.items())
        first = min((day for day, _ in self.paid), default=None)
        for day in (day for day in DAYS if first and day >= first):
            left = self.start.cash - sum(amount for when, amount in self.paid if when <= day)
            if sales_fund_buys:
                left += sum(amount for when, amount in self.received if when <= day)
            assert left >= 0
