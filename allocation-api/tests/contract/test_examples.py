"""What the documentation offers to try works with the mock data, as it stands."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.validation import load_contract

PATHS = load_contract()["paths"]
READS = [
    path
    for path, item in PATHS.items()
    if "get" in item
    and "servers" not in item
    and "application/json" in item["get"]["responses"].get("200", {}).get("content", ())
    and all("example" in p["schema"] for p in item["get"].get("parameters", ()) if p["required"])
]
ADMINISTRATION = ("/admin/", "/alerts/channels", "/alerts/deliveries")
"""Beginnings of paths that are for administrators."""


def examples(path: str) -> dict[str, Any]:
    body = PATHS[path]["post"]["requestBody"]["content"]["application/json"]["examples"]
    return {name: example["value"] for name, example in body.items()}


@pytest.mark.parametrize("path", READS)
def test_a_documented_read_answers(desk: Any, path: str) -> None:
    query = {}
    if path.startswith("/drift/"):
        for body in examples("/drift/target-sets").values():
            assert desk.ask("drift/target-sets", body)[0] in {200, 409}  # 409: they are stated already
    for parameter in PATHS[path]["get"].get("parameters", ()):
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", parameter["schema"]["example"])
        elif parameter["required"]:
            query[parameter["name"]] = parameter["schema"]["example"]
    user = "demo_admin" if path.startswith(ADMINISTRATION) else "demo_user"
    headers = {"Authorization": f"Bearer {desk.login(user)['access_token']}"}
    desk.call("GET", path.removeprefix("/"), query_string=query, headers=headers)


def test_reads_are_documented_with_examples_but_for_ids_that_a_desk_makes_and_csv() -> None:
    reads = {path for path, item in PATHS.items() if "get" in item and "servers" not in item}
    assert reads - set(READS) == {
        "/admin/reference/{reference_file}",
        "/admin/users/{user_id}",
        "/alerts/{alert_id}",
        "/allocations/compare/{comparison_id}",
        "/allocations/{allocation_id}",
        "/allocations/{allocation_id}/fix",
        "/allocations/{allocation_id}/fix/messages",
        "/allocations/{allocation_id}/fix/messages/{message_id}",
        "/allocations/{allocation_id}/frontier",
        "/audit/export",
        "/audit/{audit_id}",
        "/auth/sso/callback",  # these two redirect
        "/auth/sso/login",
        "/backtest/comparison",
        "/backtest/grids/{grid_id}",
        "/backtest/{backtest_id}",
        "/backtest/{backtest_id}/time-series",
        "/backtest/{backtest_id}/transactions",
        "/blotters/{blotter_id}",
        "/brokers/accounts/{broker_account_id}",
        "/brokers/accounts/{broker_account_id}/orders",
        "/brokers/orders/{broker_order_id}",
        "/drift/attribution",  # between days of which snapshots are kept
        "/drift/proposals/{proposal_id}",
        "/drift/target-sets/{target_set_id}",
        "/jobs/{job_id}",
        "/jobs/{job_id}/events",
        "/monitor/events",
        "/monitor/portfolio/{portfolio_id}/status",
        "/orders/{order_id}",
        "/orders/{order_id}/fills",
        "/reallocation/{reallocation_id}",
        "/portfolio/{portfolio_id}",
        "/reports/allocation-history.csv",
        "/reports/fairness.csv",
    }


def test_documented_proposals_are_found_and_one_becomes_a_blotter(desk: Any) -> None:
    for body in examples("/drift/target-sets").values():
        assert desk.ask("drift/target-sets", body)[0] in {200, 409}  # 409: they are stated already
    found = [desk.post("drift/proposals", body) for body in examples("/drift/proposals").values()]
    assert any(each["order_count"] for each in found)
    path = f"drift/proposals/{max(found, key=lambda each: each['order_count'])['proposal_id']}/blotter"
    assert desk.post(path, status=202)["line_count"] > 0


@pytest.mark.parametrize("path", ["/backtest/run", "/backtest/grids"])
def test_documented_backtests_can_be_run(desk: Any, path: str) -> None:
    for body in examples(path).values():
        desk.post(path.removeprefix("/"), body, status=202)


def test_the_documented_search_finds_something(desk: Any) -> None:
    words = PATHS["/securities/search"]["get"]["parameters"][0]["schema"]["example"]
    assert len(desk.get("securities/search", query=words)["securities"]) >= 10


def test_a_documented_comparison_is_chosen_from_and_edited_as_documented(desk: Any) -> None:
    # Before anything is committed, which takes the cash.
    (body,) = examples("/allocations/compare").values()
    compared = desk.post("allocations/compare", body)
    assert [variant["problem"] for variant in compared["variants"]] == [None] * len(body["variants"])
    (choice,) = examples("/allocations/compare/{comparison_id}/choose").values()
    chosen = desk.post(f"allocations/compare/{compared['comparison_id']}/choose", choice)
    assert chosen["comparison"]["variant"] == choice["variant"]
    (edits,) = examples("/allocations/{allocation_id}/adjust").values()
    edited = desk.post(f"allocations/{chosen['allocation_id']}/adjust", edits)
    assert edited["adjustment"]["fixed"] == edits


@pytest.mark.parametrize(("name", "body"), examples("/allocations/preview").items())
def test_a_documented_preview_can_be_committed_as_documented(desk: Any, name: str, body: Any) -> None:
    preview = desk.post("allocations/preview", body)
    assert preview["allocation_method"] == body["allocation_method"]
    order = body["order"]
    if "notional" in order:
        assert 0 < preview["summary"]["total_notional"] <= order["notional"]
    else:
        assert preview["summary"]["total_allocated"] == order["quantity"]
    assert preview["summary"]["unallocated"] == 0
    (commit,) = examples("/allocations/{allocation_id}/commit").values()
    assert desk.post(f"allocations/{preview['allocation_id']}/commit", commit)["status"] == "SUCCESS"


def test_the_documented_login_works(desk: Any) -> None:
    (body,) = examples("/auth/login").values()
    assert desk.login(**body)["user"]["username"] == "demo_user"
