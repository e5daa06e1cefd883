"""Readiness: which mode, what answers, how old the vendor's data is; and the warnings of its age."""

from __future__ import annotations

import json

import httpx
import pytest

from app.core import metrics
from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire
from tests.support.redis_server import RedisServer
from tests.support.waiting import until

DATES = ("business_date", "reference_date", "reference_age_business_days", "stale")


@pytest.fixture
def wire():
    return FaultyWire.over(GOLDEN_BOOK)


@pytest.fixture
def make(tmp_path, wire):
    """Make a desk with these settings on the book of June 30th 2026, a Tuesday."""
    return lambda **settings: Desk(tmp_path, scenario=GOLDEN_BOOK, transport=wire, **settings)


def ready(desk, status=200):
    answer = desk.client.get("/health/ready")
    assert answer.status_code == status, answer.text
    return answer.get_json()


def dates(desk):
    found = ready(desk)
    return tuple(found[name] for name in DATES)


@pytest.mark.parametrize(
    ("today", "age", "stale"),
    [("2026-06-30", 0, False), ("2026-07-01", 1, False), ("2026-07-02", 2, True), ("2026-07-08", 5, True)],
)
def test_it_says_how_old_the_vendor_s_data_is_and_stays_ready(make, today, age, stale):
    desk = make(BUSINESS_DATE=today)
    assert ready(desk)["ready"] is True
    assert ready(desk)["mode"] == "mock"
    assert dates(desk) == (today, "2026-06-30", age, stale)


def test_a_day_without_trading_is_judged_as_the_next_that_has(make):
    # A preview on Friday the 3rd, a holiday, is made for Monday the 6th: Wednesday's data warns there, too.
    desk = make(BUSINESS_DATE="2026-07-03")
    assert dates(desk) == ("2026-07-03", "2026-06-30", 3, True)


def test_a_date_that_the_vendor_does_not_give_leaves_the_age_unknown(make, wire):
    wire.edits["/position"] = lambda rows: [row.pop("referenceDate", None) for row in rows]
    desk = make()
    assert ready(desk)["ready"] is True
    assert dates(desk)[1:] == (None, None, None)


def test_a_vendor_who_is_away_is_a_503_with_the_mode(tmp_path, wire, capsys):
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, transport=Away(wire), LOG_LEVEL="WARNING")
    # Two retries take 0.3 to 0.9 s, and a probe waits 0.5 s for them.
    until(lambda: ready(desk, 503)["aladdin"] != "failed: no answer yet", "the end of the check")
    answer = ready(desk, 503)
    assert (answer["code"], answer["mode"], answer["database"]) == ("NOT_READY", "mock", "ok")
    assert answer["aladdin"].startswith("failed: ")
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (reason,) = (each["detail"] for each in logged if each["event"] == "aladdin_not_ready")
    assert "ConnectError" in reason


def test_a_redis_that_is_away_leaves_the_service_ready_and_is_told(make, tmp_path):
    assert ready(make())["redis"] is None
    server = RedisServer.start(tmp_path)
    desk = make(REDIS_URL=server.url)
    try:
        assert ready(desk)["redis"] == "ok"
        server.stop()
        assert (ready(desk)["redis"], ready(desk)["ready"]) == ("away", True)
        assert works() == 0
        server.again()
        desk.services.redis._failed_until = 0.0  # the pause is over
        assert ready(desk)["redis"] == "ok"
        assert works() == 1
    finally:
        server.stop()


def works():
    return metrics.REGISTRY.get_sample_value("allocator_redis_works")


class Away(httpx.BaseTransport):
    """A vendor whom nothing reaches."""

    def __init__(self, wire):
        self._wire = wire

    def handle_request(self, request):
        raise httpx.ConnectError("no route", request=request)


def stale(desk):
    bond = json.loads(GOLDEN_BOOK.read_text())["securities"][0]["cusip"]
    found = desk.preview(bond, 3_800_000, groups=["GOLDEN"])
    assert {w["type"] for w in found["warnings"]} <= {"STALE_DATA"}
    return [(w["account_id"], w["details"]["data"]) for w in found["warnings"]]


def test_old_positions_of_one_account_are_a_warning_of_that_account(make, wire):
    def edit(rows):
        for row in rows:
            if row["portfolioName"] == "ACC003":
                row["referenceDate"] = "2026-06-26"

    wire.edits["/position"] = edit
    assert stale(make()) == [("ACC003", "positions")]


def test_old_analytics_of_the_bond_are_a_warning_of_the_order(make, wire):
    def edit(answer):
        for asset in answer["riskByAssetId"].values():
            for risk in asset["riskByCurrency"].values():
                risk["riskDate"] = "2026-06-26"

    wire.edits["/security-analytics/v2/assets"] = edit
    assert stale(make()) == [(None, "analytics")]


def test_data_of_the_day_before_is_as_usual(make):
    assert stale(make(BUSINESS_DATE="2026-07-01")) == []
