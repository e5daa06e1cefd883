"""Requests of reallocations, and what is read of their answers."""

from __future__ import annotations

EVALUATE = "reallocation/evaluate"
GOLDEN = {"current": {"1": 180, "2": 120}, "target": {"1": 200, "2": 100}}
ENOUGH = {"liquidity": {"1": 1_000, "2": 1_000}}
DEMO = {
    "current": {"EQ-US-LARGE": 600_000, "BD-GOVT-LONG": 400_000},
    "start_date": "2024-01-02",
    "end_date": "2025-12-31",
}


def evaluate(desk, status=200, **body):
    return desk.call("POST", EVALUATE, json=body, status=status)


def trades(found):
    return {each["asset"]: (each["side"], each["amount"]) for each in found["trades"]}


def codes(found):
    return [each["code"] for each in found["reasons"]]


def by_asset(state):
    return {each["asset"]: each["utilization"] for each in state["by_asset"]}


def fields(problem):
    return {each["field"] for each in problem["errors"]}


def held(desk):
    """Two bonds that accounts of a group hold."""
    accounts = desk.get("portfolio-groups/PUBLICPRE/accounts")["accounts"]
    positions = desk.get(f"positions/{accounts[0]['account_id']}")["positions"]
    large = sorted(positions, key=lambda each: -each["quantity"])
    return [each["cusip"] for each in large[:2]]
