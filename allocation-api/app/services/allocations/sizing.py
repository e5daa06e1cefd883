"""Sizes of orders: principal, or a fraction of NAV, turned into face at its price, and their limits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from app.core.errors import DataMissing, FieldError, InvalidRequest
from app.core.numbers import number_text
from app.services.allocations.grid import Grid
from app.services.allocations.request import OrderRequest
from app.services.allocations.types import PreviewInputs
from app.services.domain.face import MAX_ORDER_FACE
from app.services.safety.order_limits import OrderLimits

MAX_NAMED = 10
"""Accounts that a refusal names."""


def check_size(inputs: PreviewInputs, limits: OrderLimits) -> None:
    """Check that the face of an order is within the desk's limits (R2.8).

    Raises
    ------
    InvalidRequest
        Naming the field of the order that sizes it.
    """
    order = inputs.request.order
    limits.check_wanted(order.quantity, _field(order))


def sized(inputs: PreviewInputs) -> PreviewInputs:
    """Return the inputs with the face of the order: the most on the grid within the principal (R2.7).

    A face that is there already stays, so that a committed preview keeps its own at another price.

    Raises
    ------
    InvalidRequest
        When the principal comes to less than the minimum piece, or to more face than an order may have.
    DataMissing
        When the NAV of an account that counts is unknown.
    """
    order = inputs.request.order
    if order.quantity:
        return inputs
    field = _field(order)
    if order.notional is not None:
        principal, share = Fraction(order.notional), ""
    else:
        fraction, nav = order.percent_of_nav or Decimal(0), _nav(inputs)
        principal = Fraction(fraction) * Fraction(nav)
        share = f"{number_text(fraction)} of a NAV of {nav:,.2f}: "
    per_face = Fraction(inputs.price.clean) * Fraction(inputs.security.factor) / 100
    grid, exact = Grid.of(inputs), int(principal / per_face)
    face = exact // grid.increment * grid.increment
    words = (
        f"{share}{_money(principal):,.2f} of principal is {exact:,} face at {number_text(inputs.price.clean)}"
    )
    if face < grid.piece:
        message = f"{words}, less than the minimum piece of {grid.piece:,}."
        raise InvalidRequest.of(FieldError(field, message))
    if face > MAX_ORDER_FACE:
        message = f"{words}, more than the {MAX_ORDER_FACE:,} that an order may have."
        raise InvalidRequest.of(FieldError(field, message))
    return replace(inputs, request=replace(inputs.request, order=replace(order, quantity=face)))


def _field(order: OrderRequest) -> str:
    if order.notional is not None:
        return "order.notional"
    return "order.quantity" if order.percent_of_nav is None else "order.percent_of_nav"


def _nav(inputs: PreviewInputs) -> Decimal:
    """Return the NAV of all accounts that the request does not exclude; fail closed where one is unknown."""
    unknown = dict(_unknown(inputs))
    if unknown:
        named = "; ".join(f"{account} ({why})" for account, why in list(unknown.items())[:MAX_NAMED])
        more = f"; and {len(unknown) - MAX_NAMED:,} more" if len(unknown) > MAX_NAMED else ""
        message = (
            f"The NAV of the accounts cannot be summed: {named}{more}. Exclude what cannot be counted, or "
            "give a quantity."
        )
        raise DataMissing(message, errors=[FieldError("order.percent_of_nav", message)])
    excluded = inputs.request.constraints.excluded
    counting = (a.nav for a in inputs.accounts if a.account_id not in excluded and a.nav is not None)
    return sum((max(nav, Decimal(0)) for nav in counting), Decimal(0))


def _unknown(inputs: PreviewInputs) -> Iterator[tuple[str, str]]:
    for account in inputs.accounts:
        if account.account_id in inputs.request.constraints.excluded:
            continue
        if account.nav is None:
            yield account.account_id, "not reported"
        elif account.currency != inputs.security.currency:
            yield account.account_id, f"in {account.currency or 'an unknown currency'}"


def _money(principal: Fraction) -> Decimal:
    return Decimal(int(principal * 100)) / 100
