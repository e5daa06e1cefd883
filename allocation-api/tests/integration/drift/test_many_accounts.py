"""A thousand accounts against their targets: how often the vendor is asked."""

from __future__ import annotations

from tests.support.desk import Desk, FaultyWire


def test_a_thousand_accounts_are_one_read_of_positions(tmp_path):
    """R19.13"""
    wire = FaultyWire.over("large_portfolio")
    desk = Desk(tmp_path, scenario="large_portfolio", transport=wire)
    groups = [g["group_id"] for g in desk.get("portfolio-groups")["portfolio_groups"]]
    for group_id in groups:
        targets = [{"key": "bonds", "target_percent": 50}, {"key": "cash", "target_percent": 50}]
        body = {"scope": "GROUP", "scope_id": group_id, "version": 0, "comment": "x"}
        desk.post("drift/target-sets", {**body, "dimension": "ASSET_CLASS", "targets": targets})
        targets = [{"key": "GOVT", "target_percent": 100}]
        desk.post("drift/target-sets", {**body, "dimension": "SECTOR", "targets": targets})
    desk.services.aladdin.book.forget_positions()
    wire.paths.clear()
    page = desk.get("drift/out-of-band", only_out="false", limit=200)
    assert sum(path.endswith("/position") for path in wire.paths) == 1
    rows = page["accounts"]
    while page["next_cursor"]:
        page = desk.get("drift/out-of-band", only_out="false", limit=200, cursor=page["next_cursor"])
        rows += page["accounts"]
    assert len({row["account_id"] for row in rows}) == 1_000
    assert len(rows) == 2_000
    ratios = [row["worst"]["ratio"] for row in rows]
    assert ratios == sorted(ratios, reverse=True)
    assert sum(path.endswith("/position") for path in wire.paths) == 1
