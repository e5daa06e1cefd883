"""Reservation by the greater of two books: face that an order takes here and Aladdin does not count (R4.6).

Aladdin's positions and cash contain what Aladdin counts of an order: a live one in full, one that is over as
far as it is booked. What is recorded here beyond that is nobody else's to sell or to spend until both agree.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from app.core.database import Database
from app.models import OrderFillLineRow, OrderRow
from app.services.aladdin.shared_orders import SeeOrders
from app.services.allocations.orders import is_last_fill
from app.services.allocations.store import load, stored_inputs
from app.services.domain.account import Reservation
from app.services.domain.block_order import OrderStatus, PostedOrder
from app.services.domain.money import trade_money
from app.services.domain.record import AllocationState
from app.services.domain.side import Side
from app.services.trading.orders.ledger import OrderLedger
from app.services.trading.orders.observation import StoredOrder
from app.services.trading.orders.slices import stated_faces
from app.services.visibility.visibility import EVERYTHING
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks


class Reservations:
    """Computes what orders reserve of accounts, after a sync with the vendor of those that are read now.

    `see` may give an order as it was read before, if that was not before the positions were read.
    """

    def __init__(self, database: Database, see: SeeOrders, ledger: OrderLedger) -> None:
        self._database = database
        self._see = see
        self._ledger = ledger

    def of(
        self, security_id: str, side: Side, account_ids: Collection[str], today: date
    ) -> Mapping[str, tuple[Reservation, ...]]:
        """Return the reservations by account id, each account's by order id; absent where there are none.

        Call it after positions were read: an order that ends in between is then reserved twice, never not.

        Parameters
        ----------
        security_id, side
            A sale is concerned by sales of the same bond, a purchase by all purchases.

        Raises
        ------
        VendorError
            When Aladdin does not answer.
        """
        rows = self._open_ends(security_id, side)
        if not rows:
            return {}
        seen = self._see([row.order_id for row in rows])
        posted = seen.posted
        filled = self._filled(rows)
        ended = [
            row for row in rows if not _is_covered(filled.get(row.order_id, {}), posted.get(row.order_id))
        ]
        for stored in self._ledger.read(ended).values():
            if stored.row.order_id in seen.fresh:
                self._ledger.sync(stored, posted.get(stored.row.order_id))
        wanted, found = set(account_ids), dict[str, tuple[Reservation, ...]]()
        for stored in self._ledger.read(self._again(ended)).values():
            for account, (recorded, counted) in _uncounted(stored, today).items():
                if account in wanted:
                    reserved = self._reservation(stored, side, recorded, counted)
                    found[account] = (*found.get(account, ()), reserved)
        return found

    def _open_ends(self, security_id: str, side: Side) -> Sequence[OrderRow]:
        query = (
            select(OrderRow)
            .where(
                OrderRow.allocation_state != AllocationState.OF_RECORD,
                OrderRow.fill_count > 0,
                OrderRow.side == side,
            )
            .order_by(OrderRow.order_id)
        )
        if side is Side.SELL:
            query = query.where(OrderRow.security_id == security_id)
        with self._database.read() as session:
            return session.scalars(query).all()

    def _filled(self, rows: Sequence[OrderRow]) -> Mapping[str, Mapping[str, Decimal]]:
        """Return the recorded face of each order by account, read as columns since orders may be many."""
        line, found = OrderFillLineRow, dict[str, dict[str, Decimal]]()
        query = select(line.order_id, line.account_id, line.filled_quantity)
        query = query.join(OrderRow, is_last_fill(line))
        with self._database.read() as session:
            for ids in chunks([row.order_id for row in rows], MAX_IDS_PER_QUERY):
                for order_id, account, face in session.execute(query.where(line.order_id.in_(ids))):
                    found.setdefault(order_id, {})[account] = face
        return found

    def _again(self, rows: Sequence[OrderRow]) -> Sequence[OrderRow]:
        """Return the rows as they are after a sync, without those that are of record now."""
        query = select(OrderRow).where(OrderRow.allocation_state != AllocationState.OF_RECORD)
        with self._database.read() as session:
            return [
                row
                for ids in chunks([row.order_id for row in rows], MAX_IDS_PER_QUERY)
                for row in session.scalars(
                    query.where(OrderRow.order_id.in_(ids)).order_by(OrderRow.order_id)
                )
            ]

    def _reservation(
        self, stored: StoredOrder, side: Side, recorded: Decimal, counted: Decimal
    ) -> Reservation:
        more, cash = recorded - counted, Decimal(0)
        if side is Side.BUY:
            with self._database.read() as session:
                inputs = stored_inputs(load(session, stored.row.allocation_id, EVERYTHING))
            cash = trade_money(
                more, price=stored.fill.price, accrued=inputs.accrued, factor=inputs.security.factor
            ).settlement
        return Reservation(
            order_id=stored.row.order_id,
            recorded_face=recorded,
            counted_face=counted,
            face=more if side is Side.SELL else Decimal(0),
            cash=cash,
        )


def _is_live(status: str | None) -> bool:
    return OrderStatus.of(status) in {OrderStatus.LIVE, OrderStatus.PENDING_COMPLIANCE}


def _is_covered(filled: Mapping[str, Decimal], posted: PostedOrder | None) -> bool:
    """Say whether the vendor counts an order in full, as live, with no slice below what is filled here."""
    if posted is None or not _is_live(posted.status):
        return False
    slices = stated_faces(posted)
    return slices is not None and all(face <= slices.get(account, 0) for account, face in filled.items())


def _uncounted(stored: StoredOrder, today: date) -> Mapping[str, tuple[Decimal, Decimal]]:
    """Return recorded and counted face of the accounts of which more is recorded here than Aladdin counts."""
    if _is_live(stored.row.status):
        counted: Mapping[str, Decimal] = stored.slices
    elif stored.booked is not None:
        counted = stored.booked
    elif stored.row.trade_date is None or stored.row.trade_date >= today:
        counted = {}
    else:
        return {}  # positions of later days contain its trades, for whomever they were booked
    zero = Decimal(0)
    return {
        account: (face, counted.get(account, zero))
        for account, face in stored.allocated.items()
        if face > counted.get(account, zero)
    }
