"""The preview's request: what is accepted as what, and what is refused under which name."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.services.allocations.request import (
    AccountLimit,
    BaseMetric,
    Constraints,
    Exclusion,
    OrderRequest,
    Parameters,
    PreviewRequest,
    RemainderHandling,
    StatedAmount,
    StatedType,
    TargetMetric,
)
from app.services.domain.fairness import FairnessMode
from app.services.domain.side import Side
from app.services.kernels.allocation.problem import Solver, Weighting
from app.services.kernels.allocation.registry import Method
from tests.support.preview_requests import LEAST, PREVIEW, changed, errors


def post_raw(client: FlaskClient, path: str, literal: str) -> Any:
    body = json.dumps(changed(path, "@@")).replace('"@@"', literal)
    return client.post(PREVIEW, data=body, content_type="application/json")


def test_the_least_request_has_the_published_defaults(client: FlaskClient, services: Any) -> None:
    assert client.post(PREVIEW, json=LEAST).status_code == 200
    assert services.allocations.asked == [
        PreviewRequest(
            order=OrderRequest("912828YW4", Side.BUY, 8_000_000, None, None),
            method=Method.PRO_RATA,
            portfolio_groups=("PUBLICPRE",),
            parameters=Parameters(),
            constraints=Constraints(
                respect_cash=True,
                min_allocation=0,
                round_to_denomination=True,
                compliance_check=True,
                leave_tradable=True,
            ),
        )
    ]


EVERY_FIELD: dict[str, Any] = {
    "order": {
        "security_id": "US912828YW42",
        "side": "SELL",
        "quantity": 1_000_000_000_000,
        "settlement_date": "2026-07-02",
        "price": 98.751,
    },
    "allocation_method": "CUSTOM_WEIGHTS",
    "portfolio_groups": ["PUBLICPRE", "BIG6"],
    "parameters": {
        "base_metric": "POSITION",
        "weights": {"ACC001": 0.1, "ACC002": 0.2, "ACC003": 0.7},
        "normalize": True,
        "redistribute": True,
        "target_metric": "DTS",
        "weighting": "NAV",
        "solver": "SLSQP",
        "tolerance": 0.25,
        "max_iterations": 50,
        "fairness": "LEDGER",
        "fairness_weight": None,
        "max_dispersion_cost": None,
    },
    "constraints": {
        "respect_cash": False,
        "min_allocation": 5000,
        "compliance_check": False,
        "round_to_denomination": False,
        "exclude_accounts": [{"account_id": "ACC004", "reason": "asked to wait"}],
        "account_limits": {"ACC001": {"min": 5000, "max": 7000.25}, "ACC002": {"fixed": 491.76}},
        "leave_tradable": False,
        "round_to": 100_000,
        "round_to_above_only": True,
    },
}
PARAMETERS = Parameters(
    base_metric=BaseMetric.POSITION,
    weights={"ACC001": Decimal("0.1"), "ACC002": Decimal("0.2"), "ACC003": Decimal("0.7")},
    redistribute=True,
    target_metric=TargetMetric.DTS,
    weighting=Weighting.NAV,
    solver=Solver.SLSQP,
    tolerance=0.25,
    max_iterations=50,
    normalize=True,
    fairness=FairnessMode.LEDGER,
)
CONSTRAINTS = Constraints(
    respect_cash=False,
    min_allocation=5000,
    round_to_denomination=False,
    compliance_check=False,
    exclude_accounts=(Exclusion("ACC004", "asked to wait"),),
    account_limits={
        "ACC001": AccountLimit(min=5000, max=Decimal("7000.25")),
        "ACC002": AccountLimit(fixed=Decimal("491.76")),
    },
    leave_tradable=False,
    round_to=100_000,
    round_to_above_only=True,
)


def test_every_field_arrives_exactly(client: FlaskClient, services: Any) -> None:
    answer = client.post(PREVIEW, json=EVERY_FIELD)
    assert answer.status_code == 200
    asked = services.allocations.asked[0]
    assert asked.order == OrderRequest("US912828YW42", Side.SELL, 10**12, date(2026, 7, 2), Decimal("98.751"))
    assert asked.portfolio_groups == ("PUBLICPRE", "BIG6")
    assert (asked.parameters, asked.constraints) == (PARAMETERS, CONSTRAINTS)
    told = answer.get_json()
    unused = {"base_amounts": {}, "tiers": [], "allocations": []}
    defaults = {"remainder_handling": "NONE", "allow_partial": False}
    assert told["parameters"] == {**EVERY_FIELD["parameters"], **unused, **defaults}
    assert told["constraints"] == {
        **EVERY_FIELD["constraints"],
        "account_limits": {
            "ACC001": {"min": 5000, "max": 7000.25, "fixed": None},
            "ACC002": {"min": None, "max": None, "fixed": 491.76},
        },
        "cash_reserve": None,
    }
    assert services.allocations.callers[0].username == "demo_user"


def test_every_field_of_a_stated_amount_arrives_exactly(client: FlaskClient, services: Any) -> None:
    # R7.6
    stated = [
        {
            "account_id": "ACC002",
            "type": "DOLLAR_AMOUNT",
            "value": 2_500_000.25,
            "min_value": 100_000,
            "max_value": 3_000_000,
            "priority": 2,
        },
        {"account_id": "ACC001", "type": "PERCENTAGE", "value": 0.25},
    ]
    parameters = {"allocations": stated, "remainder_handling": "EQUAL", "allow_partial": True}
    body = {**LEAST, "allocation_method": "CUSTOM_WEIGHTS", "parameters": parameters}
    answer = client.post(PREVIEW, json=body)
    assert answer.status_code == 200
    assert services.allocations.asked[0].parameters == Parameters(
        allocations=(
            StatedAmount(
                "ACC002",
                StatedType.DOLLAR_AMOUNT,
                Decimal("2500000.25"),
                min_value=Decimal(100_000),
                max_value=Decimal(3_000_000),
                priority=2,
            ),
            StatedAmount("ACC001", StatedType.PERCENTAGE, Decimal("0.25")),
        ),
        remainder_handling=RemainderHandling.EQUAL,
        allow_partial=True,
    )
    told = answer.get_json()["parameters"]
    left_out = {"min_value": None, "max_value": None, "priority": None}
    assert told["allocations"] == [stated[0], {**stated[1], **left_out}]
    assert (told["remainder_handling"], told["allow_partial"]) == ("EQUAL", True)


@pytest.mark.parametrize("literal", ["1000000.0", "1e6", "1000000", "1E+6"])
def test_a_whole_quantity_may_be_written_as_json_likes(
    client: FlaskClient, services: Any, literal: str
) -> None:
    # R1.1
    assert post_raw(client, "order.quantity", literal).status_code == 200
    quantity = services.allocations.asked[0].order.quantity
    assert (quantity, type(quantity)) == (1_000_000, int)


@pytest.mark.parametrize(
    "literal",
    [
        "NaN",
        "Infinity",
        "-Infinity",
        "-1",
        "0",
        "0.5",
        "1000000.5",
        "1000000000001",
        "1e400",
        "1e999999999",
        "9" * 5000,
        '"1000000"',
        "true",
        "null",
        "[]",
        "{}",
    ],
)
def test_an_impossible_quantity_is_named(client: FlaskClient, services: Any, literal: str) -> None:
    # R1.1
    assert list(errors(post_raw(client, "order.quantity", literal))) == ["order.quantity"]
    assert services.allocations.asked == []


@pytest.mark.parametrize(
    ("path", "literal"),
    [
        ("order.security_id", '""'),
        ("order.security_id", "912828"),
        ("order.security_id", '"a/b"'),
        ("order.security_id", '"912828YW4\\u0000"'),
        ("order.security_id", '"912828,YW4"'),
        ("order.side", '"buy"'),
        ("order.side", '"HOLD"'),
        ("order.side", "[]"),
        ("order.settlement_date", '"2026-13-01"'),
        ("order.settlement_date", '"20260701"'),
        ("order.settlement_date", '"2026-07-01T00:00:00Z"'),
        ("order.settlement_date", "20260701"),
        ("order.price", "0"),
        ("order.price", "-98.5"),
        ("order.price", "1000.01"),
        ("order.price", "NaN"),
        ("order.price", '"98.5"'),
        ("order.price", "98." + "1" * 40),
        ("order.price", "1e-400"),
        ("order.prize", "98.5"),
        ("order", "[]"),
        ("allocation_method", '"FIFO"'),
        ("allocation_method", "null"),
        ("portfolio_groups", "[]"),
        ("portfolio_groups", '"PUBLICPRE"'),
        ("portfolio_groups", '["PUBLICPRE", "PUBLICPRE"]'),
        ("portfolio_groups", json.dumps([f"G{i}" for i in range(101)])),
        ("parameters", "null"),
        ("parameters.base_metric", '"AUM"'),
        ("parameters.target_metric", '"CONVEXITY"'),
        ("parameters.weighting", '"MV"'),
        ("parameters.solver", '"GUROBI"'),
        ("parameters.redistribute", '"yes"'),
        ("parameters.redistribute", "1"),
        ("parameters.tolerance", "0"),
        ("parameters.tolerance", "-0.05"),
        ("parameters.tolerance", "Infinity"),
        ("parameters.max_iterations", "0"),
        ("parameters.max_iterations", "100001"),
        ("parameters.max_iterations", "1.5"),
        ("parameters.lambda", "1"),
        ("parameters.fairness", '"ALWAYS"'),
        ("parameters.fairness_weight", "-1"),
        ("parameters.fairness_weight", "1e10"),
        ("parameters.max_dispersion_cost", "-0.1"),
        ("parameters.max_dispersion_cost", '"0.1"'),
        ("constraints.min_allocation", "-1"),
        ("constraints.min_allocation", "0.5"),
        ("constraints.respect_cash", "null"),
        ("constraints.compliance_check", '"false"'),
        ("constraints.max_accounts", "3"),
        ("dry_run", "true"),
    ],
)
def test_an_impossible_value_is_named(client: FlaskClient, services: Any, path: str, literal: str) -> None:
    assert list(errors(post_raw(client, path, literal))) == [path]
    assert services.allocations.asked == []


@pytest.mark.parametrize("name", ["order", "allocation_method", "portfolio_groups"])
def test_what_is_missing_is_named(client: FlaskClient, name: str) -> None:
    body = {key: value for key, value in LEAST.items() if key != name}
    assert errors(client.post(PREVIEW, json=body)) == {name: "This field is required."}


def test_a_wrong_group_is_named_by_its_place(client: FlaskClient) -> None:
    body = changed("portfolio_groups", ["PUBLICPRE", "", 5])
    assert list(errors(client.post(PREVIEW, json=body))) == ["portfolio_groups.1", "portfolio_groups.2"]


def test_all_wrong_fields_are_told_at_once(client: FlaskClient) -> None:
    body = changed("order.quantity", -1)
    body["order"]["side"] = "HOLD"
    body["portfolio_groups"] = []
    assert set(errors(client.post(PREVIEW, json=body))) == {
        "order.quantity",
        "order.side",
        "portfolio_groups",
    }
