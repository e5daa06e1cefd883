"""The positions API: one array with the rows of all accounts asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from aladdin_simulator.book import Account, SimulatorBook
from aladdin_simulator.wire.messages import ENCODER, bad_request
from aladdin_simulator.wire.portfolios import Portfolios
from aladdin_simulator.wire.position_rows import LiveSlice, rows_of


class PosType(StrEnum):
    """Which positions are meant. As long as no order fills, only the last differs from the others."""

    EOD = "EOD"
    SOD = "SOD"
    TRADES = "SOD+Trades"
    TRADES_AND_ORDERS = "SOD+Trades+Orders"


LiveOrders = Callable[[], Mapping[str, Sequence[LiveSlice]]]
"""Gives the live slices by account ticker at the moment of asking."""


class Positions:
    """Answers `GET /position`. Rows without orders never change, so each account's are encoded once."""

    def __init__(self, book: SimulatorBook, portfolios: Portfolios, live_orders: LiveOrders) -> None:
        self._book = book
        self._portfolios = portfolios
        self._live_orders = live_orders
        self._without_orders: dict[str, bytes] = {}

    def answer(self, port_group: str, pos_type: str) -> bytes:
        """Return all rows of a comma-separated list of portfolios and groups; a leading minus excludes.

        Raises
        ------
        WireFaultError
            404 for an unknown portfolio or group, 400 for an empty list or an unknown position type.
        """
        if pos_type not in set(PosType):
            allowed = ", ".join(PosType)
            raise bad_request("INVALID_POS_TYPE", f"posType: {pos_type!r} is not one of {allowed}")
        accounts = self._accounts(port_group)
        live = self._live_orders() if pos_type == PosType.TRADES_AND_ORDERS else {}
        parts = [self._rows(account, live.get(account.account_id, ())) for account in accounts]
        return b"[" + b",".join(parts) + b"]"

    def _accounts(self, port_group: str) -> list[Account]:
        names = [name.strip() for name in port_group.split(",") if name.strip()]
        wanted = [name for name in names if not name.startswith("-")]
        if not wanted:
            raise bad_request("MISSING_PARAMETER", "portGroup: at least one portfolio or group is needed")
        under = self._portfolios.accounts_under
        found = {account.account_id: account for name in wanted for account in under(name)}
        for name in names:
            for account in under(name[1:]) if name.startswith("-") else ():
                found.pop(account.account_id, None)
        return list(found.values())

    def _rows(self, account: Account, orders: Sequence[LiveSlice]) -> bytes:
        """Return the rows of one account as the inside of a JSON array; every account has a cash row."""
        kept = self._without_orders.get(account.account_id)
        if kept is not None and not orders:
            return kept
        encoded = ENCODER.encode(list(rows_of(self._book, account, orders)))[1:-1]
        if not orders:
            self._without_orders[account.account_id] = encoded
        return encoded
