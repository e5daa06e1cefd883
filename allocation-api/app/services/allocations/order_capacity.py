"""What accounts and groups could take of an order: caps of a preview of it, without a split.

Nothing is stored. What an account can take does not depend on the method; data that only another base or
target metric needs is not missed here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from app.core.database import Database
from app.services.accounts import reference
from app.services.aladdin.cached_book import BookReader
from app.services.allocations.capacity import AccountCapacity, Capacities, capacities
from app.services.allocations.engine import priced_order
from app.services.allocations.inputs import InputsLoader
from app.services.allocations.request import PreviewRequest
from app.services.allocations.rows import under_the_piece
from app.services.allocations.service import AllocationService
from app.services.allocations.types import NoAllocation, PreviewInputs, PricedOrder, ReasonCode
from app.services.allocations.wishes import check_wishes
from app.services.domain.account import AccountInput
from app.services.domain.caller import Caller
from app.services.domain.face import Face
from app.services.visibility.visibility import Visibility


@dataclass(frozen=True, slots=True)
class AccountTakes:
    """The face that an account could take of an order; `reason` is why that is less than all of it."""

    account_id: str
    account_name: str
    group_ids: tuple[str, ...]
    nav: Decimal | None
    max_quantity: Face
    reason: NoAllocation | None


@dataclass(frozen=True, slots=True)
class GroupTakes:
    """The face that the accounts of a group could take together, if the order were for them alone.

    `nav` is None where the NAV of an account is unknown, or currencies differ.
    """

    group_id: str
    group_name: str
    account_count: int
    nav: Decimal | None
    eligible_accounts: int
    capacity: Face


@dataclass(frozen=True, slots=True)
class OrderCapacity:
    """What accounts, groups and all together could take of an order.

    `reason` is what compliance says of the whole order where that caps it, whoever takes part.
    """

    order: PricedOrder
    groups: tuple[GroupTakes, ...]
    accounts: tuple[AccountTakes, ...]
    capacity: Face
    reason: NoAllocation | None


class OrderCapacityService:
    """Reads the inputs of a preview and says what accounts could take."""

    def __init__(
        self,
        database: Database,
        book: BookReader,
        inputs: InputsLoader,
        previews: AllocationService,
    ) -> None:
        self._database = database
        self._book = book
        self._inputs = inputs
        self._previews = previews

    def of(
        self,
        request: PreviewRequest,
        caller: Caller,
        visible: Visibility,
        admit: Callable[[int], None] = lambda _: None,
    ) -> OrderCapacity:
        """Return what the accounts of visible groups could take of an order; nothing is stored.

        `admit` is told the number of accounts before anything is computed, and may refuse.

        Raises
        ------
        Forbidden, InvalidRequest, DataMissing, VendorError
            As a preview of the order.
        """
        self._previews.may_skip_compliance(request, caller)
        inputs = self._inputs.load(request, visible)
        admit(len(inputs.accounts))
        group_ids = inputs.request.portfolio_groups
        # Just read by the inputs, so the cache has them.
        members = {m.group_id: frozenset(m.account_ids) for m in self._book.group_members(group_ids)}
        with self._database.read() as session:
            names = {g.group_id: g.group_name for g in reference.groups(session)}
        return order_capacity(inputs, members, names)


def order_capacity(
    inputs: PreviewInputs, members: Mapping[str, Collection[str]], names: Mapping[str, str]
) -> OrderCapacity:
    """Return what the accounts of the inputs could take, by group as its members say.

    Raises
    ------
    InvalidRequest
        Naming each wish of the request that the accounts cannot meet (R4.8).
    """
    feasible = capacities(inputs)
    check_wishes(inputs, feasible)
    return OrderCapacity(
        order=priced_order(inputs),
        groups=tuple(
            _group(group_id, names.get(group_id, group_id), members[group_id], inputs, feasible)
            for group_id in inputs.request.portfolio_groups
        ),
        accounts=tuple(
            AccountTakes(
                account_id=account.account_id,
                account_name=account.account_name,
                group_ids=tuple(g for g, accounts in members.items() if account.account_id in accounts),
                nav=account.nav,
                max_quantity=capacity.cap,
                reason=_reason(capacity, feasible),
            )
            for account, capacity in zip(inputs.accounts, feasible.accounts, strict=True)
        ),
        capacity=feasible.largest_total,
        reason=None
        if feasible.total is None
        else NoAllocation(ReasonCode.COMPLIANCE, feasible.total.message),
    )


def _group(
    group_id: str, name: str, members: Collection[str], inputs: PreviewInputs, feasible: Capacities
) -> GroupTakes:
    taking = [c for c in feasible.accounts if c.account_id in members]
    own = replace(feasible, accounts=tuple(taking))
    return GroupTakes(
        group_id=group_id,
        group_name=name,
        account_count=len(taking),
        nav=_nav([a for a in inputs.accounts if a.account_id in members]),
        eligible_accounts=sum(1 for c in taking if feasible.largest_face(c) > 0),
        capacity=own.largest_total if taking else 0,
    )


def _nav(accounts: Sequence[AccountInput]) -> Decimal | None:
    known = [(a.nav, a.currency) for a in accounts if a.nav is not None]
    if len(known) < len(accounts) or len({currency for _, currency in known}) > 1:
        return None
    return sum((nav for nav, _ in known), Decimal(0))


def _reason(capacity: AccountCapacity, feasible: Capacities) -> NoAllocation | None:
    if capacity.binding is None:
        return None
    none = feasible.largest_face(capacity) == 0
    said = under_the_piece(capacity.binding, feasible) if none else capacity.binding.explain().message
    return NoAllocation(capacity.binding.code, said)
