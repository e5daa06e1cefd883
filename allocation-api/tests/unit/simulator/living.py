"""A generated desk whose days pass, and a client of it that may be started again over the same journal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from werkzeug.test import Client

from aladdin_simulator import DeskOptions, open_simulator
from tests.unit.simulator.vendor import ASSETS, FILL_SECONDS, Vendor, slice_of

# Tuesday 30 June 2026, 10:05 in New York.
MORNING = datetime(2026, 6, 30, 14, 5, tzinfo=UTC)
GROUP = "BIG6"


@dataclass
class Clock:
    """A moment that stands still until it is moved."""

    now: datetime = MORNING

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)

    def to(self, moment: str) -> None:
        self.now = datetime.fromisoformat(moment)


class LivingVendor(Vendor):
    """A client of a simulator that was opened as the service opens it."""

    def __init__(self, options: DeskOptions) -> None:
        self.options = options
        self.compliance_times_out = False
        self.simulator = open_simulator(options)
        self.client = Client(self.simulator)

    @classmethod
    def on(cls, clock: Clock, **changes: Any) -> LivingVendor:
        return cls(replace(DeskOptions("default", 7, FILL_SECONDS, clock=clock), **changes))

    def again(self, **changes: Any) -> LivingVendor:
        """The same after a restart, with some other options."""
        return LivingVendor(replace(self.options, **changes))

    def trade(self, cusip: str, faces: dict[str, int], side: str = "BUY", **fields: Any) -> str:
        """Post an order and return its id."""
        slices = [slice_of(ticker, face) for ticker, face in faces.items()]
        order = self.posted(assetId=cusip, transactionType=side, face=None, orderDetails=slices, **fields)
        order_id: str = order["id"]
        return order_id

    def total(self, account: str, asset: str, pos_type: str = "SOD") -> Decimal:
        """What an account's rows of one asset come to: face of a bond, money of a currency."""
        rows = self.rows(account, pos_type)
        return sum((Decimal(row["posQuantity"]) for row in rows if row["assetId"] == asset), Decimal(0))

    def positions(self, account: str) -> dict[str, Decimal]:
        """Settled positions by asset, cash among them."""
        return {row["assetId"]: Decimal(row["posQuantity"]) for row in self.rows(account)}

    def risk(self, cusip: str) -> dict[str, Any]:
        answer = self.get(ASSETS, assetId=cusip, riskHierarchy="RISK")
        found: dict[str, Any] = answer["riskByAssetId"][cusip]["riskByCurrency"]["USD"]
        return found
