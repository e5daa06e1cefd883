"""Loading of reference data: all or nothing, what changes and nothing else, recorded, and the same twice."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.core.errors import InvalidRequest
from app.core.numbers import number_text
from app.models import AccountRow, AuditRow, LimitRow, PortfolioGroupRow, SecurityRow
from app.services.accounts import reference
from app.services.accounts.errors import ReferenceOfMock
from app.services.accounts.reference_files import FORMATS, InvalidReference
from app.services.accounts.reference_load import LoadRequest
from app.services.audit.errors import EvidenceBroken
from app.services.audit.verification import verify
from app.utils.cells import guarded
from tests.support.databases import migrated
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.profiles import examples
from tests.support.reference_files import ANN, DESK, exported, load, service


@pytest.fixture
def database(tmp_path):
    found = migrated(f"sqlite:///{tmp_path / 'desk.db'}")
    yield found
    found.close()


def counts(report):
    return {f.file: (f.added, f.changed, f.removed, f.not_in_file) for f in report.files}


def changes(report, file):
    (found,) = (f for f in report.files if f.file == file)
    return [change.text for change in found.changes]


def refused(database, **rows):
    with pytest.raises(InvalidReference) as error:
        load(database, **rows)
    return [found.text for found in error.value.found]


def records(database):
    with database.read() as session:
        query = select(AuditRow).order_by(AuditRow.sequence)
        return [(row.action, json.loads(row.after)) for row in session.scalars(query)]


def test_a_new_desk_is_loaded_as_the_rules_read_it(database):
    report = load(database, **DESK)
    assert counts(report) == {
        "groups": (2, 0, 0, 0),
        "accounts": (4, 0, 0, 0),
        "restrictions": (3, 0, 0, 0),
        "benchmarks": (2, 0, 0, 0),
        "securities": (1, 0, 0, 0),
        "limits": (2, 0, 0, 0),
    }
    with database.read() as session:
        found = reference.accounts(session, ["ACC001", "ACC002", "ACC003", "ACC004"])
        assert found["ACC001"].restrictions == ("INVESTMENT_GRADE_ONLY", "NO_TOBACCO")
        assert found["ACC001"].benchmark == reference.Benchmark(6.05, 6.11, 64.0)
        assert found["ACC003"].benchmark == reference.Benchmark(5.5, None, None)
        assert found["ACC002"].cash_reserve.amount == Decimal("1000.50")
        assert found["ACC004"].home_group_id is None
        assert [g.group_name for g in reference.groups(session)] == ["Core accounts", "Long bonds"]
        assert reference.security(session, "US912828YW42").sector == "GOVT"
        assert "912828yw4" in session.scalar(select(SecurityRow.search_text))
        assert verify(session).breaks == ()


def test_the_same_files_again_change_and_record_nothing(database):
    load(database, **DESK)
    before = records(database)
    again = load(database, **DESK)
    assert (again.is_change, again.audit_id) == (False, None)
    assert records(database) == before


def test_what_is_exported_loads_without_a_change(database):
    load(database, **DESK)
    request = LoadRequest(exported(database), "back again", remove=True)
    report = service(database).load(request, ANN)
    assert not report.is_change
    assert all(not file.changes for file in report.files)


def test_only_what_differs_changes_and_a_dry_run_says_it_first(database):
    load(database, **DESK)
    changed = {"accounts": ["ACC002,River Trust plc,LONG,USD,1000.5,", "ACC005,New,CORE,USD,,"]}
    said = load(database, **changed, dry_run=True)
    assert said.audit_id is None
    assert changes(said, "accounts") == [
        "ACC001: not in file",
        "ACC002, account_name: River Trust -> River Trust plc",
        "ACC002, home_group_id: CORE -> LONG",
        "ACC002, cash_reserve_percent: 0.02 -> nothing",
        "ACC003: not in file",
        "ACC004: not in file",
        "ACC005: added",
    ]
    with database.read() as session:
        assert session.get(AccountRow, "ACC005") is None
        before = {row.account_id: row.restrictions for row in session.scalars(select(AccountRow))}
    done = load(database, **changed)
    assert done.files == said.files
    with database.read() as session:
        row = session.get(AccountRow, "ACC002")
        assert (row.account_name, row.home_group_id, row.cash_reserve_percent) == (
            "River Trust plc",
            "LONG",
            None,
        )
        after = {row.account_id: row.restrictions for row in session.scalars(select(AccountRow))}
    assert after == before | {"ACC005": "UNSTATED"}


def test_rows_that_are_missing_go_only_when_that_is_said(database):
    load(database, **DESK)
    fewer = {"restrictions": ["ACC001,NO_TOBACCO"]}
    assert counts(load(database, **fewer)) == {"restrictions": (0, 0, 0, 2)}
    with database.read() as session:
        assert session.get(AccountRow, "ACC003").restrictions == "ESG_COMPLIANT"
    assert counts(load(database, **fewer, remove=True)) == {"restrictions": (0, 0, 2, 0)}
    with database.read() as session:
        found = {row.account_id: row.restrictions for row in session.scalars(select(AccountRow))}
    assert found == {"ACC001": "NO_TOBACCO"} | dict.fromkeys(("ACC002", "ACC003", "ACC004"), "UNSTATED")


def test_an_account_is_removed_with_its_restrictions_and_benchmark(database):
    load(database, **DESK)
    rest = [row for row in DESK["accounts"] if not row.startswith("ACC003")]
    report = load(database, accounts=rest, remove=True)
    assert counts(report) == {"accounts": (0, 0, 1, 0)}
    assert b"ACC003" not in b"".join(exported(database).values())


def test_what_others_name_cannot_be_removed(database):
    load(database, **DESK)
    said = refused(database, groups=["CORE,Core accounts,,,,"], remove=True)
    assert said == ["groups.csv: LONG cannot be removed: accounts, ACC003, names it."]
    said = refused(database, accounts=DESK["accounts"][1:], remove=True)
    assert said == [
        "accounts.csv: ACC001 cannot be removed: limits, SECURITY_CONCENTRATION ACCOUNT ACC001, names it."
    ]


def test_rows_that_name_what_is_not_there_are_refused_with_all_other_errors(database):
    load(database, **DESK)
    before = exported(database)
    said = refused(
        database,
        groups=["NEW,New,,,,yesterday"],
        accounts=["ACC006,A,NEW,USD,,", "ACC007,B,NOWHERE,USD,,", "ACC008,C,,usd,,"],
        restrictions=["ACC008,NO_TOBACCO", "ACC009,NO_TOBACCO"],
        benchmarks=["GROUP,NOWHERE,1,,", "ACCOUNT,CORE,1,,"],
        limits=["ISSUER_CONCENTRATION,ACCOUNT,ACC010,0.1"],
    )
    there = "and none is stored."
    assert said == [
        "groups.csv, line 2, column created_date: A date like 2026-06-30 is expected.",
        f"accounts.csv, line 3, column home_group_id: There is no row NOWHERE in groups.csv, {there}",
        "accounts.csv, line 4, column currency: 3 capital letters like USD are expected.",
        f"restrictions.csv, line 3, column account_id: There is no row ACC009 in accounts.csv, {there}",
        f"benchmarks.csv, line 2, column id: There is no row NOWHERE in groups.csv, {there}",
        f"benchmarks.csv, line 3, column id: There is no row CORE in accounts.csv, {there}",
        f"limits.csv, line 2, column scope_id: There is no row ACC010 in accounts.csv, {there}",
    ]
    assert exported(database) == before


def test_a_change_is_recorded_with_who_why_what_and_the_hash_of_the_file(database):
    load(database, **DESK)
    report = load(database, restrictions=["ACC002,NO_HIGH_YIELD"], comment="mandate of 1 July")
    (action, after) = records(database)[-1]
    assert action == "REFERENCE_LOADED"
    assert after["comment"] == "mandate of 1 July"
    assert after["removes"] is False
    assert after["files"] == {
        "restrictions": {
            # printf 'account_id,restriction\r\nACC002,NO_HIGH_YIELD\r\n' | sha256sum
            "sha256": "3aa847674de5bd119ffeb7887e0ec6e5aa0fda0dae30c9b16f3035ef89697411",
            "rows": 1,
            "added": 1,
            "changed": 0,
            "removed": 0,
            "changes": ["ACC002 NO_HIGH_YIELD: added"],
            "changes_left_out": 0,
        }
    }
    with database.read() as session:
        row = session.get(AuditRow, report.audit_id)
        assert (row.username, row.request_id) == ("ann", "r")


def test_changed_limits_are_evidence_as_before(database):
    load(database, **DESK)
    load(database, limits=["ISSUER_CONCENTRATION,DEFAULT,*,0.08"], comment="new guideline")
    limits = [after for action, after in records(database) if action == "LIMITS_RECORDED"]
    assert [found["comment"] for found in limits] == ["as agreed", "new guideline"]
    with database.read() as session:
        assert verify(session).breaks == ()
    with database.write() as session:
        session.execute(update(LimitRow).values(value=Decimal(1)))
    with database.read() as session:
        assert {b.table for b in verify(session).breaks} == {"compliance_limits"}
    with pytest.raises(EvidenceBroken, match="compliance limits"):
        load(database, limits=["ISSUER_CONCENTRATION,DEFAULT,*,0.07"])
    load(database, groups=["NEW,New,,,,"])


def test_a_comment_is_needed_but_for_a_dry_run(database):
    with pytest.raises(InvalidRequest, match="comment"):
        load(database, groups=DESK["groups"], comment=" ")
    assert load(database, groups=DESK["groups"], comment="", dry_run=True).is_change


def test_the_order_of_stored_restrictions_is_no_difference(database):
    load(database, **DESK)
    with database.write() as session:
        session.get(AccountRow, "ACC001").restrictions = "NO_TOBACCO\nINVESTMENT_GRADE_ONLY"
    assert not load(database, **DESK).is_change


def test_a_mock_desk_s_data_can_be_exported_and_checked_and_not_changed(tmp_path):
    database = Desk(tmp_path, scenario=GOLDEN_BOOK).services.database
    found = exported(database)
    assert not service(database).load(LoadRequest(found, "again"), ANN).is_change
    assert load(database, groups=["NEW,New,,,,"], dry_run=True).is_change
    with pytest.raises(ReferenceOfMock, match="simulated book"):
        load(database, groups=["NEW,New,,,,"])
    Desk(tmp_path, scenario=GOLDEN_BOOK)


def test_a_mock_desk_s_limits_can_be_changed_unless_its_book_states_them(tmp_path):
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK)
    load(desk.services.database, limits=["ISSUER_CONCENTRATION,DEFAULT,*,0.08"])
    again = Desk(tmp_path, scenario=GOLDEN_BOOK)
    with again.services.database.read() as session:
        found = {(x.code, x.scope): x.value for x in reference.limits(session)}
    assert found["ISSUER_CONCENTRATION", "DEFAULT"] == Decimal("0.08")
    assert again.get("audit/verify")["whole"] is True


# --- property -----------------------------------------------------------------------------------------------

IDS = st.sampled_from([f"X{i}" for i in range(6)])
TEXTS = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=12)
CODES = st.sampled_from([["NONE"], ["NO_TOBACCO"], ["NO_HIGH_YIELD", "ESG_COMPLIANT"]])


@st.composite
def desks(draw):
    """Rows of groups, accounts, restrictions and benchmarks that hold together."""
    groups = draw(st.sets(IDS, min_size=1))
    accounts = draw(st.sets(IDS))
    homes = {a: draw(st.sampled_from(["", *sorted(groups)])) for a in accounts}
    stated = sorted(draw(st.sets(st.sampled_from(sorted(accounts))))) if accounts else []
    barred = {(account, code) for account in stated for code in draw(CODES)}
    values = st.floats(-100, 100).map(number_text)
    return {
        "groups": [(g, draw(TEXTS), "", draw(TEXTS), "", "") for g in sorted(groups)],
        "accounts": [(a, draw(TEXTS), homes[a], "USD", "", "") for a in sorted(accounts)],
        "restrictions": sorted(barred),
        "benchmarks": [
            ("GROUP", g, draw(values), "", "") for g in sorted(draw(st.sets(st.sampled_from(sorted(groups)))))
        ],
    }


def as_csv(rows):
    found = {}
    for name, lines in rows.items():
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        writer.writerow(FORMATS[name].header)
        writer.writerows([line if name == "benchmarks" else map(guarded, line) for line in lines])
        found[name] = buffer.getvalue().encode()
    return found


@examples(25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(desks(), desks())
def test_from_any_desk_to_any_other_and_nothing_is_left_to_change(database, first, second):
    for rows in (first, second):
        wanted = as_csv(rows)
        service(database).load(LoadRequest(wanted, "so be it", remove=True), ANN)
        assert not service(database).load(LoadRequest(wanted, "", remove=True, dry_run=True), ANN).is_change
        stored = exported(database)
        assert {n: sorted(stored[n].splitlines()) for n in wanted} == {
            n: sorted(wanted[n].splitlines()) for n in wanted
        }
    with database.read() as session:
        assert len(session.scalars(select(PortfolioGroupRow)).all()) == len(second["groups"])
