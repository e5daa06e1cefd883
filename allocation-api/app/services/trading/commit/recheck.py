"""Re-check right before an order is sent: the preview is compared with the book as it is now (R10.3)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.errors import InvalidRequest
from app.services.allocations.capacity import Capacities, available_cash, capacities, money_of
from app.services.allocations.errors import MarketPriceMissing
from app.services.allocations.inputs import InputsLoader
from app.services.allocations.types import PreviewInputs
from app.services.audit.errors import EvidenceBroken
from app.services.audit.trail import AuditService
from app.services.domain.face import Face, face_number
from app.services.trading.commit.intent import Attempt
from app.services.trading.errors import BookChanged, PriceMoved
from app.services.trading.unsettled import check_settled
from app.services.visibility.visibility import EVERYTHING


@dataclass(frozen=True, slots=True)
class Difference:
    """One account's slice as previewed and as of now; amounts are face, money in the account's currency."""

    account_id: str
    allocated_quantity: Face
    max_quantity: Face
    feasible: bool
    previewed_settlement_amount: Decimal
    settlement_amount: Decimal
    previewed_available_cash: Decimal | None
    available_cash: Decimal | None

    @property
    def has_changed(self) -> bool:
        """Whether anything differs from the preview."""
        return (
            not self.feasible
            or self.settlement_amount != self.previewed_settlement_amount
            or self.available_cash != self.previewed_available_cash
        )

    def as_json(self) -> dict[str, str | int | float | bool | None]:
        """Return the JSON object of a problem document; money as numbers, as everywhere in the API."""
        return {
            "account_id": self.account_id,
            "allocated_quantity": face_number(self.allocated_quantity),
            "max_quantity": face_number(self.max_quantity),
            "feasible": self.feasible,
            "previewed_settlement_amount": float(self.previewed_settlement_amount),
            "settlement_amount": float(self.settlement_amount),
            "previewed_available_cash": _number(self.previewed_available_cash),
            "available_cash": _number(self.available_cash),
        }


class Recheck:
    """Checks that a preview can still be carried out; the price may have moved by `band_percent` per cent."""

    def __init__(
        self, database: Database, audit: AuditService, inputs: InputsLoader, band_percent: Decimal
    ) -> None:
        self._database = database
        self._audit = audit
        self._inputs = inputs
        self._band_percent = band_percent

    def check(self, attempt: Attempt, *, absent: Collection[str] = ()) -> None:
        """Read the book again and compare every slice with what its account can take now (R10.3).

        Parameters
        ----------
        absent
            Ids of unsettled allocations that have no order at the vendor.

        Raises
        ------
        EvidenceBroken
            When the stored allocation is not as the audit trail has it.
        AccountsUnsettled
            When accounts have a part in other orders whose outcome is unknown.
        PriceMoved
            When the market has left the band, or has no price any more.
        BookChanged
            When accounts can no longer take their slices, or it is another day. Every one of these carries
            `accounts`: what differs, account by account.
        VendorError
            When Aladdin could not answer.
        """
        with self._database.read() as session:
            self._check_evidence(session, attempt.allocation_id)
            check_settled(session, attempt.slices, ignored={attempt.allocation_id, *absent})
        now = self._now(attempt)
        if now.business_date != attempt.inputs.business_date:
            raise BookChanged(
                f"The preview is of the business date {attempt.inputs.business_date}, and today's is "
                f"{now.business_date}. Make a new preview",
                extra={"accounts": []},
            )
        feasible = capacities(now)
        differences = [d for d in _differences(attempt, now, feasible) if d.has_changed]
        self._check_price(attempt, now, differences)
        _check_feasible(attempt, feasible, differences)

    def _check_evidence(self, session: Session, allocation_id: str) -> None:
        breaks = self._audit.allocation_breaks(session, allocation_id)
        advice = "Make a new preview, and have the audit trail verified"
        EvidenceBroken.check("The stored allocation", breaks, advice)

    def _now(self, attempt: Attempt) -> PreviewInputs:
        inputs = attempt.inputs
        order = replace(inputs.request.order, settlement_date=inputs.settlement_date)
        try:
            return self._inputs.load(replace(inputs.request, order=order), EVERYTHING)
        except InvalidRequest as error:
            raise BookChanged(
                f"The order is no longer valid: {error.detail}", extra={"accounts": []}
            ) from error
        except MarketPriceMissing as error:
            raise _moved(attempt, None, "it has none now", []) from error

    def _check_price(self, attempt: Attempt, now: PreviewInputs, differences: Sequence[Difference]) -> None:
        """Compare the market prices of then and now, also where the request gave a price (R10.4)."""
        before, after = attempt.inputs.market_price, now.market_price
        if before is None:
            return  # the preview has a warning for that, and the request's price is the order's limit
        if after is None:
            raise _moved(attempt, None, "it has none now", differences)
        moved = abs(after.clean - before.clean) / before.clean * 100
        if moved > self._band_percent:
            message = f"{after.clean} now, {moved:.2f} % away, more than {self._band_percent} %"
            raise _moved(attempt, after.clean, message, differences)


def _moved(
    attempt: Attempt,
    price: Decimal | None,
    now: str,
    differences: Sequence[Difference],
) -> PriceMoved:
    before = attempt.inputs.market_price
    previewed = before.clean if before else None
    return PriceMoved(
        f"The market price was {previewed} at the preview, {now}. Make a new preview",
        extra={
            "accounts": [d.as_json() for d in differences],
            "previewed_market_price": _number(previewed),
            "market_price": _number(price),
        },
    )


def _differences(attempt: Attempt, now: PreviewInputs, feasible: Capacities) -> list[Difference]:
    able = feasible.by_account
    accounts = {account.account_id: account for account in now.accounts}
    found = []
    for line in attempt.result.allocations:
        face, account_id = line.allocated_quantity, line.account_id
        if face == 0:
            continue
        capacity, account = able.get(account_id), accounts.get(account_id)
        found.append(
            Difference(
                account_id=account_id,
                allocated_quantity=face,
                max_quantity=feasible.largest_face(capacity) if capacity else 0,
                feasible=capacity is not None and feasible.accepts(capacity, face),
                previewed_settlement_amount=line.settlement_amount,
                settlement_amount=money_of(now, face).settlement,
                previewed_available_cash=line.available_cash,
                available_cash=available_cash(account) if account else None,
            )
        )
    return found


def _check_feasible(attempt: Attempt, feasible: Capacities, differences: Sequence[Difference]) -> None:
    seen = {f.rule for f in capacities(attempt.inputs).flags} if feasible.flags else set()
    fresh = [f.message for f in feasible.flags if f.rule not in seen]
    total = attempt.result.summary.total_allocated
    if fresh:
        words = f"Since the preview: {'; '.join(fresh)}. Make a new preview"
    elif total > feasible.placeable or not all(d.feasible for d in differences):
        words = "The allocation can no longer be carried out as previewed. Make a new preview"
    else:
        return
    accounts = [d.as_json() for d in differences]
    raise BookChanged(
        words,
        extra={
            "accounts": accounts,
            "total": face_number(total),
            "max_total": face_number(feasible.largest_total),
        },
    )


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
