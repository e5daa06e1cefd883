"""Positions API: one array with the rows of all requested accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from aladdin_simulator.book import Account, SimulatorBook
from aladdin_simulator.wire.messages import ENCODER, bad_request
from aladdin_simulator.wire.portfolios import Portfolios
from aladdin_simulator.wire.position_rows import AccountSlice, PosSource, rows_of


class PosType(StrEnum):
    """Kinds of positions; the last two include today's trades and orders."""

    EOD = "EOD"
    SOD = "SOD"
    TRADES = "SOD+Trades"
    TRADES_AND_ORDERS = "SOD+Trades+Orders"


_SOURCES: Mapping[str, frozenset[PosSource]] = {
    PosType.TRADES: frozenset({PosSource.TRADE}),
    PosType.TRADES_AND_ORDERS: frozenset({PosSource.TRADE, PosSource.ORDER}),
}

Slices = Callable[[], Mapping[str, Sequence[AccountSlice]]]
"""Returns the current booked and open slices by account ticker."""


class Positions:
    """Answers `GET /position`. End-of-day rows never change, so each account's are encoded once."""

    def __init__(self, book: SimulatorBook, portfolios: Portfolios, slices: Slices) -> None:
        self._book = book
        self._portfolios = portfolios
        self._slices = slices
        self._of_close: dict[str, bytes] = {}

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
        sources = _SOURCES.get(pos_type, frozenset())
        slices = self._slices() if sources else {}
        rows = [
            self._rows(
                account, [part for part in slices.get(account.account_id, ()) if part.source in sources]
            )
            for account in accounts
        ]
        return b"[" + b",".join(rows) + b"]"

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

    def _rows(self, account: Account, parts: Sequence[AccountSlice]) -> bytes:
        """Return the rows of one account as JSON array elements; every account has a cash row."""
        kept = self._of_close.get(account.account_id)
        if kept is not None and not parts:
            return kept
        encoded = ENCODER.encode(list(rows_of(self._book, account, parts)))[1:-1]
        if not parts:
            self._of_close[account.account_id] = encoded
        return encoded
