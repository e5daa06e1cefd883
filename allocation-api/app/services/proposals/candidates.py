"""The bonds that a proposal chooses from, each read as a preview would read it (R3, R4, R5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from time import monotonic

from app.core.errors import DataMissing, InvalidRequest
from app.services.allocations.capacity import Capacities, capacities, cost_per_face
from app.services.allocations.inputs import InputsLoader
from app.services.allocations.request import Constraints, OrderRequest, PreviewRequest
from app.services.allocations.types import PreviewInputs
from app.services.compliance.rules import IssuerConcentration, OrderContext
from app.services.domain.account import AccountInput
from app.services.domain.book import Holding
from app.services.domain.face import MAX_ORDER_FACE
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method
from app.services.kernels.proposals import ProposalMode
from app.services.proposals.scope import ScopeBook
from app.services.proposals.types import (
    MAX_CANDIDATES,
    CandidateSource,
    LeftOut,
    LeftOutReason,
    ProposalRequest,
)
from app.services.securities.lookup import SecurityLookup
from app.services.visibility.visibility import Visibility

# Cash is a limit of all trades together here, not of each one.
_LIMITS = Constraints(respect_cash=False, leave_tradable=True)

_NOT_READ = "Time was up before it was read: raise time_limit_seconds, or name fewer bonds."


@dataclass(frozen=True, slots=True)
class Candidate:
    """A bond with what accounts may take of it; `sells` is None where none is sold."""

    security_id: str
    bought: PreviewInputs
    accounts: Mapping[str, AccountInput]
    buys: Capacities
    sells: Capacities | None
    issuer_rooms: Mapping[str, Decimal]
    may_buy: bool

    @property
    def price(self) -> Decimal:
        """Money per unit of face, accrued interest included."""
        return cost_per_face(self.bought)


def _issuer_rooms(bought: PreviewInputs) -> Mapping[str, Decimal]:
    """Return what accounts may buy of the issuer, in money (R5.4)."""
    cost = cost_per_face(bought)
    context, rule = OrderContext(Side.BUY, bought.security, cost, bought.limits), IssuerConcentration()
    judged = ((account.account_id, rule.judge(account, context)) for account in bought.accounts)
    return {name: found.cap * cost for name, found in judged if found is not None and found.cap is not None}


class CandidateReader:
    """Reads candidates on one book."""

    def __init__(
        self, inputs: InputsLoader, lookup: SecurityLookup, *, monotonic: Callable[[], float] = monotonic
    ) -> None:
        self._inputs = inputs
        self._lookup = lookup
        self._monotonic = monotonic

    def read(
        self, request: ProposalRequest, scope: ScopeBook, visible: Visibility, until: float
    ) -> tuple[tuple[Candidate, ...], tuple[LeftOut, ...]]:
        """Return the bonds that can be traded, and those that cannot, with why.

        From `until` on, by `monotonic`, no further one is read; the first one always is.

        Raises
        ------
        InvalidRequest
            Naming the bonds of the request that are not known.
        VendorError
            When Aladdin does not answer.
        """
        holdings = scope.holdings()
        named = {f"security_ids.{place}": each for place, each in enumerate(request.security_ids)}
        listed = [*self._lookup.resolve_all(named).values()]
        own = [] if request.candidates is CandidateSource.ONE else _own(request, scope, holdings)
        wanted = list(dict.fromkeys([*listed, *own]))
        left = [
            LeftOut(
                name, LeftOutReason.TOO_MANY, f"The {MAX_CANDIDATES} bonds of the largest value are tried."
            )
            for name in wanted[MAX_CANDIDATES:]
        ]
        found = []
        for place, name in enumerate(wanted[:MAX_CANDIDATES]):
            if place and self._monotonic() >= until:
                left.append(LeftOut(name, LeftOutReason.TIME_LIMIT, _NOT_READ))
                continue
            may_buy = request.candidates is CandidateSource.HELD or name in listed
            is_sold = name in holdings and request.mode is not ProposalMode.BUY_ONLY
            each = self._one(name, scope.groups, visible, may_buy=may_buy, is_sold=is_sold)
            if isinstance(each, Candidate):
                found.append(each)
            else:
                left.append(each)
        return tuple(found), tuple(left)

    def _one(
        self, security_id: str, groups: Sequence[str], visible: Visibility, *, may_buy: bool, is_sold: bool
    ) -> Candidate | LeftOut:
        def inputs(side: Side) -> PreviewInputs:
            order = OrderRequest(security_id, side, MAX_ORDER_FACE)  # no account takes as much
            asked = PreviewRequest(order, Method.PRO_RATA, tuple(groups), constraints=_LIMITS)
            return self._inputs.load(asked, visible)

        return _kept(security_id, inputs, may_buy=may_buy, is_sold=is_sold)


def _own(
    request: ProposalRequest, scope: ScopeBook, holdings: Mapping[str, Sequence[Holding]]
) -> Sequence[str]:
    """Return the bonds that are held or, where held ones are bought, aimed at by name; the largest first."""
    value = {
        name: sum((h.market_value or Decimal(0) for h in held), Decimal(0)) for name, held in holdings.items()
    }
    if request.candidates is CandidateSource.HELD:
        for name, aimed in scope.aimed().items():
            value[name] = max(value.get(name, aimed), aimed)
    return sorted(value, key=lambda name: (-value[name], name))


def _kept(
    security_id: str, inputs: Callable[[Side], PreviewInputs], *, may_buy: bool, is_sold: bool
) -> Candidate | LeftOut:
    try:
        bought = inputs(Side.BUY)
        sells = capacities(inputs(Side.SELL)) if is_sold else None
        rooms = _issuer_rooms(bought)
        accounts = {each.account_id: each for each in bought.accounts}
        return Candidate(security_id, bought, accounts, capacities(bought), sells, rooms, may_buy=may_buy)
    except DataMissing as error:
        return LeftOut(security_id, LeftOutReason.DATA_MISSING, str(error))
    except InvalidRequest as error:
        return LeftOut(security_id, LeftOutReason.NOT_TRADABLE, str(error))
