"""New slices of an order for a new quantity: what its accounts can take, and what its preview wished."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from app.core.database import Database
from app.core.errors import FieldError, InvalidRequest
from app.services.allocations.bases import base_metric, own_order
from app.services.allocations.capacity import Capacities, capacities
from app.services.allocations.inputs import InputsLoader
from app.services.allocations.request import AccountLimit, BaseMetric
from app.services.allocations.store import load, stored_inputs
from app.services.allocations.types import PreviewInputs
from app.services.audit.errors import EvidenceBroken
from app.services.audit.trail import AuditService
from app.services.domain.block_order import PostedOrder, Slice
from app.services.domain.face import Face, exact_face, floored_face
from app.services.domain.side import Side
from app.services.kernels.allocation.problem import MAX_FACE
from app.services.safety.order_limits import OrderLimits
from app.services.trading.approval_policy import ApprovalPolicy
from app.services.trading.errors import BookChanged
from app.services.trading.orders.growth import Growth
from app.services.trading.orders.observation import StoredOrder
from app.services.trading.orders.slices import Resplit, SliceBounds, faces, filled_faces
from app.services.trading.unsettled import check_settled
from app.services.visibility.visibility import EVERYTHING


class NewSlices:
    """Splits a new quantity over the accounts of an order (R11.1, R11.2, R11.3).

    The wishes of its preview hold for the new slices too: limits and own orders of accounts, a tradable rest,
    rounding.
    """

    def __init__(
        self,
        database: Database,
        inputs: InputsLoader,
        audit: AuditService,
        policy: ApprovalPolicy,
        limits: OrderLimits,
    ) -> None:
        self._database = database
        self._inputs = inputs
        self._audit = audit
        self._policy = policy
        self._limits = limits

    def of(self, stored: StoredOrder, posted: PostedOrder, face: Face) -> Sequence[Slice]:
        """Return the slices for the new face of an order.

        Raises
        ------
        InvalidRequest
            Naming `quantity`, when it cannot be split, or would be more than the desk's maximum (R2.8).
        Conflict
            When it is less than what is filled, an account cannot grow, it would need an approval, or the
            stored order is not as the audit trail has it.
        """
        with self._database.read() as session:
            row = load(session, stored.row.allocation_id, EVERYTHING)
            EvidenceBroken.check("The order", self._audit.allocation_breaks(session, row.id))
            inputs = stored_inputs(row)
        current = faces(posted)
        if face == sum(current.values()):
            return [Slice(a, Decimal(face)) for a, face in current.items()]
        if face > sum(current.values()):
            self._limits.check_wanted(face, "quantity")
            self._policy.check_growth(inputs, face)
        filled = filled_faces(posted, stored.allocated, face)
        feasible, side = capacities(inputs), inputs.request.order.side
        present = self._present(inputs, current, face) if side is Side.SELL else None
        bounds = _bounds(inputs, current, present)
        resplit = Resplit(current, filled, face, feasible.grid, side, bounds)
        split = resplit.split()
        if split is None:
            self._check_growth(resplit, present)
            raise InvalidRequest.of(FieldError("quantity", _cannot_be_split(inputs, feasible)))
        grown = {a for a, face in split.items() if face > current[a]}
        if grown:
            if present is None or face < sum(current.values()):
                self._check_settled(grown)
            Growth(resplit, capacities(present or self._read(inputs, current, grows=True))).check(split)
        return [Slice(a, Decimal(face)) for a, face in split.items() if face > 0]

    def _present(
        self, inputs: PreviewInputs, current: Mapping[str, Face], face: Face
    ) -> PreviewInputs | None:
        """Return the present book of a sale; None where nothing in it bears on the slices."""
        if face > sum(current.values()):
            self._check_settled(current)
            return self._read(inputs, current, grows=True)
        leaves_rest = inputs.request.constraints.leave_tradable
        return self._read(inputs, current, grows=False) if leaves_rest else None

    def _check_growth(self, resplit: Resplit, present: PreviewInputs | None) -> None:
        """Check that a sale which no tradable rest lets be split is within what the accounts can give."""
        loose = {a: replace(b, part=None) for a, b in resplit.bounds.items()}
        split = None if present is None else replace(resplit, bounds=loose).split()
        if present is not None and split is not None:
            Growth(resplit, capacities(present)).check(split)

    def _check_settled(self, accounts: Collection[str]) -> None:
        with self._database.read() as session:
            check_settled(session, accounts)

    def _read(self, inputs: PreviewInputs, current: Mapping[str, Face], *, grows: bool) -> PreviewInputs:
        """Return the inputs of what the accounts can take further now, this order included (R11.3).

        What shrinks needs only positions: neither a price nor a settlement date that is still to come.
        """
        request = inputs.request
        order = replace(request.order, quantity=MAX_FACE, settlement_date=inputs.settlement_date)
        if not grows:
            order = replace(order, settlement_date=None, price=inputs.price.clean)
        limits = {
            account: AccountLimit(max=max(exact_face(limit.most - current.get(account, 0)), 0))
            for account, limit in request.constraints.account_limits.items()
            if limit.most is not None
        }
        left = {
            account: max(amount - current.get(account, 0), Decimal(0))
            for account, amount in request.parameters.base_amounts.items()
        }
        own_orders = base_metric(request) is BaseMetric.ORDER_SIZE
        asked = replace(
            request,
            order=order,
            parameters=replace(request.parameters, base_amounts=left) if own_orders else request.parameters,
            constraints=replace(
                request.constraints, respect_cash=True, compliance_check=True, account_limits=limits
            ),
        )
        try:
            return self._inputs.load(asked, EVERYTHING)
        except InvalidRequest as error:
            raise BookChanged(f"The order can no longer be changed: {error.detail}") from error


def _bounds(
    inputs: PreviewInputs, current: Mapping[str, Face], present: PreviewInputs | None
) -> dict[str, SliceBounds]:
    """Return what wishes and positions allow each slice to be (R4.8, R4.10, R6.7)."""
    limits = inputs.request.constraints.account_limits
    keeps = inputs.security.min_piece if inputs.request.constraints.leave_tradable else 0
    wholes = {} if present is None else {c.account_id: c.whole for c in capacities(present).accounts}
    kept = {} if present is None else {a.account_id: a.kept_face for a in present.accounts}
    found = {}
    for account, face in current.items():
        limit = limits.get(account, AccountLimit())
        most = [m for m in (limit.most, own_order(inputs.request, account)) if m is not None]
        bounds = SliceBounds(low=limit.least, most=min(most, default=None))
        if wholes.get(account):
            bounds = replace(bounds, whole=exact_face(face + wholes[account]))
        if keeps and account in kept:
            rest = floored_face(max(kept[account], Decimal(0)))
            sold_out = {} if rest else {"whole": face}
            bounds = replace(bounds, part=max(exact_face(face + rest - keeps), 0), **sold_out)
        found[account] = bounds
    return found


def _cannot_be_split(inputs: PreviewInputs, feasible: Capacities) -> str:
    lots = f"lots of {feasible.increment:,} and pieces of at least {feasible.piece:,}"
    constraints = inputs.request.constraints
    wishes = [
        words
        for words, holds in (
            ("within the limits of single accounts", constraints.account_limits),
            ("within the accounts' own orders", base_metric(inputs.request) is BaseMetric.ORDER_SIZE),
            (f"with {feasible.grid.text}", feasible.grid.coarse),
            (
                "with a tradable rest of each position",
                constraints.leave_tradable and inputs.request.order.side is Side.SELL,
            ),
        )
        if holds
    ]
    return ", ".join([f"This face cannot be split into {lots}", *wishes]) + "."
