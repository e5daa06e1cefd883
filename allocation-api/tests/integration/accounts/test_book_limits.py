"""Limits and CSV files of a simulated book, as the service takes them."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from app.core.config import SettingsError
from app.models import LimitRow
from app.services.compliance.rules import DEFAULT_LIMITS
from tests.support.desk import GOLDEN_BOOK, Desk

BOND = "912828YW4"
ISSUER = "ISSUER_CONCENTRATION"
LIMITS = [
    {"code": ISSUER, "scope": "SECTOR", "scope_id": "GOVT", "value": 0.03},
    {"code": ISSUER, "scope": "ACCOUNT", "scope_id": "ACC002", "value": 0.02},
]


def book(**more):
    return json.loads(GOLDEN_BOOK.read_text()) | more


def limits(desk):
    with desk.services.database.read() as session:
        return {(x.code, x.scope, x.scope_id): x.value for x in session.scalars(select(LimitRow))}


DEFAULTS = {(x.code, x.scope, x.scope_id): x.value for x in DEFAULT_LIMITS}


def test_limits_of_a_book_hold_in_previews(book_desk):
    # R5.6
    desk = book_desk(book(limits=LIMITS))
    made = desk.preview(BOND, 8_000_000, groups=["GOLDEN"])
    got = {a["account_id"]: a["allocated_quantity"] for a in made["allocations"]}
    # At 0.985 a unit: 3 % of NAV less what is held, for ACC002 2 %; ACC004 has 1,000,000 in cash.
    assert got == {"ACC001": 2_045_000, "ACC002": 1_045_000, "ACC003": 1_936_000, "ACC004": 1_015_000}


def test_limits_join_the_default_ones_and_go_with_their_book(book_desk):
    stated = {(x["code"], x["scope"], x["scope_id"]): Decimal(str(x["value"])) for x in LIMITS}
    assert limits(book_desk(book())) == DEFAULTS
    assert limits(book_desk(book(limits=LIMITS))) == DEFAULTS | stated
    assert limits(book_desk(book(limits=LIMITS[:1]))) == DEFAULTS | dict(list(stated.items())[:1])
    assert limits(book_desk(book())) == DEFAULTS


def test_limits_that_somebody_changed_are_not_replaced(book_desk):
    desk = book_desk(book())
    with desk.services.database.write() as session:
        session.execute(
            update(LimitRow).where(LimitRow.code == "PRICE_DEVIATION").values(value=Decimal("0.02"))
        )
    changed = limits(desk)
    assert limits(book_desk(book())) == changed
    with pytest.raises(SettingsError, match="compliance limits that were changed by hand"):
        book_desk(book(limits=LIMITS))


def test_a_desk_starts_on_its_own_csv_files(tmp_path):
    (tmp_path / "bonds.json").write_text(json.dumps(book(accounts=[], groups=[])))
    (tmp_path / "a.csv").write_text(
        "account_id,account_name,group_id,cash,currency\nA1,One,GROWTH,5000000,USD\nA2,Two,GROWTH,9e6,USD\n"
    )
    (tmp_path / "h.csv").write_text(f"account_id,cusip,face\nA1,{BOND},1000000\n")
    desk = Desk(
        tmp_path,
        scenario=tmp_path / "bonds.json",
        MOCK_ACCOUNTS_FILE=str(tmp_path / "a.csv"),
        MOCK_HOLDINGS_FILE=str(tmp_path / "h.csv"),
    )
    made = desk.preview(BOND, 1_000_000, groups=["GROWTH"], order={"side": "SELL"})
    assert [(a["account_id"], a["allocated_quantity"]) for a in made["allocations"]] == [
        ("A1", 1_000_000),
        ("A2", 0),
    ]
