"""Alerts about the drift of own books: opened by the job, told by account, gone when it is (R21.1)."""

from __future__ import annotations

import pytest

from app.services.alerts.types import RuleName
from tests.support.drift_desk import DriftDesk


@pytest.fixture
def desk(tmp_path):
    return DriftDesk(tmp_path)


def shown(desk, rule):
    return {each["subject"]: each for each in desk.get("alerts", rule=rule)["alerts"]}


def look(desk):
    desk.clock.ahead += desk.settings.alerts.cooldown / 100
    desk.services.aladdin.book.forget_positions()
    desk.services.periodic.do("alerts-of-drift")


def test_without_targets_there_is_nothing_to_say_and_nothing_is_read(desk):
    before = len(desk.wire.calls)
    look(desk)
    assert shown(desk, "DRIFT") == {}
    assert len(desk.wire.calls) == before


def test_a_class_out_of_band_is_an_alert_until_it_is_back(desk):
    """ACC001 has 60 % government bonds, 36 % industrials and 4 % cash; ACC002 has 40, 40 and 20 %."""
    desk.state()
    look(desk)
    drift = desk.get("alerts", rule="DRIFT")["alerts"]
    found = {(each["subject"], each["text"].partition(": ")[2]): each["severity"] for each in drift}
    assert found == {
        ("ACC001", "10.00% over target (current: 60.00%, target: 50.00%)."): "CRITICAL",
        ("ACC001", "9.00% under target (current: 36.00%, target: 45.00%)."): "CRITICAL",
        ("ACC002", "10.00% under target (current: 40.00%, target: 50.00%)."): "CRITICAL",
        ("ACC002", "5.00% under target (current: 40.00%, target: 45.00%)."): "WARNING",
        ("ACC002", "15.00% over target (current: 20.00%, target: 5.00%)."): "CRITICAL",
    }
    needs = shown(desk, "NEEDS_REBALANCING")
    assert {account: each["severity"] for account, each in needs.items()} == {
        "ACC001": "INFO",
        "ACC002": "INFO",
    }
    assert needs["ACC001"]["groups"] == ["ALL", "EAST"]
    assert needs["ACC001"]["link"] == "/drift/accounts/ACC001"
    on_target = [{"key": "GOVT", "target_percent": 60}, {"key": "Industrials", "target_percent": 36}]
    desk.state("ACCOUNT", "ACC001", targets=[*on_target, {"key": "cash", "target_percent": 4}])
    look(desk)
    states = {(each["subject"], each["state"]) for each in desk.get("alerts", rule="DRIFT")["alerts"]}
    assert states == {("ACC001", "RESOLVED"), ("ACC002", "OPEN")}


def test_an_account_whose_nav_is_gone_keeps_its_alerts(desk):
    desk.state()
    look(desk)

    def without_nav(row):
        if row["portfolioName"] == "ACC001":
            row["portfolioNAV"] = row["portfolioNAVComputed"] = None

    desk.edit = without_nav
    look(desk)
    assert shown(desk, "NEEDS_REBALANCING")["ACC001"]["state"] == "OPEN"
    desk.state(
        "ACCOUNT", "ACC002", targets=[{"key": "bonds", "target_percent": 100}], dimension="ASSET_CLASS"
    )
    desk.services.periodic.do("alerts-of-drift")
    assert {each["state"] for each in shown(desk, "DRIFT").values()} == {"OPEN"}


def test_who_does_not_see_the_group_whose_targets_count_does_not_see_what_is_measured_by_them(tmp_path):
    """ACC001 is in EAST, whose targets count, and in SOME, which has none."""
    desk = DriftDesk(tmp_path, more_groups={"SOME": ["ACC001"]})
    desk.state()
    look(desk)
    desk.become("east", groups=frozenset({"EAST"}))
    assert {tuple(each["groups"]) for each in desk.get("alerts", subject="ACC001")["alerts"]} == {("EAST",)}
    desk.become("some", groups=frozenset({"SOME"}))
    assert desk.get("alerts")["alerts"] == []
    assert desk.get("alerts/summary")["unread"] == 0


def test_who_sees_the_account_sees_its_alerts(desk):
    desk.state()
    look(desk)
    desk.become("east", groups=frozenset({"EAST"}))
    assert set(shown(desk, RuleName.DRIFT)) == {"ACC001", "ACC002"}
    desk.become("west", groups=frozenset({"WEST"}))
    assert shown(desk, RuleName.DRIFT) == {}
