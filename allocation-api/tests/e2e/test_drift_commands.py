r"""The commands by which other programs ask for drift, as their document prints them, on a real server.

Two of them have braces within braces in the address. curl itself refuses these unless it is told `-g`
(`--globoff`), so that is what a user adds; the service gets the address as it is printed.
"""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("curl") is None, reason="the commands need curl"),
]

CALCULATE = r"""
curl -X POST "http://localhost:8012/api/v1/allocation/calculate" \
  -H "Content-Type: application/json" \
  -d '{
    "holdings": {
      "AAPL": {"asset_class": "stocks", "value": 26940},
      "VOO": {"asset_class": "etfs", "value": 30000},
      "Gold": {"asset_class": "commodities", "value": 20740},
      "BTC": {"asset_class": "crypto", "value": 0}
    },
    "portfolio_value": 183535.63,
    "rebalancing_threshold": 5.0
  }'
"""
TARGETS = r"""curl "http://localhost:8012/api/v1/allocation/targets?portfolio_value=183535.63" """
CHECK = (
    r"""curl "http://localhost:8012/api/v1/allocation/check-rebalancing"""
    r"""?holdings={\"AAPL\":{\"asset_class\":\"stocks\",\"value\":26940}}&portfolio_value=183535.63"""
    r"""&threshold=5.0" """
)
ANALYSIS = (
    r"""curl "http://localhost:8012/api/v1/allocation/drift-analysis"""
    r"""?holdings={\"AAPL\":{\"asset_class\":\"stocks\",\"value\":26940}}&portfolio_value=183535.63" """
)
NESTED_BRACES = 3
"""Exit status of curl for an address that it cannot read."""


@pytest.fixture
def run(make_server):
    """Run a command against a server, with its port; return the exit status and the answer."""
    server = make_server().start()

    def run_at(command):
        done = subprocess.run(  # noqa: S603
            ["/bin/bash", "-c", command.replace("localhost:8012", f"localhost:{server.port}")],
            capture_output=True,
            timeout=60,
            check=False,
        )
        return done.returncode, json.loads(done.stdout) if done.stdout else None

    return run_at


def test_the_printed_commands_are_answered(run):
    """R19.1, R19.2: 60.367 in all where the document prints 85.2, 85.322 where it prints 35.32."""
    status, found = run(CALCULATE)
    assert status == 0
    assert [each["asset_class"] for each in found["asset_classes"]] == [
        "stocks",
        "etfs",
        "commodities",
        "crypto",
        "futures",
        "cash",
    ]
    stocks = found["asset_classes"][0]
    assert (stocks["current_value"], stocks["target_value"]) == (26_940, 91_767.815)
    assert (round(stocks["current_percent"], 2), round(stocks["difference_percent"], 2)) == (14.68, -35.32)
    assert (round(found["total_drift"], 3), found["needs_rebalancing"]) == (60.367, True)
    actions = [(each["asset_class"], each["action"], each["amount"]) for each in found["rebalancing_actions"]]
    assert actions == [("stocks", "BUY", 64_827.815), ("crypto", "BUY", 18_353.563)]

    status, found = run(TARGETS)
    assert status == 0
    assert {name: round(money) for name, money in found["targets"].items()} == {
        "stocks": 91_768,
        "etfs": 27_530,
        "commodities": 27_530,
        "crypto": 18_354,
        "futures": 9_177,
        "cash": 9_177,
    }

    assert run(CHECK) == (NESTED_BRACES, None)
    status, found = run(CHECK.replace("curl ", "curl -g "))
    assert status == 0
    assert found["alerts"][0] == "STOCKS: under-allocated by 35.32% (current: 14.68%, target: 50.00%)"
    assert (len(found["alerts"]), round(found["total_drift"], 3), found["threshold"]) == (4, 85.322, 5)

    assert run(ANALYSIS) == (NESTED_BRACES, None)
    status, found = run(ANALYSIS.replace("curl ", "curl -g "))
    assert status == 0
    first = found["drifts"][0]
    assert (first["asset_class"], round(first["drift"], 2), first["needs_rebalancing"]) == (
        "stocks",
        -35.32,
        True,
    )
    assert (round(found["total_drift"], 3), found["needs_rebalancing"]) == (85.322, True)
