"""The problem of a proposal: accounts and candidates as the kernel has them (R20.1, R20.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.core.numbers import CENT
from app.services.allocations.capacity import (
    AccountCapacity,
    Capacities,
    available_cash,
    cash_reserve,
)
from app.services.drift.book_types import BookDrift
from app.services.kernels.proposals import Account, Bond, Problem, Room
from app.services.proposals.candidates import Candidate
from app.services.proposals.classes import Aim, Exposure, aims_of
from app.services.proposals.scope import ScopeBook, part_of
from app.services.proposals.types import ProposalRequest

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Stated:
    """A problem with what its goals are about, by account."""

    problem: Problem
    aims: tuple[tuple[Aim, ...], ...]


@dataclass(frozen=True, slots=True)
class _Of:
    """What is shared by all accounts."""

    request: ProposalRequest
    candidates: Sequence[Candidate]
    exposures: Mapping[str, Exposure]
    navs: Decimal

    def share(self, amount: Decimal, nav: Decimal) -> Decimal:
        """Return an account's part of an amount, by NAV."""
        return amount * nav / self.navs


def state(
    request: ProposalRequest,
    scope: ScopeBook,
    candidates: Sequence[Candidate],
    exposures: Mapping[str, Exposure],
) -> Stated:
    """Return the problem of all accounts."""
    navs = sum((_nav(book) for book in scope.books), _ZERO)
    of = _Of(request, candidates, exposures, navs)
    bonds = tuple(_bond(each, exposures[each.security_id], request) for each in candidates)
    stated = [_account(of, book) for book in scope.books]
    accounts = tuple(account for account, _ in stated)
    problem = Problem(bonds, accounts, request.mode, request.minimum_trade)
    return Stated(problem, tuple(aims for _, aims in stated))


def _bond(candidate: Candidate, exposure: Exposure, request: ProposalRequest) -> Bond:
    return Bond(
        name=candidate.security_id,
        price=candidate.price,
        piece=candidate.buys.piece,
        increment=candidate.buys.increment,
        exposure=exposure.by_key,
        cost=request.cost_per_100 / 100,
    )


def _account(of: _Of, book: BookDrift) -> tuple[Account, tuple[Aim, ...]]:
    request, nav, name = of.request, _nav(book), book.account_id or ""
    raised = _ZERO
    if request.amount is not None:
        raised = part_of(request.amount, nav, of.navs)
    aims = aims_of(book, raised)
    sets = {drift.held.target_set_id for drift in book.drifts}
    buy, sell, whole = [], [], []
    for each in of.candidates:
        exposure = of.exposures[each.security_id]
        is_measured = not sets & exposure.unmeasured
        may_buy = is_measured and not sets & exposure.unclassified
        buy.append(_bought(of, each, name, nav) if may_buy else 0)
        part, odd = _sold(each.sells, name) if is_measured else (0, 0)
        sell.append(part)
        whole.append(odd)
    turnover, cost = request.maximum_turnover_percent, request.maximum_cost
    cash, floor = _cash(of.candidates, name)
    account = Account(
        account_id=name,
        cash=cash,
        floor=floor,
        goals=tuple(aim.goal for aim in aims),
        buy=tuple(buy),
        sell=tuple(sell),
        whole=tuple(whole),
        rooms=_rooms(of.candidates, name),
        max_turnover=None if turnover is None else nav * turnover / 100,
        max_cost=None if cost is None else of.share(cost, nav),
        to_raise=raised,
    )
    return account, aims


def _nav(book: BookDrift) -> Decimal:
    return book.nav or _ZERO


def _bought(of: _Of, candidate: Candidate, account_id: str, nav: Decimal) -> int:
    """Return the most face that an account may buy: as a preview says, and not for more than it is worth.

    What all accounts together may buy (R5.5) is shared by NAV.
    """
    found = candidate.buys.by_account.get(account_id)
    if found is None or not candidate.may_buy:
        return 0
    most = min(Decimal(found.cap), nav / candidate.price)
    if candidate.buys.total is not None:
        most = min(most, of.share(Decimal(candidate.buys.placeable), nav))
    return int(most)


def _sold(sells: Capacities | None, account_id: str) -> tuple[int, int]:
    """Return the most face that an account may sell in part, and what it may sell as a whole."""
    found = None if sells is None else sells.by_account.get(account_id)
    if sells is None or found is None:
        return 0, 0
    return sells.largest_part(found), _whole(found)


def _whole(capacity: AccountCapacity) -> int:
    """Return a whole position; one with cents of face is left, since trades here are in whole units."""
    return int(capacity.whole) if capacity.whole == int(capacity.whole) else 0


def _cash(candidates: Sequence[Candidate], account_id: str) -> tuple[Decimal, Decimal]:
    """Return cash less what orders reserve and a cent for each bond that may be rounded, and its reserve."""
    known = [(each, each.accounts.get(account_id)) for each in candidates]
    cash = [available_cash(account) for _, account in known if account is not None]
    floors = [cash_reserve(each.bought, account) for each, account in known if account is not None]
    least = min((each for each in cash if each is not None), default=_ZERO)
    return least - CENT * len(candidates), max(floors, default=_ZERO)


def _rooms(candidates: Sequence[Candidate], account_id: str) -> tuple[Room, ...]:
    """Return what an account may buy of issuers that several bonds are of."""
    places: dict[str, list[int]] = {}
    for place, each in enumerate(candidates):
        issuer = each.bought.security.issuer_id
        if issuer is not None:
            places.setdefault(issuer, []).append(place)
    found = []
    for issuer, of_issuer in places.items():
        rooms = [candidates[place].issuer_rooms.get(account_id) for place in of_issuer]
        known = [room for room in rooms if room is not None]
        if len(of_issuer) > 1 and known:
            found.append(Room(issuer, tuple(of_issuer), min(known)))
    return tuple(found)
