"""A solved problem as users see it: orders, accounts before and after, and why, in words (R20.9)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from app.core.numbers import CENT
from app.services.domain.side import Side
from app.services.drift.book_types import BookDrift
from app.services.drift.target_types import TargetDimension
from app.services.kernels.proposals import Obstacle, Proposal, Proposed
from app.services.proposals.classes import Aim
from app.services.proposals.problem import Stated
from app.services.proposals.scope import ScopeBook
from app.services.proposals.types import (
    ClassOutcome,
    LeftOut,
    Outcome,
    ProposedOrder,
    ShownAccount,
    ShownClass,
    Slice,
)

SHARE = Decimal("0.000001")
"""Decimals that percentages and years are kept with."""

_WHY = {
    Obstacle.LOTS: "whole lots, minimum pieces or the least trade do not let it: lower the least trade",
    Obstacle.CASH: "its cash does not let it: sales bring too little",
    Obstacle.TURNOVER: "the limit of turnover does not let it: raise maximum_turnover_percent",
    Obstacle.COST: "the limit of cost does not let it: raise maximum_cost",
    Obstacle.LIMITS: "restrictions, compliance or what it holds limit the bonds to trade: add candidates",
    Obstacle.SEVERAL: "no trades of these candidates bring it back, even without one of the limits",
    Obstacle.UNKNOWN: "time was up before it was known: raise time_limit_seconds",
}


def outcome_of(
    stated: Stated, proposal: Proposal, scope: ScopeBook, left_out: tuple[LeftOut, ...]
) -> Outcome:
    """Return what a proposal came to."""
    shown = tuple(
        _account(stated, at, proposed, book)
        for at, (proposed, book) in enumerate(zip(proposal.accounts, scope.books, strict=True))
    )
    dates = [book.data.reference_date for book in scope.books if book.data.reference_date is not None]
    return Outcome(
        status=proposal.status,
        portfolio_groups=scope.groups,
        stages=proposal.stages,
        orders=tuple(_orders(stated, proposal)),
        accounts=shown,
        left_out=(*scope.left_out, *left_out),
        data_as_of=scope.read_at,
        reference_date=min(dates, default=None),
    )


def _orders(stated: Stated, proposal: Proposal) -> Iterable[ProposedOrder]:
    """Yield the block orders, sales first."""
    bonds = stated.problem.bonds
    used = {option for each in proposal.accounts for option in each.faces}
    for option in sorted(used, key=lambda option: (option < len(bonds), bonds[option % len(bonds)].name)):
        bond = bonds[option % len(bonds)]
        slices = tuple(
            Slice(each.account_id, face, (bond.price * face).quantize(CENT))
            for each in proposal.accounts
            if (face := each.faces.get(option, 0))
        )
        yield ProposedOrder(
            security_id=bond.name,
            side=Side.BUY if option < len(bonds) else Side.SELL,
            quantity=sum(each.quantity for each in slices),
            money=sum((each.money for each in slices), Decimal(0)),
            accounts=slices,
        )


def _account(stated: Stated, at: int, proposed: Proposed, book: BookDrift) -> ShownAccount:
    aims, after = stated.aims[at], proposed.after
    classes = tuple(
        _class(aim, before, value)
        for aim, before, value in zip(aims, proposed.before.values, after.values, strict=True)
    )
    return ShownAccount(
        account_id=proposed.account_id,
        account_name=book.account_name or proposed.account_id,
        nav=book.nav or Decimal(0),
        reference_date=book.data.reference_date,
        is_back_before=proposed.before.is_back,
        is_back=after.is_back,
        obstacle=proposed.obstacle,
        cash_before=_decimal(proposed.before.cash, CENT),
        cash_after=_decimal(after.cash, CENT),
        turnover=_decimal(after.turnover, CENT),
        cost=_decimal(after.cost, CENT),
        explanation=_words(proposed),
        classes=classes,
    )


def _words(proposed: Proposed) -> str:
    count = len(proposed.faces)
    bring = "1 trade brings" if count == 1 else f"{count} trades bring"
    if proposed.obstacle is not None:
        nearest = f"{bring} it nearer" if count else "nothing is traded"
        return f"It does not come back: {_WHY[proposed.obstacle]}; {nearest}."
    if proposed.before.is_back:
        return f"It is within its bands{f'; {bring} it nearer to its targets' if count else ''}."
    return f"{bring} it back."


def _class(aim: Aim, before: Fraction, after: Fraction) -> ShownClass:
    goal, unit = aim.goal, Fraction(aim.goal.unit)
    low, high = Fraction(goal.low), Fraction(goal.high)
    was_out, is_out = (max(low - value, value - high, Fraction(0)) for value in (before, after))
    outcome = ClassOutcome.WITHIN if not was_out else ClassOutcome.BACK
    if is_out:
        outcome = ClassOutcome.CLOSER if is_out < was_out else ClassOutcome.OUT
    numbers = {
        name: _decimal(value / unit, SHARE)
        for name, value in (
            ("before", before),
            ("after", after),
            ("target", Fraction(goal.target)),
            ("low", low),
            ("high", high),
        )
    }
    trade = _decimal(after - before, CENT)
    return ShownClass(
        target_set_id=aim.held.target_set_id,
        target_version=aim.held.version,
        dimension=aim.held.dimension,
        key=aim.key,
        **numbers,
        trade=trade,
        outcome=outcome,
        explanation=_class_words(aim, numbers, trade, outcome),
    )


def _class_words(aim: Aim, of: dict[str, Decimal], trade: Decimal, outcome: ClassOutcome) -> str:
    is_metric = aim.held.dimension is TargetDimension.METRIC
    unit = " years" if is_metric else " %"
    moved = f"{of['before']:.2f}{unit}, between {of['low']:.2f} and {of['high']:.2f}{unit} wanted"
    if not trade:
        return (
            f"{moved}: nothing to do." if outcome is ClassOutcome.WITHIN else f"{moved}: nothing is traded."
        )
    done = "moved" if is_metric else ("more by" if trade > 0 else "less by")
    amount = "" if is_metric else f" {abs(trade):,.2f}"
    return f"{moved}: {done}{amount} to {of['after']:.2f}{unit}."


def _decimal(number: Fraction, unit: Decimal) -> Decimal:
    return (Decimal(number.numerator) / Decimal(number.denominator)).quantize(unit)
