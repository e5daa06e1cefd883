"""Positions with cents of face: sold whole or not at all, exactly; amounts worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import msgspec
import pytest

from app.services.allocations import snapshot
from app.services.allocations.capacity import capacities
from app.services.allocations.engine import compute
from app.services.allocations.request import BaseMetric, Parameters
from app.services.allocations.types import PreviewInputs, PreviewResult, WarningType
from app.services.domain.face import exact_face, face_decimals, face_number, floored_face
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method
from tests.support.builders import BY_POSITION, faces, holder, inputs, sale


@pytest.mark.parametrize("method", [Method.PRO_RATA, Method.MIN_DISPERSION, Method.CUSTOM_WEIGHTS])
def test_a_position_with_cents_of_face_is_sold_whole(method):
    # R3.4
    parameters = Parameters(base_metric=BaseMetric.POSITION, weights={"A": Decimal(1)})
    result = compute(sale(["491.76"], Decimal("491.76"), parameters=parameters, method=method))
    row = result.allocations[0]
    assert row.allocated_quantity == Decimal("491.76")
    # 491.76 x 98.5 / 100 = 484.3836
    assert row.allocated_notional == Decimal("484.38")
    assert (result.summary.total_allocated, result.summary.unallocated) == (Decimal("491.76"), 0)
    assert result.summary.allocation_rate == 1.0
    assert result.warnings == ()


def test_everything_is_sold_to_the_last_cent():
    positions = ["491.76", "3000", "12000.0001", "7999.5"]
    total = sum(map(Decimal, positions))  # 23,491.2601
    result = compute(sale(positions, total))
    assert faces(result) == [Decimal("491.76"), 3_000, Decimal("12000.0001"), Decimal("7999.5")]
    assert type(faces(result)[1]) is int
    assert result.summary.total_allocated == Decimal("23491.2601")
    assert result.warnings == ()


def test_an_order_in_whole_units_takes_a_position_with_cents_where_its_share_covers_it():
    # R3.5: by equal parts of 10,491.76 the first share is all it has, the second is 10,000 of 20,000.
    equal = Parameters(base_metric=BaseMetric.CUSTOM, base_amounts={"A": Decimal(1), "B": Decimal(1)})
    result = compute(sale(["491.76", "20000"], 10_500, parameters=equal))
    assert faces(result) == [Decimal("491.76"), 10_000]
    words = "8.24 of 10,500 face stay unallocated: 8.24 is less than one increment of 1,000"
    assert [(w.type, w.message) for w in result.warnings] == [
        (WarningType.ROUNDING, words),
        (WarningType.INSUFFICIENT_POSITION, "The settled position is 491.76 face"),
    ]
    assert result.warnings[0].details["unallocated"] == 8.24


def test_a_part_of_a_position_with_cents_is_on_the_grid():
    # R3.4
    result = compute(sale(["5491.76", "5491.76"], 6_000))
    assert faces(result) == [3_000, 3_000]


def test_totals_with_cents_that_are_named_can_be_reached():
    # 16,491.76 = 491.76 + 16,000; the position of 1,219.5 is not settled in full, so 1,000 of it.
    part = replace(holder("C", "1219.5"), settled_face=Decimal("1200.25"))
    given = inputs(
        [holder("A", "491.76"), holder("B", 15_000), part],
        quantity=20_000,
        side=Side.SELL,
        parameters=BY_POSITION,
    )
    result = compute(given)
    assert faces(result) == [Decimal("491.76"), 15_000, 1_000]
    first = result.warnings[0]
    assert first.type is WarningType.INSUFFICIENT_POSITION
    assert first.message == (
        "3,508.24 of 20,000 face stay unallocated; the accounts could take 16,491.76 together"
    )
    assert first.details["total_capacity"] == 16_491.76
    bound = capacities(given).by_account["C"].binding
    assert bound.explain().message == "The settled position is 1,200.25 face"


def test_what_cannot_be_sold_is_named_with_its_cents():
    # R9.1
    result = compute(sale(["491.76", "20000"], 2_000))
    assert faces(result) == [0, 2_000]
    words = "Its share of 48.00 face does not cover its position of 491.76, which can only be sold whole"
    assert result.allocations[0].reason.message == words


def test_without_cents_numbers_and_their_types_are_as_ever():
    result = compute(sale([1_500, 20_250], 10_000))
    assert [type(face) for face in faces(result)] == [int, int]
    assert type(result.summary.unallocated) is int
    assert capacities(sale([1_500, 20_250], 10_000)).decimals == 0


def test_cents_that_no_kernel_could_count_in_stay():
    """In ten thousandths an order of 10^12 is 10^16, more than a kernel takes; the position stays whole."""
    given = sale(["491.7601", "600000000000"], 10**12)
    assert capacities(given).decimals == 3
    assert faces(compute(given)) == [0, 600_000_000_000]


def test_stored_texts_keep_cents_exactly_and_older_ones_read_as_before():
    given = sale(["491.76", "3000"], Decimal("3491.76"))
    result = compute(given)
    for value, kind in ((given, PreviewInputs), (result, PreviewResult)):
        assert snapshot.decode(snapshot.encode(value), kind) == value
    plain = msgspec.json.decode(snapshot.encode(sale([3_000], 3_000)))
    assert plain["request"]["order"]["quantity"] == 3_000


def test_the_type_of_a_face_changes_only_with_the_amount():
    assert [exact_face(Decimal(v)) for v in ("5.00", "491.7600")] == [5, Decimal("491.76")]
    assert str(exact_face(Decimal("491.7600"))) == "491.76"
    assert type(exact_face(Decimal("5.00"))) is int
    assert floored_face(Decimal("1.99999")) == Decimal("1.9999")
    assert [face_decimals(v) for v in (5, Decimal("5.00"), Decimal("0.7600"), Decimal("0.0001"))] == [
        0,
        0,
        2,
        4,
    ]
    assert [face_number(v) for v in (5, Decimal("5.0"), Decimal("0.76"))] == [5, 5, 0.76]
