"""Reports on the fairness ledger over stored orders, on each database. All numbers are reckoned by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from app.core.errors import InvalidRequest
from app.services.allocations.request import Constraints, Exclusion, Parameters
from app.services.domain.caller import Caller
from app.services.domain.fairness import (
    DEFAULT_POLICY,
    Carry,
    FairnessInputs,
    FairnessMode,
    FairnessPolicy,
    LedgerState,
)
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method
from app.services.reports import ledger_reports
from app.services.reports.fairness_replay import Rule
from app.services.reports.ledger_reports import LedgerReports
from app.services.reports.ledger_views import LedgerPeriod
from app.services.visibility.visibility import EVERYTHING
from tests.support.builders import account, inputs, security
from tests.support.fairness import LedgerDesk
from tests.support.statements import sent_by

A, B, C, D = "A", "B", "C", "D"
CALLER = Caller("user-1", "ann", frozenset(), "request-1")
ZONE = ZoneInfo("America/New_York")
WEIGHTS = {A: Decimal(100), B: Decimal(300)}
YEAR = LedgerPeriod(date(2026, 1, 1), date(2026, 12, 31))
NEXT_JANUARY = LedgerPeriod(date(2027, 1, 1), date(2027, 1, 31))


@pytest.fixture
def desk(database):
    return LedgerDesk(database)


def reports(desk):
    return LedgerReports(desk.database, desk.policies, ZONE)


def faces(**given):
    return {name: Decimal(face) for name, face in given.items()}


def terms(piece=100_000, **more):
    return inputs([account(A)], bond=security(min_piece=piece, increment=1_000), **more)


def finished(desk, order_id, got, *, status="Booked"):
    desk.fill(order_id, got, status=status, state="OF_RECORD")


def a_year(desk):
    """Weights 100 : 300. After each order A and B are owed:

    one    400,000, all to B: entitled 100,000 and 300,000                        100,000  -100,000
    two    800,000, half filled, 200,000 each of 400,000: entitled as before            0         0
    gone   cancelled without a fill
    three  200,000 to A; B excluded, C joins with 100: entitled 100,000 each     -100,000         0, C 100,000
    later  in a new year, all at zero: 400,000 as 100,000, 200,000, 100,000 over
           100 : 300 : 100: entitled 80,000, 240,000, 80,000                      -20,000    40,000, C -20,000
    """
    short_of_cash = {D: "INSUFFICIENT_CASH"}
    desk.commit("one", faces(B=400_000), WEIGHTS, made_of=terms(), reasons=short_of_cash)
    finished(desk, "one", faces(B=400_000))
    both = faces(A=400_000, B=400_000)
    desk.commit("two", both, WEIGHTS, made_of=terms(), day=date(2026, 3, 3), reasons={D: None})
    finished(desk, "two", faces(A=200_000, B=200_000), status="Canceled")
    desk.commit("gone", faces(A=1_000_000), WEIGHTS, made_of=terms(), day=date(2026, 3, 4))
    finished(desk, "gone", {}, status="Canceled")
    without_b = Constraints(exclude_accounts=(Exclusion(B, "client asked"),))
    desk.commit(
        "three",
        faces(A=200_000),
        faces(A=100, C=100),
        made_of=terms(50_000, constraints=without_b),
        day=date(2026, 3, 5),
        reasons={B: "EXCLUDED_BY_REQUEST"},
    )
    later = faces(A=100_000, B=200_000, C=100_000)
    desk.commit("later", later, {**WEIGHTS, C: Decimal(100)}, made_of=terms(), day=date(2027, 1, 4))


def lines(report):
    return {line.account_id: line for line in report.accounts}


def amounts(line):
    return (line.entitled, line.received, line.balance_start, line.carried, line.balance_end)


def test_a_year_by_hand(desk):
    """R15.7: the example of `a_year`."""
    a_year(desk)
    found = reports(desk).report(YEAR, EVERYTHING)
    assert (found.orders, found.provisional, found.not_filled, found.before_ledger) == (3, 1, 1, 0)
    of = lines(found)
    assert {name: amounts(line) for name, line in of.items()} == {
        A: (300_000, 400_000, 0, 0, -100_000),
        B: (600_000, 600_000, 0, 0, 0),
        C: (100_000, 0, 0, 0, 100_000),
        D: (0, 0, 0, 0, 0),
    }
    assert [of[name].ratio for name in (A, B, C, D)] == [Decimal("1.3333333333"), 1, 0, None]
    assert {n: (x.orders_eligible, x.orders_with_nothing, x.orders_not_eligible) for n, x in of.items()} == {
        A: (3, 1, 0),
        B: (2, 0, 1),
        C: (1, 1, 0),
        D: (0, 0, 2),
    }
    assert [(out.reason_code, out.orders) for out in of[D].not_eligible] == [
        (None, 1),
        ("INSUFFICIENT_CASH", 1),
    ]
    (excluded,) = of[B].excluded
    assert (excluded.order_id, excluded.business_date, excluded.reason) == (
        "three",
        date(2026, 3, 5),
        "client asked",
    )


def test_the_greatest_balances_of_the_year(desk):
    """R15.7: in pieces of the order after which they stood, 50,000 of the third and 100,000 of the others."""
    a_year(desk)
    found = reports(desk).report(YEAR, EVERYTHING)
    of = lines(found)
    short, over = of[A].greatest_shortfall, of[A].greatest_excess
    assert (short.quantity, short.pieces, short.order_id, short.business_date) == (
        100_000,
        1.0,
        "one",
        date(2026, 3, 2),
    )
    assert (over.quantity, over.pieces, over.order_id) == (100_000, 2.0, "three")
    assert (of[B].greatest_shortfall.quantity, of[B].greatest_shortfall.order_id) == (0, None)
    assert (of[B].greatest_excess.order_id, of[C].greatest_shortfall.order_id) == ("one", "three")
    assert (found.greatest_quantity.quantity, found.greatest_quantity.order_id) == (100_000, "one")
    assert (found.greatest_pieces.pieces, found.greatest_pieces.order_id) == (2.0, "three")
    assert (found.balance_sum, found.breaks) == (0, ())
    assert [(policy.policy_id, policy.version) for policy in found.policies] == [("default", 0)]
    (ledger,) = found.ledgers
    assert (ledger.scope, ledger.side, ledger.orders, ledger.entitled, ledger.received) == (
        "CORE",
        "BUY",
        3,
        1_000_000,
        1_000_000,
    )


def test_a_new_year_begins_at_zero_and_a_period_over_it_shows_what_was_carried(desk):
    """R15.4, R15.7"""
    a_year(desk)
    january = lines(reports(desk).report(NEXT_JANUARY, EVERYTHING))
    assert {name: amounts(line) for name, line in january.items()} == {
        A: (80_000, 100_000, 0, 0, -20_000),
        B: (240_000, 200_000, 0, 0, 40_000),
        C: (80_000, 100_000, 0, 0, -20_000),
    }
    both = lines(reports(desk).report(LedgerPeriod(date(2026, 3, 5), date(2027, 1, 31)), EVERYTHING))
    assert amounts(both[A]) == (180_000, 300_000, 0, 100_000, -20_000)
    assert amounts(both[C]) == (180_000, 100_000, 0, -100_000, -20_000)


def test_a_period_begins_with_what_was_owed_before_it(desk):
    a_year(desk)
    from_second = lines(reports(desk).report(LedgerPeriod(date(2026, 3, 3), date(2026, 3, 3)), EVERYTHING))
    assert amounts(from_second[A]) == (100_000, 200_000, 100_000, 0, 0)
    nothing_since = lines(reports(desk).report(LedgerPeriod(date(2026, 6, 1), date(2026, 6, 30)), EVERYTHING))
    assert amounts(nothing_since[A]) == (0, 0, -100_000, 0, -100_000)
    assert set(nothing_since) == {A, C}  # B is owed nothing


def test_a_half_life_is_carried_to_the_first_day_and_the_end_is_what_is_stored(desk):
    """R15.4: 100,000 owed on 1 March are 50,000 on 31 March; of 400,000 more to B 100,000 are A's."""
    wanted = FairnessPolicy("", 1, carry=Carry.HALF_LIFE, half_life_days=30, statement="Halves.")
    policy = desk.policies.put(wanted, 0, CALLER).policy_id
    for order_id, day in (("one", date(2026, 3, 1)), ("two", date(2026, 4, 30))):
        desk.commit(order_id, faces(B=400_000), WEIGHTS, made_of=terms(), day=day, policy=policy)
    found = reports(desk).report(LedgerPeriod(date(2026, 3, 31), date(2026, 4, 30)), EVERYTHING)
    # By 30 April 25,000 are left of it.
    assert amounts(lines(found)[A]) == (100_000, 0, 50_000, -25_000, 125_000)
    assert desk.balances()["CORE", "BUY", A] == 125_000
    assert [policy.version for policy in found.policies] == [1]


def test_only_ledgers_of_the_group_and_side(desk):
    a_year(desk)
    other = replace(terms(), request=replace(terms().request, portfolio_groups=("DEMO", "X")))
    desk.commit("x", faces(A=1_000), faces(A=1), made_of=other, scope="DEMO+X")
    desk.commit("sold", faces(A=1_000), faces(A=1), made_of=terms(), side="SELL")

    def ledgers(**filters):
        found = reports(desk).report(replace(YEAR, **filters), EVERYTHING)
        return [(ledger.scope, ledger.side) for ledger in found.ledgers]

    assert ledgers() == ledgers(group_id="DEMO") == [("CORE", "BUY"), ("CORE", "SELL"), ("DEMO+X", "BUY")]
    assert ledgers(group_id="X") == [("DEMO+X", "BUY")]
    assert ledgers(side=Side.SELL) == [("CORE", "SELL")]
    assert ledgers(group_id="NONE") == []


def test_a_balance_that_is_not_the_sum_of_its_entries_is_shown(desk):
    """R15.7"""
    a_year(desk)
    with desk.database.write() as session:
        session.execute(text("UPDATE fairness_balances SET balance = 7 WHERE account_id = 'A'"))
    found = reports(desk).report(YEAR, EVERYTHING)
    (broken,) = found.breaks
    assert (broken.key["account_id"], broken.recorded, broken.found) == (A, "-20000", "7")
    assert amounts(lines(found)[A])[-1] == -100_000  # from entries


def test_an_order_from_before_the_ledger_is_counted(desk):
    desk.commit("old", faces(A=1), {}, made_of=terms(), scope=None, policy=None)
    found = reports(desk).report(YEAR, EVERYTHING)
    assert (found.orders, found.before_ledger, found.accounts) == (0, 1, ())
    assert reports(desk).replay(YEAR, Rule(FairnessMode.LEDGER), EVERYTHING).before_ledger == 1


def test_many_orders_take_few_statements(desk):
    for number in range(60):
        desk.commit(f"o{number:02}", faces(A=100 + number), WEIGHTS, made_of=terms())
    statements = sent_by(desk.database.engine)
    assert reports(desk).report(YEAR, EVERYTHING).orders == 60
    # Two chunks of orders, of which entries, snapshots, lines and states are read each.
    assert len([said for said in statements if said.startswith("SELECT")]) <= 16


# --- by another rule ----------------------------------------------------------------------------------------

LEDGER, PER_ORDER = Rule(FairnessMode.LEDGER), Rule(FairnessMode.PER_ORDER)
SHARES = {A: Decimal(10_000_000), B: Decimal(90_000_000)}


def half_a_million(**more):
    """An order of 500,000 with a piece of 100,000 over 1/10 and 9/10 of the NAV, of plenty of cash."""
    accounts = [account(a, nav=nav, cash=Decimal(10**9)) for a, nav in SHARES.items()]
    made = inputs(
        accounts, quantity=500_000, bond=security(min_piece=100_000, increment=1_000), limits=(), **more
    )
    return replace(made, fairness=FairnessInputs(DEFAULT_POLICY, LedgerState("CORE", Side.BUY)))


def test_orders_split_again_by_the_ledger(desk):
    """R15.8: per order A's 50,000 are under the piece each time; by the ledger it gets 100,000 of the second.

    Of the second half was filled, so by the ledger 50,000 and 200,000, to which 25,000 and 225,000 are due.
    """
    desk.commit("one", faces(B=500_000), SHARES, made_of=half_a_million())
    desk.commit("two", faces(B=500_000), SHARES, made_of=half_a_million(), day=date(2026, 3, 3))
    finished(desk, "two", faces(B=250_000), status="Canceled")
    found = reports(desk).replay(YEAR, LEDGER, EVERYTHING)
    assert (found.orders, found.recomputed, found.kept, found.not_recomputed) == (2, 2, 0, ())
    a, b = found.accounts
    assert (a.entitled, a.recorded_received, a.replayed_received) == (75_000, 0, 50_000)
    assert (b.entitled, b.recorded_received, b.replayed_received) == (675_000, 750_000, 700_000)
    assert (a.recorded_balance, a.replayed_balance) == (75_000, 25_000)
    assert (found.recorded.accounts_with_nothing, found.replayed.accounts_with_nothing) == (1, 0)
    assert (found.recorded.greatest_quantity.quantity, found.replayed.greatest_quantity.quantity) == (
        75_000,
        50_000,
    )
    assert found.message == (
        "Had this been by the ledger: 0 of 2 accounts would have had nothing of what they were entitled to "
        "(recorded: 1), and the greatest balance would have been 0.5 pieces (recorded: 0.8)."
    )


def test_orders_split_again_one_by_one(desk):
    """R15.8: the second was split by the ledger, with 100,000 for A; by itself it gives A nothing."""
    desk.commit("one", faces(B=500_000), SHARES, made_of=half_a_million())
    weighed = Parameters(fairness=FairnessMode.LEDGER)
    second = half_a_million(parameters=weighed)
    got = faces(A=100_000, B=400_000)
    desk.commit("two", got, SHARES, made_of=second, day=date(2026, 3, 3))
    found = reports(desk).replay(YEAR, PER_ORDER, EVERYTHING)
    a, _ = found.accounts
    assert (a.recorded_received, a.replayed_received) == (100_000, 0)
    assert (a.recorded_balance, a.replayed_balance) == (0, 100_000)
    assert (found.recorded.accounts_with_nothing, found.replayed.accounts_with_nothing) == (0, 1)
    # A period that begins with the second starts from the 50,000 that A is owed by then.
    later = reports(desk).replay(LedgerPeriod(date(2026, 3, 3), date(2026, 3, 3)), LEDGER, EVERYTHING)
    assert [(x.recorded_received, x.replayed_received) for x in later.accounts] == [
        (100_000, 100_000),
        (400_000, 400_000),
    ]


def test_instructions_are_kept_and_what_cannot_be_split_is_named(desk):
    """R15.8, R16.1"""
    stated = half_a_million(method=Method.CUSTOM_WEIGHTS, parameters=Parameters(weights={B: Decimal(1)}))
    desk.commit("stated", faces(B=500_000), SHARES, made_of=stated)
    good = half_a_million()
    no_metric = replace(good, analytics=replace(good.analytics, spread_duration=None))
    desk.commit("bare", faces(B=500_000), SHARES, made_of=no_metric, day=date(2026, 3, 3))
    found = reports(desk).replay(YEAR, LEDGER, EVERYTHING)
    assert (found.orders, found.recomputed, found.kept) == (2, 0, 1)
    ((order_id, day, reason),) = [(n.order_id, n.business_date, n.reason) for n in found.not_recomputed]
    assert (order_id, day) == ("bare", date(2026, 3, 3))
    assert "912828YW4" in reason
    assert [x.recorded_received for x in found.accounts] == [x.replayed_received for x in found.accounts]


def test_more_orders_than_are_split_at_once_are_refused(desk, monkeypatch):
    desk.commit("one", faces(B=500_000), SHARES, made_of=half_a_million())
    desk.commit("two", faces(B=500_000), SHARES, made_of=half_a_million())
    monkeypatch.setattr(ledger_reports, "MAX_REPLAYED_ORDERS", 1)
    with pytest.raises(InvalidRequest) as refused:
        reports(desk).replay(YEAR, LEDGER, EVERYTHING)
    (error,) = refused.value.errors
    assert error.field == "date_to"
    assert "2 orders, and at most 1" in error.message
