"""One allocation as a table: what each account was to get, has ordered and got, with its name and money."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.models import AllocationRow, OrderRow
from app.services.accounts import reference
from app.services.allocations import snapshot
from app.services.allocations.orders import filled_face, orders_of
from app.services.allocations.store import load, present_status, stored_inputs
from app.services.allocations.types import AccountAllocation, PreviewInputs, PreviewResult
from app.services.domain.record import AllocationState
from app.services.reports.standing import Standing, standing
from app.services.reports.views import AllocationSheet, SheetLine
from app.services.visibility.visibility import Visibility


class AllocationSheets:
    """Reads allocations as tables, from what is stored of them and of their orders."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def sheet(self, allocation_id: str, visible: Visibility) -> AllocationSheet:
        """Return an allocation with a line for each account of its preview or its order, by account id.

        Raises
        ------
        NotFound
            When there is no visible allocation with this id.
        """
        with self._database.read() as session:
            row = load(session, allocation_id, visible)
            order = orders_of(session, [allocation_id]).get(allocation_id)
            return self._sheet(session, row, order)

    def _sheet(self, session: Session, row: AllocationRow, order: OrderRow | None) -> AllocationSheet:
        inputs, result = stored_inputs(row), snapshot.decode(row.result, PreviewResult)
        lines = tuple(_lines(session, row, order, inputs, result))
        return AllocationSheet(
            allocation_id=row.id,
            status=present_status(row, self._clock()),
            created_at=row.created_at,
            created_by=row.username,
            request=inputs.request,
            priced=result.order,
            total_allocated=result.summary.total_allocated,
            total_notional=result.summary.total_notional,
            total_settlement_amount=result.summary.total_settlement_amount,
            security_description=lines[0].security_description if lines else None,
            isin=inputs.security.isin,
            currency=inputs.security.currency,
            business_date=inputs.business_date,
            snapshot_sha256=row.snapshot_sha256,
            order_id=order.order_id if order else None,
            order_status=order.status if order else None,
            allocation_state=AllocationState(order.allocation_state) if order else None,
            ordered_quantity=order.quantity if order else None,
            filled_quantity=filled_face(order) if order else None,
            average_price=order.average_price if order else None,
            lines=lines,
        )


def _lines(
    session: Session,
    row: AllocationRow,
    order: OrderRow | None,
    inputs: PreviewInputs,
    result: PreviewResult,
) -> Iterator[SheetLine]:
    previewed = {account.account_id: account for account in result.allocations}
    now = standing(session, [order]) if order else None
    others = now.accounts(order) - previewed.keys() if now and order else set[str]()
    names = {a: known.account_name for a, known in reference.accounts(session, others).items()}
    bond = reference.security(session, row.security_id)
    for account_id in sorted({*previewed, *others}):
        account = previewed.get(account_id)
        fill = now.fill(order, account_id) if now and order else None
        face = Decimal(account.allocated_quantity if account else 0)
        yield SheetLine(
            account_id=account_id,
            account_name=account.account_name if account else names.get(account_id),
            security_id=row.security_id,
            security_description=bond.description if bond else None,
            side=inputs.request.order.side,
            settlement_date=result.order.settlement_date,
            currency=inputs.security.currency,
            price=result.order.price,
            accrued=result.order.accrued,
            allocated_quantity=face,
            allocated_notional=account.allocated_notional if account else Decimal(0),
            accrued_interest=account.accrued_interest if account else Decimal(0),
            settlement_amount=account.settlement_amount if account else Decimal(0),
            available_cash=account.available_cash if account else None,
            post_trade_cash=account.post_trade_cash if account else None,
            ordered_quantity=_ordered(now, order, account_id, account),
            filled_quantity=fill.quantity if fill else None,
            booked_quantity=now.booked(order, account_id) if now and order else None,
            average_price=fill.average_price if fill and fill.quantity else None,
            principal=fill.principal if fill else None,
            order_id=order.order_id if order else None,
            allocation_state=AllocationState(order.allocation_state) if order else None,
            reason_code=account.reason.code if account and account.reason else None,
            reason=account.reason.message if account and account.reason else None,
            requested_type=account.requested_type if account else None,
            requested_value=account.requested_value if account else None,
            requested_quantity=account.requested_quantity if account else None,
            allocation_source=account.allocation_source if account else None,
            owed_before=account.owed_before if account else None,
            owed_after=account.owed_after if account else None,
        )


def _ordered(
    now: Standing | None, order: OrderRow | None, account_id: str, account: AccountAllocation | None
) -> Decimal | None:
    if now is None or order is None:
        return None
    return now.slice_face(order, account_id, Decimal(account.allocated_quantity if account else 0))
