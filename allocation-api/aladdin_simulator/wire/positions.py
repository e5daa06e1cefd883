"""Positions API: one array with the rows of all requested accounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from aladdin_simulator.wire.desk_day import DeskDay, Today
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

Slices = Callable[[DeskDay], Mapping[str, Sequence[AccountSlice]]]
"""Returns a day's booked and open slices by account ticker."""


class Positions:
    """Answers `GET /position`. Rows of the close stay the day over, so each account's are encoded once."""

    def __init__(self, today: Today, portfolios: Portfolios, slices: Slices) -> None:
        self._today = today
        self._portfolios = portfolios
        self._slices = slices

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
        tickers = self._tickers(port_group)
        sources = _SOURCES.get(pos_type, frozenset())
        day = self._today()
        slices = self._slices(day) if sources else {}
        rows = [
            _rows(day, ticker, [part for part in slices.get(ticker, ()) if part.source in sources])
            for ticker in tickers
        ]
        return b"[" + b",".join(rows) + b"]"

    def _tickers(self, port_group: str) -> list[str]:
        names = [name.strip() for name in port_group.split(",") if name.strip()]
        wanted = [name for name in names if not name.startswith("-")]
        if not wanted:
            raise bad_request("MISSING_PARAMETER", "portGroup: at least one portfolio or group is needed")
        under = self._portfolios.accounts_under
        found = {account.account_id: None for name in wanted for account in under(name)}
        for name in names:
            for account in under(name[1:]) if name.startswith("-") else ():
                found.pop(account.account_id, None)
        return list(found)


def _rows(day: DeskDay, ticker: str, parts: Sequence[AccountSlice]) -> bytes:
    """Return the rows of one account as JSON array elements; every account has a cash row."""
    kept = day.close_rows.get(ticker)
    if kept is not None and not parts:
        return kept
    encoded = ENCODER.encode(list(rows_of(day.book, day.accounts[ticker], parts)))[1:-1]
    if not parts:
        day.close_rows[ticker] = encoded
    return encoded
