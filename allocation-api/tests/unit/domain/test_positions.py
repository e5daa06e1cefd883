"""An account's sums and indices: what they are, and that one read of the positions pays for them once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from app.services.domain.book import Holding, Price
from app.services.domain.positions import AccountPositions, latest_price

FIGURES = ("market_value", "spread_duration", "duration", "oas", "dts", "unvalued")


def holding(security_id, value, *, issuer="I", years=None, oas=None, price=None):
    worth = None if value is None else Decimal(value)
    return Holding(
        "A", security_id, issuer, Decimal(1000), Decimal(1000), worth, price, years, years, oas, None, None
    )


class CountedHoldings(tuple):
    """Holdings that count how often they are gone through."""

    __slots__ = ()
    rounds = 0

    def __iter__(self):
        CountedHoldings.rounds += 1
        return super().__iter__()


def test_the_sums_of_two_bonds():
    # By hand: (300 x 2 + 100 x 6) / 500 = 2.4 years; (300 x 50 + 100 x 150) / 500 = 60 bp;
    # (300 x 2 x 50 + 100 x 6 x 150) / 500 = 240 years x bp.
    bonds = (holding("X", 300, years=2.0, oas=50.0), holding("Y", 100, years=6.0, oas=150.0))
    account = AccountPositions("A", Decimal(500), holdings=bonds)
    assert account.market_value == 400
    assert (account.spread_duration, account.duration) == (2.4, 2.4)
    assert (account.oas, account.dts) == (60.0, 240.0)


@pytest.mark.parametrize("nav", [None, Decimal(0), Decimal(-1)])
def test_without_a_positive_nav_there_are_no_averages(nav):
    account = AccountPositions("A", nav, holdings=(holding("X", 300, years=2.0, oas=50.0),))
    assert (account.spread_duration, account.duration, account.oas, account.dts) == (None,) * 4


def test_a_holding_without_a_value_leaves_no_average_and_is_named():
    bonds = (holding("X", 300, years=2.0), holding("Y", None, years=6.0), holding("Z", 0))
    account = AccountPositions("A", Decimal(500), holdings=bonds)
    assert (account.market_value, account.duration, account.unvalued) == (300, None, ("Y",))


def test_holdings_are_found_by_bond_and_by_issuer_in_their_order():
    bonds = [holding("X", 1), holding("Y", 2, issuer=None), holding("X", 3), holding("Z", 4)]
    account = AccountPositions("A", holdings=tuple(bonds))
    assert list(account.of_security("X")) == [bonds[0], bonds[2]]
    assert list(account.of_issuer("I")) == [bonds[0], bonds[2], bonds[3]]
    assert [list(found) for found in (account.of_security("W"), account.of_issuer(None))] == [[], []]


def test_one_read_pays_once():
    account = AccountPositions("A", Decimal(500), holdings=CountedHoldings([holding("X", 300, years=2.0)]))
    first = [getattr(account, name) for name in FIGURES]
    account.of_security("X")
    account.of_issuer("I")
    CountedHoldings.rounds = 0
    assert [getattr(account, name) for name in FIGURES] == first
    account.of_security("Y")
    account.of_issuer("J")
    assert CountedHoldings.rounds == 0


def test_the_newest_price_wins_and_the_first_account_of_equals():
    old, new, same = (Price(Decimal(p), date(2026, 6, d), "X") for p, d in ((98, 28), (99, 29), (97, 29)))
    accounts = [
        AccountPositions("C", holdings=(holding("X", 1, price=same),)),
        AccountPositions("B", holdings=(holding("X", 1, price=new),)),
        AccountPositions("A", holdings=(holding("X", 1, price=old), holding("Y", 1), holding("X", 1))),
    ]
    assert latest_price(accounts, "X") == new
    assert latest_price(accounts, "Y") is None
