"""The loop: an optimised portfolio becomes targets, a proposal, a blotter, and the orders of its backtest.

The live path is written here: at each decision the strategy is handed the closes up to then, what is held
and the last target; its weights are bought at the next close. Prices have no opens, and trades no costs, so
a trade is w V / p. Two sectors have a history each, by the names that the security master has for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pytest

from app.schemas.backtest import BacktestRequestSchema
from app.services.backtest.plan import strategy_of
from app.services.kernels.backtest import Window
from tests.support import blotters
from tests.support.backtests import backtest
from tests.support.proposal_desk import GOVERNMENT, INDUSTRIALS, ProposalDesk

SECTORS = ("GOVT", "INDUSTRIALS")
WINDOW = 60
FIRST = date(2026, 1, 5)
ROWS = 121
INVESTED, CASH = 95_000_000, 5_000_000
BAND = 0.05
"""Of NAV, in percent."""

PRICE, PIECE = 0.985, 1_000
"""Of the bonds of `ProposalDesk`, and the face that they trade in."""

LIMITS = {"lower_bound": 0.3, "upper_bound": 0.7}
POLICY = {
    "strategy": {
        "type": "optimization",
        "parameters": {"objective": "MinRisk", "risk_measure": "MV", "window": WINDOW, "min_window": WINDOW},
        "rebalancing_frequency": "monthly",
        "transaction_costs": 0,
    },
    "assets": list(SECTORS),
    "constraints": LIMITS,
    "initial_capital": INVESTED,
}


def trading_days():
    return [FIRST + timedelta(days=at // 5 * 7 + at % 5) for at in range(ROWS)]


def history():
    """Closes (rows x sectors): industrials become more volatile, so that the best share of them falls."""
    drawn = np.random.default_rng(3).normal(0.0002, 0.004, (ROWS, 2))
    drawn[60:, 1] *= np.linspace(1.0, 1.8, ROWS - 60)
    return np.round(100 * np.cumprod(1 + drawn, axis=0), 4)


@dataclass(frozen=True)
class Trade:
    """What the live path does on a day: quantities before and after, and what was decided the day before."""

    row: int
    before: np.ndarray
    after: np.ndarray
    weights: np.ndarray


def live_trades():
    """The trades of the live path, by the object that the backtest is given."""
    strategy = strategy_of(BacktestRequestSchema().load(POLICY), 252)
    days, closes = trading_days(), history()
    numbers = np.array([(day - date(1970, 1, 1)).days for day in days], dtype=np.int32)
    cash, held, target, due, made = float(INVESTED), np.zeros(2), None, None, []
    for row in range(WINDOW, ROWS):
        if due is not None:
            value = cash + held @ closes[row]
            after = due * value / closes[row]
            made.append(Trade(row, held, after, due))
            cash, held, target, due = 0.0, after, due, None
        if row > WINDOW and days[row].month == days[row - 1].month:
            continue
        owned = held * closes[row]
        shown = slice(row - WINDOW, row + 1)
        seen = Window(SECTORS, numbers[shown], closes[shown], owned / (cash + owned.sum()), target)
        due = strategy.decide(seen)
    return made


def last_trade():
    """The money that each sector has before the last trade, and what is bought of it."""
    trade = live_trades()[-1]
    prices = history()[trade.row]
    return trade.before * prices, (trade.after - trade.before) * prices


@pytest.fixture
def desk(tmp_path):
    """East holds, bond for bond, what the live path holds before its last trade; prices are imported."""
    money, _ = last_trade()

    def hold(book):
        east = next(each for each in book["accounts"] if each["account_id"] == "ACC001")
        shares = [(GOVERNMENT, money[0]), *((name, money[1] / len(INDUSTRIALS)) for name in INDUSTRIALS)]
        east["positions"] = [
            {"cusip": name, "face": round(value / PRICE / PIECE) * PIECE} for name, value in shares
        ]
        east["nav"] = round(money.sum() + CASH)
        east["cash"] = CASH

    desk = ProposalDesk(tmp_path, change=hold)
    rows = [
        {"date": f"{day}", "symbol": name, "close": float(close)}
        for name, closes in zip(SECTORS, history().T, strict=True)
        for day, close in zip(trading_days(), closes, strict=True)
    ]
    desk.post("data/market/import", {"rows": rows})
    return desk


def optimised(desk, trade):
    """The policy's portfolio as a portfolio manager gets it at the close before a trade."""
    days = trading_days()
    body = {
        "assets": list(SECTORS),
        "start_date": f"{days[trade.row - 1 - WINDOW]}",
        "end_date": f"{days[trade.row - 1]}",
        "objective": "MinRisk",
        "risk_measure": "MV",
        "constraints": LIMITS,
        "frontier_points": 0,
    }
    return desk.post("portfolio/optimize", body)


def state_targets(desk, weights, nav):
    """Make a portfolio the targets of east, in percent of NAV beside its cash."""
    cash = round(100 * CASH / nav, 4)
    first = round(weights["GOVT"] * (100 - cash), 4)
    keys = {"GOVT": first, "INDUSTRIALS": round(100 - cash - first, 4), "cash": cash}
    body = {
        "scope": "ACCOUNT",
        "scope_id": "ACC001",
        "dimension": "SECTOR",
        "version": 0,
        "comment": "Least variance of 60 days",
        "targets": [
            {"key": key, "target_percent": percent, "band_absolute": BAND} for key, percent in keys.items()
        ],
    }
    desk.post("drift/target-sets", body)
    return keys


def test_the_backtest_makes_the_trades_of_the_live_path(desk):
    """R24.1, R24.3: and each decision is the portfolio that the optimiser gives on its day."""
    trades, days, closes = live_trades(), trading_days(), history()
    found = backtest(desk, POLICY)
    expected = []
    for trade in trades:
        bought = trade.after - trade.before
        expected += [
            (f"{days[trade.row]}", name, "BUY" if bought[at] > 0 else "SELL", abs(bought[at]), price)
            for at, (name, price) in enumerate(zip(SECTORS, closes[trade.row], strict=True))
        ]
        weights = optimised(desk, trade)["weights"]
        assert [weights[name] for name in SECTORS] == pytest.approx(trade.weights, abs=1e-6)
    names = ("date", "asset", "action", "quantity", "price")
    made = sorted(tuple(each[name] for name in names) for each in found["transactions"])
    assert len(trades) == 4
    for (*one, quantity, price), (*other, wanted, close) in zip(made, sorted(expected), strict=True):
        assert one == other
        assert (quantity, price) == (pytest.approx(wanted, rel=1e-9), close)


def test_an_optimised_portfolio_becomes_the_orders_of_its_backtest(desk):
    """R23.10, R19.7, R20.1, R20.10: within the band, and a piece of each bond."""
    held, bought = last_trade()
    nav = round(held.sum() + CASH)
    keys = state_targets(desk, optimised(desk, live_trades()[-1])["weights"], nav)

    (drift,) = desk.get("drift/accounts/ACC001")["account"]["drifts"]
    away = {each["key"]: each["difference_percent"] for each in drift["classes"]}
    by_hand = dict(zip(SECTORS, -100 * bought / nav, strict=True))
    assert drift["needs_rebalancing"]
    assert {key: away[key] for key in SECTORS} == pytest.approx(by_hand, abs=0.01)
    assert away["cash"] == pytest.approx(0, abs=1e-4)

    proposal = desk.propose(mode="full")
    assert (proposal["status"], proposal["accounts_back"]) == ("OPTIMAL", 1)
    made = desk.post(f"drift/proposals/{proposal['proposal_id']}/blotter", status=202)
    blotters.work(desk, made["job_id"])
    blotter = blotters.commit(desk, made["blotter_id"], override_warnings=False)
    assert blotter["status"] == "COMMITTED"

    orders = desk.get("orders")["orders"]
    assert {each["order_id"] for each in orders} == {line["order_id"] for line in blotter["lines"]}
    money = dict.fromkeys(SECTORS, 0.0)
    for order in orders:
        (only,) = order["slices"]
        assert only["account_id"] == "ACC001"
        sign = 1 if order["side"] == "BUY" else -1
        money[SECTORS[order["security_id"] != GOVERNMENT]] += sign * order["quantity"] * PRICE
    within = nav * BAND / 100 + PIECE * (len(INDUSTRIALS) + 1)
    assert list(money.values()) == pytest.approx(bought.tolist(), abs=within)
    assert min(abs(bought)) > 10 * within

    after = desk.get("drift/accounts/ACC001", as_of="SOD+Trades+Orders")["account"]["drifts"][0]
    assert not after["needs_rebalancing"]
    assert {each["key"]: each["current_percent"] for each in after["classes"]} == pytest.approx(
        keys, abs=BAND
    )
