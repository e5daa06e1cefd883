"""The fairness report over stored allocations, orders and fills."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from app.models import AccountRow, OrderSliceRow
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method
from app.services.reports.committed import FairnessService
from app.services.reports.views import Period
from app.services.visibility.visibility import EVERYTHING
from tests.support.statements import sent_by
from tests.support.stored_allocations import UTC_ZONE, add_fill, full, line

MIDNIGHT = datetime(2026, 7, 1, tzinfo=UTC)
DAY = MIDNIGHT.date()
MONTH = Period(DAY, date(2026, 7, 31))


def report(database, period=MONTH):
    return FairnessService(database, UTC_ZONE).report(period, EVERYTHING)


def test_fairness_is_computed_from_what_is_stored(database, add):
    # R13.1, R13.2
    """600 asked and 450 filled by NAV 1 : 2 are 150 and 300; C could take nothing."""
    add(
        "one",
        {
            "A": line(600, nav="100", filled="450", principal="445.50"),
            "B": line(0, nav="200"),
            "C": line(0, nav="9", most=0),
        },
        first_day_price=Decimal("99.5"),
    )
    add("two", {"A": full(400, nav=None, most=None)})
    found = report(database)
    a, b = found.accounts
    assert (found.allocations, found.not_comparable, found.asked_quantity) == (2, 1, 1_000)
    assert found.filled_quantity == 850
    assert (a.entitled_quantity, b.entitled_quantity) == (Decimal(150), Decimal(300))
    assert (a.average_price, a.price_difference) == (Decimal(99), Decimal(0))
    assert (a.gains.gained, a.gains.known, b.gains.known) == (1, 1, 0)
    assert (a.fill_ratio, a.not_comparable) == (Decimal("0.85"), 1)


def test_entitlements_are_by_the_weights_of_the_ledger_where_there_are_any(database, add):
    # R13.1, R15.1
    """450 filled by weights 1 : 4 are 90 and 360, whatever NAV says; the older 300 are by NAV 1 : 2.

    C could take some and has no weight by the policy; Z got a slice of the first at Aladdin.
    """
    add(
        "weighed",
        {
            "A": full(450, nav="100", weight="1"),
            "B": line(0, nav="200", weight="4"),
            "C": line(0, nav="9"),
        },
        fairness_scope_id="G",
        fairness_policy_id="default",
    )
    with database.write() as session:
        session.add(OrderSliceRow(order_id="O-weighed", account_id="Z", quantity=Decimal(1)))
    add("older", {"A": full(300, nav="100"), "B": line(0, nav="200")})
    found = report(database)
    assert found.not_comparable == 0
    assert {x.account_id: x.entitled_quantity for x in found.accounts} == {"A": 190, "B": 560, "C": 0, "Z": 0}


def test_orders_without_a_fill_are_left_out_and_told_from_unknown_ones(database, add):
    # R13.2, R13.5
    add("filled", {"A": full(100), "B": full(100)})
    add("working", {"A": line(20_000_000)})
    add("cancelled", {"A": line(20_000_000)}, order_status="Canceled", status="CANCELLED")
    add("expired", {"A": line(20_000_000)}, order_status="Expired")
    add("older", {"A": line(20_000_000)}, order_status="Canceled", trade_date=None)
    add("booked", {"A": line(20_000_000)}, order_status="Booked")
    add("not-allocated", {"A": line(300)}, order_filled=Decimal(200))
    found = report(database)
    assert (found.allocations, found.not_filled, found.not_known) == (1, 3, 3)
    assert [(a.account_id, a.asked_quantity, a.entitlement_ratio) for a in found.accounts] == [
        ("A", 100, 1),
        ("B", 100, 1),
    ]


def test_an_account_that_got_its_slice_at_aladdin_is_in_the_report(database, add):
    """The desk gave 300 of A's 1,000 to Z at Aladdin, where both were filled."""
    add("one", {"A": full(1_000)})
    with database.write() as session:
        for account, face in (("A", 700), ("Z", 300)):
            session.merge(OrderSliceRow(order_id="O-one", account_id=account, quantity=Decimal(face)))
        add_fill(session, "O-one", 2, Decimal(99), {"A": full(700), "Z": full(300)})
    a, z = report(database).accounts
    assert [(x.account_id, x.asked_quantity, x.filled_quantity) for x in (a, z)] == [
        ("A", 700, 700),
        ("Z", 300, 300),
    ]
    assert (z.not_comparable, z.entitled_quantity) == (1, None)


def test_an_account_has_its_name(database, add):
    add("one", {"A": full(1), "B": full(1)})
    with database.write() as session:
        session.add(AccountRow(account_id="A", account_name="Alpha", restrictions=""))
    assert [a.account_name for a in report(database).accounts] == ["Alpha", None]


def test_fairness_filters(database, add):
    add("early", {"A": full(1)}, at=MIDNIGHT - timedelta(microseconds=1))
    add("first", {"A": full(10)}, at=MIDNIGHT)
    end = MIDNIGHT + timedelta(days=1)
    add("last", {"A": full(100)}, at=end - timedelta(microseconds=1), side="SELL", groups=("G", "H"))
    add("late", {"A": full(1_000)}, at=end)
    add("method", {"A": full(10_000)}, method="CUSTOM_WEIGHTS")
    add("refused", {"A": full(100_000)}, status="FAILED")
    add("preview", {"A": full(100_000)}, status="PREVIEWED", order=False)
    add("cancelled", {"A": full(1_000_000)}, status="CANCELLED")

    def total(**filters):
        return report(database, Period(DAY, DAY, **filters)).filled_quantity

    assert total() == 1_010_110
    assert total(side=Side.SELL) == 100
    assert total(group_id="H") == 100
    assert total(method=Method.CUSTOM_WEIGHTS) == 10_000
    assert total(group_id="NONE") == 0


def test_many_allocations_take_few_statements(database, add):
    lines = {f"A{i:04}": line(1_000, nav=str(1_000 + i), filled=1_000, principal=990) for i in range(100)}
    for k in range(120):
        add(f"m{k:03}", lines, first_day_price=Decimal(100))
    statements = sent_by(database.engine)
    found = report(database)
    assert len(statements) < 12
    assert found.filled_quantity == 120 * 100 * 1_000
    assert (len(found.accounts), found.accounts[0].gains.known) == (100, 120)
    total = sum(a.entitled_quantity for a in found.accounts)
    assert abs(total - found.filled_quantity) < 1


def test_an_order_that_aladdin_booked_otherwise_is_counted_apart(database, add):
    # R12.6, R13.2
    add("working", {"A": line(200, filled=100, principal=99)})
    add("over", {"A": full(100)})
    add("other", {"A": full(700)}, allocation_state="DIFFERENT", booked='{"A":"600","B":"100"}')
    found = report(database)
    assert (found.allocations, found.provisional, found.not_known) == (2, 1, 1)
    assert [(a.account_id, a.filled_quantity) for a in found.accounts] == [("A", 200)]
