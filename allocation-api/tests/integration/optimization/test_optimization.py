"""Optimised portfolios through the API, on prices that the tests import.

Expected numbers are calculated here from the returns alone: closed forms, normal equations, scipy's linprog.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from app.core.security import Permission
from app.models import OptimizationRow
from app.schemas.optimization import OptimizationRequestSchema
from app.services.domain.caller import Caller
from app.services.kernels.optimization import Measure
from app.services.optimization import service as room
from app.services.optimization.types import PortfolioModel
from tests.support.desk import Desk
from tests.support.users import add_user

FIRST = date(2026, 1, 5)
DAYS = [day for day in (FIRST + timedelta(n) for n in range(100)) if day.weekday() < 5]
RANDOM = np.random.default_rng(17)
COMMON = RANDOM.normal(0.0006, 0.006, (len(DAYS) - 1, 1))
DRAWN = COMMON * [1.0, 0.4, 0.2, 0.8] + RANDOM.normal(0.0005, 0.006, (len(DAYS) - 1, 4)) * [
    1.5,
    0.5,
    1.0,
    0.8,
]
DRAWN += np.array([8e-4, 4e-4, 5e-4, 6e-4]) - DRAWN.mean(axis=0)
PRICES = np.round(100 * np.vstack((np.ones(4), np.cumprod(1 + DRAWN, axis=0))), 6)
RETURNS = PRICES[1:] / PRICES[:-1] - 1
ASSETS = ["A", "B", "C", "D"]
ALL = {"upper_bound": 1}
PLAIN = {"assets": ASSETS, "objective": "MinRisk", "constraints": ALL, "frontier_points": 0}


def rows(symbol, closes, days=DAYS):
    return [
        {"date": f"{day}", "symbol": symbol, "close": float(close)}
        for day, close in zip(days, closes, strict=True)
    ]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Tests share the prices; those that import more have symbols of their own."""
    desk = Desk(tmp_path_factory.mktemp("optimization"))
    found = [row for at, name in enumerate(ASSETS) for row in rows(name, PRICES[:, at])]
    desk.post("data/market/import", {"rows": found})
    return desk


def near(value, *, within=1e-7):
    return pytest.approx(value, rel=within, abs=within)


def weights(answer):
    return np.array([answer["weights"][name] for name in answer["weights"]])


def fields(problem):
    return [each["field"] for each in problem["errors"]]


def refused(desk, code, **body):
    problem = desk.post("portfolio/optimize", {**PLAIN, **body}, status=422)
    assert problem["code"] == code, problem
    assert problem["errors"]
    return problem


def test_least_variance_is_the_closed_form(desk):
    # R23.10: S^-1 1 / 1'S^-1 1, where shorts are allowed
    answer = desk.post("portfolio/optimize", {**PLAIN, "constraints": {"lower_bound": -1, "upper_bound": 2}})
    covariance = np.cov(RETURNS, rowvar=False)
    expected = np.linalg.solve(covariance, np.ones(4))
    expected /= expected.sum()
    assert weights(answer) == near(expected)
    metrics, path = answer["metrics"], RETURNS @ expected
    assert metrics["volatility"] == near(path.std(ddof=1) * np.sqrt(252))
    assert metrics["expected_return"] == near(path.mean() * 252)
    assert metrics["sharpe_ratio"] == near(path.mean() / path.std(ddof=1) * np.sqrt(252))
    wealth = np.concatenate(([1.0], np.cumprod(1 + path)))
    assert metrics["max_drawdown"] == near(np.max(1 - wealth / np.maximum.accumulate(wealth)))
    proof = answer["optimality"]
    assert (proof["status"], proof["solver"]) == ("OPTIMAL", "ACTIVE_SET")
    assert proof["bound"] <= proof["objective"] + 1e-12
    assert [each["accepted"] for each in proof["attempts"]] == [True]
    assert answer["data"]["return_count"] == len(DAYS) - 1
    assert set(answer["versions"]) >= {"python", "machine", "numpy", "scipy", "piqp", "clarabel"}


def test_what_was_asked_for_is_shown_and_asked_again_gives_the_same(desk):
    # R23.10: with the defaults; the limits of rules are none
    limits = {"upper_bound": 0.5, "groups": {"two": ["A", "B"]}, "group_constraints": {"two": {"max": 0.6}}}
    view = {"weights": {"A": 1, "B": -1}, "expected_return": 0.03, "uncertainty": 0}
    body = {**PLAIN, "constraints": limits, "model": "BL", "views": [view]}
    made = desk.post("portfolio/optimize", body)
    shown = desk.get(f"portfolio/{made['portfolio_id']}")
    assert shown == made
    asked = made["request"]
    assert asked["assets"] == ASSETS
    assert (asked["objective"], asked["level"], asked["start_date"]) == ("MinRisk", 0.95, None)
    assert asked["constraints"] == {
        **limits,
        "group_constraints": {"two": {"min": None, "max": 0.6}},
        **dict.fromkeys(("max_turnover", "target_return", "max_assets")),
        **dict.fromkeys(("lower_bound", "min_weight"), 0),
    }
    assert asked["views"] == [view]
    again = desk.post("portfolio/optimize", asked)
    assert again["outcome_sha256"] == made["outcome_sha256"]
    assert again["request"] == asked
    rule = desk.post("portfolio/optimize", {"assets": ASSETS, "objective": "HRP"})["request"]
    assert rule["constraints"] is None


def test_best_sharpe_ratio_and_utility_are_the_closed_forms(desk):
    # R23.1: S^-1 (m - r), scaled to 1; and with a multiplier for the sum
    mean, covariance = RETURNS.mean(axis=0), np.cov(RETURNS, rowvar=False)
    wide = {"lower_bound": -1, "upper_bound": 5}
    found = desk.post(
        "portfolio/optimize",
        {**PLAIN, "objective": "Sharpe", "risk_free_rate": 0.02, "constraints": wide},
    )
    expected = np.linalg.solve(covariance, mean - 0.02 / 252)
    assert weights(found) == near(expected / expected.sum(), within=1e-5)
    found = desk.post(
        "portfolio/optimize",
        {**PLAIN, "objective": "Utility", "risk_aversion": 10, "constraints": wide},
    )
    inverse = np.linalg.inv(covariance)
    multiplier = (np.ones(4) @ inverse @ mean - 20) / (np.ones(4) @ inverse @ np.ones(4))
    assert weights(found) == near(inverse @ (mean - multiplier) / 20, within=1e-5)


def test_least_cvar_is_that_of_a_linear_programme(desk):
    # R23.1: Rockafellar and Uryasev's programme, written here
    count = len(RETURNS)
    rows_ = np.hstack((-RETURNS, -np.ones((count, 1)), -np.eye(count)))
    aim = np.concatenate((np.zeros(4), [1], np.full(count, 1 / (0.1 * count))))
    equal = np.concatenate((np.ones(4), np.zeros(count + 1)))[np.newaxis]
    bounds = [(0, 0.5)] * 4 + [(None, None)] + [(0, None)] * count
    found = linprog(aim, A_ub=rows_, b_ub=np.zeros(count), A_eq=equal, b_eq=[1], bounds=bounds)
    body = {**PLAIN, "risk_measure": "CVaR", "level": 0.9, "constraints": {"upper_bound": 0.5}}
    answer = desk.post("portfolio/optimize", body)
    assert answer["metrics"]["risk"] == near(found.fun, within=1e-9)
    assert answer["optimality"]["objective"] == near(found.fun, within=1e-9)


@pytest.mark.parametrize("measure", list(Measure))
def test_every_measure_has_every_objective_and_a_frontier(desk, measure):
    # R23.9
    for goal in ("MinRisk", "MaxRet", "Sharpe", "Utility"):
        points = 4 if goal == "MinRisk" else 0
        answer = desk.post(
            "portfolio/optimize",
            {**PLAIN, "risk_measure": measure, "objective": goal, "frontier_points": points},
        )
        assert answer["optimality"]["status"] == "OPTIMAL"
        assert weights(answer).sum() == near(1)
        assert len(answer["efficient_frontier"]) == points
        if points:
            risks = [each["risk"] for each in answer["efficient_frontier"]]
            assert risks[0] == near(answer["metrics"]["risk"])
            assert np.diff(risks).min() > -1e-8
            assert np.diff([each["return"] for each in answer["efficient_frontier"]]).min() > 0


@pytest.mark.parametrize(("model", "measure"), list(product(PortfolioModel, Measure)))
def test_every_model_with_every_measure_answers_or_says_what_is_supported(desk, model, measure):
    # R23.10
    body = {**PLAIN, "assets": ["A", "B", "C"], "model": model, "risk_measure": measure}
    if model is PortfolioModel.FACTOR:
        body["factors"] = ["D"]
    status, answer = desk.ask("portfolio/optimize", body)
    if model is PortfolioModel.FACTOR and measure is not Measure.MV:
        assert (status, fields(answer)) == (422, ["model"])
        assert "FM supports MV" in answer["detail"]
    else:
        assert (status, answer["optimality"]["status"]) == (200, "OPTIMAL")


def test_a_certain_view_moves_expected_returns_as_bayes_says(desk):
    # R23.7: the posterior mean, by its formula with the market's implied returns as prior
    view = {"weights": {"A": 1, "B": -1}, "expected_return": 0.05, "uncertainty": 0}
    body = {**PLAIN, "model": "BL", "views": [view], "market_weights": {"A": 0.5, "B": 0.5}}
    body |= {"market_risk_aversion": 3, "risk_free_rate": 0.01}
    covariance = np.cov(RETURNS, rowvar=False) * 252
    prior = 3 * covariance @ [0.5, 0.5, 0, 0] + 0.01
    pick = np.array([1.0, -1.0, 0, 0])
    moved = covariance @ pick / (pick @ covariance @ pick) * (0.05 - pick @ prior)
    answer = desk.post("portfolio/optimize", body)
    assert list(answer["expected_returns"].values()) == near(prior + moved, within=1e-9)
    again = desk.post("portfolio/optimize", {**body, "risk_measure": "CVaR", "objective": "MaxRet"})
    assert again["expected_returns"] == answer["expected_returns"]
    best = max(again["expected_returns"], key=again["expected_returns"].get)
    assert again["weights"][best] == near(1)
    assert again["metrics"]["expected_return"] == near(again["expected_returns"][best])


@pytest.mark.parametrize("count", [3, len(RETURNS)])
def test_a_factor_model_is_the_regression(desk, count):
    # R23.10: by normal equations; three returns of three assets are enough, since the rest is specific
    returns = RETURNS[:count]
    design = np.column_stack((np.ones(count), returns[:, 3]))
    solved, *_ = np.linalg.lstsq(design, returns[:, :3], rcond=None)
    left = returns[:, :3] - design @ solved
    specific = (left**2).sum(axis=0) / (count - 2)
    covariance = np.outer(solved[1], solved[1]) * returns[:, 3].var(ddof=1) + np.diag(specific)
    expected = np.linalg.solve(covariance, np.ones(3))
    body = {**PLAIN, "assets": ["A", "B", "C"], "model": "FM", "factors": ["D"], "end_date": f"{DAYS[count]}"}
    answer = desk.post("portfolio/optimize", {**body, "constraints": {"lower_bound": -1, "upper_bound": 2}})
    assert weights(answer) == near(expected / expected.sum())


def test_rules_have_their_shares_of_risk_and_no_frontier(desk):
    # R23.6
    body = {"assets": ASSETS, "objective": "RiskParity"}
    answer = desk.post("portfolio/optimize", body)
    covariance, found = np.cov(RETURNS, rowvar=False), weights(answer)
    assert found * (covariance @ found) / (found @ covariance @ found) == near([0.25] * 4)
    proof = answer["optimality"]
    assert (proof["status"], proof["solver"], answer["efficient_frontier"]) == ("OPTIMAL", "NEWTON", [])
    assert 0 <= proof["gap"] < 1e-9
    answer = desk.post("portfolio/optimize", {**body, "objective": "HRP"})
    assert answer["optimality"]["status"] == "NOT_SOUGHT"
    assert answer["optimality"]["objective"] is None
    assert weights(answer).sum() == near(1)


def test_limits_hold(desk):
    # R23.2, R23.8
    limits = {
        "upper_bound": 0.6,
        "groups": {"two": ["A", "C"]},
        "group_constraints": {"two": {"min": 0.5, "max": 0.7}},
        "max_turnover": 0.3,
        "target_return": float(RETURNS.mean() * 252),
    }
    body = {**PLAIN, "constraints": limits, "current_weights": dict.fromkeys(ASSETS, 0.25)}
    answer = desk.post("portfolio/optimize", {**body, "transaction_cost": 0.002})
    found = weights(answer)
    assert 0.5 - 1e-7 <= found[0] + found[2] <= 0.7 + 1e-7
    assert np.abs(found - 0.25).sum() / 2 <= 0.3 + 1e-7
    assert answer["metrics"]["turnover"] == near(np.abs(found - 0.25).sum() / 2)
    assert answer["metrics"]["cost"] == near(np.abs(found - 0.25).sum() * 0.002)
    assert answer["metrics"]["worst_return"] >= RETURNS.mean() * 252 - 1e-6
    few = desk.post("portfolio/optimize", {**PLAIN, "constraints": {"upper_bound": 1, "max_assets": 2}})
    assert np.count_nonzero(weights(few) > 1e-7) <= 2
    robust = desk.post("portfolio/optimize", {**PLAIN, "radius": 10})
    assert weights(robust) == near([0.25] * 4, within=1e-3)


def test_a_kept_portfolio_is_listed_shown_and_computed_again_to_the_byte(desk):
    # R23.10
    body = {**PLAIN, "risk_measure": "EDaR", "frontier_points": 3}
    before = desk.post("portfolio/optimize", PLAIN)["portfolio_id"]
    made = desk.post("portfolio/optimize", body)
    path = f"portfolio/{made['portfolio_id']}"
    assert desk.get(path) == made
    listed = desk.get("portfolio", limit=1)
    assert listed["portfolios"][0]["portfolio_id"] == made["portfolio_id"]
    following = desk.get("portfolio", limit=200, cursor=listed["next_cursor"])["portfolios"]
    assert following[0]["portfolio_id"] == before
    assert made["portfolio_id"] not in [each["portfolio_id"] for each in following]
    late = rows("A", [1.0], DAYS[-1:])
    try:
        desk.post("data/market/import", {"rows": late})  # a correction that came later changes nothing
        again = desk.post(f"{path}/replay")
    finally:
        desk.post("data/market/import", {"rows": rows("A", PRICES[-1:, 0], DAYS[-1:])})
    assert (again["identical"], again["reproduced"], again["largest_difference"]) == (True, True, 0)
    assert (again["same_returns"], again["same_versions"]) == (True, True)
    desk.get("portfolio/none", status=404)
    desk.post("portfolio/none/replay", status=404)


def test_a_replay_tells_other_versions_from_other_bytes(desk, monkeypatch):
    # R23.10
    made = desk.post("portfolio/optimize", PLAIN)
    path = f"portfolio/{made['portfolio_id']}/replay"
    monkeypatch.setattr(room, "versions", lambda: {**made["versions"], "numpy": "0.0"})
    again = desk.post(path)
    assert (again["identical"], again["reproduced"], again["same_versions"]) == (True, True, False)

    optimised = room.outcome_of

    def shifted(by):
        def outcome(*asked):
            found = optimised(*asked)
            moved = {name: weight + by for name, weight in found.weights.items()}
            return type(found)(moved, *(getattr(found, name) for name in list(found.__slots__)[1:]))

        return outcome

    monkeypatch.setattr(room, "outcome_of", shifted(5e-7))
    again = desk.post(path)
    assert (again["identical"], again["reproduced"]) == (False, True)
    monkeypatch.setattr(room, "outcome_of", shifted(2e-6))
    assert desk.post(path)["reproduced"] is False
    monkeypatch.setattr(room, "outcome_of", shifted(5e-7))
    monkeypatch.setattr(room, "versions", lambda: made["versions"])
    again = desk.post(path)  # on the same versions bytes have to be the same
    assert (again["identical"], again["reproduced"]) == (False, False)


def test_a_stored_outcome_that_was_changed_is_not_identical(desk):
    # R23.10
    made = desk.post("portfolio/optimize", PLAIN)
    with desk.services.database.write() as session:
        table = OptimizationRow.__table__
        row = session.execute(table.select().where(table.c.id == made["portfolio_id"])).one()
        outcome = json.loads(row.outcome)
        outcome["weights"]["A"] += 0.1
        changed = json.dumps(outcome, separators=(",", ":"))
        session.connection().execute(
            table.update().where(table.c.id == made["portfolio_id"]).values(outcome=changed)
        )
    again = desk.post(f"portfolio/{made['portfolio_id']}/replay")
    assert (again["identical"], again["reproduced"], again["same_returns"]) == (False, False, True)
    assert again["largest_difference"] == near(0.1)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"assets": [f"A{at}" for at in range(10_000)]}, ["assets"]),
        ({"start_date": "2026-03-01", "end_date": "2026-02-01"}, ["end_date"]),
        ({"risk_free_rate": 1e300, "radius": 1e300}, ["risk_free_rate", "radius"]),
        ({"assets": []}, ["assets"]),
        ({"constraints": {"lower_bound": 0.9, "upper_bound": 0.1}}, ["constraints.lower_bound"]),
        (
            {"constraints": {"group_constraints": {"x": {"min": 0.1}}}},
            ["constraints.group_constraints.x"],
        ),
        ({"views": [{"weights": {"A": 1}, "expected_return": 0.1}]}, ["views"]),
        ({"model": "FM"}, ["factors"]),
        ({"model": "FM", "factors": ["Z"], "covariance": "ewma"}, ["covariance"]),
        ({"risk_measure": "UCI", "radius": 0.1, "covariance": "ewma"}, ["covariance", "radius"]),
        ({"objective": "HRP", "risk_measure": "MDD"}, ["risk_measure", "constraints"]),
        ({"transaction_cost": 0.1, "constraints": {"max_turnover": 0.1}}, ["current_weights"]),
        ({"current_weights": {"Z": 1}, "market_weights": {"A": 0.2}}, ["current_weights", "market_weights"]),
        ({"frontier_points": 1, "level": 1}, ["level"]),
    ],
)
def test_absurd_requests_name_every_field(desk, body, expected):
    # R23.4
    problem = refused(desk, "INVALID_REQUEST", **body)
    assert sorted(set(fields(problem))) == sorted(expected)
    assert "Length must" not in problem["detail"]  # a library's words


def test_data_that_serve_no_optimum_are_refused(desk):
    # R23.4
    assert fields(refused(desk, "UNKNOWN_ASSET", assets=["A", "NOT-THERE"])) == ["assets.1"]
    few = refused(desk, "TOO_FEW_PRICES", end_date=f"{DAYS[4]}")  # 4 returns of 4 assets
    assert fields(few) == ["assets"]
    assert "ledoit_wolf" in few["detail"]
    # What is advised is what is supported: other measures have no covariance.
    other = refused(desk, "TOO_FEW_PRICES", end_date=f"{DAYS[4]}", risk_measure="CVaR")
    assert "ledoit_wolf" not in other["detail"]
    assert desk.post("portfolio/optimize", {**PLAIN, "end_date": f"{DAYS[4]}", "covariance": "ledoit_wolf"})
    desk.post("data/market/import", {"rows": rows("STILL", [100.0] * len(DAYS))})
    assert fields(refused(desk, "CONSTANT_PRICE", assets=["A", "STILL"])) == ["assets.1"]
    huge = [1e-6 if at % 2 else 1e12 for at in range(len(DAYS))]
    desk.post("data/market/import", {"rows": rows("HUGE", huge)})
    assert refused(desk, "INVALID_REQUEST", assets=["A", "HUGE"])["errors"][0]["field"] == "assets"


@pytest.mark.parametrize("measure", ["MV", "CVaR", "MAD", "EVaR", "UCI"])
def test_what_cannot_be_reached_is_refused_with_its_reason(desk, measure):
    # R23.4
    goal = {"risk_measure": measure, "objective": "Sharpe"}
    assert fields(refused(desk, "NO_EXCESS_RETURN", **goal, risk_free_rate=1)) == ["risk_free_rate"]
    caps = refused(desk, "INFEASIBLE_CONSTRAINTS", **goal, constraints={"upper_bound": 0.2})
    assert fields(caps) == ["constraints.upper_bound"]
    assert "sum to 0.8" in caps["detail"]
    groups = {"one": ["A"], "two": ["B"]}
    limits = {"upper_bound": 1, "groups": groups, "group_constraints": {n: {"min": 0.6} for n in groups}}
    both = refused(desk, "INFEASIBLE_CONSTRAINTS", **goal, constraints=limits)
    assert {f"constraints.group_constraints.{name}.min" for name in groups} <= set(fields(both))
    high = refused(desk, "INFEASIBLE_CONSTRAINTS", **goal, constraints={"upper_bound": 1, "target_return": 9})
    assert "constraints.target_return" in fields(high)


def test_too_much_work_is_refused_before_it_is_done(desk, monkeypatch):
    # R23.9
    monkeypatch.setattr("app.services.optimization.optimum.MAX_WORK", len(RETURNS) * 4 * 8)
    problem = refused(desk, "TOO_MUCH_WORK", risk_measure="EDaR", frontier_points=6)
    assert "allow 5 points" in problem["detail"]
    assert desk.post("portfolio/optimize", {**PLAIN, "risk_measure": "EDaR", "frontier_points": 5})
    # One point is no frontier: what would allow one, allows none. Without points it is the assets.
    monkeypatch.setattr("app.services.optimization.optimum.MAX_WORK", len(RETURNS) * 4 * 4)
    assert (
        "allow 0 points" in refused(desk, "TOO_MUCH_WORK", risk_measure="EDaR", frontier_points=6)["detail"]
    )
    monkeypatch.setattr("app.services.optimization.optimum.MAX_WORK", len(RETURNS) * 4 * 2)
    assert fields(refused(desk, "TOO_MUCH_WORK", risk_measure="EDaR")) == ["assets"]


def test_solvers_have_the_time_of_the_setting_and_nothing_is_kept_that_they_did_not_prove(desk, monkeypatch):
    # R23.9: the time is up before a solver begins
    kept = len(desk.get("portfolio", limit=200)["portfolios"])
    monkeypatch.setattr(room, "monotonic", lambda: -1e9)
    for asked in ({}, {"risk_measure": "EVaR"}, {"objective": "Sharpe"}, {"frontier_points": 3}):
        assert fields(refused(desk, "TIME_LIMIT_EXCEEDED", **asked)) == ["risk_measure"]
    assert len(desk.get("portfolio", limit=200)["portfolios"]) == kept
    rule = {key: value for key, value in PLAIN.items() if key != "constraints"}
    assert desk.post("portfolio/optimize", {**rule, "objective": "HRP"})


def test_returns_in_refusals_are_of_a_year_as_they_were_asked_for(desk):
    # R23.4: the highest mean is that of one asset; 252 periods are the convention for daily prices
    best = RETURNS.mean(axis=0).max() * 252
    none = refused(desk, "NO_EXCESS_RETURN", objective="Sharpe", risk_free_rate=1)
    assert f"of a year is {best:g}, not above the risk-free rate of 1." in none["detail"]
    high = refused(desk, "INFEASIBLE_CONSTRAINTS", constraints={"upper_bound": 1, "target_return": 9})
    assert "The expected return of a year must be 9 at least." in high["detail"]


@pytest.mark.parametrize("limit", [{"max_assets": 2}, {"min_weight": 0.1}])
def test_choices_of_assets_are_work_too(desk, monkeypatch, limit):
    # R23.9: three programmes for each of five choices at least, and three besides
    body = {**PLAIN, "risk_measure": "EVaR", "constraints": {"upper_bound": 1, **limit}}
    cells = len(RETURNS) * len(ASSETS)
    monkeypatch.setattr("app.services.optimization.optimum.MAX_WORK", cells * 18 - 1)
    assert "of which some are chosen" in refused(desk, "TOO_MUCH_WORK", **body)["detail"]
    assert desk.post("portfolio/optimize", {**body, "constraints": ALL})
    monkeypatch.setattr("app.services.optimization.optimum.MAX_WORK", cells * 18)
    assert desk.post("portfolio/optimize", body)


def test_a_view_that_says_nothing_is_named(desk):
    # R23.7
    views = [
        {"weights": {"A": 1}, "expected_return": 0.1},
        {"weights": {"A": 0, "B": 0}, "expected_return": 0.1},
    ]
    problem = refused(desk, "INVALID_REQUEST", model="BL", views=views)
    assert fields(problem) == ["views.1.weights"]
    assert fields(refused(desk, "INVALID_REQUEST", model="BL", views=views[:1], tau=0)) == ["tau"]
    stated = [{**views[0], "uncertainty": 0.1}]
    unmoved = desk.post("portfolio/optimize", {**PLAIN, "model": "BL", "views": stated, "tau": 0})
    prior = desk.post("portfolio/optimize", {**PLAIN, "model": "BL"})
    assert list(unmoved["expected_returns"].values()) == near(list(prior["expected_returns"].values()))


def test_a_least_weight_that_cannot_be_held_is_named_and_no_number_of_assets(desk):
    # R23.4: each of four has 0.1 at least, so each is held, and four times 0.6 is above 1
    limits = {"upper_bound": 1, "lower_bound": 0.1, "min_weight": 0.6}
    assert fields(refused(desk, "INFEASIBLE_CONSTRAINTS", constraints=limits)) == ["constraints.min_weight"]
    both = {"upper_bound": 0.6, "min_weight": 0.55, "max_assets": 3}
    named = fields(refused(desk, "INFEASIBLE_CONSTRAINTS", constraints=both))
    assert named == ["constraints.max_assets", "constraints.min_weight"]


def test_the_same_key_gives_the_same_portfolio(desk):
    headers = {"Idempotency-Key": "the same portfolio"}
    found = [desk.call("POST", "portfolio/optimize", json=PLAIN, headers=headers) for _ in range(2)]
    assert found[0] == found[1]


def test_a_portfolio_whose_answer_was_lost_is_kept_once(desk, monkeypatch):
    """The process is killed between the portfolio and the answer under its key; the client asks again."""
    sent = {"json": PLAIN, "headers": {"Idempotency-Key": "killed before the answer"}}
    with monkeypatch.context() as patch:
        patch.setattr(desk.services.requests.idempotency, "keep", lambda *_: None)
        lost = desk.call("POST", "portfolio/optimize", **sent)
    before = desk.get("portfolio", limit=200)["portfolios"]
    monkeypatch.setattr(desk.clock, "ahead", timedelta(hours=3))
    desk.token = desk.login()["access_token"]
    assert desk.call("POST", "portfolio/optimize", **sent) == lost
    assert desk.get("portfolio", limit=200)["portfolios"] == before


def test_of_two_attempts_that_calculate_at_once_one_is_kept(desk, monkeypatch):
    """The second attempt takes the key over while the first one calculates for longer than it is held."""
    service, caller = desk.services.optimization, Caller("u", "u", frozenset(), "r")
    asked = OptimizationRequestSchema().load(PLAIN)
    calculate, others = service._computed, []

    def overtaken(request):
        monkeypatch.undo()
        others.append(service.optimise(asked, caller, key="slow", resumed=True))
        return calculate(request)

    monkeypatch.setattr(service, "_computed", overtaken)
    assert [service.optimise(asked, caller, key="slow")] == others


def test_a_user_of_some_groups_sees_the_own_portfolios_and_others_see_all(desk):
    # R23.10
    theirs = desk.post("portfolio/optimize", PLAIN)["portfolio_id"]
    token, password = desk.token, "correct horse battery staple 17"
    add_user(desk.services, "olga", password, permissions=tuple(Permission), groups=["PUBLICPRE"])
    try:
        desk.token = desk.login("olga", password)["access_token"]
        own = desk.post("portfolio/optimize", PLAIN)["portfolio_id"]
        assert [each["portfolio_id"] for each in desk.get("portfolio")["portfolios"]] == [own]
        desk.get(f"portfolio/{theirs}", status=404)
        desk.post(f"portfolio/{theirs}/replay", status=404)
        assert desk.get(f"portfolio/{own}")["created_by"] == "olga"
    finally:
        desk.token = token
    assert {own, theirs} <= {each["portfolio_id"] for each in desk.get("portfolio")["portfolios"]}
