"""Reference data on each database: loaded, changed and removed, by several at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from sqlalchemy import func, select

from app.models import AccountRow, AuditRow, SecurityRow
from app.services.accounts import reference
from app.services.accounts.reference_load import LoadRequest
from app.services.audit.verification import verify
from tests.support.reference_files import ANN, DESK, exported, load, service


def test_a_desk_is_loaded_changed_and_cut_down(database):
    load(database, **DESK)
    stored = exported(database)
    assert not service(database).load(LoadRequest(stored, "again", remove=True), ANN).is_change
    changed = {
        "accounts": ["ACC002,River Trust plc,LONG,EUR,0.01,0.00000001", "ACC003,Northern Mutual,LONG,USD,,"],
        "restrictions": ["ACC002,NO_TOBACCO"],
        "benchmarks": ["GROUP,CORE,0.1,6.11,-64.25"],
        "limits": ["ISSUER_CONCENTRATION,DEFAULT,*,0.12345678"],
    }
    load(database, remove=True, **changed)
    with database.read() as session:
        found = reference.accounts(session, ["ACC001", "ACC002", "ACC003"])
        assert set(found) == {"ACC002", "ACC003"}
        assert found["ACC002"].restrictions == ("NO_TOBACCO",)
        assert found["ACC002"].cash_reserve.percent_of_nav == Decimal("0.00000001")
        assert found["ACC003"].restrictions is None  # its own went, and nothing else is stated
        groups = {g.group_id: g.benchmark for g in reference.groups(session)}
        assert groups == {"CORE": reference.Benchmark(0.1, 6.11, -64.25), "LONG": reference.Benchmark()}
        assert [x.value for x in reference.limits(session)] == [Decimal("0.12345678")]
        assert session.scalar(select(func.count()).select_from(SecurityRow)) == 1
        assert verify(session).breaks == ()


def test_two_who_load_at_once_do_so_one_after_the_other(database, another):
    load(database, **DESK)
    rows = ["ACC001,Harbor County,CORE,EUR,,"], ["ACC004,Bay Fund,,USD,,"]
    with ThreadPoolExecutor(2) as pool:
        for done in [
            pool.submit(load, each, accounts=found)
            for each, found in zip((database, another), rows, strict=True)
        ]:
            assert done.result().audit_id is not None
    with database.read() as session:
        found = {row.account_id: row.currency for row in session.scalars(select(AccountRow))}
        assert (found["ACC001"], found["ACC004"]) == ("EUR", "USD")
        loads = select(func.count()).where(AuditRow.action == "REFERENCE_LOADED")
        assert session.scalar(loads) == 3
        assert verify(session).breaks == ()
