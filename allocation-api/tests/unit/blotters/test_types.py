"""What a blotter is asked, and what its lines are at."""

from __future__ import annotations

from app.services.allocations.request import OrderRequest, PreviewRequest
from app.services.allocations.store import AllocationStatus
from app.services.blotters.types import AskedLine, BlotterRequest, LineStatus
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method


def asked(priority, *groups):
    order = OrderRequest("912828YW4", Side.BUY, 1_000)
    return AskedLine(PreviewRequest(order, Method.PRO_RATA, groups or ("G",)), priority)


def test_a_line_with_a_preview_is_at_what_its_allocation_is_at():
    assert set(LineStatus) == {*AllocationStatus, "PENDING"}


def test_lines_come_by_priority_and_then_as_written():
    request = BlotterRequest((asked(None), asked(2), asked(1), asked(2), asked(None)))
    assert [number for number, _ in request.in_order()] == [3, 2, 4, 1, 5]


def test_a_blotter_is_of_the_groups_of_all_its_lines():
    request = BlotterRequest((asked(None, "B", "A"), asked(None, "C", "A")))
    assert request.groups == ("A", "B", "C")
