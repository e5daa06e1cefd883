"""What is asked and answered: bonds that may be traded, accounts with goals and limits, proved trades."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

Faces = Mapping[int, int]
"""Face of the trades of an account by option: bond b is bought by option b, and sold by option B + b."""


class ProposalMode(StrEnum):
    """How far trades go."""

    FULL = "full"
    """Into the bands, then as near to the targets as single trades can come."""

    TO_BAND = "to_band"
    """Into the bands."""

    BUY_ONLY = "buy_only"
    """Into the bands by spending cash; nothing is sold."""

    CASH_RAISE = "cash_raise"
    """An amount that can leave, by sales alone; what stays comes into the bands."""


class ProposalStatus(StrEnum):
    """What is proved."""

    OPTIMAL = "OPTIMAL"
    """Everything comes back, and nothing is better."""

    TIME_LIMIT = "TIME_LIMIT"
    """Time was up before that was proved; the stages say what may be missing."""

    INFEASIBLE = "INFEASIBLE"
    """Not everything can come back, which is proved; the trades are the nearest that were found."""


class Obstacle(StrEnum):
    """What keeps an account from coming back: without it alone, it would."""

    LOTS = "LOTS"
    """Whole lots, minimum pieces or the least trade."""

    CASH = "CASH"
    TURNOVER = "TURNOVER"
    COST = "COST"
    LIMITS = "LIMITS"
    """What may be bought and sold at most: restrictions, compliance, what is held and sellable."""

    SEVERAL = "SEVERAL"
    """No single one of these."""

    UNKNOWN = "UNKNOWN"
    """Time was up."""


@dataclass(frozen=True, slots=True)
class Bond:
    """A bond that may be traded.

    Parameters
    ----------
    name : str
    price : Decimal
        Money per unit of face, accrued interest included; above zero.
    piece, increment : int
        Smallest face of a trade, and the step above it.
    exposure : mapping of str to Decimal
        Per key of a goal, what a unit of its money counts: 1 for its class, years for a duration.
    cost : Decimal
        Cost of a trade, in money per unit of face.
    """

    name: str
    price: Decimal
    piece: int
    increment: int
    exposure: Mapping[str, Decimal]
    cost: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Goal:
    """A class, or a metric, of an account that shall be between `low` and `high`.

    Parameters
    ----------
    key : str
    value, low, target, high : Decimal
        In money, for a metric in money times years; `low` <= `target` <= `high`.
    unit : Decimal
        What counts as one of excess: the money of one percentage point, or of one year.
    tolerance : Decimal
        Distance from the target that counts as there.
    of_cash : bool
        Whether cash is what it measures.
    """

    key: str
    value: Decimal
    low: Decimal
    target: Decimal
    high: Decimal
    unit: Decimal
    tolerance: Decimal = Decimal(0)
    of_cash: bool = False


@dataclass(frozen=True, slots=True)
class Room:
    """Money for which an account may buy at most of several bonds (by their place) together."""

    name: str
    bonds: tuple[int, ...]
    money: Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """An account; `buy`, `sell` and `whole` are face for each bond.

    Parameters
    ----------
    account_id : str
    cash, floor : Decimal
        What there is, and what has to stay; cash below its floor does not become less.
    goals : tuple of Goal
    buy, sell : tuple of int
        Most that may be bought, and sold in part.
    whole : tuple of int
        Position that may be sold whole although no part of that size may; 0 where there is none.
    rooms : tuple of Room
    max_turnover : Decimal or None
        Most of half of what is bought and sold, in money.
    max_cost : Decimal or None
    to_raise : Decimal
        Cash that has to be there beyond the floor, which then leaves; goals are those without it.
    """

    account_id: str
    cash: Decimal
    floor: Decimal
    goals: tuple[Goal, ...]
    buy: tuple[int, ...]
    sell: tuple[int, ...]
    whole: tuple[int, ...]
    rooms: tuple[Room, ...] = ()
    max_turnover: Decimal | None = None
    max_cost: Decimal | None = None
    to_raise: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Problem:
    """Accounts that may trade bonds; no trade is for less money than `minimum`.

    Raises
    ------
    ValueError
        If a field has the wrong shape or range; the message starts with the name of the field.
    """

    bonds: tuple[Bond, ...]
    accounts: tuple[Account, ...]
    mode: ProposalMode
    minimum: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        for bond in self.bonds:
            if bond.price <= 0:
                raise ValueError(f"bonds: the price of {bond.name} must be above zero")
            if bond.increment < 1 or bond.piece < 1 or bond.cost < 0:
                raise ValueError(f"bonds: {bond.name} has a lot below one, or a cost below zero")
        for account in self.accounts:
            sizes = {len(account.buy), len(account.sell), len(account.whole)}
            if sizes != {len(self.bonds)}:
                raise ValueError(f"accounts: {account.account_id} must have one amount for each bond")
            if min(*account.buy, *account.sell, *account.whole, 0) < 0:
                raise ValueError(f"accounts: {account.account_id} has an amount below zero")
            for goal in account.goals:
                if not (goal.low <= goal.target <= goal.high and goal.unit > 0):
                    raise ValueError(f"accounts: goal {goal.key} of {account.account_id} is out of order")


@dataclass(frozen=True, slots=True)
class Measured:
    """What trades of an account come to, exact.

    Parameters
    ----------
    shortfall : Fraction
        Money that is missing of what is to be raised.
    excess : Fraction
        Sum of what is beyond the bands, in units of the goals.
    distance : Fraction
        The same beyond what counts as at the target; 0 but in mode full.
    turnover, cost : Fraction
        Half of what is bought and sold, and what it costs, in money.
    cash : Fraction
        Cash afterwards, without what is to leave.
    values : tuple of Fraction
        Of the goals, afterwards.
    """

    shortfall: Fraction
    excess: Fraction
    distance: Fraction
    turnover: Fraction
    cost: Fraction
    cash: Fraction
    values: tuple[Fraction, ...]

    @property
    def levels(self) -> tuple[Fraction, Fraction, Fraction]:
        """What is made least before trades are counted, in this order."""
        return self.shortfall, self.excess, self.distance

    @property
    def is_back(self) -> bool:
        """Whether nothing is missing and every goal is within its band."""
        return not (self.shortfall or self.excess)


@dataclass(frozen=True, slots=True)
class Proposed:
    """Trades of one account."""

    account_id: str
    faces: Faces
    before: Measured
    after: Measured
    obstacle: Obstacle | None


@dataclass(frozen=True, slots=True)
class Stage:
    """One number of the objective: what was reached, and what is proved that nothing betters.

    `bound` is None where an earlier stage is not proved, so that nothing is known of this one.
    """

    name: str
    reached: float
    bound: float | None

    @property
    def gap(self) -> float | None:
        """Difference of both, relative to what was reached; 0 where they agree."""
        if self.bound is None:
            return None
        return abs(self.reached - self.bound) / abs(self.reached) if self.reached else abs(self.bound)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Trades of all accounts; `stages` are in the order of their importance."""

    status: ProposalStatus
    accounts: tuple[Proposed, ...]
    stages: tuple[Stage, ...] = field(default=())
