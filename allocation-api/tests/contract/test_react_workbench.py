"""The calls of a React workbench of three steps on another origin, as `react_workbench.json` has them.

Each call is made as a browser makes it: first the preflight where the Fetch standard demands one, then the
call with its `Origin`. `{name}` stands for what an earlier answer said; `token` says which is in the header.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.signing import expired

ORIGIN = "http://localhost:5173"
CALLS = json.loads(Path(__file__).with_name("react_workbench.json").read_text())


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path, scenario=GOLDEN_BOOK, BUSINESS_DATE="2026-06-30")


class Workbench:
    """A page of the origin: it keeps what it was told, and sends what the transcript says."""

    def __init__(self, desk):
        self.client = desk.app.test_client()
        self.known = {"expired": expired(desk.token, desk.settings.access.jwt_secret_key)}

    def make(self, call):
        headers = {"Origin": ORIGIN, "Accept": "application/json"}
        if "token" in call:
            headers["Authorization"] = f"Bearer {self.known[call['token']]}"
        if "body" in call:
            headers["Content-Type"] = "application/json"
        path = self.filled(call["path"])
        self.ask_before(call["method"], path, sorted(headers.keys() - {"Origin", "Accept"}))
        body = self.filled(json.dumps(call["body"])) if "body" in call else None
        answer = self.client.open(path, method=call["method"], headers=headers, data=body)
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "Origin" in answer.headers["Vary"]
        return answer

    def ask_before(self, method, path, names):
        """A browser asks for every call with a token or with JSON; what is not allowed is never sent."""
        asked = {"Origin": ORIGIN, "Access-Control-Request-Method": method}
        asked["Access-Control-Request-Headers"] = ",".join(names).lower()
        answer = self.client.options(path, headers=asked)
        assert answer.status_code == 204
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert method in answer.headers["Access-Control-Allow-Methods"].split(", ")
        allowed = answer.headers["Access-Control-Allow-Headers"].lower().split(",")
        assert {name.lower() for name in names} <= set(allowed)
        assert answer.get_data() == b""

    def learn(self, answer):
        for name in ("refresh_token", "allocation_id"):
            self.known[name] = answer.get(name, self.known.get(name))
        self.known["access"] = answer.get("access_token", self.known.get("access"))

    def filled(self, text):
        return re.sub(r"\{([a-z_]+)\}", lambda found: self.known[found[1]], text)


def json_of(answer):
    return answer.get_json()


def values_at(document, path):
    """Every value at a dotted path, through all items of lists; a missing one fails."""
    found = [document]
    for step in path.split("."):
        name = step.removesuffix("[]")
        found = [value[name] for value in found]
        if step.endswith("[]"):
            found = [item for value in found for item in value]
    return found


def test_every_call_is_answered_as_the_workbench_expects(desk):
    page = Workbench(desk)
    for call in CALLS:
        answer = page.make(call)
        assert answer.status_code == call.get("status", 200), (call["does"], answer.text)
        document = json_of(answer)
        for path in call["answers"]:
            assert values_at(document, path), (call["does"], path)
        page.learn(document)


def test_the_numbers_that_its_rows_show(desk):
    """NAV of the golden book: 100, 150, 80 and 50 million, together 380."""
    page = Workbench(desk)
    shown = {}
    for call in CALLS[:10]:
        shown[call["does"]] = json_of(page.make(call))
        page.learn(shown[call["does"]])
    (group,) = shown["step 1: offers the groups with their size"]["portfolio_groups"]
    assert (group["total_nav"], group["account_count"]) == (380_000_000, 4)
    rows = shown["step 2: previews pro-rata by NAV"]["allocations"]
    assert [row["nav"] for row in rows] == [100_000_000, 150_000_000, 80_000_000, 50_000_000]
    assert [row["allocated_quantity"] for row in rows] == [1_000_000, 1_500_000, 800_000, 500_000]
    # Accrued from 31 May to 2 July, 32 of 183 days of half a coupon of 2.5: 0.218579, so a face settles at
    # 0.987186 of it. 2,000,000 buy 2,025,961; a quarter and 1,500,000 are as stated. Of the other 2,475,000
    # ACC004 can pay 1,012,980, and the rest is ACC002's, which may have a half of the order.
    stated = shown["step 2: previews amounts of its own, in money, per cent and face"]
    assert [row["allocated_quantity"] for row in stated["allocations"]] == [
        2_025_000,
        3_463_000,
        1_500_000,
        1_012_000,
    ]
