"""What an account needs at least: options, trades and turnover without which it cannot come back.

A goal that is too low needs purchases, one that is too high sales; what these spend and bring has to fit to
the cash, which may need further ones. All of it is necessary, nothing of it sufficient.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from app.services.kernels.allocation.problem import BoolArray, FloatArray

ROUNDED = 1e-6
"""Of a need: what float64 may lose."""


class NotEnough(Exception):
    """All options together do not meet a need."""


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A linear form of the options, in money per unit of face, and where it shall be."""

    effect: FloatArray
    low: float
    high: float
    unit: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Need:
    """That options with an `effect` above zero add up to `amount`; `helps` is the part that each can do."""

    effect: FloatArray
    amount: float
    helps: FloatArray
    fewest: int
    money: float


@dataclass(slots=True, eq=False)
class Needs:
    """Needs of one account; `largest` is the most face of each option.

    Parameters
    ----------
    rows : list of Need
    separate : list of Need
        Those no option of which helps two of them.
    fewest : int
        No fewer trades do.
    turnover : float
        Nor does less turnover.
    """

    price: FloatArray
    largest: FloatArray
    rows: list[Need] = field(default_factory=list)
    separate: list[Need] = field(default_factory=list)
    fewest: int = 0
    turnover: float = 0.0

    def add_goals(self, goals: Sequence[Row]) -> None:
        """Add what goals need, the strictest first.

        Raises
        ------
        NotEnough
            If options do not meet it.
        """
        used = np.zeros(self.price.size, dtype=np.bool_)
        for row in goals:
            if row.low <= 0 <= row.high:
                continue
            effect = row.effect if row.low > 0 else -row.effect
            need = self._need(effect, row.low if row.low > 0 else -row.high)
            if not np.any(used & (need.helps > 0)):
                used |= need.helps > 0
                self.separate.append(need)

    def add_cash(self, cash_effect: FloatArray, rows: Sequence[Row]) -> None:
        """Add what sales have to bring and purchases to spend, so that cash is where it shall be.

        Raises
        ------
        NotEnough
            If options do not meet it.
        """
        buys = np.arange(self.price.size) < self.price.size // 2
        bought, sold = (self._of_side(side) for side in (buys, ~buys))
        spent, brought = (sum(need.money for need in found) for found in (bought, sold))
        kept = float((cash_effect[~buys] / self.price[~buys]).min(initial=1.0))  # of what a sale brings
        trades = [sum(need.fewest for need in found) for found in (bought, sold)]
        money = [spent, brought]
        for row in rows:
            further = ((1, ~buys, row.low + spent), (0, buys, brought * kept - row.high))
            for side, options, amount in further:
                if np.isfinite(amount) and amount > max(0.0, money[side]) * (1 + ROUNDED):
                    need = self._need(np.where(options, np.abs(cash_effect), 0.0), amount)
                    trades[side] = max(trades[side], need.fewest)
                    money[side] = max(money[side], need.money)
        mixed = len(self.separate) - len(bought) - len(sold)
        self.fewest = sum(trades) + mixed
        self.turnover = sum(money) / 2

    def _of_side(self, side: BoolArray) -> list[Need]:
        return [need for need in self.separate if not np.any((need.helps > 0) & ~side)]

    def _need(self, effect: FloatArray, amount: float) -> Need:
        part = np.maximum(effect, 0.0) * self.largest / amount
        summed = np.cumsum(-np.sort(-part))
        if summed[-1] < 1 - ROUNDED:
            raise NotEnough
        fewest = int(np.searchsorted(summed, 1 - ROUNDED)) + 1
        best = float((effect / self.price)[part > 0].max())
        need = Need(effect, amount, np.minimum(part, 1.0), fewest, amount / best * (1 - ROUNDED))
        self.rows.append(need)
        return need
