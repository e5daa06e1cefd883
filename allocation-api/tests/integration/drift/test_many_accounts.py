"""A thousand accounts against their targets: how often the vendor is asked."""

from __future__ import annotations

from tests.support.desk import Desk, FaultyWire


def test_a_thousand_accounts_are_one_read_of_positions(tmp_path):
    """R19.13"""
    wire = FaultyWire.over("large_portfolio")
    desk = Desk(tmp_path, scenario="large_portfolio", transport=wire, ALADDIN_POSITIONS_CACHE_SECONDS="600")
    groups = [g["group_id"] for g in desk.get("portfolio-groups")["portfolio_groups"]]
    for group_id in groups:
        targets = [{"key": "GOVT", "target_percent": 100}]
        body = {"scope": "GROUP", "scope_id": group_id, "dimension": "SECTOR", "version": 0, "comment": "x"}
        desk.post("drift/target-sets", {**body, "targets": targets})
    wire.paths.clear()
    rows, cursor = [], {}
    while cursor is not None:
        page = desk.get("drift/out-of-band", only_out="false", limit=200, **cursor)
        rows += page["accounts"]
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
    assert [path for path in wire.paths if path.endswith("/position")] == [
        "/api/portfolio-mgmt/positions/v1/position"
    ]
    assert len({row["account_id"] for row in rows}) == len(rows) == 1_000
    ratios = [row["worst"]["ratio"] for row in rows]
    assert ratios == sorted(ratios, reverse=True)
