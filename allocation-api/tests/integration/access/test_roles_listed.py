"""GET auth/roles: what each role allows, for screens that grant them."""

from __future__ import annotations


def test_roles_are_listed_with_their_permissions(desk):
    answer = desk.get("auth/roles")
    permissions = {role["name"]: set(role["permissions"]) for role in answer["roles"]}
    assert list(permissions) == [
        "portfolio_manager",
        "trader",
        "compliance",
        "auditor",
        "administrator",
        "read_only",
    ]
    assert {"allocations:commit", "allocations:override-warnings"} <= permissions["portfolio_manager"]
    assert "allocations:override-warnings" not in permissions["trader"]
    assert permissions["read_only"] == {
        "portfolios:read",
        "securities:read",
        "market-data:read",
        "market-history:read",
        "allocations:read",
        "orders:read",
        "reports:read",
    }
