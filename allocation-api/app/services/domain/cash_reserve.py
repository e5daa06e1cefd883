"""Cash that has to stay in an account after a purchase: an amount, or a part of its NAV."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from app.core.numbers import CENT


@dataclass(frozen=True, slots=True)
class CashReserve:
    """A reserve of cash: the larger of `amount`, in the account's currency, and a part of its NAV (R4.9).

    `percent_of_nav` is a fraction: 0.02 is 2 %. None is not stated.
    """

    amount: Decimal | None = None
    percent_of_nav: Decimal | None = None

    def money(self, nav: Decimal | None) -> Decimal | None:
        """Return the reserve of an account to the cent, rounded up; None where it needs an unknown NAV."""
        if self.percent_of_nav and nav is None:
            return None
        part = (self.percent_of_nav or Decimal(0)) * max(nav or Decimal(0), Decimal(0))
        return max(self.amount or Decimal(0), part).quantize(CENT, ROUND_CEILING)
