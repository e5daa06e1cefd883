"""Where an allocation may go: everything that the table of moves does not have is refused."""

from __future__ import annotations

from typing import cast

import pytest
from sqlalchemy.orm import Session

from app.services.allocations.store import AllocationStatus
from app.services.trading.states import MOVES, ImpossibleMoveError, compare_and_set

FINAL = {
    AllocationStatus.FAILED,
    AllocationStatus.CANCELLED,
    AllocationStatus.EXPIRED,
    AllocationStatus.REJECTED,
}


def test_every_status_has_its_moves() -> None:
    assert set(MOVES) == set(AllocationStatus)
    assert {status for status, after in MOVES.items() if not after} == FINAL


def test_what_may_be_at_the_vendor_does_not_go_back_to_a_preview() -> None:
    open_again = {AllocationStatus.PREVIEWED, AllocationStatus.PENDING_APPROVAL}
    assert {before for before, after in MOVES.items() if open_again & after} == {
        AllocationStatus.COMMITTING,
        *open_again,
    }


@pytest.mark.parametrize(
    ("before", "after"),
    [(b, a) for b in AllocationStatus for a in AllocationStatus if a not in MOVES[b]],
)
def test_what_is_not_in_the_table_is_not_even_tried(
    before: AllocationStatus, after: AllocationStatus
) -> None:
    class Untouched:
        """A session of which nothing may be asked."""

    with pytest.raises(ImpossibleMoveError, match=f"from {before} to {after}"):
        compare_and_set(cast("Session", Untouched()), "an-id", before, after)
