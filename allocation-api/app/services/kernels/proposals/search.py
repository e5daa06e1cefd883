"""The search: bands first, account by account, then the fewest block orders, then trades and turnover."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from time import monotonic
from typing import TypeVar

import numpy as np

from app.services.kernels.proposals.account import AccountModel, Level, NotSolved
from app.services.kernels.proposals.exact import Exact
from app.services.kernels.proposals.master import Choice, Master
from app.services.kernels.proposals.obstacles import obstacle
from app.services.kernels.proposals.problem import (
    Obstacle,
    Problem,
    Proposal,
    ProposalMode,
    ProposalStatus,
    Proposed,
    Stage,
)
from app.services.kernels.proposals.relaxation import shortage
from app.services.kernels.proposals.trades import AGREED, Found, Trades

Answer = TypeVar("Answer")
_BACK = (Level.SHORTFALL, Level.EXCESS)
_NOTHING = (Fraction(0), Fraction(0), Fraction(0))
_SAME = 2e-6  # of a trade: what the solver may leave of the sum over all accounts
_FOR_OBSTACLES = 0.1  # of the time
_FOR_TARGETS = 0.3  # of the time: from then on accounts are brought into their bands alone, at first
_OF_ONE_ACCOUNT = 0.05  # of the time, where there are many


@dataclass(slots=True)
class _Aim:
    """What an account shall reach: levels, the bounds proved of them, and the best trades without others."""

    levels: tuple[Fraction, ...] = _NOTHING
    bounds: tuple[float, ...] = (0.0, 0.0, 0.0)
    is_known: bool = False


def propose(problem: Problem, *, seconds: float, gap: float = 0.0) -> Proposal:
    """Return the trades that bring most accounts back, the fewest of them, with what is proved.

    Parameters
    ----------
    problem : Problem
    seconds : float
        Time limit; what is found until then is returned.
    gap : float
        Part of the turnover that need not be proved: the search ends when no more than that may be missing.
    """
    return _Search(problem, seconds, gap).answer()


class _Search:
    def __init__(self, problem: Problem, seconds: float, gap: float) -> None:
        start = monotonic()
        self.problem, self.gap = problem, gap
        self.last_moment = start + seconds
        self.seconds = seconds
        self.deadline = start + seconds * (1 - _FOR_OBSTACLES)
        self.exact = Exact(problem)
        self.models = [AccountModel(self.exact, at) for at in range(len(problem.accounts))]
        self.trades = [Trades(model, gap) for model in self.models]
        self.unit = 1.0 + sum(model.most_turnover for model in self.models)
        """Money of turnover that counts as one trade: all accounts together have less."""

        size = len(self.models)
        self.master = Master(2 * len(problem.bonds), size, np.zeros(size))
        self.aims = [_Aim() for _ in self.models]
        self.active = [at for at, model in enumerate(self.models) if any(model.untouched.levels)]
        self.solved: dict[tuple[int, frozenset[int]], Found | None] = {}
        self.best: dict[int, Found] = {}
        self.fewest, self.least_sum = 0, 0.0
        self.is_cheapest = self.has_lowered = self.has_given_up = False

    def answer(self) -> Proposal:
        try:
            self._seed()
            self._needs()
            choice = self._fewest_orders()
            self._fewest_trades(choice.options)
        except NotSolved:
            self._fall_back()
        accounts = tuple(self._proposed(at) for at in range(len(self.models)))
        stages = self._stages(accounts)
        return Proposal(self._status(accounts, stages), accounts, stages)

    # --- the search -----------------------------------------------------------------------------------------

    def _seed(self) -> None:
        """Find some trades of every account first: into the bands, and at or near to the targets.

        This takes little time, and stays the answer where time is up before there is a better one.
        """
        now = monotonic()
        midway = now + (self.deadline - now) * _FOR_TARGETS
        used: set[int] = set()
        hasty: list[int] = []
        for at in sorted(self.active, key=lambda at: self.models[at].untouched.is_back):
            if monotonic() >= midway:
                hasty.append(at)
            found = self._seed_of(at, used, is_hasty=bool(hasty))
            if found is not None:
                self._keep(at, found)
                used |= found.faces.keys()
        for at in hasty:
            if at in self.best and self.best[at].measured.distance:
                with suppress(NotSolved):
                    near = self.trades[at].near(self.deadline)
                    if near is not None:
                        self._keep(at, near)

    def _seed_of(self, at: int, used: set[int], *, is_hasty: bool) -> Found | None:
        trades = self.trades[at]
        some = partial(trades.some, self.models[at].usable, self.deadline, preferred=used)
        into_bands = partial(some, levels=_BACK)
        ways = (some, partial(trades.near, self.deadline), into_bands)
        for way in (into_bands,) if is_hasty or self.problem.mode is not ProposalMode.FULL else ways:
            with suppress(NotSolved):
                found = way()
                if found is not None:
                    return found
        return None

    def _keep(self, at: int, found: Found) -> None:
        """Keep trades of an account that come nearer than those so far."""
        if at not in self.best or found.measured.levels < self.best[at].measured.levels:
            self.best[at] = found
        if not any(found.measured.levels):
            self.aims[at].is_known = True

    def _needs(self) -> None:
        for at in list(self.active):
            needs = self.models[at].needs
            if needs is None:
                with suppress(NotSolved):
                    self._lower(at)
            else:
                self.master.need(at, self.models[at].usable, needs, self._value(needs.fewest, needs.turnover))

    def _tried(self, at: int, work: Callable[[float], Answer]) -> Answer:
        """Do it within an account's part of the time; an account that takes longer is given up."""
        part = max(_OF_ONE_ACCOUNT, 1 / len(self.active)) * self.seconds
        try:
            return work(min(self.deadline, monotonic() + part))
        except NotSolved:
            if monotonic() < self.deadline:
                self.active.remove(at)
                self.master.cannot(at)
                self.has_lowered = self.has_given_up = True
            raise

    def _lower(self, at: int) -> None:
        """Find what an account can reach with all options, as it cannot come back."""
        model, aim = self.models[at], self.aims[at]
        kept: list[Fraction] = []
        bounds: list[float] = []
        for level in Level:
            if not model.levels[level]:
                kept.append(Fraction(0))
                bounds.append(0.0)
                continue
            if at in self.best and not any(self.best[at].measured.levels[: level + 1]):
                kept.append(Fraction(0))
                bounds.append(0.0)
                continue
            found = self._tried(at, partial(self.trades[at].least_level, level, tuple(kept)))
            reached = found.measured.levels[level]
            kept.append(reached)
            is_proved = found.bound >= float(reached) * (1 - AGREED) - AGREED
            bounds.append(float(reached) if is_proved else max(0.0, found.bound))
            self._keep(at, found)
        aim.levels, aim.bounds, aim.is_known = tuple(kept), tuple(bounds), True
        if any(kept):
            self.master.cannot(at)
            self.has_lowered = True
            self.solved = {key: each for key, each in self.solved.items() if key[0] != at}

    def _tighten(self, at: int) -> None:
        """Prove what the trades of an account come to with all options."""
        usable = self.models[at].usable
        found = self._with(at, frozenset(usable))
        if found is not None:
            trades, turnover = found.least_value
            self.master.at_least(at, trades, self._value(trades, turnover), usable)

    def _with(self, at: int, options: frozenset[int]) -> Found | None:
        """Return the best trades of an account with these block orders."""
        usable = options & frozenset(self.models[at].usable)
        if (at, usable) not in self.solved:
            work = partial(self.trades[at].least_trades, usable, self.aims[at].levels)
            self.solved[at, usable] = self._tried(at, work)
        return self.solved[at, usable]

    def _with_all(self, options: frozenset[int]) -> dict[int, Found] | None:
        """Return the best trades of all accounts with these block orders, where each reaches its levels."""
        found: dict[int, Found] = {}
        for at in list(self.active):
            with suppress(NotSolved):
                each = self._reaching(at, options, self._with)
                if each is not None:
                    found[at] = each
        if monotonic() >= self.deadline:
            raise NotSolved
        return found if all(at in found for at in self.active) else None

    def _some_with(self, options: frozenset[int]) -> tuple[dict[int, Found], frozenset[int]]:
        """Return some trades of all accounts, and their block orders: these, and few more that are needed."""
        found: dict[int, Found] = {}
        used = options
        for at in list(self.active):
            with suppress(NotSolved):
                found[at] = self._reaching(at, options, self._some) or self._beyond(at, used)
                used |= found[at].faces.keys()
        if monotonic() >= self.deadline:
            raise NotSolved
        return found, used

    def _some(self, at: int, options: frozenset[int]) -> Found | None:
        """Return trades of an account that reach its levels with these block orders."""
        if not any(self.aims[at].levels):
            with suppress(NotSolved):
                return self.trades[at].some(options, self.deadline)
        return self._with(at, options)

    def _beyond(self, at: int, used: frozenset[int]) -> Found:
        """Return trades of an account that reach its levels with any block orders, these preferred."""
        if not any(self.aims[at].levels):
            with suppress(NotSolved):
                usable = self.models[at].usable
                return self.trades[at].some(usable, self.deadline, preferred=used) or self.best[at]
        return self.best[at]

    def _reaching(
        self, at: int, options: frozenset[int], find: Callable[[int, frozenset[int]], Found | None]
    ) -> Found | None:
        """Return what is found with these block orders; where nothing is, say what is needed besides."""
        each = find(at, options)
        if each is None and not self.aims[at].is_known:
            self._lower(at)
            each = find(at, options)
        others = frozenset(self.models[at].usable) - options
        if each is None:
            usable = options & frozenset(self.models[at].usable)
            row = shortage(self.models[at], usable, self.aims[at].levels, self.deadline)
            if row is None:
                self.master.barred(others)
            else:
                self.master.needed(row)
            return None
        if each.bound:
            trades, turnover = each.least_value
            self.master.costs(at, self._value(trades, turnover), others)
        self._keep(at, each)
        return each

    def _fewest_orders(self) -> Choice:
        fewest = 2 * len(self.problem.bonds) + 1
        while True:
            self.has_lowered = False
            choice = self.master.fewest(self.deadline)
            try:
                found, used = self._some_with(choice.options)
            finally:
                # What is proved of block orders may have been of an aim that is out of reach.
                self.fewest = 0 if self.has_lowered else int(choice.bound)
            if len(used) < fewest:
                fewest = len(used)
                self.best |= found
            if not self.has_lowered and used <= choice.options:
                return choice

    def _fewest_trades(self, options: frozenset[int]) -> None:
        self.least_sum = float(self.master.least[self.active].sum())
        for at in list(self.active):
            with suppress(NotSolved):
                each = self._reaching(at, options, self._with)
                if each is not None and self._value(*each.value) < self._value(*self.best[at].value):
                    self.best[at] = each
        for at in list(self.active):
            with suppress(NotSolved):
                self._tighten(at)
        self.least_sum = float(self.master.least[self.active].sum())
        while True:
            reached = self._sum({at: self.best[at] for at in self.active})
            choice = self.master.cheapest(len(options), self.deadline)
            self.least_sum = max(self.least_sum, choice.bound)
            if reached - self.least_sum <= max(_SAME, self._allowed(reached)):
                self.is_cheapest = not self.has_given_up
                return
            found = self._with_all(choice.options)
            if found is not None and self._sum(found) < reached:
                self.best |= found

    def _fall_back(self) -> None:
        """Give every account its best trades so far, as time is up, those that are found at once, or none."""
        for at in self.active:
            if at not in self.best:
                model = self.models[at]
                quick = self.trades[at].straight(frozenset(model.usable), _BACK)
                self.best[at] = quick or Found({}, model.untouched, 0.0)

    def _value(self, trades: int, turnover: float) -> float:
        return trades + turnover / self.unit

    def _sum(self, found: dict[int, Found]) -> float:
        return sum(self._value(*each.value) for each in found.values())

    def _allowed(self, reached: float) -> float:
        return self.gap * (reached - int(reached))

    # --- the answer -----------------------------------------------------------------------------------------

    def _proposed(self, at: int) -> Proposed:
        model = self.models[at]
        faces = self.best[at].faces if at in self.best else {}
        after = self.exact.measure(at, faces)
        if self.exact.broken(at, faces, after):
            raise RuntimeError("trades break a limit; they are not shown")
        why: Obstacle | None = None
        if not after.is_back:
            why = obstacle(model, self.last_moment) if self._cannot(at) else Obstacle.UNKNOWN
        account_id = self.problem.accounts[at].account_id
        return Proposed(account_id, faces, model.untouched, after, why)

    def _cannot(self, at: int) -> bool:
        bounds = self.aims[at].bounds
        return bounds[Level.SHORTFALL] > AGREED or bounds[Level.EXCESS] > AGREED

    def _stages(self, accounts: tuple[Proposed, ...]) -> tuple[Stage, ...]:
        size = len(accounts)
        back = sum(each.after.is_back for each in accounts)
        stages = [Stage("accounts_back", back, size - sum(self._cannot(at) for at in range(size)))]
        for level in Level:
            reached = float(sum(each.after.levels[level] for each in accounts))
            bound = sum(aim.bounds[level] for aim in self.aims)
            stages.append(Stage(level.name.lower(), reached, reached if _agree(reached, bound) else bound))
        orders = len({option for each in accounts for option in each.faces})
        trades = sum(len(each.faces) for each in accounts)
        turnover = float(sum(each.after.turnover for each in accounts))
        is_proved = all(not stage.gap for stage in stages)
        stages.append(Stage("block_orders", orders, self.fewest if is_proved else None))
        is_proved &= orders == self.fewest
        least = self.least_sum
        fewest = trades if self.is_cheapest else min(trades, int(least + _SAME))
        stages.append(Stage("allocations", trades, fewest if is_proved else None))
        is_proved &= trades == fewest
        rest = max(0.0, least - trades) * self.unit
        stages.append(
            Stage(
                "turnover",
                turnover,
                (turnover if self._is_least(least, trades, turnover) else min(rest, turnover))
                if is_proved
                else None,
            )
        )
        return tuple(stages)

    def _is_least(self, least: float, trades: int, turnover: float) -> bool:
        return self._value(trades, turnover) - least <= _SAME

    def _status(self, accounts: tuple[Proposed, ...], stages: tuple[Stage, ...]) -> ProposalStatus:
        if any(self._cannot(at) for at in range(len(accounts))):
            return ProposalStatus.INFEASIBLE
        is_proved = all(stage.gap is not None and stage.gap <= self._tolerance(stage) for stage in stages)
        return ProposalStatus.OPTIMAL if is_proved else ProposalStatus.TIME_LIMIT

    def _tolerance(self, stage: Stage) -> float:
        return self.gap if stage.name == "turnover" else 0.0


def _agree(reached: float, bound: float) -> bool:
    return abs(reached - bound) <= 10 * AGREED * max(1.0, abs(reached))
