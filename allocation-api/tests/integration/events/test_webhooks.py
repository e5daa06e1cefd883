"""Webhooks (R26.1, R26.2): who may tell of events, what is stored of them, and what follows once."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from app.core.webhook_signature import signature
from tests.support.monitored import (
    SECRET,
    Portfolios,
    look,
    monitoring_desk,
    results,
    send,
    signed,
    tell,
)

ASSETS = [f"A{number:02}" for number in range(20)]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A desk whose portfolios hold nothing that these tests tell of."""
    with pytest.MonkeyPatch.context() as patch:
        yield monitoring_desk(tmp_path_factory.mktemp("webhooks"), Portfolios(p=["OTHER"]), patch)


def row(type_="INSERT", table="market_data", record=None, old=None, schema="public"):
    return {"type": type_, "schema": schema, "table": table, "record": record, "old_record": old}


def fields(problem):
    return {each["field"] for each in problem["errors"]}


def test_one_delivery_is_stored_once_under_its_id_and_says_so(desk):
    first, again, other = (tell(desk, each, "A") for each in ("d-1", "d-1", "d-2"))
    assert (first["status"], again["status"], other["status"]) == ("accepted", "duplicate", "accepted")
    assert again["event_id"] == first["event_id"] != other["event_id"]
    assert again["received_at"] == first["received_at"]


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-signature": ""},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v1a," + "é"},
        {"webhook-id": ""},
        {"webhook-id": "another"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "soon"},
        {"webhook-timestamp": "1782828000.5"},
    ],
)
def test_without_a_signature_that_holds_nothing_is_read(desk, change):
    more = signed(desk, b"no JSON at all", "forged")
    more["headers"] |= {name: value.encode().decode("latin-1") for name, value in change.items()}
    answer = desk.client.post("/v1/webhook/market-data-update", **more)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "WEBHOOK_REFUSED")


def test_another_secret_or_another_body_is_refused(desk):
    assert tell(desk, "k-1", "A", status=401, secret="another-secret-of-24-characters")["code"] == (
        "WEBHOOK_REFUSED"
    )
    more = signed(desk, {"assets": ["A"], "timestamp": "2026-06-30T14:00:00Z"}, "k-2")
    more["data"] = more["data"].replace(b'"A"', b'"B"')
    assert desk.client.post("/v1/webhook/market-data-update", **more).status_code == 401


def test_a_sender_that_changes_its_secret_signs_with_both(desk):
    more = signed(desk, {"assets": ["A"], "timestamp": "2026-06-30T14:00:00Z"}, "k-3")
    more["headers"]["webhook-signature"] = f"v1,AAAA {more['headers']['webhook-signature']}"
    assert desk.client.post("/v1/webhook/market-data-update", **more).status_code == 202


@pytest.mark.parametrize(("seconds", "status"), [(-290, 202), (290, 202), (-310, 401), (310, 401)])
def test_a_webhook_is_taken_for_five_minutes_around_its_time(desk, seconds, status):
    at = desk.clock() + timedelta(seconds=seconds)
    tell(desk, f"w{seconds}", "A", at=at, status=status)


def test_the_signature_is_that_of_standard_webhooks():
    """The example of the specification's reference libraries."""
    body = b'{"test": 2432232314}'
    found = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body
    )
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_without_a_secret_there_are_no_webhooks(tmp_path, monkeypatch):
    desk = monitoring_desk(tmp_path, Portfolios(), monkeypatch, EVENT_WEBHOOK_SECRET="")
    assert tell(desk, "off", "A", status=404)["code"] == "WEBHOOK_OFF"


def test_what_is_wrong_is_named_all_of_it(desk):
    wrong = {"assets": ["", "a b"], "timestamp": "2026-06-30", "more": 1}
    problem = send(desk, "market-data-update", wrong, "b-1", status=422)
    assert fields(problem) == {"assets.0", "assets.1", "timestamp", "more"}
    assert fields(send(desk, "market-data-update", {}, "b-2", status=422)) == {"assets", "timestamp"}
    many = {"assets": [f"A{n}" for n in range(501)], "timestamp": "2026-06-30T14:00:00Z"}
    assert fields(send(desk, "market-data-update", many, "b-3", status=422)) == {"assets"}


@pytest.mark.parametrize(
    ("body", "named"),
    [
        (row(record={"close": 1}), {"record.symbol"}),
        (row(record={"symbol": "a b"}), {"record.symbol"}),
        (row(record=None), {"record"}),
        (row("DELETE"), {"old_record"}),
        (row(table="orders", record={"symbol": "A"}), {"table"}),
        (row(schema="private", record={"symbol": "A"}), {"table"}),
        (row(table="deposits", record={"symbol": "A"}), {"record.portfolio_id"}),
        (row("TRUNCATE", record={"symbol": "A"}), {"type"}),
        ({}, {"type", "schema", "table", "record", "old_record"}),
    ],
)
def test_a_row_that_is_no_event_is_refused_by_field(desk, body, named):
    assert fields(send(desk, "database", body, "r-0", status=422)) == named


def test_a_new_row_is_one_event_whatever_the_delivery_and_a_change_is_one_for_each(desk):
    new = row(record={"id": 7, "symbol": "A", "close": "101.5"})
    assert [send(desk, "database", new, each)["status"] for each in ("n-1", "n-2")] == [
        "accepted",
        "duplicate",
    ]
    before, after = ({"id": 7, "symbol": "A", "close": close} for close in (1, 2))
    change = row("UPDATE", record=after, old=before)
    assert {send(desk, "database", change, each)["status"] for each in ("u-1", "u-2")} == {"accepted"}
    gone = row("DELETE", old=after)
    assert send(desk, "database", gone, "x-1")["status"] == "accepted"


def test_a_hundred_deliveries_doubled_and_out_of_order_recalculate_each_asset_once(tmp_path, monkeypatch):
    portfolios = Portfolios(**{f"of-{asset}": [asset] for asset in ASSETS})
    desk = monitoring_desk(tmp_path, portfolios, monkeypatch)
    deliveries = [(f"m-{number}", ASSETS[number % len(ASSETS)]) for number in range(100)] * 2
    random.Random(7).shuffle(deliveries)
    for place, (message_id, asset) in enumerate(deliveries):
        tell(desk, message_id, asset)
        if place % 37 == 0:
            look(desk)
    desk.clock.ahead += timedelta(seconds=31)
    for _ in range(3):
        look(desk)
    assert results(desk.services.database) == sorted(portfolios.held)
    for message_id, asset in deliveries[::5]:
        assert tell(desk, message_id, asset)["status"] == "duplicate"
    desk.clock.ahead += timedelta(hours=2)
    for _ in range(3):
        look(desk)
    assert results(desk.services.database) == sorted(portfolios.held)
    status = desk.get("monitor/status")
    assert (status["waiting_events"], status["pending_recalculations"]) == (0, 0)
    assert (status["active_portfolios"], status["monitored_assets"]) == (20, 20)


def test_a_secret_must_be_one(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="EVENT_WEBHOOK_SECRET must have at least 24 printable"):
        monitoring_desk(tmp_path, Portfolios(), monkeypatch, EVENT_WEBHOOK_SECRET="short")
    assert len(SECRET) >= 24
