"""Results of a batch to the outcome of each of its items.

The vendor does not guarantee results in the order of the items, and an error carries no id. So an item whose
order comes back is done, and errors are matched to the other items by their number only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.core.errors import FieldError, InvalidRequest
from app.services.aladdin import operations, transport
from app.services.aladdin.errors import OrderOutcomeUnknown, VendorError, VendorRejected
from app.services.aladdin.mapping.orders import OrderDefaults, posted_order
from app.services.aladdin.operations import Operation
from app.services.aladdin.order_wire import CancelResult, PostResult
from app.services.aladdin.wire import Fault
from app.services.domain.block_order import PostedOrder


class BatchState(StrEnum):
    """Outcome of one item of a batch; an `UNKNOWN` one may have been done and is never retried."""

    DONE = "DONE"
    REFUSED = "REFUSED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """Outcome of one item of a batch: its id as sent, and the resulting order or the error.

    The id is the external id of a posted order, or the order id of a cancelled one.
    """

    item_id: str
    order: PostedOrder | None
    error: VendorError | None

    @property
    def state(self) -> BatchState:
        """Outcome of the item."""
        if self.error is None:
            return BatchState.DONE
        return BatchState.UNKNOWN if isinstance(self.error, OrderOutcomeUnknown) else BatchState.REFUSED


@dataclass(frozen=True, slots=True)
class Batch:
    """A finished batch: its operation, and the vendor's id for it."""

    operation: Operation
    operation_id: str | None

    def unknown(self, reason: str) -> OrderOutcomeUnknown:
        """Return the error for an item that may or may not have been done."""
        return transport.outcome_unknown(self.operation, reason, {"operation_id": self.operation_id})


def check_batch(field: str, ids: Sequence[str], max_items: int) -> None:
    """Check the ids of a batch before it is sent.

    Raises
    ------
    InvalidRequest
        Naming `field`: without ids, with more than `max_items`, or with an id twice.
    """
    if not 0 < len(ids) <= max_items:
        raise InvalidRequest.of(FieldError(field, f"There must be 1 to {max_items} ids, not {len(ids)}."))
    if len(set(ids)) < len(ids):
        raise InvalidRequest.of(FieldError(field, "An id is named twice."))


def posted_items(
    external_ids: Sequence[str],
    results: Iterable[PostResult],
    operation_id: str | None,
    defaults: OrderDefaults,
) -> tuple[BatchOutcome, ...]:
    """Return the outcome of each order of a posted batch, matched by external id."""
    orders: list[PostedOrder | None] = []
    faults: list[Fault] = []
    for result in results:
        output = result.output
        if output is None and result.error is not None:
            faults.append(result.error)
        elif output is None or output.order is None or output.order.id is None or result.error is not None:
            orders.append(None)
        else:
            orders.append(posted_order(output.order, defaults, output.compliance_violations))
    named = [(None if order is None else order.external_id, order) for order in orders]
    return _items(Batch(operations.BATCH_POST_ORDERS, operation_id), external_ids, named, faults)


def cancelled_items(
    order_ids: Sequence[str],
    results: Iterable[CancelResult],
    operation_id: str | None,
    defaults: OrderDefaults,
) -> tuple[BatchOutcome, ...]:
    """Return the outcome of each order of a cancelled batch, matched by order id."""
    orders: list[PostedOrder | None] = []
    faults: list[Fault] = []
    for result in results:
        if result.output is None and result.error is not None:
            faults.append(result.error)
        elif result.output is None or result.output.id is None or result.error is not None:
            orders.append(None)
        else:
            orders.append(posted_order(result.output, defaults))
    named = [(None if order is None else order.order_id, order) for order in orders]
    return _items(Batch(operations.BATCH_CANCEL_ORDERS, operation_id), order_ids, named, faults)


def _items(
    batch: Batch,
    ids: Sequence[str],
    named: Sequence[tuple[str | None, PostedOrder | None]],
    faults: Sequence[Fault],
) -> tuple[BatchOutcome, ...]:
    sent = set(ids)
    done = {name: order for name, order in named if order is not None and name in sent}
    missing = [item_id for item_id in ids if item_id not in done]
    # Each item has one result. When every order that came back is one of the batch, once, and there are as
    # many errors as items without an order, the errors belong to those items.
    matched = len(done) == len(named) and len(faults) == len(missing)
    error = _common_error(batch, faults) if matched else _unmatched(batch, faults)
    return tuple(
        BatchOutcome(item_id, done[item_id], None) if item_id in done else BatchOutcome(item_id, None, error)
        for item_id in ids
    )


def _common_error(batch: Batch, faults: Sequence[Fault]) -> VendorError | None:
    """Return one error for all items that failed, since errors carry no id to match them by."""
    errors = [transport.item_error(batch.operation, fault) for fault in faults]
    details = "; ".join(dict.fromkeys(error.detail for error in errors))
    if any(isinstance(error, OrderOutcomeUnknown) for error in errors):
        return batch.unknown(details)
    if len({(type(error), error.detail) for error in errors}) <= 1:
        return errors[0] if errors else None
    return VendorRejected(
        f"refused for one of these reasons each: {details}", extra={"operation": batch.operation.name}
    )


def _unmatched(batch: Batch, faults: Sequence[Fault]) -> OrderOutcomeUnknown:
    messages = "; ".join(dict.fromkeys(fault.message or "no reason given" for fault in faults))
    reason = "the results cannot be matched to the items of the batch"
    return batch.unknown(f"{reason} ({messages})" if messages else reason)
