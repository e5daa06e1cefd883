"""Attribution of drift: numbers by hand, and properties."""

from __future__ import annotations

from dataclasses import astuple, replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.kernels.rebalancing import Book, Causes, Position, attribute

TARGETS = {"GOVT": Decimal(50), "IND": Decimal(45), "cash": Decimal(5)}


def position(name, of, face, value):
    return Position(name, of, Decimal(face), None if value is None else Decimal(value))


def book(nav, cash, *positions, targets=TARGETS):
    return Book(Decimal(nav), Decimal(cash), "cash", positions, targets)


BEFORE = book(100, 4, position("G", "GOVT", 60, 60), position("I", "IND", 40, 36))


def causes(market=0, trades=0, flows=0, reclassified=0, rest=0):
    numbers = (Decimal(each) for each in (market, trades, flows, reclassified, rest))
    return Causes(*numbers)


def by_name(found):
    return {each.asset_class: each for each in found.classes}


def test_golden_market_trades_and_a_flow():
    """R19.17: 60 of GOVT at 1 become 50 at 1.1, 36 of IND stay, 10 come in; NAV goes from 100 to 116.

    The market makes 6 and the NAV 116, so 10 are a flow. Sales of 10 at 1.1 are 11: cash is 4 + 11 + 10.
    """
    after = book(116, 25, position("G", "GOVT", 50, 55), position("I", "IND", 40, 36))
    found = attribute(BEFORE, after)
    assert (found.market, found.flows, found.account_return) == (6, 10, 6)
    classes = by_name(found)
    assert {name: each.money for name, each in classes.items()} == {
        "GOVT": causes(market=6, trades=-11),
        "IND": causes(),
        "cash": causes(trades=11, flows=10),
    }
    # In points of 116: (6 - 0.6 x 6), -11 and -0.6 x 10 of GOVT; -0.36 x 6 and -0.36 x 10 of IND.
    expected = {
        "GOVT": (2.4 / 1.16, -11 / 1.16, -6 / 1.16),
        "IND": (-2.16 / 1.16, 0, -3.6 / 1.16),
        "cash": (-0.24 / 1.16, 11 / 1.16, 9.6 / 1.16),
    }
    for name, numbers in expected.items():
        assert [float(each) for each in astuple(classes[name].points)] == pytest.approx([*numbers, 0, 0])
    assert float(classes["GOVT"].drift_before) == 10
    assert float(classes["GOVT"].drift_after) == pytest.approx(5500 / 116 - 50)
    assert [each.contribution for each in found.classes] == [6, 0, 0]
    assert [each.class_return for each in found.classes] == [10, 0, 0]


def test_bonds_that_come_and_go_are_trades_and_what_was_earned_over_their_price_is_a_flow():
    """R19.17: 36 of IND are sold for 37, and 20 of N are bought."""
    after = book(101, 21, position("G", "GOVT", 60, 60), position("N", "IND", 20, 20))
    classes = by_name(attribute(BEFORE, after))
    assert classes["IND"].money == causes(trades=-16)
    assert classes["cash"].money == causes(trades=16, flows=1)


def test_a_bond_that_goes_to_another_class_takes_its_value_at_the_end_with_it():
    """R19.17: its price rises from 0.9 to 1 in the class of the start, 5 more are bought in the other one."""
    after = book(104, -1, position("G", "GOVT", 60, 60), position("I", "GOVT", 45, 45))
    found = by_name(attribute(BEFORE, after))
    assert found["IND"].money == causes(market=4, reclassified=-40)
    assert found["GOVT"].money == causes(trades=5, reclassified=40)
    assert found["cash"].money == causes(trades=-5)
    assert found["IND"].contribution == 4


@pytest.mark.parametrize(
    ("old", "new", "rest"), [((40, 36), (40, None), -36), ((0, 36), (40, 40), 4), ((40, None), (40, 40), 40)]
)
def test_what_has_no_value_of_a_unit_is_the_rest(old, new, rest):
    """R19.17."""
    first = book(100, 40, position("I", "IND", *old))
    last = book(100, 40, position("I", "IND", *new))
    assert by_name(attribute(first, last))["IND"].money == causes(rest=rest)


def test_a_change_of_targets_is_a_cause_of_its_own():
    """R19.17: a target of 50 becomes 60, so drift is 10 points less."""
    after = replace(BEFORE, targets={"GOVT": Decimal(60), "cash": Decimal(40)})
    classes = by_name(attribute(BEFORE, after))
    assert [(name, each.targets) for name, each in classes.items()] == [
        ("GOVT", -10),
        ("cash", -35),
        ("IND", 45),
    ]
    assert {each.points for each in classes.values()} == {causes()}


def test_a_nav_that_is_not_above_zero_is_refused():
    with pytest.raises(ValueError, match="above zero"):
        attribute(BEFORE, replace(BEFORE, nav=Decimal(0)))


MONEY = st.decimals(-(10**9), 10**9, places=2)
FACE = st.integers(-(10**9), 10**9).map(Decimal)
POSITIONS = st.dictionaries(
    st.sampled_from("ABCDE"),
    st.tuples(st.sampled_from(["GOVT", "IND", "unclassified"]), FACE, st.none() | MONEY),
    max_size=5,
).map(lambda found: tuple(Position(name, *of) for name, of in found.items()))
BOOKS = st.builds(
    Book,
    nav=st.decimals("0.01", 10**9, places=2),
    cash=MONEY,
    cash_class=st.sampled_from(["cash", "Cash"]),
    positions=POSITIONS,
    targets=st.just(TARGETS),
)


@given(BOOKS, BOOKS)
def test_the_parts_are_the_whole(before, after):
    """R19.17: money adds up to the cent, points up to the last digits of a decimal."""
    found = attribute(before, after)
    for each in found.classes:
        assert sum(astuple(each.money)) == each.value_after - each.value_before
        change = each.drift_after - each.drift_before
        size = max(abs(part) for part in (*astuple(each.points), each.drift_before, each.drift_after, 1))
        assert abs(sum(astuple(each.points)) + each.targets - change) <= size * Decimal("1e-24")
    traded = sum(each.money.trades for each in found.classes)
    assert traded == 0
    assert sum(each.money.reclassified for each in found.classes) == 0
    size = max(abs(each.contribution) for each in found.classes) + 1
    total = sum(each.contribution for each in found.classes)
    assert abs(total - found.account_return) <= size * Decimal("1e-24")


def scaled(of, by):
    positions = (
        replace(each, face=each.face * by, value=None if each.value is None else each.value * by)
        for each in of.positions
    )
    return replace(of, nav=of.nav * by, cash=of.cash * by, positions=tuple(positions))


@given(BOOKS, BOOKS, st.sampled_from([2, 7, 1000]))
def test_scaling_changes_no_percentage(before, after, by):
    """R19.17."""
    one, other = attribute(before, after), attribute(scaled(before, by), scaled(after, by))
    assert one.account_return == other.account_return
    for first, second in zip(one.classes, other.classes, strict=True):
        assert (first.points, first.contribution, first.class_return, first.drift_after) == (
            second.points,
            second.contribution,
            second.class_return,
            second.drift_after,
        )
