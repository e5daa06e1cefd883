"""The request for a preview: what may go together, and what is refused under which name."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.services.domain.cash_reserve import CashReserve
from tests.support.preview_requests import LEAST, PREVIEW, changed, errors

# --- weights and amounts ------------------------------------------------------------------------------------


def weighted(weights: dict[str, Any]) -> dict[str, Any]:
    return {**LEAST, "allocation_method": "CUSTOM_WEIGHTS", "parameters": {"weights": weights}}


@pytest.mark.parametrize(
    "weights",
    [
        {"A": 1},
        {"A": 0.5, "B": 0.5, "C": 0},
        {"A": 0.3333333, "B": 0.3333333, "C": 0.3333333},
        {"A": 0.999999},
    ],
)
def test_weights_that_sum_to_one_pass(client: FlaskClient, weights: dict[str, float]) -> None:
    assert client.post(PREVIEW, json=weighted(weights)).status_code == 200


@pytest.mark.parametrize(
    ("weights", "total"),
    [
        ({"A": 0.5, "B": 0.4}, "0.9"),
        ({"A": 0.5, "B": 0.6}, "1.1"),
        ({"A": 0.999998}, "0.999998"),
        ({"A": 0}, "0"),
    ],
)
def test_weights_that_do_not_are_told_their_sum(
    client: FlaskClient, weights: dict[str, float], total: str
) -> None:
    # R7.1
    told = errors(client.post(PREVIEW, json=weighted(weights)))
    assert list(told) == ["parameters.weights"]
    assert f"these sum to {total}." in told["parameters.weights"]


@pytest.mark.parametrize("weight", ["-0.1", "1.1", "NaN", '"0.5"', "true", "null"])
def test_an_impossible_weight_is_named_by_its_account(client: FlaskClient, weight: str) -> None:
    body = json.dumps(weighted({"ACC001": "@@", "ACC002": 0.5})).replace('"@@"', weight)
    response = client.post(PREVIEW, data=body, content_type="application/json")
    assert list(errors(response)) == ["parameters.weights.ACC001"]


def test_custom_weights_without_weights_is_refused(client: FlaskClient) -> None:
    body = {**LEAST, "allocation_method": "CUSTOM_WEIGHTS"}
    assert list(errors(client.post(PREVIEW, json=body))) == ["parameters.weights"]


@pytest.mark.parametrize("method", ["PRO_RATA", "MIN_DISPERSION"])
def test_weights_for_a_method_that_does_not_use_them_are_refused(client: FlaskClient, method: str) -> None:
    body = {**weighted({"A": 1}), "allocation_method": method}
    assert errors(client.post(PREVIEW, json=body)) == {
        "parameters.weights": f"{method} does not use weights."
    }


def test_amounts_belong_to_pro_rata_by_custom_base_alone(client: FlaskClient, services: Any) -> None:
    amounts = {"base_metric": "CUSTOM", "base_amounts": {"A": 3, "B": 0.5}}
    assert client.post(PREVIEW, json={**LEAST, "parameters": amounts}).status_code == 200
    assert services.allocations.asked[0].parameters.base_amounts == {"A": Decimal(3), "B": Decimal("0.5")}
    for method, parameters in (
        ("PRO_RATA", {"base_amounts": {"A": 1}}),
        ("MIN_DISPERSION", amounts),
        ("PRO_RATA", {"base_metric": "CUSTOM"}),
        ("PRO_RATA", {"base_metric": "CUSTOM", "base_amounts": {"A": 0}}),
    ):
        body = {**LEAST, "allocation_method": method, "parameters": parameters}
        assert list(errors(client.post(PREVIEW, json=body))) == ["parameters.base_amounts"]


@pytest.mark.parametrize(
    ("reserve", "kept"),
    [
        ({"amount": 250_000.25}, CashReserve(amount=Decimal("250000.25"))),
        ({"percent_of_nav": 0.02}, CashReserve(percent_of_nav=Decimal("0.02"))),
    ],
)
def test_a_reserve_of_cash_is_money_or_a_fraction(
    client: FlaskClient, services: Any, reserve: dict[str, Any], kept: CashReserve
) -> None:
    # R4.9
    answer = client.post(PREVIEW, json=changed("constraints.cash_reserve", reserve))
    assert services.allocations.asked[0].constraints.cash_reserve == kept
    stated = {"amount": None, "percent_of_nav": None, **reserve}
    assert answer.get_json()["constraints"]["cash_reserve"] == stated


def test_wishes_that_contradict_themselves_are_told_at_once(client: FlaskClient) -> None:
    # R3.7, R4.8, R4.9
    body = changed("constraints.account_limits", {"A": {"min": 2000, "max": 1999.5}, "C": {}})
    body["constraints"]["account_limits"]["B"] = {"min": 1000, "max": 2000, "fixed": 1500}
    body["constraints"] |= {"respect_cash": False, "cash_reserve": {"amount": 1}, "round_to_above_only": True}
    assert errors(client.post(PREVIEW, json=body)) == {
        "constraints.account_limits.A.min": "The minimum of 2,000 is above the maximum of 1,999.5.",
        "constraints.account_limits.B.min": "fixed stands alone: leave this out.",
        "constraints.account_limits.B.max": "fixed stands alone: leave this out.",
        "constraints.account_limits.C": "At least one of min, max and fixed is expected.",
    }
    del body["constraints"]["account_limits"]
    assert set(errors(client.post(PREVIEW, json=body))) == {
        "constraints.cash_reserve",
        "constraints.round_to_above_only",
    }


@pytest.mark.parametrize("reserve", [{}, {"amount": 1, "percent_of_nav": 0.01}])
def test_a_reserve_of_cash_is_stated_in_one_way(client: FlaskClient, reserve: dict[str, Any]) -> None:
    found = errors(client.post(PREVIEW, json=changed("constraints.cash_reserve", reserve)))
    assert found == {"constraints.cash_reserve": "Exactly one of amount and percent_of_nav is expected."}


def test_a_fraction_of_nav_above_one_is_taken_for_per_cent(client: FlaskClient) -> None:
    found = errors(client.post(PREVIEW, json=changed("constraints.cash_reserve", {"percent_of_nav": 2})))
    words = "A fraction of NAV from 0 to 1 is expected: 0.05 means 5 %."
    assert found == {"constraints.cash_reserve.percent_of_nav": words}


# --- fairness -----------------------------------------------------------------------------------------------


def dispersing(**parameters: Any) -> dict[str, Any]:
    return {**LEAST, "allocation_method": "MIN_DISPERSION", "parameters": parameters}


@pytest.mark.parametrize("mode", [{}, {"fairness": None}, {"fairness": "LEDGER"}])
@pytest.mark.parametrize(("name", "value"), [("fairness_weight", 2.5), ("max_dispersion_cost", 0.1)])
def test_a_weight_or_a_cost_belongs_to_minimum_dispersion_by_the_ledger(
    client: FlaskClient, services: Any, mode: dict[str, Any], name: str, value: float
) -> None:
    # R16.1
    assert client.post(PREVIEW, json=dispersing(**mode, **{name: value})).status_code == 200
    assert getattr(services.allocations.asked[0].parameters, name) == value
    per_order = dispersing(fairness="PER_ORDER", **{name: value})
    by_weights = {
        **weighted({"A": 1}),
        "parameters": {"weights": {"A": 1}, "fairness": "LEDGER", name: value},
    }
    for body in (per_order, by_weights, {**LEAST, "parameters": {name: value}}):
        assert errors(client.post(PREVIEW, json=body)) == {
            f"parameters.{name}": "Only MIN_DISPERSION with fairness LEDGER uses it."
        }


def test_a_weight_and_a_cost_are_not_both_accepted(client: FlaskClient) -> None:
    # R16.1
    told = errors(client.post(PREVIEW, json=dispersing(fairness_weight=1, max_dispersion_cost=0.1)))
    assert list(told) == ["parameters.fairness_weight", "parameters.max_dispersion_cost"]


def test_a_cost_is_not_accepted_beside_tiers(client: FlaskClient) -> None:
    # R16.4
    told = errors(client.post(PREVIEW, json=dispersing(max_dispersion_cost=0.1, tiers=[["A"]])))
    assert list(told) == ["parameters.max_dispersion_cost"]


def test_the_ledger_and_a_base_of_its_own_are_not_both_accepted(client: FlaskClient, services: Any) -> None:
    # R16.1
    asked = {"base_metric": "POSITION", "fairness": "LEDGER"}
    told = errors(client.post(PREVIEW, json={**LEAST, "parameters": asked}))
    assert list(told) == ["parameters.base_metric"]
    for parameters in ({"base_metric": "NAV", "fairness": "LEDGER"}, {**asked, "fairness": None}):
        assert client.post(PREVIEW, json={**LEAST, "parameters": parameters}).status_code == 200
    assert len(services.allocations.asked) == 2
