"""Roles: what each may do, and that the page says the same as the code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.config import API_DIR
from app.core.security import ROLES, Permission, Role, effective_permissions

PAGE = API_DIR.parent / "docs" / "access.md"
BEGIN, END = "<!-- roles: begin -->\n", "<!-- roles: end -->"
TRADES = {"allocations:preview", "allocations:commit", "orders:write"}
MANAGES = {"users:manage", "trading:resume", "fairness:policy", "allocations:approve", "allocations:settle"}


def table() -> str:
    """The roles as the page shows them."""
    head = f"| | {' | '.join(f'`{role}`' for role in Role)} |\n|---|{':-:|' * len(Role)}\n"
    rows = (
        f"| `{permission}` | {' | '.join('x' if permission in ROLES[role] else '' for role in Role)} |\n"
        for permission in Permission
    )
    return head + "".join(rows)


def test_the_page_has_the_roles_of_the_code() -> None:
    shown = PAGE.read_text().partition(BEGIN)[2].partition(END)[0]
    assert shown == table(), f"put this between the marks:\n{table()}"


def test_every_role_has_its_permissions() -> None:
    assert set(ROLES) == set(Role)
    assert all(ROLES.values())


@pytest.mark.parametrize("role", ["compliance", "auditor", "administrator", "read_only"])
def test_who_supervises_does_not_trade(role: str) -> None:
    assert not TRADES & ROLES[Role(role)]


@pytest.mark.parametrize("role", ["portfolio_manager", "trader", "auditor", "read_only"])
def test_who_trades_or_only_reads_manages_nothing(role: str) -> None:
    assert not MANAGES & ROLES[Role(role)]


def test_switching_compliance_off_is_in_no_role() -> None:
    assert [role for role in Role if Permission.COMPLIANCE_BYPASS in ROLES[role]] == []


def test_who_only_reads_has_only_permissions_to_read() -> None:
    assert {p.partition(":")[2] for p in ROLES[Role.READ_ONLY]} == {"read"}


def test_compliance_has_all_that_the_demo_supervisor_had() -> None:
    rooms = "portfolios securities market-data allocations orders reports audit"
    assert {*(f"{room}:read" for room in rooms.split()), "fairness:policy"} <= ROLES[Role.COMPLIANCE]


NAMES = st.sampled_from([*Permission, *Role, "planets:move", ""])


@given(st.lists(NAMES), st.lists(NAMES))
def test_permissions_add_up_and_unknown_names_give_none(roles: list[str], granted: list[str]) -> None:
    found = effective_permissions(roles, granted)
    assert list(found) == sorted(set(found), key=list(Permission).index)
    for permission in Permission:
        by_role = any(permission in ROLES[Role(role)] for role in roles if role in list(Role))
        assert (permission in found) == (permission in granted or by_role)
