"""Stored allocations as FIX messages: which are calculated, which preliminary, which refused."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import update

from app.core.config import ReportsSettings
from app.core.errors import Conflict, NotFound
from app.models import OrderRow
from app.services.allocations import snapshot
from app.services.allocations.engine import compute
from app.services.audit.trail import Action, AuditService, EntityType, everything
from app.services.domain.caller import Caller
from app.services.reports.fix_messages import FixMessages
from app.services.visibility.visibility import EVERYTHING
from tests.support import builders
from tests.support.databases import migrated
from tests.support.fix_reader import read
from tests.support.stored_allocations import add_allocation, line

CALLER = Caller("u", "anna", frozenset(), "r")
NOW = datetime(2026, 7, 1, 15, tzinfo=UTC)
SNAPSHOT = snapshot.encode(builders.inputs([builders.account()], accrued="0.8125"))
PARTLY = {
    "A": line(1_000_000, filled=600_000, principal="594105.00"),
    "B": line(500_000, filled=300_000, principal="297052.50"),
    "C": line(0, most=0),
}
WHOLLY = {
    "A": line(1_000_000, filled=1_000_000, principal="990175.00"),
    "B": line(500_000, filled=500_000, principal="495087.50"),
}


@pytest.fixture
def database(tmp_path):
    found = migrated(f"sqlite:///{tmp_path / 'test.db'}")
    yield found
    found.close()


@pytest.fixture
def export(database):
    def clock():
        return NOW

    settings = ReportsSettings("US", "THEM")
    return FixMessages(database, AuditService(database, clock), clock, settings, sync=lambda _: None)


def sent(export, name="one"):
    return read(export.send(name, CALLER, EVERYTHING).message)


def add(database, lines, given=SNAPSHOT, price="99.0175", changed=None, **other):
    """Store an allocation with its order, whose columns may be `changed`, and the records of both."""
    audit = AuditService(database, lambda: NOW)
    with database.write() as session:
        add_allocation(session, "one", lines, snapshot=given, price=Decimal(price), **other)
        if changed:
            session.execute(update(OrderRow).values(**changed))
        for kind, name in ((EntityType.ALLOCATION, "one"), (EntityType.ORDER, "O-one")):
            audit.record_system(session, Action.COMMIT, kind, name, rows=everything(kind))


def test_a_working_order_is_preliminary_with_what_was_ordered(database, export):
    # R14.1
    add(database, PARTLY)
    found = sent(export)
    assert (found.header["49"], found.header["56"]) == ("US", "THEM")
    assert (found.body["70"], found.body["626"]) == ("one-1", "2")
    assert {a["79"]: a["80"] for a in found.allocs} == {"A": "1000000", "B": "500000"}
    assert (found.body["53"], found.body["6"]) == ("1500000", "0")
    assert found.orders == [{"11": "one", "37": "O-one", "38": "1500000"}]


def test_a_filled_order_is_calculated_with_its_money(database, export):
    # R14.1
    add(database, WHOLLY)
    found = sent(export)
    assert (found.body["70"], found.body["626"], found.body["6"]) == ("one-1", "1", "99.0175")
    # Accrued at 0.8125 per 100: 8,125.00 and 4,062.50.
    assert (found.allocs[0]["742"], found.allocs[1]["742"]) == ("8125", "4062.5")
    assert found.allocs[0]["154"] == "998300"
    assert (found.body["381"], found.body["159"], found.body["118"]) == ("1485262.5", "12187.5", "1497450")
    assert (found.body["48"], found.body["22"], found.body["15"]) == ("US912828YW42", "4", "USD")
    assert (found.body["75"], found.body["64"]) == ("20260701", "20260702")


def test_the_money_is_the_preview_s_settlement_amount(database, export):
    # R1.2, R14.1
    """By hand: 1,000 at 98.4374 are 984.374, accrued 8.124, together 992.498, so 992.50 for each."""
    accounts = [builders.account("A"), builders.account("B")]
    given = builders.inputs(accounts, quantity=2_000, price="98.4374", accrued="0.8124")
    assert [row.settlement_amount for row in compute(given).allocations] == [Decimal("992.50")] * 2
    lines = {name: line(1_000, filled=1_000, principal="984.37") for name in ("A", "B")}
    add(database, lines, snapshot.encode(given), "98.4374")
    found = sent(export)
    assert [a["154"] for a in found.allocs] == ["992.5", "992.5"]
    assert (found.body["381"], found.body["159"], found.body["118"]) == ("1968.74", "16.26", "1985")


def test_a_bond_with_a_factor_has_it_and_its_money(database, export):
    # R14.3
    """By hand: 1,000,000 x 99.0175 / 100 x 0.4321 = 427,854.6175, accrued 0.8125 per 100 is 3,510.8125."""
    bond = builders.security(factor=Decimal("0.4321"))
    given = builders.inputs([builders.account("A")], bond=bond, price="99.0175", accrued="0.8125")
    lines = {"A": line(1_000_000, filled=1_000_000, principal="427854.62")}
    add(database, lines, snapshot.encode(given))
    found = sent(export)
    assert found.body["228"] == "0.4321"
    face, price, factor = (Decimal(found.body[tag]) for tag in ("53", "6", "228"))
    assert abs(face * price / 100 * factor - Decimal(found.body["381"])) <= Decimal("0.005")
    assert (found.body["381"], found.body["159"], found.body["118"]) == ("427854.62", "3510.81", "431365.43")


@pytest.mark.parametrize("status", ["Booked", "Canceled", "Expired"])
def test_an_order_that_is_over_is_calculated_with_what_was_filled(database, export, status):
    # R14.1
    add(database, PARTLY, order_status=status)
    found = sent(export)
    assert (found.body["626"], found.body["53"], found.orders[0]["38"]) == ("1", "900000", "1500000")
    assert {a["79"]: a["80"] for a in found.allocs} == {"A": "600000", "B": "300000"}


def test_a_sale(database, export):
    add(database, WHOLLY, side="SELL")
    assert sent(export).body["54"] == "2"


def test_without_a_trade_date_it_is_the_one_that_was_sent(database, export):
    add(database, WHOLLY, trade_date=None)
    assert sent(export).body["75"] == f"{builders.BUSINESS_DATE:%Y%m%d}"


@pytest.mark.parametrize("status", ["Booked", "Canceled"])
def test_without_fills_there_is_nothing_to_calculate(database, export, status):
    add(database, {"A": line(1_000)}, order_status=status)
    with pytest.raises(Conflict, match="no fill of it is recorded"):
        sent(export)


def test_a_preview_has_no_order(database, export):
    add(database, {"A": line(1_000)}, order=False, status="PREVIEWED")
    with pytest.raises(Conflict, match="has no order"):
        sent(export)
    with pytest.raises(NotFound):
        sent(export, "two")


@pytest.mark.parametrize(
    ("lines", "changed", "what"),
    [
        (PARTLY, {"quantity": Decimal(1_400_000)}, "slices .* 1,500,000, not 1,400,000"),
        (WHOLLY, {"filled_quantity": Decimal(1_500_001)}, "fills .* 1,500,000, not 1,500,001"),
    ],
)
def test_what_does_not_add_up_is_refused(database, export, lines, changed, what):
    add(database, lines, changed=changed)
    with pytest.raises(Conflict, match=what):
        sent(export)


def test_a_thousand_accounts(database, export):
    add(database, {f"A{i:04}": line(1_000, filled=1_000, principal="990.18") for i in range(1_000)})
    found = sent(export)
    assert len(found.allocs) == 1_000
    assert (found.body["381"], found.body["53"]) == ("990180", "1000000")
    assert sum(Decimal(a["154"]) for a in found.allocs) == Decimal(found.body["118"])


def test_a_desk_s_preview_has_no_message_yet(golden_desk):
    bond = golden_desk.get("securities/search", query="us", limit=1)["securities"][0]["cusip"]
    group = golden_desk.get("portfolio-groups")["portfolio_groups"][0]["group_id"]
    preview = golden_desk.preview(bond, 1_000_000, groups=(group,))
    answer = golden_desk.get(f"allocations/{preview['allocation_id']}/fix", status=409)
    assert "has no order" in answer["detail"]


def test_the_settlement_date_is_the_order_s(database, export):
    add(database, WHOLLY, changed={"settlement_date": date(2026, 7, 6)})
    assert sent(export).body["64"] == "20260706"
