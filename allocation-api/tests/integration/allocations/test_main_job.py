"""A portfolio manager's day: find a bond, preview it, commit it, follow, change and cancel the order."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import update

from app.models import AllocationRow

METHODS = ("PRO_RATA", "CUSTOM_WEIGHTS", "MIN_DISPERSION")


@pytest.fixture(scope="module")
def bond(desk):
    """A Treasury: no compliance limit stands in its way."""
    found = desk.get("securities/search", query="treasury", limit=5)["securities"]
    return found[0]["cusip"]


@pytest.fixture
def clean_preview(desk, bond):
    """A preview without warnings, by keeping it small."""
    found = desk.preview(bond, 1_200_000)
    assert found["warnings"] == []
    return found


def commit(desk, preview, status=200, **body):
    return desk.post(f"allocations/{preview['allocation_id']}/commit", body, status=status)


def test_groups_and_accounts(desk):
    groups = {g["group_id"]: g for g in desk.get("portfolio-groups")["portfolio_groups"]}
    counts = {name: g["account_count"] for name, g in groups.items()}
    assert counts == {"PUBLICPRE": 12, "BIG6": 6, "DP-LB-USD": 11, "OPNIC": 2}
    assert desk.get("portfolio-groups/BIG6") == groups["BIG6"]
    for account in desk.get("portfolio-groups/PUBLICPRE/accounts")["accounts"]:
        assert Decimal(str(account["cash"])) + Decimal(str(account["market_value"])) == pytest.approx(
            Decimal(str(account["nav"])), abs=Decimal("0.005")
        )
        assert account["active_spread_duration"] == pytest.approx(
            account["spread_duration"] - (account["benchmark"]["spread_duration"] or 0), abs=1e-12
        )


def test_positions_add_up_to_the_account(desk):
    # R1.3
    account = desk.get("portfolio-groups/BIG6/accounts")["accounts"][0]
    found = desk.get(f"positions/{account['account_id']}", as_of="SOD")
    assert len(found["positions"]) == account["position_count"]
    held = sum(Decimal(str(p["market_value"])) for p in found["positions"])
    assert held == pytest.approx(Decimal(str(account["market_value"])), abs=Decimal("0.005"))
    # Spread duration of the account: market value x spread duration over NAV.
    weighted = sum(p["market_value"] * p["spread_duration"] for p in found["positions"]) / account["nav"]
    assert account["spread_duration"] == pytest.approx(weighted, rel=1e-9)


def test_search_finds_by_every_name_and_best_first(desk, bond):
    detail = desk.get(f"securities/{bond}")
    for query in (bond, detail["isin"]):
        assert desk.get("securities/search", query=query)["securities"][0]["cusip"] == bond
    assert desk.get(f"securities/{detail['isin']}")["cusip"] == bond
    words = " ".join(detail["description"].split()[-2:])
    assert bond in [s["cusip"] for s in desk.get("securities/search", query=words)["securities"]]
    assert desk.get("securities/search", query="no such bond anywhere")["securities"] == []


def test_analytics_agree_with_the_terms(desk, bond):
    found = desk.get(f"securities/{bond}/analytics")
    # DV01 per 100 of face = duration x dirty price x 0.0001.
    assert found["dv01"] == pytest.approx(found["duration"] * (found["price"] + found["accrued"]) * 1e-4)
    assert found["dts"] == pytest.approx(found["spread_duration"] * found["oas"])


@pytest.mark.parametrize("method", METHODS)
def test_preview_is_stored_as_shown_and_replays_identically(desk, bond, method):
    accounts = desk.get("portfolio-groups/PUBLICPRE/accounts")["accounts"]
    more = {}
    if method == "CUSTOM_WEIGHTS":
        ids = [a["account_id"] for a in accounts]
        more["parameters"] = {"weights": {ids[0]: 0.25, ids[1]: 0.75}}
    shown = desk.preview(bond, 6_000_000, method=method, **more)
    assert len(shown["allocations"]) == 12
    assert desk.get(f"allocations/{shown['allocation_id']}") == shown
    again = desk.post(f"allocations/{shown['allocation_id']}/replay")
    assert again["identical"] is True
    assert again["differences"] == []
    total = sum(a["allocated_quantity"] for a in shown["allocations"])
    assert total + shown["summary"]["unallocated"] == 6_000_000


def test_replay_tells_when_a_stored_number_was_changed(desk, bond):
    shown = desk.preview(bond, 1_000_000)
    database = desk.services.database
    with database.write() as session:
        row = session.get(AllocationRow, shown["allocation_id"])
        changed = row.result.replace('"total_allocated":1000000', '"total_allocated":999000')
        assert changed != row.result
        session.execute(update(AllocationRow).where(AllocationRow.id == row.id).values(result=changed))
    again = desk.post(f"allocations/{shown['allocation_id']}/replay")
    assert again["identical"] is False
    assert again["differences"] == ["summary.total_allocated: stored 999000, recomputed 1000000"]
    assert again["recorded_engine_version"] == again["engine_version"]
    assert again["engine_changes"] == []
    broken = [(b["damage"], b["table"], b["column"]) for b in again["evidence_breaks"]]
    assert broken == [("ROW_CHANGED", "allocations", "result")]
    assert desk.get(f"allocations/{shown['allocation_id']}")["evidence_breaks"] == again["evidence_breaks"]
    refused = desk.post(
        f"allocations/{shown['allocation_id']}/commit", {"override_warnings": True}, status=409
    )
    assert (refused["code"], refused["breaks"][0]["column"]) == ("EVIDENCE_BROKEN", "result")


def test_two_previews_that_were_exchanged_are_not_identical(desk, bond):
    """Each replays in itself; only the audit trail says which inputs belong to which preview."""
    keys = [desk.preview(bond, face)["allocation_id"] for face in (1_000_000, 2_000_000)]
    columns = ("snapshot", "snapshot_sha256", "result")
    with desk.services.database.write() as session:
        texts = [{c: getattr(session.get(AllocationRow, key), c) for c in columns} for key in keys]
        for key, values in zip(keys, reversed(texts), strict=True):
            session.execute(update(AllocationRow).where(AllocationRow.id == key).values(**values))
    for key in keys:
        again = desk.post(f"allocations/{key}/replay")
        assert (again["identical"], again["differences"]) == (False, [])
        assert {b["column"] for b in again["evidence_breaks"]} == set(columns)


def test_several_groups_at_once_in_any_order(desk, bond):
    # R2.1
    one = desk.preview(bond, 9_000_000, groups=["OPNIC", "BIG6"])
    other = desk.preview(bond, 9_000_000, groups=["BIG6", "OPNIC"])
    assert one["allocations"] == other["allocations"]
    assert len(one["allocations"]) == 8


def test_commit_sends_one_order_with_one_slice_per_account(desk, clean_preview):
    # R10.1
    done = commit(desk, clean_preview, comment="first")
    assert done["status"] == "SUCCESS"
    (order_id,) = done["aladdin_order_ids"]
    order = desk.get(f"orders/{order_id}")
    sent = {s["account_id"]: s["quantity"] for s in order["slices"]}
    wanted = {
        a["account_id"]: a["allocated_quantity"]
        for a in clean_preview["allocations"]
        if a["allocated_quantity"]
    }
    assert sent == wanted
    assert order["quantity"] == 1_200_000
    stored = desk.get(f"allocations/{clean_preview['allocation_id']}")
    assert stored["status"] == "SUBMITTED"
    assert stored["commit"]["aladdin_order_ids"] == [order_id]
    assert stored["allocations"] == clean_preview["allocations"]
    record = desk.get(f"audit/{done['audit_id']}")
    assert (record["action"], record["username"]) == ("COMMIT", "demo_user")
    assert record["after"]["comment"] == "first"
    assert record["after"]["aladdin_order_ids"] == [order_id]


def test_a_committed_order_takes_cash_from_the_next_preview(desk, bond):
    # R4.2
    first = desk.preview(bond, 3_000_000, groups=["OPNIC"])
    commit(desk, first, override_warnings=True)
    second = desk.preview(bond, 1_000, groups=["OPNIC"])
    for before, after in zip(first["allocations"], second["allocations"], strict=True):
        assert after["available_cash"] == pytest.approx(before["post_trade_cash"], abs=0.011)
    cash = desk.get(f"cash/{first['allocations'][0]['account_id']}")["cash_positions"][0]
    assert cash["settled_cash"] > cash["available_cash"]


def test_commit_twice_is_refused(desk, clean_preview):
    # R10.1
    commit(desk, clean_preview)
    assert commit(desk, clean_preview, status=409)["code"] == "ALREADY_COMMITTED"


def test_commit_of_an_expired_preview_is_refused(desk, clean_preview):
    # R10.2
    desk.clock.ahead += timedelta(minutes=15, seconds=1)
    desk.token = desk.login()["access_token"]
    try:
        assert desk.get(f"allocations/{clean_preview['allocation_id']}")["status"] == "EXPIRED"
        assert commit(desk, clean_preview, status=409)["code"] == "PREVIEW_EXPIRED"
    finally:
        desk.clock.ahead = timedelta()


def test_commit_with_warnings_needs_to_override_them(desk, bond):
    # R9.2
    odd = desk.preview(bond, 1_000_500)
    assert [w["type"] for w in odd["warnings"]] == ["ROUNDING"]
    refused = commit(desk, odd, status=409)
    assert refused["code"] == "WARNINGS_NOT_OVERRIDDEN"
    assert commit(desk, odd, override_warnings=True)["status"] == "SUCCESS"


def test_commit_reads_the_book_again(desk, bond):
    # R10.3
    """Two previews want the same cash; the second to be committed finds it gone."""
    accounts = desk.get("portfolio-groups/OPNIC/accounts")["accounts"]
    most = int(sum(a["cash"] for a in accounts) / 1.6) // 1000 * 1000
    first, second = (desk.preview(bond, most, groups=["OPNIC"]) for _ in range(2))
    commit(desk, first, override_warnings=True)
    refused = commit(desk, second, status=409, override_warnings=True)
    assert refused["code"] == "BOOK_CHANGED"
    assert refused["accounts"]
    assert desk.get(f"allocations/{second['allocation_id']}")["status"] == "PREVIEWED"


def test_nothing_allocated_is_nothing_to_send(desk, bond):
    nothing = desk.preview(bond, 100)
    assert nothing["summary"]["total_allocated"] == 0
    assert commit(desk, nothing, status=409, override_warnings=True)["code"] == "CONFLICT"


def test_an_order_is_changed_in_proportion_and_cancelled_with_a_reason(desk, clean_preview):
    (order_id,) = commit(desk, clean_preview)["aladdin_order_ids"]
    before = {s["account_id"]: s["quantity"] for s in desk.get(f"orders/{order_id}")["slices"]}
    done = desk.call("PUT", f"orders/{order_id}", json={"quantity": 600_000, "comment": "half"})
    assert done["status"] == "SUCCESS"
    order = desk.get(f"orders/{order_id}")
    assert order["quantity"] == 600_000
    for part in order["slices"]:
        assert part["quantity"] == pytest.approx(before[part["account_id"]] / 2, abs=1000)
    record = desk.get("audit", entity_id=order_id, action="MODIFY")["audit_records"][0]
    assert (record["before"]["quantity"], record["after"]["quantity"]) == (1_200_000, 600_000)

    done = desk.call("DELETE", f"orders/{order_id}", json={"reason": "PM withdrew"})
    assert done["status"] == "SUCCESS"
    assert desk.get(f"orders/{order_id}")["status"] == "Canceled"
    assert desk.get(f"allocations/{clean_preview['allocation_id']}")["status"] == "CANCELLED"
    again = desk.call("DELETE", f"orders/{order_id}", status=409, json={"reason": "once more"})
    assert again["code"] == "CONFLICT"
    record = desk.get("audit", entity_id=order_id, action="CANCEL")["audit_records"][0]
    assert record["after"]["comment"] == "PM withdrew"
    listed = desk.get("orders", allocation_id=clean_preview["allocation_id"])["orders"]
    assert [(o["order_id"], o["status"]) for o in listed] == [(order_id, "Canceled")]


def test_an_order_does_not_outgrow_the_cash(desk, bond):
    # R11.3
    preview = desk.preview(bond, 1_000_000, groups=["OPNIC"])
    (order_id,) = commit(desk, preview, override_warnings=True)["aladdin_order_ids"]
    huge = {"quantity": 5_000_000_000, "comment": ""}
    refused = desk.call("PUT", f"orders/{order_id}", status=409, json=huge)
    assert (refused["code"], refused["additional"]) == ("BOOK_CHANGED", 4_999_000_000)
    can = {a["account_id"]: a["max_quantity"] for a in refused["accounts"]}
    assert set(can) == {a["account_id"] for a in desk.get("portfolio-groups/OPNIC/accounts")["accounts"]}
    assert 0 < refused["max_additional"] <= sum(can.values()) < 1_000_000_000
    assert desk.get(f"orders/{order_id}")["quantity"] == 1_000_000
    odd = desk.call("PUT", f"orders/{order_id}", status=422, json={"quantity": 999_999, "comment": ""})
    assert [e["field"] for e in odd["errors"]] == ["quantity"]


def test_history_filters_and_pages(desk, bond):
    made = [desk.preview(bond, 1_000_000 + 1000 * i, groups=["BIG6"])["allocation_id"] for i in range(5)]
    ours = {"group_id": "BIG6", "security_id": bond, "method": "PRO_RATA", "limit": 2}
    seen, cursor = [], None
    for _ in range(20):
        found = desk.get("allocations", **ours, **({"cursor": cursor} if cursor else {}))
        seen += [a["allocation_id"] for a in found["allocations"]]
        cursor = found["next_cursor"]
        if cursor is None:
            break
    assert seen[:5] == made[::-1]
    assert len(seen) == len(set(seen))
    assert desk.get("allocations", group_id="BIG6", date_from="2099-01-01")["allocations"] == []
    isin = desk.get(f"securities/{bond}")["isin"]
    by_isin = desk.get("allocations", **{**ours, "security_id": isin})["allocations"]
    assert [a["allocation_id"] for a in by_isin] == made[:2:-1]
    assert desk.get("allocations", username="nobody")["allocations"] == []
    expired = desk.call("GET", "allocations?status=EXPIRED")["allocations"]
    assert {a["status"] for a in expired} <= {"EXPIRED"}
    assert not set(made) & {a["allocation_id"] for a in expired}
    refused = desk.get("allocations", cursor="rubbish", status=422)
    assert [e["field"] for e in refused["errors"]] == ["cursor"]


def test_the_audit_names_who_what_and_the_request(desk, bond):
    request_id = str(uuid.uuid4())
    body = {
        "order": {"security_id": bond, "side": "BUY", "quantity": 1_000_000},
        "allocation_method": "PRO_RATA",
        "portfolio_groups": ["BIG6"],
    }
    shown = desk.call("POST", "allocations/preview", json=body, headers={"X-Request-ID": request_id})
    (record,) = desk.get("audit", request_id=request_id)["audit_records"]
    assert record["action"] == "PREVIEW"
    assert record["entity_id"] == shown["allocation_id"]
    assert record["after"]["quantity"] == 1_000_000
    desk.client.post("/v1/auth/login", json={"username": "demo_user", "password": "wrong"})
    assert desk.get("audit", action="LOGIN_REFUSED")["audit_records"][0]["username"] == "demo_user"


def test_a_price_override_replaces_the_clean_price_everywhere(desk, bond):
    # R2.3
    shown = desk.preview(bond, 1_000_000, order={"price": 97.25})
    assert shown["order"]["price"] == 97.25
    assert shown["order"]["price_source"] == "REQUEST"
    assert shown["summary"]["total_notional"] == 972_500.0
    accrued = shown["order"]["accrued"]
    assert shown["summary"]["total_settlement_amount"] == pytest.approx(972_500 + 10_000 * accrued, abs=0.06)


def test_skipping_compliance_needs_its_own_permission(desk, bond):
    # R5.7
    refused = desk.preview(bond, 1_000_000, status=403, constraints={"compliance_check": False})
    assert refused["permission"] == "compliance:bypass"
