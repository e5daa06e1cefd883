"""Reallocation over HTTP: the three outputs, targets, and liquidity and risk by market history."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.models import ReallocationRow
from app.services.allocations import snapshot
from app.services.reallocation.types import ReallocationRequest
from tests.support.desk import Desk
from tests.support.reallocation import DEMO, ENOUGH, GOLDEN, by_asset, codes, evaluate, fields, trades


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return Desk(tmp_path_factory.mktemp("reallocation"))


def test_golden_reallocation(desk):
    """R25.1, R25.2, R25.4, R25.6; the numbers are the specification's."""
    found = evaluate(desk, **GOLDEN, **ENOUGH)
    assert (found["status"], found["output"]) == ("MATCHED", "REALLOCATION_PLAN")
    before, after = found["utilization_metrics"].values()
    assert by_asset(before) == {"1": 0.9, "2": 1.2}
    assert [round(each["difference"], 5) for each in before["by_asset"]] == [0.1, 0.16667]
    assert (before["overall"], round(before["worst"], 12)) == (1, 0.2)
    assert by_asset(after) == {"1": 1, "2": 1}
    assert [each["asset"] for each in found["trades"]] == ["2", "1"]
    assert trades(found) == {"2": ("SELL", 20), "1": ("BUY", 20)}
    liquidity = found["liquidity_metrics"]
    assert (liquidity["fully_matched"], liquidity["total_reallocation_amount"]) == (True, 40)
    assert liquidity["liquidity_shortfall"] == 0
    assert found["reallocation_summary"]["total_assets_adjusted"] == 2
    assert found["reallocation_summary"]["direction_changes"] == {"increased": 1, "decreased": 1}
    assert found["current_portfolio"]["total_value"] == found["target_portfolio"]["total_value"] == 300
    assert desk.get(f"reallocation/{found['reallocation_id']}") == found


def test_the_current_portfolio_is_the_output_where_nothing_is_needed(desk):
    """R25.2, R25.6: 0.96 and 1.04 are within 5 %."""
    found = evaluate(desk, current={"1": 96, "2": 104}, target={"1": 100, "2": 100})
    assert (found["status"], found["output"]) == ("NOT_NEEDED", "CURRENT_PORTFOLIO")
    assert (found["trades"], found["service_answer"]) == ([], None)
    before, after = found["utilization_metrics"].values()
    assert before == after
    narrower = evaluate(desk, current={"1": 96, "2": 104}, target={"1": 100, "2": 100}, threshold=0.03)
    assert narrower["output"] == "REALLOCATION_PLAN"


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"liquidity": {"1": 0, "2": 50}}, "FAILED", "INSUFFICIENT_LIQUIDITY"),
        ({"liquidity": {"1": 5.5, "2": 50}}, "PARTIAL", "INSUFFICIENT_LIQUIDITY"),
        ({"liquidity": {"1": 50}}, "PARTIAL", "LIQUIDITY_UNKNOWN"),
        ({}, "PARTIAL", "LIQUIDITY_UNKNOWN"),
        ({**ENOUGH, "minimum_trade": 20.01}, "FAILED", "BELOW_MINIMUM_TRADE"),
        ({"assume_liquid": True}, "MATCHED", "MARKET_IMPACT_UNKNOWN"),
    ],
)
def test_what_keeps_a_plan_from_the_target_is_said(desk, more, status, code):
    """R25.3, R25.6."""
    found = evaluate(desk, **GOLDEN, **more)
    assert (found["status"], codes(found)[0]) == (status, code)
    assert found["output"] == ("FAILED_REPORT" if status == "FAILED" else "REALLOCATION_PLAN")
    assert found["liquidity_metrics"]["fully_matched"] is (status == "MATCHED")
    moved = sum(-each["amount"] if each["side"] == "SELL" else each["amount"] for each in found["trades"])
    assert moved == found["cash_used"] == 0
    assert found["liquidity_metrics"]["liquidity_shortfall"] == {"MATCHED": 0}.get(
        status,
        0
        if code == "BELOW_MINIMUM_TRADE"
        else 40 - 2 * more.get("liquidity", {}).get("1", 0) * ("2" in more.get("liquidity", {})),
    )


def test_weights_are_shared_to_the_cent(desk):
    """R25.4: a third of 100.00 each is 33.34, 33.33 and 33.33."""
    thirds = {"A": 0.3333333, "B": 0.3333333, "C": 0.3333334}
    found = evaluate(desk, current={"A": 100}, target_weights=thirds, assume_liquid=True)
    assert sum(Decimal(str(each["value"])) for each in found["target_portfolio"]["holdings"]) == 100
    assert trades(found) == {"A": ("SELL", 66.67), "B": ("BUY", 33.33), "C": ("BUY", 33.34)}


def test_cash_is_invested(desk):
    """R25.4."""
    found = evaluate(desk, current={"A": 100}, target={"A": 100, "B": 50}, cash=50, assume_liquid=True)
    assert (trades(found), found["cash_used"], found["cash_after"]) == ({"B": ("BUY", 50)}, 50, 0)


def test_liquidity_and_risk_come_from_market_history(desk):
    """R25.3, R25.5, R25.7; the risk of the current portfolio is that of `risk/analyze`."""
    weights = {"EQ-US-LARGE": 0.3, "BD-GOVT-LONG": 0.7}
    found = evaluate(desk, **DEMO, target_weights=weights)
    assert found["status"] == "MATCHED"
    assert {each["source"] for each in found["liquidity_metrics"]["by_asset"]} == {"VOLUME"}
    assert found["liquidity_metrics"]["estimated_market_impact"] > 0
    days = {name: DEMO[name] for name in ("start_date", "end_date")}
    names = ["volatility", "sharpe_ratio"]
    asked = {"measures": names, **days}
    risk = found["risk_metrics"]
    for of, parts in (("current", {"EQ-US-LARGE": 0.6, "BD-GOVT-LONG": 0.4}), ("target", weights)):
        answer = desk.post("risk/analyze", {"weights": parts, **asked})
        volatility, sharpe = (each["value"] for each in answer["measures"])
        assert risk[f"{of}_volatility"] == pytest.approx(volatility, rel=1e-12)
        assert risk[f"{of}_sharpe"] == pytest.approx(sharpe, rel=1e-12)
    assert risk["expected_tracking_error"] == pytest.approx(0, abs=1e-9)
    assert codes(found) == []
    volumes = desk.get("data/market", assets="EQ-US-LARGE", end_date="2025-12-31")["data"]["EQ-US-LARGE"]
    traded = [p * v for p, v in zip(volumes["prices"], volumes["volumes"], strict=True)][-20:]
    room = {each["asset"]: each["available"] for each in found["liquidity_metrics"]["by_asset"]}
    assert room["EQ-US-LARGE"] == pytest.approx(0.1 * sum(traded) / 20, abs=0.01)


def test_a_plan_that_falls_short_has_a_tracking_error(desk):
    """R25.7."""
    found = evaluate(desk, **DEMO, target_weights={"BD-GOVT-LONG": 1}, liquidity={"EQ-US-LARGE": 1_000})
    assert (found["status"], trades(found)["EQ-US-LARGE"]) == ("PARTIAL", ("SELL", 1_000))
    assert found["risk_metrics"]["expected_tracking_error"] > 0.01


def test_targets_are_optimised_or_stored(desk):
    """R25.2."""
    found = evaluate(desk, **DEMO, target_objective="MinRisk")
    risk = found["risk_metrics"]
    assert risk["target_volatility"] < risk["current_volatility"]
    body = {
        "scope": "GROUP",
        "scope_id": "PUBLICPRE",
        "dimension": "ASSET_CLASS",
        "version": 0,
        "comment": "x",
    }
    targets = [{"key": "bonds", "target_percent": 75}, {"key": "cash", "target_percent": 25}]
    stored = desk.post("drift/target-sets", {**body, "targets": targets})["target_set_id"]
    found = evaluate(desk, current={"bonds": 100}, target_set_id=stored, assume_liquid=True)
    assert trades(found) == {"bonds": ("SELL", 25), "cash": ("BUY", 25)}
    assert evaluate(desk, 404, current={"bonds": 100}, target_set_id="none")["code"] == "NOT_FOUND"
    problem = evaluate(desk, 422, current={"1": 1}, target_objective="Sharpe")
    assert (problem["code"], fields(problem)) == ("UNKNOWN_ASSET", {"current"})


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"current": {"1": 1}}, {"target"}),
        ({**GOLDEN, "target_weights": {"1": 1}}, {"target", "target_weights"}),
        ({"current": {"1": 1}, "target": {"1": 2}}, {"target"}),
        ({**GOLDEN, "liquidity": {"1": 5, "3": 5}}, {"liquidity.3"}),
        ({**GOLDEN, "day_start_weights": {"1": 1}}, {"day_start_weights"}),
        ({"current": {"1": 1}, "target_weights": {"1": 0.9}}, {"target_weights"}),
        ({"current": {"1": 0}, "target": {"1": 0}}, {"current"}),
        ({"current": {"1": -1}, "target": {"1": 1}, "threshold": -1}, {"current.1", "threshold"}),
        ({"current": {"1": 0.001}, "target": {"1": 0.001}}, {"current.1", "target.1"}),
        ({"current": {"1": 1e300}, "target": {"1": 1}}, {"current.1"}),
        ({"current": {"1": 1}, "target": {"1": 2}, "liquidity": {"3": 1}}, {"target", "liquidity.3"}),
        (
            {"current": {"1": 1}, "target_weights": {"2": 0.9}, "liquidity": {"2": 1, "3": 1}},
            {"target_weights", "liquidity.3"},
        ),
        ({"current": {"1": 10**13}, "cash": 0.01, "target_weights": {"1": 1}}, {"current"}),
        ({"current": {str(n): 1 for n in range(51)}, "target": {"1": 51}}, {"current"}),
        ({**GOLDEN, "start_date": "2026-01-02", "end_date": "2026-01-01"}, {"end_date"}),
        (
            {**GOLDEN, "participation": 0, "volume_days": 0, "more": 1},
            {"participation", "volume_days", "more"},
        ),
    ],
)
def test_bad_input_names_all_its_fields(desk, body, wrong):
    assert fields(evaluate(desk, 422, **body)) == wrong


@pytest.mark.parametrize(("name", "known_at"), [("NOW", None), ("LATER", "2099-01-01T00:00:00Z")])
def test_an_evaluation_can_be_repeated_from_what_is_stored(desk, name, known_at):
    """Later prices change what is evaluated later, and not what the stored request says."""

    sold, bought = f"{name}-1", f"{name}-2"

    def volumes(day, volume):
        rows = [{"date": day, "symbol": each, "close": 1, "volume": volume} for each in (sold, bought)]
        desk.post("data/market/import", {"rows": rows})

    body = {"current": {sold: 300, bought: 100}, "target": {sold: 100, bought: 300}}
    volumes("2026-01-05", 100)
    found = evaluate(desk, **body, known_at=known_at)
    volumes("2026-01-06", 1_000)
    with desk.services.database.read() as session:
        row = session.get(ReallocationRow, found["reallocation_id"])
        stored = snapshot.decode(row.request, ReallocationRequest)
    later = evaluate(desk, **body, known_at=known_at)
    repeated = evaluate(desk, **body, known_at=stored.known_at.isoformat())
    assert later["liquidity_metrics"] != found["liquidity_metrics"] == repeated["liquidity_metrics"]


def test_the_largest_portfolio_is_shown_to_the_cent(desk):
    """Ten trillion: the cents are those of whole-number arithmetic, through JSON and back."""
    current = {"1": 9_999_999_999_999.98, "2": 0.01}
    target = {"1": 0.01, "2": 9_999_999_999_999.99}
    found = evaluate(desk, current=current, target=target, cash=0.01, assume_liquid=True)
    amounts = [each["amount"] for each in found["trades"]]
    assert amounts == [9_999_999_999_999.97, 9_999_999_999_999.98]
    assert found["liquidity_metrics"]["total_reallocation_amount"] == 19_999_999_999_999.95
    assert (found["cash_used"], found["cash_after"]) == (0.01, 0)


def test_too_many_assets_of_both_portfolios(desk):
    current = {f"A{n}": 1 for n in range(50)}
    problem = evaluate(desk, 422, current=current, target={"B": 50})
    assert fields(problem) == {"current"}


def test_a_reallocation_whose_answer_was_lost_is_kept_once(desk, monkeypatch):
    """The process is killed between the reallocation and the answer under its key; the client asks again."""
    sent = {"json": {**GOLDEN, **ENOUGH}, "headers": {"Idempotency-Key": "killed before the answer"}}
    with monkeypatch.context() as patch:
        patch.setattr(desk.services.requests.idempotency, "keep", lambda *_: None)
        lost = desk.call("POST", "reallocation/evaluate", **sent)
    before = desk.get("reallocation", limit=200)["reallocations"]
    monkeypatch.setattr(desk.clock, "ahead", timedelta(hours=3))
    desk.token = desk.login()["access_token"]
    assert desk.call("POST", "reallocation/evaluate", **sent) == lost
    assert desk.get("reallocation", limit=200)["reallocations"] == before
