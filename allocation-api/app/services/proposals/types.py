"""What is asked of a proposal, and what is kept and shown of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from app.services.domain.face import Face
from app.services.domain.side import Side
from app.services.drift.target_types import TargetDimension
from app.services.kernels.proposals import Obstacle, ProposalMode, ProposalStatus, Stage

MAX_CANDIDATES = 60
"""Bonds that one proposal chooses from; of more that are held, those of the largest value."""


class ProposalScope(StrEnum):
    """Whose trades: of one account, or of the accounts of a portfolio group."""

    ACCOUNT = "ACCOUNT"
    GROUP = "GROUP"


class CandidateSource(StrEnum):
    """Which bonds may be traded.

    held: those that the accounts hold, or that their targets of securities name. buy_list: held ones are
    sold, those of the list are bought. one: one bond alone.
    """

    HELD = "held"
    BUY_LIST = "buy_list"
    ONE = "one"


@dataclass(frozen=True, slots=True)
class ProposalRequest:
    """A proposal that is asked for; money in the accounts' currency.

    `amount` is what cash_raise raises, over all accounts. `maximum_turnover_percent` is of each account's
    NAV, `maximum_cost` over all accounts, at `cost_per_100` of face.
    """

    scope: ProposalScope
    scope_id: str
    mode: ProposalMode
    amount: Decimal | None
    minimum_trade: Decimal
    maximum_turnover_percent: Decimal | None
    maximum_cost: Decimal | None
    cost_per_100: Decimal
    candidates: CandidateSource
    security_ids: tuple[str, ...]
    time_limit_seconds: Decimal


class ClassOutcome(StrEnum):
    """What became of a class or metric of an account."""

    WITHIN = "WITHIN"
    BACK = "BACK"
    CLOSER = "CLOSER"
    OUT = "OUT"


@dataclass(frozen=True, slots=True)
class ShownClass:
    """A class before and after, in percent of NAV, or a metric in years; `trade` is money, sales negative."""

    target_set_id: str
    target_version: int
    dimension: TargetDimension
    key: str
    before: Decimal
    after: Decimal
    target: Decimal
    low: Decimal
    high: Decimal
    trade: Decimal
    outcome: ClassOutcome
    explanation: str


@dataclass(frozen=True, slots=True)
class ShownAccount:
    """An account with its trades' effect; `obstacle` is None where it is back."""

    account_id: str
    account_name: str
    nav: Decimal
    reference_date: date | None
    is_back_before: bool
    is_back: bool
    obstacle: Obstacle | None
    cash_before: Decimal
    cash_after: Decimal
    turnover: Decimal
    cost: Decimal
    explanation: str
    classes: tuple[ShownClass, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """Face of one account in an order, and about what it settles at."""

    account_id: str
    quantity: Face
    money: Decimal


@dataclass(frozen=True, slots=True)
class ProposedOrder:
    """One block order: a bond and a side, with the face of each account."""

    security_id: str
    side: Side
    quantity: Face
    money: Decimal
    accounts: tuple[Slice, ...]


class LeftOutReason(StrEnum):
    """Why a bond or an account takes no part."""

    DATA_MISSING = "DATA_MISSING"
    NO_TARGETS = "NO_TARGETS"
    NOT_TRADABLE = "NOT_TRADABLE"
    TIME_LIMIT = "TIME_LIMIT"
    TOO_MANY = "TOO_MANY"
    TOO_SMALL = "TOO_SMALL"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A bond, or an account, that takes no part, and why."""

    id: str
    code: LeftOutReason
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a proposal came to; `portfolio_groups` are those that its orders are split over."""

    status: ProposalStatus
    portfolio_groups: tuple[str, ...]
    stages: tuple[Stage, ...]
    orders: tuple[ProposedOrder, ...]
    accounts: tuple[ShownAccount, ...]
    left_out: tuple[LeftOut, ...]
    data_as_of: datetime
    reference_date: date | None


@dataclass(frozen=True, slots=True)
class ProposalSummary:
    """A proposal in a list; `blotter_id` is None where none was made of it."""

    proposal_id: str
    created_at: datetime
    created_by: str
    request: ProposalRequest
    status: ProposalStatus
    accounts_back: int
    account_count: int
    order_count: int
    blotter_id: str | None


@dataclass(frozen=True, slots=True)
class ShownProposal(ProposalSummary):
    """A proposal with its trades."""

    outcome: Outcome
