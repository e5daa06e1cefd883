"""Which bonds are traded on which side: a covering problem, whose rows say what accounts need of them.

Accounts share nothing but the block orders, so this is a logic-based Benders decomposition (Hooker and
Ottosson, 2003): z_j says that a block order is there, theta_a is what the trades of account a come to. A cut
holds for any choice of block orders: an account that was solved with some of them does no better unless
there is another one that it can use.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from time import monotonic

import numpy as np
import scipy.sparse as sp

from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.proposals.account import NotSolved
from app.services.kernels.proposals.needs import ROUNDED, Needs

_PREFERENCE = 1e-3  # of a block order: all of it together is below one


@dataclass(frozen=True, slots=True)
class Choice:
    """Block orders, and what is proved: no choice has fewer than `bound`, or comes to less."""

    options: frozenset[int]
    bound: float


@dataclass(eq=False)
class Master:
    """The covering problem over `options` block orders and `accounts` accounts."""

    options: int
    accounts: int
    least: FloatArray
    """float64[accounts]: what the trades of each come to at least."""

    covers: dict[int, list[tuple[FloatArray, float]]] = field(default_factory=dict)
    """Per account, rows that hold while it can come back: z @ row >= side."""

    cuts: list[tuple[int, FloatArray, float]] = field(default_factory=list)
    """Account (or -1: not of theta), row and side of theta + z @ row >= side."""

    def need(self, at: int, usable_options: Collection[int], needs: Needs, least: float) -> None:
        """Add what an account needs to come back; its trades come to `least` at least."""
        usable = np.zeros(self.options)
        usable[list(usable_options)] = 1.0
        self.covers[at] = [(need.helps, 1.0 - ROUNDED) for need in needs.rows]
        self.covers[at].append((usable, float(needs.fewest)))
        self.least[at] = least

    def cannot(self, at: int) -> None:
        """Forget what an account needs to come back: it cannot."""
        self.covers.pop(at, None)
        self.least[at] = 0.0

    def at_least(self, at: int, trades: int, value: float, usable: Collection[int]) -> None:
        """Say that an account has so many trades whatever the block orders are."""
        row = np.zeros(self.options)
        row[list(usable)] = 1.0
        self.cuts.append((-1, row, float(trades)))
        self.least[at] = max(self.least[at], value)

    def barred(self, others: Collection[int]) -> None:
        """Say that one of these block orders is needed."""
        row = np.zeros(self.options)
        row[list(others)] = 1.0
        self.needed(row)

    def needed(self, row: FloatArray) -> None:
        """Say that block orders meet this row: z @ row >= 1."""
        self.cuts.append((-1, row, 1.0 - ROUNDED / 2))

    def costs(self, at: int, value: float, others: Collection[int]) -> None:
        """Say that an account comes to `value`, unless one of these block orders is there."""
        row = np.zeros(self.options)
        row[list(others)] = max(0.0, value - float(self.least[at]))
        self.cuts.append((at, row, value))

    def fewest(self, deadline: float) -> Choice:
        """Return the fewest block orders; of equally many, those that more accounts can use."""
        helped = np.zeros(self.options)
        for row, _ in (cover for covers in self.covers.values() for cover in covers):
            helped += row > 0
        rare = 1.0 - helped / max(1.0, float(helped.max(initial=0.0)))
        cost = np.concatenate((1.0 + _PREFERENCE * rare / self.options, np.zeros(self.accounts)))
        found = self._solve(cost, None, deadline)
        return Choice(found.options, float(np.ceil(found.bound - _PREFERENCE - ROUNDED)))

    def cheapest(self, most: int, deadline: float) -> Choice:
        """Return at most so many block orders with which all trades come to the least."""
        return self._solve(np.concatenate((np.zeros(self.options), np.ones(self.accounts))), most, deadline)

    def _solve(self, cost: FloatArray, most: int | None, deadline: float) -> Choice:
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - slow to import

        rows = [row for covers in self.covers.values() for row, _ in covers]
        sides = [side for covers in self.covers.values() for _, side in covers]
        of_account = [-1] * len(rows) + [at for at, _, _ in self.cuts]
        rows += [row for _, row, _ in self.cuts]
        sides += [side for _, _, side in self.cuts]
        if most is not None:
            rows.append(-np.ones(self.options))
            sides.append(-float(most))
            of_account.append(-1)
        if not rows:
            return Choice(frozenset(), float(self.least.sum()) if most is not None else 0.0)
        theta = sp.lil_array((len(rows), self.accounts))
        for place, at in enumerate(of_account):
            if at >= 0:
                theta[place, at] = 1.0
        matrix = sp.hstack((sp.csr_array(np.array(rows)), theta.tocsr()), format="csr")
        upper = np.concatenate((np.ones(self.options), np.full(self.accounts, np.inf)))
        seconds = deadline - monotonic()
        if seconds <= 0:
            raise NotSolved
        found = milp(
            cost,
            integrality=np.concatenate((np.ones(self.options), np.zeros(self.accounts))),
            bounds=Bounds(np.concatenate((np.zeros(self.options), self.least)), upper),
            constraints=LinearConstraint(matrix, np.array(sides), np.inf),
            options={"time_limit": seconds, "mip_rel_gap": 0.0},
        )
        if found.x is None:
            raise NotSolved
        chosen = frozenset(np.flatnonzero(found.x[: self.options] > 0.5).tolist())
        return Choice(chosen, float(found.mip_dual_bound))
