"""Lines that are split at once: against every split there is, kept once, and gone on with (R17, R18.5)."""

from __future__ import annotations

import pytest

from app.models import AllocationRow, BlotterJointRow
from app.services.blotters import joint
from app.services.jobs.errors import JobCancelled
from tests.support.blotters import allocations, ask, blotter, codes, commit, faces, statuses, work
from tests.support.joint_desk import CASH, LONG, LOT, SHORT, joint_desk, joint_line, splits, std_dev

MOST = [cash // LOT for cash in CASH.values()]
TEN = [joint_line(SHORT, 10 * LOT), joint_line(LONG, 10 * LOT)]


@pytest.fixture
def desk(tmp_path):
    return joint_desk(tmp_path)


def lots(desk, shown):
    """The lots of each account, line by line."""
    return [tuple(face // LOT for face in line.values()) for line in faces(desk, shown)]


def counted_out():
    """The least standard deviation of all 10 and 10 lots that the cash of 10, 10 and 4 lots buys."""
    return min(
        std_dev((SHORT, short, 1), (LONG, long, 1))
        for short in splits(10, MOST)
        for long in splits(10, [m - s for m, s in zip(MOST, short, strict=True)])
    )


def one_after_another():
    """The same, when the short bond is split for itself first; its best split is the only one."""
    best = sorted(splits(10, MOST), key=lambda split: std_dev((SHORT, split, 1)))
    first = best[0]
    assert std_dev((SHORT, best[1], 1)) > std_dev((SHORT, first, 1)) + 1e-9
    left = [m - s for m, s in zip(MOST, first, strict=True)]
    return min(std_dev((SHORT, first, 1), (LONG, long, 1)) for long in splits(10, left))


def test_two_bonds_over_three_accounts_counted_out(desk):
    shown = blotter(desk, *TEN, joint=True)
    found, (short, long) = shown["joint"], lots(desk, shown)
    assert (sum(short), sum(long)) == (10, 10)
    assert all(s + n <= most for s, n, most in zip(short, long, MOST, strict=True))
    assert std_dev((SHORT, short, 1), (LONG, long, 1)) == pytest.approx(counted_out(), abs=1e-12)
    assert found["std_dev"] == pytest.approx(counted_out(), abs=1e-9)
    assert found["std_dev_before"] == pytest.approx(0.849836586, abs=1e-9)
    assert found["sequential_std_dev"] == pytest.approx(one_after_another(), abs=1e-9)
    assert found["sequential_std_dev"] > found["std_dev"] + 0.1
    assert found["saved_std_dev"] == pytest.approx(found["sequential_std_dev"] - found["std_dev"], abs=1e-12)
    assert found["lower_bound"] <= found["std_dev"] * (1 + 1e-12)
    assert (found["metric"], found["unallocated"]) == ("ACTIVE_SPREAD_DURATION", 0)
    assert (found["solver"], found["attempts"][0]["accepted"]) == ("PIQP", True)
