"""Every wish that docs/wishes.md shows is met by the service with the mock data, as it stands."""

from __future__ import annotations

from typing import Any

import pytest

from app.schemas.allocations.constraints import ConstraintsSchema
from app.schemas.allocations.parameters import ParametersSchema
from app.schemas.allocations.request import OrderRequestSchema
from tests.support import documents

WISHES = "wishes.md"

NO_WISHES = {"round_to_denomination", "weighting", "solver"}
"""Fields that say how a split is computed and measured."""


def fragments() -> list[tuple[str, Any]]:
    """The examples of docs/wishes.md, each with the word that says where it goes."""
    return documents.fragments(WISHES)


def wished(fragment: dict[str, Any]) -> dict[str, Any]:
    """The request of docs/wishes.md with one wish in it; a size in money takes the place of the quantity."""
    (request,) = [body for kind, body in fragments() if kind == "request"]
    order = request["order"] | fragment.get("order", {})
    if {"notional", "percent_of_nav"} & set(order):
        del order["quantity"]
    return {**request, **fragment, "order": order}


@pytest.mark.parametrize("fragment", [body for kind, body in fragments() if kind == "preview"], ids=str)
def test_every_wish_that_is_documented_is_met(desk: Any, fragment: dict[str, Any]) -> None:
    shown = desk.post("allocations/preview", wished(fragment))
    assert shown["summary"]["unallocated"] == 0


def test_documented_variants_are_compared_chosen_and_edited(desk: Any) -> None:
    bodies = dict(fragments())
    body = wished(bodies["compare"])
    del body["allocation_method"]
    compared = desk.post("allocations/compare", body)
    assert [variant["problem"] for variant in compared["variants"]] == [None] * 3
    chosen = desk.post(f"allocations/compare/{compared['comparison_id']}/choose", bodies["choose"])
    edited = desk.post(f"allocations/{chosen['allocation_id']}/adjust", bodies["adjust"])
    assert edited["adjustment"]["fixed"] == bodies["adjust"]


def test_every_wish_is_documented() -> None:
    schemas = (OrderRequestSchema(), ConstraintsSchema(), ParametersSchema())
    added = {
        name for s in schemas for name, field in s.load_fields.items() if field.metadata.get("x-addition")
    }
    text = documents.text_of(WISHES)
    assert {name for name in added if name not in text} == NO_WISHES
