"""Limits of the vault, each at its edge and just beyond it; the limits are the specification's."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.compliance.vault import (
    VaultCode,
    VaultLimits,
    VaultReallocation,
    VaultSeverity,
    check_vault,
)

EVEN = {"A": 40, "B": 35, "C": 25}


def percents(weights):
    return {asset: Decimal(str(weight)) for asset, weight in weights.items()}


def check(proposed, current=None, *, day_start=None, transactions=None, liquidity=None):
    before = percents(proposed if current is None else current)
    return check_vault(
        VaultReallocation(
            percents(proposed),
            before,
            before if day_start is None else percents(day_start),
            percents(transactions or {}),
            percents(liquidity or {}),
        )
    )


def violations(found):
    return [(each.code, each.asset) for each in found if each.severity is VaultSeverity.VIOLATION]


def even(count):
    return {f"A{at}": Decimal(100) / count for at in range(count)}


def test_the_limits_are_those_of_the_specification():
    """R25.9."""
    assert VaultLimits() == VaultLimits(
        20, Decimal(1), Decimal(50), Decimal(15), Decimal("0.01"), Decimal(1_000_000), Decimal("0.1")
    )


@pytest.mark.parametrize(
    ("within", "beyond", "code", "asset"),
    [
        (even(20), even(21), VaultCode.ASSET_COUNT_EXCEEDED, None),
        (
            {"A": 50, "B": 49, "C": 1},
            {"A": 50, "B": "49.01", "C": "0.99"},
            VaultCode.MIN_ALLOCATION_VIOLATED,
            "C",
        ),
        ({"A": 50, "B": 50, "C": 0}, {"A": "50.01", "B": "49.99"}, VaultCode.MAX_ALLOCATION_VIOLATED, "A"),
        ({"A": 50, "B": "49.99"}, {"A": 50, "B": "49.98"}, VaultCode.TOTAL_ALLOCATION_INVALID, None),
        ({"A": 50, "B": "50"}, {"A": "50", "B": "45", "C": "5.02"}, VaultCode.TOTAL_ALLOCATION_INVALID, None),
        ({"A": 50, "B": 50}, {"A": 50, "B": 48, "C": 3, "D": -1}, VaultCode.MIN_ALLOCATION_VIOLATED, "D"),
    ],
)
def test_weights_at_their_limits_and_beyond(within, beyond, code, asset):
    """R25.9."""
    assert violations(check(within)) == []
    assert violations(check(beyond)) == [(code, asset)]


def test_a_day_s_change_counts_from_its_start():
    """R25.9: 15 points are allowed, 15.01 are not; what is sold entirely counts, too."""
    assert violations(check(EVEN, {"A": 25, "B": 50, "C": 25})) == []
    beyond = check(EVEN, {"A": "24.99", "B": "50.01", "C": 25})
    assert violations(beyond) == [(VaultCode.DAILY_CHANGE_EXCEEDED, name) for name in "AB"]
    # 10 points now, and 6 earlier in the day.
    later = check(EVEN, {"A": 30, "B": 45, "C": 25}, day_start={"A": 24, "B": 50, "C": 26})
    assert violations(later) == [(VaultCode.DAILY_CHANGE_EXCEEDED, "A")]
    gone = check({"A": 50, "B": 50}, {"A": 42, "B": 42, "C": 16})
    assert violations(gone) == [(VaultCode.DAILY_CHANGE_EXCEEDED, "C")]


def test_trades_at_their_limits_and_beyond():
    """R25.9."""
    room = {"A": 2_000_000, "B": 500}
    assert violations(check(EVEN, transactions={"A": 1_000_000, "B": 500}, liquidity=room)) == []
    beyond = check(EVEN, transactions={"A": "1000000.01", "B": "500.01", "C": 1}, liquidity=room)
    assert violations(beyond) == [
        (VaultCode.MAX_TRANSACTION_VALUE_EXCEEDED, "A"),
        (VaultCode.INSUFFICIENT_LIQUIDITY, "B"),
        # What is not known is not enough.
        (VaultCode.INSUFFICIENT_LIQUIDITY, "C"),
    ]


def test_a_duplicate_is_a_warning():
    """R25.9: up to 0.1 point for all assets."""
    (found,) = check({"A": "40.1", "B": "34.9", "C": 25}, EVEN)
    assert (found.code, found.severity) == (VaultCode.DUPLICATE_REALLOCATION, VaultSeverity.WARNING)
    assert check({"A": "40.11", "B": "34.89", "C": 25}, EVEN) == ()
    assert check({"A": "39", "B": "35", "C": 25, "D": 1}, EVEN) == ()


def test_everything_wrong_is_told_at_once():
    """R25.9."""
    found = check({**even(21), "B": 60}, {"B": 100}, transactions={"B": 3_000_000})
    assert {code for code, _ in violations(found)} == set(VaultCode) - {
        VaultCode.DUPLICATE_REALLOCATION,
        VaultCode.MIN_ALLOCATION_VIOLATED,
    }
    assert all(each.message.endswith(".") for each in found)


WEIGHTS = st.dictionaries(st.sampled_from("ABCDEF"), st.integers(0, 100).map(Decimal), min_size=1)


@given(WEIGHTS, WEIGHTS)
def test_a_violation_says_what_is_beyond_what(proposed, current):
    """R25.9: each finding by the definition of its limit."""
    found = check_vault(VaultReallocation(proposed, current, current))
    limits = VaultLimits()
    assert {each.asset for each in found if each.code is VaultCode.MAX_ALLOCATION_VIOLATED} == {
        asset for asset, weight in proposed.items() if weight > limits.max_percent
    }
    changed = {a: abs(proposed.get(a, 0) - current.get(a, 0)) for a in proposed.keys() | current.keys()}
    assert {each.asset for each in found if each.code is VaultCode.DAILY_CHANGE_EXCEEDED} == {
        asset for asset, change in changed.items() if change > 15
    }
    codes = {each.code for each in found}
    assert (VaultCode.TOTAL_ALLOCATION_INVALID in codes) is (sum(proposed.values()) != 100)
    assert (VaultCode.DUPLICATE_REALLOCATION in codes) is (not any(changed.values()))
