"""The replay of a period by another rule, order by order, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from app.services.domain.fairness import DEFAULT_POLICY, FairnessMode
from app.services.domain.side import Side
from app.services.fairness.contributions import Part
from app.services.reports.fairness_replay import Replay, Rule
from app.services.reports.running_ledger import EnteredOrder, LedgerKey
from tests.support.builders import account, inputs


def test_an_account_that_the_rule_alone_lets_take_a_part_has_a_line():
    """R15.8: A could take nothing of the recorded order, but could on the book that the rule leaves."""
    order = EnteredOrder(
        "9001",
        "allocation",
        LedgerKey("DEMO", Side.BUY),
        DEFAULT_POLICY,
        date(2026, 6, 30),
        datetime(2026, 6, 30, 14, tzinfo=UTC),
        {"B": Part(Decimal(1_000_000), Decimal(1_000_000))},
    )
    replay = Replay(Rule(FairnessMode.PER_ORDER))
    replay.add(order, inputs([account("A"), account("B")]), 1_000)
    a, b = replay.accounts({})
    assert (a.account_id, a.entitled, a.recorded_received, a.recorded_balance) == ("A", 0, 0, 0)
    assert (a.replayed_received, a.replayed_balance) == (500_000, -500_000)
    assert (b.recorded_balance, b.replayed_balance) == (0, 500_000)
