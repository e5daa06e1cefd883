"""An account whose restrictions nobody has stated gets nothing; NONE states that it has none."""

from __future__ import annotations

import pytest

from app.models import AccountRow
from app.services.accounts.reference_files import FORMATS, InvalidReference
from app.services.accounts.reference_load import LoadRequest
from tests.support.databases import migrated
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.reference_files import ANN, exported, load, service

ACCOUNTS = ["A1,Harbor,,USD,,", "A2,River,,USD,,", "A3,Bay,,USD,,"]
NO_ROW = "restrictions.csv has no row of it. State each restriction, or NONE where there is none."
BEFORE = "was stored before this was asked for, and trades unrestricted"


@pytest.fixture
def database(tmp_path):
    made = migrated(f"sqlite:///{tmp_path / 'desk.db'}")
    yield made
    made.close()


def columns(database):
    with database.read() as session:
        return {row.account_id: row.restrictions for row in session.query(AccountRow)}


def put(database, **restrictions):
    with database.write() as session:
        for account_id, column in restrictions.items():
            session.get(AccountRow, account_id).restrictions = column


def test_only_who_is_stated_trades(tmp_path):
    # R4.4; NAV 100, 150, 80 and 50 million; ACC003 gets nothing, and the others share 3,000,000.
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK)
    stated = {"ACC001": "NONE", "ACC002": "NO_TOBACCO", "ACC003": "UNSTATED", "ACC004": ""}
    put(desk.services.database, **stated)
    found = desk.preview("912828YW4", 3_000_000, groups=["GOLDEN"])
    assert {a["account_id"]: a["allocated_quantity"] for a in found["allocations"]} == {
        "ACC001": 1_000_000,
        "ACC002": 1_500_000,
        "ACC003": 0,
        "ACC004": 500_000,
    }
    assert found["allocations"][2]["reason"] == {
        "code": "MISSING_DATA",
        "message": "Data is missing (restrictions: neither stated in reference data, nor that it has NONE)",
    }
    listed = desk.get("portfolio-groups/GOLDEN/accounts")["accounts"]
    assert [(a["restrictions"], a["restrictions_stated"]) for a in listed] == [
        ([], True),
        (["NO_TOBACCO"], True),
        ([], False),
        ([], True),
    ]


def test_a_load_names_each_account_of_which_nothing_is_stated(database):
    report = load(database, accounts=ACCOUNTS, restrictions=["A1,NO_TOBACCO", "A2,NONE"])
    assert [w.text for w in report.warnings] == [
        f"accounts.csv, line 4, column account_id: A3 gets nothing: {NO_ROW}"
    ]
    assert columns(database) == {"A1": "NO_TOBACCO", "A2": "NONE", "A3": "UNSTATED"}
    (again,) = load(database, restrictions=["A1,NO_TOBACCO"], dry_run=True).warnings
    assert (again.line, again.text.partition(":")[0]) == (None, "accounts.csv, column account_id")
    assert load(database, groups=["CORE,Core,,,,"]).warnings == ()
    assert load(database, restrictions=["A3,NONE"]).warnings == ()
    assert columns(database)["A3"] == "NONE"


def test_accounts_from_before_trade_on_and_are_named(database):
    load(database, accounts=ACCOUNTS, restrictions=["A1,NO_TOBACCO", "A2,NONE", "A3,NONE"])
    put(database, A2="", A3="")
    report = load(database, accounts=["A2,River Trust,,USD,,", "A4,New,,USD,,"])
    assert [w.text.partition(": ")[2] for w in report.warnings] == [
        f"A3 {BEFORE}: {NO_ROW}",
        f"A2 {BEFORE}: {NO_ROW}",
        f"A4 gets nothing: {NO_ROW}",
    ]
    assert columns(database) == {"A1": "NO_TOBACCO", "A2": "", "A3": "", "A4": "UNSTATED"}
    load(database, restrictions=["A2,NONE"])
    assert columns(database)["A2"] == "NONE"


def test_what_one_database_exports_another_asks_about(database, tmp_path):
    load(database, accounts=ACCOUNTS, restrictions=["A1,NO_TOBACCO", "A2,NONE"])
    put(database, A3="")
    files = exported(database)
    assert not service(database).load(LoadRequest(files, "again", remove=True), ANN).is_change
    other = migrated(f"sqlite:///{tmp_path / 'other.db'}")
    service(other).load(LoadRequest(files, "moved"), ANN)
    assert columns(other) == {"A1": "NO_TOBACCO", "A2": "NONE", "A3": "UNSTATED"}
    assert exported(other)["restrictions"] == files["restrictions"]
    other.close()


def test_a_restriction_takes_the_place_of_none_and_none_lifts_nothing(database):
    load(database, accounts=ACCOUNTS, restrictions=["A1,NO_TOBACCO", "A2,NONE", "A3,NONE"])
    load(database, restrictions=["A2,ESG_COMPLIANT"])
    assert columns(database)["A2"] == "ESG_COMPLIANT"
    with pytest.raises(InvalidReference) as refused:
        load(database, restrictions=["A1,NONE", "A3,NO_TOBACCO", "A3,NONE"])
    assert [found.text for found in refused.value.found] == [
        (
            "restrictions.csv, line 2, column restriction: NO_TOBACCO of A1 is stored, and rows that the "
            "file does not have stay. Load all restrictions, and remove those that the file does not have."
        ),
        "restrictions.csv, line 4, column restriction: NONE of A3 contradicts NO_TOBACCO.",
    ]
    load(database, restrictions=["A1,NONE", "A2,ESG_COMPLIANT", "A3,NONE"], remove=True)
    assert columns(database) == {"A1": "NONE", "A2": "ESG_COMPLIANT", "A3": "NONE"}


def test_removing_the_last_restriction_is_no_statement(database):
    load(database, accounts=ACCOUNTS, restrictions=["A1,NO_TOBACCO", "A2,NONE", "A3,NONE"])
    (warning,) = load(database, restrictions=["A2,NONE", "A3,NONE"], remove=True).warnings
    assert warning.message.startswith("A1 gets nothing: ")
    assert columns(database)["A1"] == "UNSTATED"


def test_no_file_says_unstated(database):
    with pytest.raises(InvalidReference, match="Unknown restriction UNSTATED"):
        load(database, accounts=ACCOUNTS, restrictions=["A1,UNSTATED"])


def test_a_book_states_none_of_its_accounts_without_a_restriction(tmp_path):
    found = exported(Desk(tmp_path, scenario=GOLDEN_BOOK).services.database)
    assert found["restrictions"].decode().split() == [
        ",".join(FORMATS["restrictions"].header),
        *(f"ACC00{i},NONE" for i in (1, 2, 3, 4)),
    ]
