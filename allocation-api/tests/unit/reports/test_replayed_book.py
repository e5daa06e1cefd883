"""The book that earlier orders would have left, by hand: face x 98.5 / 100 over a NAV of 100 million."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.services.domain.side import Side
from app.services.reports.replayed_book import ReplayedBook
from tests.support.builders import account, inputs, security

HELD = {"held_face": Decimal(2_000_000), "settled_face": Decimal(1_500_000)}


def made(side=Side.BUY, bond=None, **more):
    accounts = [account("A", **HELD), account("B", **HELD)]
    return inputs(accounts, side=side, bond=bond or security(), **more)


def after(book, order):
    return book.inputs(order).accounts


def test_what_an_account_bought_more_is_held_and_paid_for_and_not_settled():
    """R15.8: 985,000 are 0.985 % of NAV; times 3.8, 4.2 and 12 they add 0.03743, 0.04137 and 0.1182."""
    book = ReplayedBook()
    book.move(made(), {"A": Decimal(1_000_000), "B": Decimal(0)})
    a, b = after(book, made())
    assert (a.cash, a.market_value) == (4_015_000, 95_985_000)
    assert (a.held_face, a.held_market_value, a.issuer_market_value) == (3_000_000, 985_000, 985_000)
    assert a.settled_face == 1_500_000
    assert (a.spread_duration, a.duration, a.oas) == pytest.approx((4.53743, 5.04137, 95.1182), abs=1e-12)
    assert a.dts == pytest.approx(400 + 0.00985 * 3.8 * 12, abs=1e-12)
    assert b == made().accounts[1]


def test_what_an_account_sold_more_is_gone_and_paid_for():
    """R15.8: 400,000 are 394,000 of money; more than there is cannot be sold again."""
    book = ReplayedBook()
    book.move(made(Side.SELL), {"A": Decimal(400_000), "B": Decimal(3_000_000)})
    a, b = after(book, made(Side.SELL))
    assert (a.cash, a.held_face, a.settled_face) == (5_394_000, 1_600_000, 1_100_000)
    assert a.spread_duration == pytest.approx(4.5 - 0.00394 * 3.8, abs=1e-12)
    assert (b.held_face, b.settled_face) == (0, 0)


def test_another_bond_of_the_issuer_sees_money_metrics_and_issuer_alone():
    book = ReplayedBook()
    book.move(made(), {"A": Decimal(1_000_000)})
    same_issuer, other = security(security_id="91282CKF7"), security(security_id="OTHER", issuer_id="X")
    (a, _), (x, _) = after(book, made(bond=same_issuer)), after(book, made(bond=other))
    assert (a.held_face, a.held_market_value, a.issuer_market_value) == (2_000_000, 0, 985_000)
    assert (x.cash, x.issuer_market_value) == (4_015_000, 0)


def test_what_is_given_back_later_leaves_the_book_as_it_was():
    book = ReplayedBook()
    book.move(made(), {"A": Decimal(1_000_000)})
    book.move(made(), {"A": Decimal(-1_000_000)})
    a, _ = after(book, made())
    was = made().accounts[0]
    assert (a.cash, a.held_face, a.market_value) == (was.cash, was.held_face, was.market_value)
    assert a.spread_duration == pytest.approx(was.spread_duration, abs=1e-12)


def test_what_is_unknown_stays_unknown():
    book, order = ReplayedBook(), inputs([account("A", nav=None, cash=None, oas=None)])
    book.move(order, {"A": Decimal(1_000)})
    (a,) = after(book, order)
    assert (a.cash, a.oas, a.spread_duration) == (None, None, 4.5)
