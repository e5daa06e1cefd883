"""What can be traded of each asset: as given, as a configured service says, else a part of the daily volume.

The service speaks JSON-RPC 2.0 over HTTP: `{"jsonrpc": "2.0", "id": ..., "method": "liquidity.available",
"params": {"assets": [...]}}` is answered by `{"jsonrpc": "2.0", "id": ..., "result": {"available": {asset:
money}}}`. It is asked once, within a deadline and a size, and its answer is kept as it came.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from socket import SHUT_RDWR, socket
from threading import Timer
from typing import Any

import httpx
import msgspec

from app.core.clock import Clock
from app.core.config.reallocation import ReallocationSettings
from app.services.aladdin.http_call import UNREADABLE, AnswerTooLargeError, Reply, http_call
from app.services.reallocation.measured import AssetMarket
from app.services.reallocation.money import CENTS, floored_cents, money
from app.services.reallocation.types import (
    AssetLiquidity,
    LiquiditySource,
    ReallocationRequest,
    ServiceAnswer,
)

METHOD = "liquidity.available"
MAX_ANSWER_BYTES = 1_000_000
MAX_AVAILABLE = Decimal(10) ** 15
"""Most that an answer may say of an asset, in money."""


class _Result(msgspec.Struct):
    available: dict[str, Decimal]


class _Answer(msgspec.Struct):
    jsonrpc: str
    id: str
    result: _Result


class LiquidityService:
    """Client of the configured service; `settings.rpc_url` None is none."""

    def __init__(self, settings: ReallocationSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    @property
    def is_configured(self) -> bool:
        """Whether there is a service."""
        return self._settings.rpc_url is not None

    def ask(self, call_id: str, assets: Sequence[str]) -> tuple[Mapping[str, Decimal], ServiceAnswer]:
        """Return what the service says of assets, nothing where it is away, and its answer as it came.

        What it says of other assets is left out.
        """
        now, asked = self._clock(), tuple(assets)
        try:
            reply = self._reply(call_id, asked)
        except AnswerTooLargeError:
            words = f"Its answer has more than {MAX_ANSWER_BYTES:,} bytes."
            return {}, ServiceAnswer(now, asked, None, None, words)
        except httpx.TimeoutException:
            words = f"It did not answer within {self._settings.rpc_seconds} s."
            return {}, ServiceAnswer(now, asked, None, None, words)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            # Not the error's words: they may hold the address.
            return {}, ServiceAnswer(
                now, asked, None, None, f"It cannot be reached ({type(error).__name__})."
            )
        body = reply.content.decode("utf-8", "replace")
        found, fault = _read(reply, call_id)
        shown = {asset: found[asset] for asset in asked if asset in found}
        return shown, ServiceAnswer(now, asked, reply.status, body, fault)

    def _reply(self, call_id: str, assets: tuple[str, ...]) -> Reply:
        call = {"jsonrpc": "2.0", "id": call_id, "method": METHOD, "params": {"assets": assets}}
        deadline = _Deadline()
        hooks = {"request": [deadline.watch]}
        timer = Timer(self._settings.rpc_seconds, deadline.end)
        timer.daemon = True
        # A client of its own: reallocations are rare, and its connection is ended at the deadline.
        with httpx.Client(trust_env=False, event_hooks=hooks) as http:
            timer.start()
            try:
                return http_call(
                    http,
                    "POST",
                    self._settings.rpc_url or "",
                    headers={"content-type": "application/json", "accept": "application/json"},
                    seconds=self._settings.rpc_seconds,
                    monotonic=time.monotonic,
                    content=json.dumps(call).encode(),
                    max_bytes=MAX_ANSWER_BYTES,
                )
            except (httpx.HTTPError, OSError) as error:
                if not deadline.is_over or isinstance(error, AnswerTooLargeError):
                    raise
                raise httpx.ReadTimeout("no whole answer in time") from error
            finally:
                timer.cancel()


class _Deadline:
    """Ends the connection of a call, also while headers arrive bit by bit, each within its time-out."""

    def __init__(self) -> None:
        self.is_over = False
        self._stream: Any = None

    def watch(self, request: httpx.Request) -> None:
        """Have the connection of a request noted as it is opened."""
        request.extensions["trace"] = self._opened

    def _opened(self, name: str, details: Mapping[str, Any]) -> None:
        if name in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._stream = details["return_value"]

    def end(self) -> None:
        """Shut the connection down: whoever waits for it is told at once."""
        self.is_over = True
        if self._stream is not None:
            with suppress(OSError):
                # Not that of TLS, which would say goodbye first.
                socket.shutdown(self._stream.get_extra_info("socket"), SHUT_RDWR)


def _read(reply: Reply, call_id: str) -> tuple[Mapping[str, Decimal], str | None]:
    if not reply.is_success:
        return {}, f"It answered with status {reply.status}."
    try:
        answer = msgspec.json.decode(reply.content, type=_Answer)
    except UNREADABLE as error:
        return {}, f"Its answer is not the result of {METHOD} ({type(error).__name__})."
    available = answer.result.available
    if answer.jsonrpc != "2.0" or answer.id != call_id:
        return {}, "Its answer is to another call."
    if not all(each.is_finite() and 0 <= each <= MAX_AVAILABLE for each in available.values()):
        return {}, f"Its answer has an amount that is not from 0 to {MAX_AVAILABLE:,}."
    return available, None


@dataclass(frozen=True, slots=True)
class Liquidity:
    """What can be traded by asset, in cents; None where that is not known. `answer` is the service's."""

    rooms: Mapping[str, int | None]
    shown: tuple[AssetLiquidity, ...]
    answer: ServiceAnswer | None

    @property
    def is_service_away(self) -> bool:
        """Whether the service was asked and gave no usable answer."""
        return self.answer is not None and self.answer.fault is not None


def liquidity(
    asked: ReallocationRequest,
    gaps: Mapping[str, int],
    markets: Mapping[str, AssetMarket],
    service: LiquidityService,
    call_id: str,
) -> Liquidity:
    """Return what can be traded of each asset.

    Parameters
    ----------
    gaps : mapping of str to int
        Cents from the current value of each asset to its target; the service is asked of those that trade.
    """
    given = asked.liquidity or {}
    answered: Mapping[str, Decimal] = {}
    answer = None
    open_assets = [asset for asset, gap in gaps.items() if gap and asset not in given]
    if open_assets and service.is_configured:
        answered, answer = service.ask(call_id, open_assets)
    rooms: dict[str, int | None] = {}
    shown = []
    for asset, gap in gaps.items():
        source, room = _room(asset, given, answered, markets, asked)
        rooms[asset] = abs(gap) if source is LiquiditySource.ASSUMED else room
        shown.append(AssetLiquidity(asset, source, None if room is None else money(room)))
    return Liquidity(rooms, tuple(shown), answer)


def _room(
    asset: str,
    given: Mapping[str, Decimal],
    answered: Mapping[str, Decimal],
    markets: Mapping[str, AssetMarket],
    asked: ReallocationRequest,
) -> tuple[LiquiditySource, int | None]:
    if asset in given:
        return LiquiditySource.GIVEN, floored_cents(given[asset])
    if asset in answered:
        return LiquiditySource.SERVICE, floored_cents(answered[asset])
    volume = markets[asset].daily_volume if asset in markets else None
    if volume is not None:
        return LiquiditySource.VOLUME, floored_cents(asked.participation * Decimal(volume) / CENTS)
    return (LiquiditySource.ASSUMED if asked.assume_liquid else LiquiditySource.UNKNOWN), None
